use std::fmt;

use super::log_in::{Beginning, Draft};
use super::second_factor::OpenedFactors;
use super::throttling::Attempt;
use super::{AuthService, Failed, LogInStep, PasswordProved, Scope, may_be_throttled, may_fail};
use crate::activity::Event;
use crate::authentication::{AuthenticationMethod, AuthenticationMethods};
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
use crate::known_device::DeviceTokens;
use crate::repository::{
    ActivityRepository, FactorUse, FinishLogInError, FinishedLogIn, FoundPendingLogIn, KeptLogIn, NewPendingLogIn,
    SecondFactorRepository, Store, Try,
};
use crate::second_factor::{PendingLogIn, PendingLogInToken, TypedCode};
use crate::throttle::Throttled;
use crate::token::SessionToken;
use crate::user::{User, UserId};

/// After this number of wrong codes in one log-in its user is told, as their sender knows the password.
const TOLD_AFTER: u32 = 3;

impl<S: SecondFactorRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Keeps a log-in whose password was right until the second factor is proved, for [`PendingLogIn::LIFETIME`] from when it was
    /// asked for. `earlier` is the token that the browser sent along: it is invalid from then on, and so is the token of any user's
    /// log-in that was kept for the same browser before.
    ///
    /// # Errors
    /// [`Failed`]; nothing is kept then.
    pub async fn begin_second_step(
        &self,
        proved: &PasswordProved,
        earlier: Option<&PendingLogInToken>,
    ) -> Result<SecondStep, Failed> {
        let PasswordProved { user_id, credentials_version, kind, asked_at } = *proved;
        let token = PendingLogInToken::generate(&self.entropy)?;
        let new = NewPendingLogIn {
            token: token.hash(),
            user_id,
            credentials_version,
            kind,
            browser: self.client.browser,
            ends_at: asked_at.plus(PendingLogIn::LIFETIME),
            replacing: earlier.map(PendingLogInToken::hash),
        };
        match self.store.keep_log_in(&new).await? {
            KeptLogIn::Kept => Ok(SecondStep::Waits(token)),
            KeptLogIn::Overtaken => Ok(SecondStep::Overtaken),
        }
    }

    /// The user whose log-in waits with this token: one read, which changes nothing.
    ///
    /// # Errors
    /// [`SecondStepError::Expired`], for the same tokens as [`finish_log_in`](Self::finish_log_in). [`SecondStepError::Failed`].
    pub async fn find_pending_log_in(&self, token: &PendingLogInToken) -> Result<User, SecondStepError> {
        let found = self.store.find_log_in(&token.hash()).await?;
        let is_good = |found: &FoundPendingLogIn| found.is_good_at(self.clock.now(), self.client.browser);
        found.filter(is_good).map(|found| found.user.into()).ok_or(SecondStepError::Expired)
    }
}

