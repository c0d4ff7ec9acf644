use std::fmt;

use super::throttling::TurnedAway;
use super::{AuthService, Failed, Scope, Visit, may_be_throttled, may_fail};
use crate::activity::Event;
use crate::authentication::{Authentication, AuthenticationMethod};
use crate::client::Client;
use crate::clock::{Clock, Timestamp};
use crate::entropy::{Entropy, EntropyError};
use crate::repository::{
    ActivityRepository, FactorChange, FactorUse, NewRecoveryCodes, NewTotp, SecondFactorRemoval,
    SecondFactorRepository, StoredFactors, ThrottleRepository, TurnOff, UserRepository,
};
use crate::second_factor::{ClockOffset, Opened, RecoveryCodes, Requirement, SealedSecret, TotpSecret, TypedCode};
use crate::throttle::Throttled;
use crate::token::SessionToken;
use crate::user::{StoredUser, User, UserId};

/// How many sealed secrets are fetched in one read.
const BATCH: u32 = 500;

impl<S: SecondFactorRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The authenticator app and the recovery codes of this user.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn second_factor_of(&self, user: UserId) -> Result<SecondFactorState, Failed> {
        let StoredFactors { totp, recovery_codes } = self.store.factors_of(user).await?;
        let recovery_codes_left = u32::try_from(recovery_codes.len()).unwrap_or(u32::MAX);
        Ok(SecondFactorState { totp_since: totp.map(|totp| totp.created_at), recovery_codes_left })
    }

    /// A new secret for an authenticator app. Nothing is stored before [`set_up_totp`](Scope::set_up_totp): until then the caller
    /// keeps it, for example in an encrypted cookie, for about ten minutes.
    ///
    /// # Errors
    /// [`EntropyError`] if there is no randomness.
    pub fn draw_totp_secret(&self) -> Result<TotpSecret, EntropyError> {
        TotpSecret::generate(&self.entropy)
    }

    /// The URL of a secret, which an app opens, or reads from a QR code, with the names of the service and of this user.
    pub fn totp_url(&self, secret: &TotpSecret, user: &User) -> String {
        let issuer = self.second_factor.as_ref().map_or("", |rules| &rules.issuer);
        secret.url(issuer, user.username.as_str())
    }

    /// Ten new recovery codes. Nothing is stored before [`save_recovery_codes`](Scope::save_recovery_codes): until then the earlier
    /// ones are valid.
    ///
    /// # Errors
    /// [`EntropyError`] if there is no randomness.
    pub fn draw_recovery_codes(&self) -> Result<RecoveryCodes, EntropyError> {
        RecoveryCodes::generate(&self.entropy)
    }

    /// Whether the user has to set up a second factor before anything else, as the service [requires](Requirement::Required) one.
    pub fn is_second_factor_due(&self, user: &User) -> bool {
        let requirement = self.second_factor.as_ref().map(|rules| rules.requirement);
        requirement == Some(Requirement::Required) && user.second_factors.is_empty()
    }

    /// Removes the second factor of a user who has lost it, with the recovery codes. Verify first that it is the user who asks.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn remove_second_factor(&self, id: UserId) -> Result<SecondFactorRemoval, Failed> {
        let activity = self.activity_by(&Client::default(), Some(id), Event::SecondFactorRemovedByOperator)?;
        let removal = self.store.remove_second_factor(id, &activity).await?;
        if removal == SecondFactorRemoval::Removed {
            tracing::info!(user.id = %id, "second factor removed");
        }
        Ok(removal)
    }

    /// How many users have an authenticator app whose secret no key opens: all codes of the app are refused, until a former key is
    /// listed again.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn count_unopened_secrets(&self) -> Result<u64, Failed> {
        let mut unopened = 0;
        let mut after = None;
        loop {
            let batch = self.store.sealed_secrets(after, BATCH).await?;
            let Some((last, _)) = batch.last() else { return Ok(unopened) };
            after = Some(*last);
            for (user, sealed) in &batch {
                unopened += u64::from(self.open(*user, sealed).is_none());
            }
        }
    }

    fn open(&self, user: UserId, sealed: &SealedSecret) -> Option<Opened> {
        self.second_factor.as_ref()?.keys.open(sealed, user)
    }

    /// The user's second factors, and the secret of the app, if a key opens it.
    pub(super) async fn open_factors(&self, user: UserId) -> Result<OpenedFactors, Failed> {
        let stored = self.store.factors_of(user).await?;
        let opened = stored.totp.as_ref().and_then(|totp| self.open(user, &totp.secret));
        if stored.totp.is_some() && opened.is_none() {
            tracing::warn!(user.id = %user, "no key opens the secret of an authenticator app");
        }
        Ok(OpenedFactors { stored, opened })
    }
}

