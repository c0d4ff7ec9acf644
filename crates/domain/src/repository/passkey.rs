//! The port for passkeys.

use std::future::Future;

use super::{FactorUse, NewSession, StoreError};
use crate::activity::Activity;
use crate::authentication::Authentication;
use crate::clock::Timestamp;
use crate::id::PasskeyId;
use crate::passkey::{Backup, ChallengeHash, CredentialId, Passkey, PasskeyName, UserHandle};
use crate::second_factor::RecoveryCodeHash;
use crate::session::SessionId;
use crate::token::{PendingLogInHash, TokenHash};
use crate::user::{StoredUser, UserId};

/// Keeps passkeys. Only the use cases of passkeys ask for it.
///
/// A passkey is a second factor as well ([`UserRecord::second_factors`](crate::UserRecord::second_factors)): what
/// [`SecondFactorRepository`](super::SecondFactorRepository) says of a change of factors holds when the first one is added and when the
/// last one goes, and in every case the version of the credentials becomes one more, the trust of devices ends, and so do pending log-ins.
/// So does that port know passkeys: turning an app off leaves the recovery codes of who has a passkey, and removing the second factors
/// deletes the passkeys.
pub trait PasskeyRepository: Send + Sync {
    /// The user's handle: the one that was kept before, else this one, from now on and for ever. `None` where the user is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn keep_user_handle(
        &self,
        user: UserId,
        drawn: UserHandle,
    ) -> impl Future<Output = Result<Option<UserHandle>, StoreError>> + Send;

    /// The user's handle, where one was kept.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn user_handle(&self, user: UserId) -> impl Future<Output = Result<Option<UserHandle>, StoreError>> + Send;

    /// The user's passkeys, that of the earliest addition first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of what there is.
    fn passkeys_of(&self, user: UserId) -> impl Future<Output = Result<Vec<Passkey>, StoreError>> + Send;

    /// The passkey with this credential id, its user as they are now, and the user's handle: one read.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_passkey(
        &self,
        credential: &CredentialId,
    ) -> impl Future<Output = Result<Option<FoundPasskey>, StoreError>> + Send;

    /// Keeps the challenge as answered until then. Of however many who answer one at once, one is the first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn answer_challenge(
        &self,
        challenge: &ChallengeHash,
        ends_at: Timestamp,
    ) -> impl Future<Output = Result<ChallengeAnswer, StoreError>> + Send;

    /// Of a user whose [handle](Self::keep_user_handle) is kept. In one step, and only where the session is still there, the credentials
    /// are still of the version named, the user has fewer than [`Passkey::MOST`], and nobody has the credential: uses the factor up that
    /// was proved for it, if one was; keeps the passkey, and the recovery codes in the place of all before, unless there are none; gives
    /// the session the new token and the authentication, and no former token; and records the activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn add_passkey(
        &self,
        new: &NewPasskey,
        activity: &Activity,
    ) -> impl Future<Output = Result<PasskeyAddition, StoreError>> + Send;

    /// Names the user's passkey, and records the activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn rename_passkey(
        &self,
        user: UserId,
        id: PasskeyId,
        name: &PasskeyName,
        activity: &Activity,
    ) -> impl Future<Output = Result<PasskeyRenaming, StoreError>> + Send;

    /// In one step, and only where the session is still there: uses the factor up that was proved for it, if one was; deletes the user's
    /// passkey, with the recovery codes where no factor is left; ends the user's other sessions; gives this one the new token, and no
    /// former one; and records the activity. The last passkey of a user without a password stays.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn remove_passkey(
        &self,
        removed: &RemovedPasskey,
        activity: &Activity,
    ) -> impl Future<Output = Result<PasskeyRemoval, StoreError>> + Send;

    /// In one step: finishes the log-in that waits, where one is named, as
    /// [`finish_log_in`](super::SecondFactorRepository::finish_log_in) does; uses the passkey; and does all that
    /// [`SessionRepository::start`](super::SessionRepository::start) does.
    ///
    /// # Errors
    /// [`StartByPasskeyError`]. Nothing has changed then.
    fn start_by_passkey(
        &self,
        start: &StartByPasskey,
        activity: &Activity,
    ) -> impl Future<Output = Result<(), StartByPasskeyError>> + Send;

    /// In one step, and only where the session is still there: uses the passkey, and gives the session the authentication and the new
    /// token, and no former one.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn reauthenticate_by_passkey(
        &self,
        by: &ReauthenticationByPasskey,
    ) -> impl Future<Output = Result<PasskeyReauthentication, StoreError>> + Send;

    /// In one step, and only where the session is still there, and the credentials are still of the version named: uses the factor up that
    /// was proved for it, if one was. Where the user then has two passkeys, or one and a recovery code: deletes the password, makes the
    /// version of the credentials one more, ends the user's other sessions, the pending log-ins, and those of the user's links that
    /// [end with the credentials](crate::LinkPurpose::ends_with_credentials), gives the session the new token, and no former one, and
    /// records the activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn remove_password(
        &self,
        removed: &RemovedPassword,
        activity: &Activity,
    ) -> impl Future<Output = Result<PasswordRemoval, StoreError>> + Send;

    /// Another relying party id than this one that some passkey was made for; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn another_rp_id(&self, rp_id: &str) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// Deletes up to `most` answered challenges that ended at `now` or before; how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_challenges(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// A passkey, as it was found by its credential id.