impl<S: SecondFactorRepository + Store, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Starts the session of a user whose log-in waits, by a code of their authenticator app or by a recovery code. Each code works
    /// once, in any session.
    ///
    /// An attempt counts before its code is checked, and costs the same for any wrong code.
    ///
    /// # Errors
    /// [`SecondStepError`]. No session was started.
    pub async fn finish_log_in(&self, finish: FinishLogIn<'_>) -> Result<LogInStep, SecondStepError> {
        let started_at = self.clock.now();
        let log_in = finish.token.hash();
        let found = self.store.find_log_in(&log_in).await?;
        let found = found.filter(|found| found.is_of(self.client.browser)).ok_or(SecondStepError::Expired)?;
        let user_id = found.user.id;
        if found.log_in.has_just_finished_at(started_at) {
            return Ok(self.overtaken(user_id));
        }
        if !found.log_in.is_open_at(started_at) {
            return Err(SecondStepError::Expired);
        }
        let attempt = self.count_code(user_id).await?;
        let Try::Taken { left } = self.store.take_try(&log_in).await? else {
            self.take_back(&attempt).await;
            return self.finished_by_another(&finish, user_id).await;
        };
        let factors = self.open_factors(user_id).await?;
        let proved = TypedCode::read(finish.code).proves(factors.secret(), &factors.stored, started_at);
        let Some(used) = proved else {
            // The same request, sent twice, may have used the code up since this one found the log-in.
            if self.has_just_finished(&finish).await? {
                self.take_back(&attempt).await;
                return Ok(self.overtaken(user_id));
            }
            return Err(self.refuse_code(user_id, left).await);
        };

        let draft = self.draft_second_step(&finish, found, used, &attempt).await?;
        let finished = FinishedLogIn { log_in, used, new: draft.new.clone() };
        let mut activities = vec![draft.activity.clone()];
        if let FactorUse::RecoveryCode(_) = used {
            activities.push(self.activity(Some(user_id), Event::RecoveryCodeUsed)?);
        }
        match self.store.finish_log_in(&finished, &activities).await {
            Ok(()) => {}
            Err(FinishLogInError::AlreadyUsed) => return Err(self.refuse_code(user_id, left).await),
            Err(FinishLogInError::Store(error)) => return Err(error.into()),
            // The code was right, and is not counted as if it had been wrong.
            Err(error) => {
                self.forgive(&attempt).await;
                return match error {
                    FinishLogInError::Overtaken => Ok(self.overtaken(user_id)),
                    FinishLogInError::Ended => self.finished_by_another(&finish, user_id).await,
                    _ => Err(SecondStepError::Expired),
                };
            }
        }
        self.reseal(user_id, &factors).await;
        let mut logged_in = self.logged_in(draft, started_at);
        if let FactorUse::RecoveryCode(_) = used {
            let left = factors.stored.recovery_codes.len().saturating_sub(1);
            logged_in.recovery_codes_left = Some(u32::try_from(left).unwrap_or(u32::MAX));
        }
        Ok(LogInStep::Done(logged_in))
    }

    async fn draft_second_step(
        &self,
        finish: &FinishLogIn<'_>,
        found: FoundPendingLogIn,
        used: FactorUse,
        attempt: &Attempt,
    ) -> Result<Draft, Failed> {
        let now = self.clock.now();
        let FoundPendingLogIn { log_in, user, .. } = found;
        let nothing = DeviceTokens::default();
        let device = finish.device.unwrap_or(&nothing);
        let known = self.find_known_device(device, Some(user.id), now).await?;
        let trusted_until = self.trusted_until(finish.trust, now);
        let methods = AuthenticationMethods::NONE.with(AuthenticationMethod::Password).with(method_of(used));
        let beginning = Beginning {
            user,
            credentials_version: log_in.credentials_version,
            kind: log_in.kind,
            asked_at: now,
            methods,
            replacing: finish.replacing,
            device,
            known,
            trusted_until,
            settlement: attempt.forgiven(),
        };
        self.draft_session(beginning).await
    }

    /// Another request has finished the log-in, or it has ended since this request read it.
    async fn finished_by_another(
        &self,
        finish: &FinishLogIn<'_>,
        user_id: UserId,
    ) -> Result<LogInStep, SecondStepError> {
        if self.has_just_finished(finish).await? {
            return Ok(self.overtaken(user_id));
        }
        Err(SecondStepError::Expired)
    }

    async fn has_just_finished(&self, finish: &FinishLogIn<'_>) -> Result<bool, Failed> {
        let found = self.store.find_log_in(&finish.token.hash()).await?;
        Ok(found.is_some_and(|found| found.log_in.has_just_finished_at(self.clock.now())))
    }
}

impl<S: ActivityRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Records a wrong code, of a log-in with `left` tries left.
    async fn refuse_code(&self, user_id: UserId, left: u32) -> SecondStepError {
        self.note_wrong_code(user_id).await;
        if left == PendingLogIn::MOST_TRIES - TOLD_AFTER {
            self.record_failed_attempt(Some(user_id), Event::SecondStepGuessed).await;
        }
        if left == 0 { SecondStepError::Ended } else { SecondStepError::Wrong }
    }

    pub(super) async fn note_wrong_code(&self, user_id: UserId) {
        tracing::info!(
            log_in.outcome = "wrong_code", user.id = %user_id, client.network = %self.client.network(), "code refused"
        );
        self.record_failed_attempt(Some(user_id), Event::SecondStepFailed).await;
    }
}

impl<S: SecondFactorRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Ends the log-in that waits with this token: the browser logs out, or a user who needs no code has logged in there. Does
    /// nothing if there is none.
    ///
    /// # Errors
    /// [`Failed`]; the log-in waits until its end then.
    pub async fn end_pending_log_in(&self, token: &PendingLogInToken) -> Result<(), Failed> {
        Ok(self.store.end_log_in(&token.hash()).await?)
    }

    /// Deletes the log-ins that waited too long, and returns how many. Call it when [`sweep`](Self::sweep) is called.
    ///
    /// # Errors
    /// [`StoreError`](crate::StoreError); what was deleted before stays deleted.
    pub async fn sweep_pending_log_ins(&self) -> Result<u64, crate::StoreError> {
        let now: Timestamp = self.clock.now();
        super::sweep::in_batches(|| self.store.delete_log_ins(now, super::sweep::BATCH)).await
    }
}