/// A user's second factors, and the secret of the app, if a key opens it.
pub(super) struct OpenedFactors {
    pub(super) stored: StoredFactors,
    opened: Option<Opened>,
}

impl OpenedFactors {
    pub(super) const fn secret(&self) -> Option<&TotpSecret> {
        match &self.opened {
            Some(Opened::Current(secret) | Opened::Former(secret)) => Some(secret),
            None => None,
        }
    }

    /// The secret, sealed and opened, if a former key opened it.
    pub(super) fn to_seal_anew(&self) -> Option<(&SealedSecret, &TotpSecret)> {
        match (&self.stored.totp, &self.opened) {
            (Some(totp), Some(Opened::Former(secret))) => Some((&totp.secret, secret)),
            _ => None,
        }
    }
}

impl<S: ActivityRepository + SecondFactorRepository + ThrottleRepository + UserRepository, C: Clock, E: Entropy>
    Scope<'_, S, C, E>
{
    /// Turns on the codes of an authenticator app, once one of them proves that the app has the secret; its step counts as used.
    /// The app replaces an earlier one if the user proves that one as well, or uses a recovery code. Needs a recent log-in.
    ///
    /// Every device has to prove a second factor from then on, log-ins that are under way end, and the session gets a new token.
    /// The other sessions stay.
    ///
    /// # Errors
    /// [`SetUpTotpError`]. Nothing has changed then.
    pub async fn set_up_totp(&self, visit: &Visit, set_up: SetUpTotp<'_>) -> Result<TotpSetUp, SetUpTotpError> {
        let SetUpTotp { secret, code, current } = set_up;
        let rules = self.second_factor.as_ref().ok_or(SetUpTotpError::NotOffered)?;
        if !self.has_recent_log_in(visit) {
            return Err(SetUpTotpError::NotRecent);
        }
        let Some(stored) = self.store.find_by_id(visit.user.id).await? else { return Err(SetUpTotpError::Ended) };
        let replaces = stored.user.second_factors.contain(AuthenticationMethod::Totp);
        let is_first = stored.user.second_factors.is_empty();
        let proof = if replaces || !is_first && !visit.session.authentication.methods.prove_second_factor() {
            Some(self.prove(stored.user.id, current).await?.ok_or(SetUpTotpError::CurrentWrong)?)
        } else {
            None
        };
        let codes = if is_first { Some(self.draw_recovery_codes()?) } else { None };
        let now = self.clock.now();
        let typed = TypedCode::read(code);
        let Some(step) = secret.step_of(typed.digits(), now) else {
            let offset = secret.clock_offset(typed.digits(), now);
            return Err(offset.map_or(SetUpTotpError::Wrong, SetUpTotpError::ClockOff));
        };
        let token = SessionToken::generate(&self.entropy)?;
        let Authentication { at, methods } = visit.session.authentication;
        let new = NewTotp {
            user_id: stored.user.id,
            credentials_version: stored.credentials_version,
            secret: rules.keys.seal(secret, stored.user.id, &self.entropy)?,
            step,
            replacing: proof,
            recovery_codes: codes.as_ref().map(RecoveryCodes::hashes).unwrap_or_default(),
            session_id: visit.session.id,
            authentication: Authentication { at, methods: methods.with(AuthenticationMethod::Totp) },
            token: token.hash(),
        };
        let event = if replaces { Event::SecondFactorReplaced } else { Event::SecondFactorTurnedOn };
        let activity = self.activity(Some(stored.user.id), event)?;
        match self.store.turn_on_totp(&new, &activity).await? {
            FactorChange::Made => {}
            FactorChange::SessionEnded => return Err(SetUpTotpError::Ended),
            FactorChange::CredentialsChanged => return Err(SetUpTotpError::Superseded),
            FactorChange::AlreadyUsed => return Err(SetUpTotpError::CurrentWrong),
        }
        self.note_change(visit, "second factor set up");
        Ok(TotpSetUp { token, recovery_codes: codes })
    }

    /// Turns the authenticator app off, by one of its codes or a recovery code; if no passkey is left as a second factor, the
    /// recovery codes are deleted too. The session gets a new token. Needs a recent log-in.
    ///
    /// # Errors
    /// [`ChangeFactorError`]. Nothing has changed then.
    pub async fn turn_off_second_factor(&self, visit: &Visit, code: &str) -> Result<SessionToken, ChangeFactorError> {
        let StoredUser { user, credentials_version, .. } = self.user_with_factor(visit).await?;
        if !user.second_factors.contain(AuthenticationMethod::Totp) {
            return Err(ChangeFactorError::NotSetUp);
        }
        let used = self.prove(user.id, code).await?.ok_or(ChangeFactorError::Wrong)?;
        let token = SessionToken::generate(&self.entropy)?;
        let (user_id, session_id, hash) = (user.id, visit.session.id, token.hash());
        let off = TurnOff { user_id, credentials_version, used, session_id, token: hash };
        let activity = self.activity(Some(user_id), Event::SecondFactorTurnedOff)?;
        match self.store.turn_off_totp(&off, &activity).await? {
            FactorChange::Made => {}
            FactorChange::SessionEnded => return Err(ChangeFactorError::Ended),
            FactorChange::CredentialsChanged => return Err(ChangeFactorError::Superseded),
            FactorChange::AlreadyUsed => return Err(ChangeFactorError::Wrong),
        }
        self.note_change(visit, "second factor turned off");
        Ok(token)
    }

    /// Replaces all earlier recovery codes by these: call it once the user says that they are saved. Needs a recent log-in, and, in
    /// a session that has [not proved a second factor](crate::authentication::AuthenticationMethods::prove_second_factor), `proof`:
    /// a code of the app, or a recovery code. Any other session ignores `proof`. Without it, an attacker with a password and a
    /// trusted device could turn the factor off, by a code that they made.
    ///
    /// # Errors
    /// [`ChangeFactorError`]. The earlier ones stay valid then.
    pub async fn save_recovery_codes(
        &self,
        visit: &Visit,
        codes: &RecoveryCodes,
        proof: &str,
    ) -> Result<(), ChangeFactorError> {
        let user_id = self.user_with_factor(visit).await?.user.id;
        let used = if visit.session.authentication.methods.prove_second_factor() {
            None
        } else {
            Some(self.prove(user_id, proof).await?.ok_or(ChangeFactorError::Wrong)?)
        };
        let new = NewRecoveryCodes { user_id, hashes: codes.hashes(), used, session_id: visit.session.id };
        let activity = self.activity(Some(user_id), Event::RecoveryCodesMade)?;
        match self.store.replace_recovery_codes(&new, &activity).await? {
            FactorChange::Made => {}
            FactorChange::SessionEnded => return Err(ChangeFactorError::Ended),
            FactorChange::CredentialsChanged => return Err(ChangeFactorError::NotSetUp),
            FactorChange::AlreadyUsed => return Err(ChangeFactorError::Wrong),
        }
        self.note_change(visit, "recovery codes made");
        Ok(())
    }

    /// The user of a recent log-in, who has a second factor.
    async fn user_with_factor(&self, visit: &Visit) -> Result<StoredUser, ChangeFactorError> {
        if !self.has_recent_log_in(visit) {
            return Err(ChangeFactorError::NotRecent);
        }
        let stored = self.store.find_by_id(visit.user.id).await?.ok_or(ChangeFactorError::Ended)?;
        if stored.user.second_factors.is_empty() { Err(ChangeFactorError::NotSetUp) } else { Ok(stored) }
    }

    /// The factor that a logged-in user proves by a code, which counts like one at a log-in; `None` for a wrong one, which is
    /// recorded.
    pub(super) async fn prove(&self, user_id: UserId, code: &str) -> Result<Option<FactorUse>, TurnedAway> {
        let attempt = self.count_code(user_id).await?;
        let factors = self.open_factors(user_id).await?;
        let Some(used) = TypedCode::read(code).proves(factors.secret(), &factors.stored, self.clock.now()) else {
            self.note_wrong_code(user_id).await;
            return Ok(None);
        };
        self.forgive(&attempt).await;
        Ok(Some(used))
    }

    pub(super) fn note_change(&self, visit: &Visit, what: &'static str) {
        tracing::info!(
            user.id = %visit.user.id, session.id = %visit.session.id, client.network = %self.client.network(), "{what}"
        );
    }
}

