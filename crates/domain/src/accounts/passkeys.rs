use std::fmt;

use super::{AuthService, Failed, Scope, Visit, may_be_throttled, may_fail};
use crate::activity::Event;
use crate::authentication::{Authentication, AuthenticationMethod};
use crate::clock::{Clock, Timestamp};
use crate::entropy::{Entropy, EntropyError};
use crate::passkey::{
    Ceremony, Challenge, CredentialId, Passkey, PasskeyId, PasskeyName, PasskeyRules, RelyingParty, Transports,
    UnfitAnswer, UserHandle,
};
use crate::repository::{
    ActivityRepository, ChallengeAnswer, NewPasskey, PasskeyAddition, PasskeyRemoval, PasskeyRenaming,
    PasskeyRepository, RemovedPasskey, SecondFactorRepository, ThrottleRepository, UserRepository,
};
use crate::second_factor::RecoveryCodes;
use crate::throttle::Throttled;
use crate::token::SessionToken;
use crate::user::UserId;

impl<S, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The site that passkeys are made for; `None` in a service without passkeys.
    pub fn passkey_site(&self) -> Option<&RelyingParty> {
        self.passkeys.as_ref().map(|rules| &rules.site)
    }

    pub(super) fn draw_challenge(&self, rules: &PasskeyRules, ceremony: Ceremony) -> Result<Challenge, EntropyError> {
        Challenge::generate(&rules.keys, ceremony, self.clock.now(), &self.entropy)
    }
}

impl<S: PasskeyRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The passkeys of this user, in the order in which they were added.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn passkeys_of(&self, user: UserId) -> Result<Vec<Passkey>, Failed> {
        Ok(self.store.passkeys_of(user).await?)
    }

    /// The handle by which authenticators know this user; `None` if the user never began to add a passkey.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn user_handle_of(&self, user: UserId) -> Result<Option<UserHandle>, Failed> {
        Ok(self.store.user_handle(user).await?)
    }

    /// A relying party id of a stored passkey that is not the service's own, or, in a service without passkeys, of any stored
    /// passkey: that passkey no longer works. `None` if there is none.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn another_rp_id(&self) -> Result<Option<String>, Failed> {
        let own = self.passkey_site().map_or("", |site| &site.id);
        Ok(self.store.another_rp_id(own).await?)
    }

    /// Deletes the answered challenges that ended long ago, and returns how many. Call it when [`sweep`](Self::sweep) is called.
    ///
    /// # Errors
    /// [`StoreError`](crate::StoreError); what was deleted before stays deleted.
    pub async fn sweep_challenges(&self) -> Result<u64, crate::StoreError> {
        let now: Timestamp = self.clock.now();
        super::sweep::in_batches(|| self.store.delete_challenges(now, super::sweep::BATCH)).await
    }

    /// Records an answer to the challenge, and tells whether it is the first. The record is kept longer than the challenge is
    /// valid: another instance, whose clock is behind by less than that, may still accept the challenge.
    pub(super) async fn answer(&self, challenge: &Challenge) -> Result<ChallengeAnswer, Failed> {
        let kept_until = challenge.ends_at().plus(Challenge::LIFETIME);
        Ok(self.store.answer_challenge(&challenge.hash(), kept_until).await?)
    }
}

impl<
    S: ActivityRepository + PasskeyRepository + SecondFactorRepository + ThrottleRepository + UserRepository,
    C: Clock,
    E: Entropy,