impl<S, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Until when a device is trusted if its user wishes so now; `None` if it is not.
    pub(super) fn trusted_until(&self, wish: Trust, now: Timestamp) -> Option<Timestamp> {
        let trust = self.trust();
        match wish {
            Trust::Wished if !trust.is_zero() => Some(now.plus(trust)),
            Trust::Wished | Trust::NotWished => None,
        }
    }
}

const fn method_of(used: FactorUse) -> AuthenticationMethod {
    match used {
        FactorUse::Totp(_) => AuthenticationMethod::Totp,
        FactorUse::RecoveryCode(_) => AuthenticationMethod::RecoveryCode,
    }
}

/// The outcome of beginning a second step.
#[derive(Debug)]
#[must_use]
pub enum SecondStep {
    /// The log-in waits: the token goes into a cookie.
    Waits(PendingLogInToken),
    /// The same browser sent the log-in twice, and has the token of the other one, or waits for it. Answer as if this one waited,
    /// and send no token. Only if the client says which browser it is.
    Overtaken,
}

impl SecondStep {
    /// The token of the log-in, if it waits.
    #[must_use]
    pub fn waits(self) -> Option<PendingLogInToken> {
        match self {
            Self::Waits(token) => Some(token),
            Self::Overtaken => None,
        }
    }
}

/// A request to finish a log-in. `Debug` does not show the code: a recovery code that was wrong for one log-in is right for the
/// next.
#[derive(Clone, Copy)]
#[must_use]
pub struct FinishLogIn<'a> {
    token: &'a PendingLogInToken,
    code: &'a str,
    replacing: Option<&'a SessionToken>,
    device: Option<&'a DeviceTokens>,
    trust: Trust,
}

/// Whether the user wishes to need no code on this device for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trust {
    /// They do not.
    #[default]
    NotWished,
    /// They do. It counts where the service [trusts](AuthService::trust) devices.
    Wished,
}

impl<'a> FinishLogIn<'a> {
    /// Of the log-in with this token, with the code that was typed.
    pub const fn new(token: &'a PendingLogInToken, code: &'a str) -> Self {
        Self { token, code, replacing: None, device: None, trust: Trust::NotWished }
    }

    /// Replaces the session whose token the browser sent along, as with [`LogIn`](crate::LogIn::replacing).
    pub const fn replacing(self, earlier: Option<&'a SessionToken>) -> Self {
        Self { replacing: earlier, ..self }
    }

    /// From a device with these secrets, as with [`LogIn`](crate::LogIn::by_device).
    pub const fn by_device(self, device: &'a DeviceTokens) -> Self {
        Self { device: Some(device), ..self }
    }

    /// With this wish of the user's to trust the device.
    pub const fn trusting(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }
}

impl fmt::Debug for FinishLogIn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FinishLogIn([redacted])")
    }
}

/// Why a second step was turned away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecondStepError {
    /// The code is wrong, or was used before: another try is left.
    #[error("that code is not right")]
    Wrong,
    /// The code is wrong, or was used before, and it was the last try: log in again.
    #[error("too many codes were wrong")]
    Ended,
    /// The log-in no longer waits, or never did, or not in this browser: log in again.
    #[error("the log-in has ended")]
    Expired,
    /// Too many codes were tried at the account lately; this one was not looked at.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(SecondStepError);
may_be_throttled!(SecondStepError);

impl<S: SecondFactorRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Seals the secret of an app with the current key, if a former key opened it. If this fails, the next use tries again.
    pub(super) async fn reseal(&self, user_id: UserId, factors: &OpenedFactors) {
        let Some((old, secret)) = factors.to_seal_anew() else { return };
        let Some(rules) = &self.second_factor else { return };
        let resealed = match rules.keys.seal(secret, user_id, &self.entropy) {
            Ok(new) => self.store.reseal(user_id, old, &new).await.map_err(Failed::from),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = resealed {
            tracing::warn!(user.id = %user_id, %error, "a secret is sealed with a former key still");
        }
    }
}

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod tests;