/// The authenticator app and the recovery codes of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecondFactorState {
    /// When the user set up an authenticator app; `None` if they have none.
    pub totp_since: Option<Timestamp>,
    /// How many recovery codes are not used up.
    pub recovery_codes_left: u32,
}

/// A request to set up an authenticator app. `Debug` shows neither code.
#[derive(Clone, Copy)]
#[must_use]
pub struct SetUpTotp<'a> {
    secret: &'a TotpSecret,
    code: &'a str,
    current: &'a str,
}

impl<'a> SetUpTotp<'a> {
    /// Of an app with this secret, which shows this code.
    pub const fn new(secret: &'a TotpSecret, code: &'a str) -> Self {
        Self { secret, code, current: "" }
    }

    /// Replaces another app, with a code of that one, or a recovery code.
    pub const fn replacing(self, current: &'a str) -> Self {
        Self { current, ..self }
    }
}

impl fmt::Debug for SetUpTotp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetUpTotp([redacted])")
    }
}

/// A set-up that succeeded.
#[derive(Debug)]
#[non_exhaustive]
pub struct TotpSetUp {
    /// The token by which the browser proves its session, from now on.
    pub token: SessionToken,
    /// The recovery codes: show them once. `None` if the earlier ones stay.
    pub recovery_codes: Option<RecoveryCodes>,
}