> Scope<'_, S, C, E>
{
    /// Begins to add a passkey: the request for the browser's `navigator.credentials.create()`. Needs a recent log-in.
    ///
    /// # Errors
    /// [`AddPasskeyError::NotOffered`], [`AddPasskeyError::NotRecent`], [`AddPasskeyError::TooMany`], [`AddPasskeyError::Ended`].
    /// [`AddPasskeyError::Failed`].
    pub async fn begin_passkey(&self, visit: &Visit) -> Result<PasskeyCreation, AddPasskeyError> {
        let rules = self.passkeys.as_ref().ok_or(AddPasskeyError::NotOffered)?;
        if !self.has_recent_log_in(visit) {
            return Err(AddPasskeyError::NotRecent);
        }
        let passkeys = self.store.passkeys_of(visit.user.id).await?;
        if passkeys.len() >= Passkey::MOST {
            return Err(AddPasskeyError::TooMany);
        }
        let drawn = UserHandle::generate(&self.entropy)?;
        let handle = self.store.keep_user_handle(visit.user.id, drawn).await?.ok_or(AddPasskeyError::Ended)?;
        Ok(PasskeyCreation {
            challenge: self.draw_challenge(rules, Ceremony::Add(visit.session.id))?,
            site: rules.site.clone(),
            user_handle: handle,
            username: visit.user.username.as_str().to_owned(),
            exclude: passkeys.into_iter().map(|passkey| (passkey.credential_id, passkey.transports)).collect(),
        })
    }

    /// Adds the passkey that the authenticator has made. From then on it logs its user in, and is a second factor after the
    /// password. Needs a recent log-in, and, if the account has a second factor that the session has
    /// [not proved](crate::authentication::AuthenticationMethods::prove_second_factor), a code of the app, or a recovery code.
    ///
    /// Log-ins that are under way end, every device has to prove a second factor from then on, and the session gets a new token.
    /// The other sessions stay.
    ///
    /// # Errors
    /// [`AddPasskeyError`]. Nothing has changed then.
    pub async fn add_passkey(&self, visit: &Visit, add: AddPasskey<'_>) -> Result<PasskeyAdded, AddPasskeyError> {
        let rules = self.passkeys.as_ref().ok_or(AddPasskeyError::NotOffered)?;
        if !self.has_recent_log_in(visit) {
            return Err(AddPasskeyError::NotRecent);
        }
        let made = rules.verifier.read_registration(&rules.site, add.answer).map_err(AddPasskeyError::Unfit)?;
        let now = self.clock.now();
        if !made.challenge.is_good_for(&rules.keys, Ceremony::Add(visit.session.id), now) {
            return Err(AddPasskeyError::Expired);
        }
        let stored = self.store.find_by_id(visit.user.id).await?.ok_or(AddPasskeyError::Ended)?;
        let user_id = stored.user.id;
        let Authentication { at, methods } = visit.session.authentication;
        let is_first = stored.user.second_factors.is_empty();
        let used = if is_first || methods.prove_second_factor() {
            None
        } else {
            Some(self.prove(user_id, add.proof).await?.ok_or(AddPasskeyError::Wrong)?)
        };
        if self.answer(&made.challenge).await? == ChallengeAnswer::Again {
            return Err(AddPasskeyError::Expired);
        }
        let codes = if is_first { Some(RecoveryCodes::generate(&self.entropy)?) } else { None };
        let token = SessionToken::generate(&self.entropy)?;
        let passkey = Passkey {
            id: PasskeyId::new(now, &self.entropy)?,
            user_id,
            credential_id: made.credential_id,
            rp_id: rules.site.id.clone(),
            public_key: made.public_key,
            counter: made.counter,
            backup: made.backup,
            transports: made.transports,
            aaguid: made.aaguid,
            name: add.name.cloned(),
            device: self.client.device,
            created_at: now,
            last_used_at: None,
        };
        let new = NewPasskey {
            passkey,
            credentials_version: stored.credentials_version,
            used,
            recovery_codes: codes.as_ref().map(RecoveryCodes::hashes).unwrap_or_default(),
            session_id: visit.session.id,
            authentication: Authentication { at, methods: methods.with(AuthenticationMethod::Passkey) },
            token: token.hash(),
        };
        let activity = self.activity(Some(user_id), Event::PasskeyAdded)?;
        match self.store.add_passkey(&new, &activity).await? {
            PasskeyAddition::Added => {}
            PasskeyAddition::SessionEnded => return Err(AddPasskeyError::Ended),
            PasskeyAddition::CredentialsChanged => return Err(AddPasskeyError::Superseded),
            PasskeyAddition::AlreadyUsed => return Err(AddPasskeyError::Wrong),
            PasskeyAddition::TooMany => return Err(AddPasskeyError::TooMany),
            PasskeyAddition::AlreadyAdded => return Err(AddPasskeyError::AlreadyAdded),
        }
        self.note_change(visit, "passkey added");
        Ok(PasskeyAdded { passkey: new.passkey, token, recovery_codes: codes })
    }

    /// Gives a passkey another name. Needs a recent log-in.
    ///
    /// # Errors
    /// [`ChangePasskeyError`]. Nothing has changed then.
    pub async fn rename_passkey(
        &self,
        visit: &Visit,
        id: PasskeyId,
        name: &PasskeyName,
    ) -> Result<(), ChangePasskeyError> {
        if !self.has_recent_log_in(visit) {
            return Err(ChangePasskeyError::NotRecent);
        }
        let activity = self.activity(Some(visit.user.id), Event::PasskeyRenamed)?;
        match self.store.rename_passkey(visit.user.id, id, name, &activity).await? {
            PasskeyRenaming::Renamed => {}
            PasskeyRenaming::NotFound => return Err(ChangePasskeyError::NotFound),
        }
        self.note_change(visit, "passkey renamed");
        Ok(())
    }

    /// Removes a passkey, and with the last second factor the recovery codes too. The session gets a new token, and the others end:
    /// a thief of the passkey may have begun one. Needs a recent log-in, and, in a session that has
    /// [not proved a second factor](crate::authentication::AuthenticationMethods::prove_second_factor), `proof`: a code of the app,
    /// or a recovery code. Any other session ignores `proof`. Without it, an attacker with a password and a trusted device could
    /// remove the factor.
    ///
    /// # Errors
    /// [`ChangePasskeyError`]. Nothing has changed then.
    pub async fn remove_passkey(
        &self,
        visit: &Visit,
        id: PasskeyId,
        proof: &str,
    ) -> Result<SessionToken, ChangePasskeyError> {
        if !self.has_recent_log_in(visit) {
            return Err(ChangePasskeyError::NotRecent);
        }
        let stored = self.store.find_by_id(visit.user.id).await?.ok_or(ChangePasskeyError::Ended)?;
        if !stored.user.second_factors.contain(AuthenticationMethod::Passkey) {
            return Err(ChangePasskeyError::NotFound);
        }
        let used = if visit.session.authentication.methods.prove_second_factor() {
            None
        } else {
            Some(self.prove(visit.user.id, proof).await?.ok_or(ChangePasskeyError::Wrong)?)
        };
        let token = SessionToken::generate(&self.entropy)?;
        let (user_id, session_id, hash) = (visit.user.id, visit.session.id, token.hash());
        let removed = RemovedPasskey { user_id, id, used, session_id, token: hash };
        let activity = self.activity(Some(user_id), Event::PasskeyRemoved)?;
        match self.store.remove_passkey(&removed, &activity).await? {
            PasskeyRemoval::Removed => {}
            PasskeyRemoval::SessionEnded => return Err(ChangePasskeyError::Ended),
            PasskeyRemoval::NotFound => return Err(ChangePasskeyError::NotFound),
            PasskeyRemoval::AlreadyUsed => return Err(ChangePasskeyError::Wrong),
            PasskeyRemoval::LastWayIn => return Err(ChangePasskeyError::LastWayIn),
        }
        self.note_change(visit, "passkey removed");
        Ok(token)
    }
}