#[derive(Debug, Clone)]
pub struct FoundPasskey {
    /// What it is.
    pub passkey: Passkey,
    /// Whose it is.
    pub stored: StoredUser,
    /// What its authenticator calls that user.
    pub handle: UserHandle,
}

/// A proof by a passkey: counts where the user has it, its counter [goes on](PasskeyUse::counts_after), and its backup state [may
/// follow](Backup::may_become); counter, backup state and the time of its last use are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasskeyUse {
    /// Which one.
    pub id: PasskeyId,
    /// Its counter from then on.
    pub counter: u32,
    /// Its backup state from then on.
    pub backup: Backup,
    /// When it was used.
    pub at: Timestamp,
}

impl PasskeyUse {
    /// Whether its counter goes on from this one: a counter that was above 0 has to grow, as a copy of the authenticator would not know of
    /// the uses of the other one (W3C Web Authentication Level 3 §7.2, step 22). A counter of 0 is none.
    #[must_use]
    pub const fn counts_after(&self, counter: u32) -> bool {
        counter == 0 || self.counter > counter
    }
}

/// Whether a challenge was answered before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeAnswer {
    /// It was not.
    First,
    /// It was.
    Again,
}

/// A passkey about to be kept.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// It.
    pub passkey: Passkey,
    /// The version of the user's credentials that is changed.
    pub credentials_version: i64,
    /// What the user proved for it; `None` where nothing had to be.
    pub used: Option<FactorUse>,
    /// The recovery codes that come with it; none where those before stay.
    pub recovery_codes: Vec<RecoveryCodeHash>,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// How that session is authenticated from then on.
    pub authentication: Authentication,
    /// The new token of that session.
    pub token: TokenHash,
}

/// What became of adding a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyAddition {
    /// It was added.
    Added,
    /// It was not: the session had been ended before, perhaps with the user.
    SessionEnded,
    /// It was not: the user has other credentials or factors by now.
    CredentialsChanged,
    /// It was not: the factor was used by another request.
    AlreadyUsed,
    /// It was not: the user has as many as there may be.
    TooMany,
    /// It was not: somebody has it, perhaps this user.
    AlreadyAdded,
}

/// What became of naming a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyRenaming {
    /// It has the name.
    Renamed,
    /// The user has no such passkey.
    NotFound,
}

/// The end of a passkey.
#[derive(Debug, Clone)]
pub struct RemovedPasskey {
    /// Whose.
    pub user_id: UserId,
    /// Which one.
    pub id: PasskeyId,
    /// What the user proved; `None` where the session had proved a factor before.
    pub used: Option<FactorUse>,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// The new token of that session.
    pub token: TokenHash,
}

/// What became of removing a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyRemoval {
    /// It is gone.
    Removed,
    /// It was not removed: the session had been ended before, perhaps with the user.
    SessionEnded,
    /// The user has no such passkey.
    NotFound,
    /// It was not removed: the factor was used by another request.
    AlreadyUsed,
    /// It was not removed: the user has neither a password nor another passkey.
    LastWayIn,
}

/// A reauthentication by a passkey.
#[derive(Debug, Clone)]
pub struct ReauthenticationByPasskey {
    /// Whose.
    pub user_id: UserId,
    /// By what.
    pub used: PasskeyUse,
    /// The session that is reauthenticated.
    pub session_id: SessionId,
    /// How that session is authenticated from then on.
    pub authentication: Authentication,
    /// The new token of that session.
    pub token: TokenHash,
}

/// What became of a reauthentication by a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyReauthentication {
    /// The session has it.
    Renewed,
    /// The session had been ended before, perhaps with the user.
    SessionEnded,
    /// The passkey is gone, or its counter or backup state does not follow.
    Refused,
}

/// The end of a password.
#[derive(Debug, Clone)]
pub struct RemovedPassword {
    /// Whose.
    pub user_id: UserId,
    /// The version of the user's credentials that is changed.
    pub credentials_version: i64,
    /// What is used up for it: by what the user proved a factor, where the session had proved none.
    pub used: Option<FactorUse>,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// The new token of that session.
    pub token: TokenHash,
}

/// What became of removing a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordRemoval {
    /// There is none any more.
    Removed,
    /// There was none.
    NoneSet,
    /// It was not removed: the session had been ended before, perhaps with the user.
    SessionEnded,
    /// It was not removed: the user has other credentials or factors by now.
    CredentialsChanged,
    /// It was not removed: the code that was to be used up had been.
    AlreadyUsed,
    /// It was not removed: the user has neither two passkeys, nor one and a recovery code.
    LastWayIn,
}

/// A session that begins by a passkey.
#[derive(Debug, Clone)]
pub struct StartByPasskey {
    /// By which one.
    pub used: PasskeyUse,
    /// The log-in that waited for it; `None` where the passkey is the whole log-in.
    pub log_in: Option<PendingLogInHash>,
    /// The session.
    pub new: NewSession,
}

/// Why a passkey started no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartByPasskeyError {
    /// The passkey is gone, or its counter or backup state does not follow.
    #[error("the passkey does not count")]
    Refused,
    /// The log-in that waited is gone, past its end, or finished.
    #[error("the log-in waits no longer")]
    Ended,
    /// As [`StartSessionError::NotAllowed`](super::StartSessionError::NotAllowed).
    #[error("the user may not log in with those credentials")]
    NotAllowed,
    /// As [`StartSessionError::Overtaken`](super::StartSessionError::Overtaken).
    #[error("the same browser has sent another log-in, whose session has begun")]
    Overtaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