/// Why an authenticator app was not set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetUpTotpError {
    /// The service has no [rules](crate::SecondFactorRules) for second factors.
    #[error("the service has no second factors")]
    NotOffered,
    /// The user proved who they are too long ago: ask for that first.
    #[error("that needs a recent log-in")]
    NotRecent,
    /// The code is not one of this secret.
    #[error("that code is not right")]
    Wrong,
    /// The code is that of another time: the device's clock is off.
    #[error("the clock of the device is off")]
    ClockOff(ClockOffset),
    /// A code of the present app or a recovery code is needed, and this is neither.
    #[error("the code of the present app is not right")]
    CurrentWrong,
    /// The session ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// The user's credentials changed meanwhile.
    #[error("the credentials have changed")]
    Superseded,
    /// Too many codes were tried at the account lately; this one was not looked at.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(SetUpTotpError);
may_be_throttled!(SetUpTotpError);

/// Why second factors were not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeFactorError {
    /// The user proved who they are too long ago: ask for that first.
    #[error("that needs a recent log-in")]
    NotRecent,
    /// The user has no second factor.
    #[error("there is no second factor")]
    NotSetUp,
    /// The code is neither one of the app, nor a recovery code.
    #[error("that code is not right")]
    Wrong,
    /// The session ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// The user's credentials changed meanwhile.
    #[error("the credentials have changed")]
    Superseded,
    /// Too many codes were tried at the account lately; this one was not looked at.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(ChangeFactorError);
may_be_throttled!(ChangeFactorError);

#[cfg(test)]
pub(super) mod fixtures;
#[cfg(test)]
mod tests;