/// The request to an authenticator to make a passkey: `PublicKeyCredentialCreationOptions` (W3C Web Authentication Level 3 §5.4),
/// with `residentKey: preferred`, `userVerification: required` and `attestation: none`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PasskeyCreation {
    /// The challenge that it has to sign.
    pub challenge: Challenge,
    /// The site that the passkey is for.
    pub site: RelyingParty,
    /// The handle by which it knows the user.
    pub user_handle: UserHandle,
    /// The name by which the user knows the account.
    pub username: String,
    /// The credentials that the account has: an authenticator that holds one of them makes no passkey.
    pub exclude: Vec<(CredentialId, Transports)>,
}

/// A passkey to be added. `Debug` shows nothing.
#[derive(Clone, Copy)]
#[must_use]
pub struct AddPasskey<'a> {
    answer: &'a str,
    name: Option<&'a PasskeyName>,
    proof: &'a str,
}

impl<'a> AddPasskey<'a> {
    /// By this answer of the browser's, which is JSON.
    pub const fn new(answer: &'a str) -> Self {
        Self { answer, name: None, proof: "" }
    }

    /// By this name; without one, a page says which authenticator or browser it is of.
    pub const fn named(self, name: Option<&'a PasskeyName>) -> Self {
        Self { name, ..self }
    }

    /// With a code of the app, or a recovery code.
    pub const fn proved_by(self, proof: &'a str) -> Self {
        Self { proof, ..self }
    }
}

impl fmt::Debug for AddPasskey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddPasskey([redacted])")
    }
}

/// A passkey that was added.
#[derive(Debug)]
#[non_exhaustive]
pub struct PasskeyAdded {
    /// The passkey.
    pub passkey: Passkey,
    /// The token by which the browser proves its session, from now on.
    pub token: SessionToken,
    /// The recovery codes, if it is the account's first second factor: show them once.
    pub recovery_codes: Option<RecoveryCodes>,
}

/// Why no passkey was added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddPasskeyError {
    /// The service has no [rules](PasskeyRules) for passkeys.
    #[error("the service has no passkeys")]
    NotOffered,
    /// The user proved who they are too long ago: ask for that first.
    #[error("that needs a recent log-in")]
    NotRecent,
    /// What the browser sent is no passkey for this site.
    #[error(transparent)]
    Unfit(UnfitAnswer),
    /// The challenge is not of this session, is older than [`Challenge::LIFETIME`], or was answered before: start over.
    #[error("the challenge is good no longer")]
    Expired,
    /// A code of the app or a recovery code is needed, and this is neither.
    #[error("that code is not right")]
    Wrong,
    /// The account has [`Passkey::MOST`] passkeys already.
    #[error("the account has as many passkeys as there may be")]
    TooMany,
    /// Some account has this passkey already, perhaps this one.
    #[error("that passkey is known")]
    AlreadyAdded,
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

may_fail!(AddPasskeyError);
may_be_throttled!(AddPasskeyError);

/// Why a passkey was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangePasskeyError {
    /// The user proved who they are too long ago: ask for that first.
    #[error("that needs a recent log-in")]
    NotRecent,
    /// The account has no such passkey.
    #[error("there is no such passkey")]
    NotFound,
    /// The account has no password and no other passkey.
    #[error("it is the last way to log in")]
    LastWayIn,
    /// A code of the app or a recovery code is needed, and this is neither.
    #[error("that code is not right")]
    Wrong,
    /// The session ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// Too many codes were tried at the account lately; this one was not looked at.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(ChangePasskeyError);
may_be_throttled!(ChangePasskeyError);

#[cfg(test)]
pub(super) mod fixtures;
#[cfg(test)]
mod tests;
