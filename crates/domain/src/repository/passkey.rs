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
/// A passkey is a second factor as well ([`UserRecord::second_factors`](crate::UserRecord::second_factors)). What
/// [`SecondFactorRepository`](super::SecondFactorRepository) says of a change of factors holds when the first passkey is added and when
/// the last one is removed; in every case the version of the credentials is incremented, and pending log-ins and the trust in devices end.
/// That port knows passkeys in turn: turning an app off leaves the recovery codes of a user with a passkey, and removing the second
/// factors deletes the passkeys.
pub trait PasskeyRepository: Send + Sync {
    /// The user's handle: the one that is stored, else this one, from now on and for ever. `None` if the user is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn keep_user_handle(
        &self,
        user: UserId,
        drawn: UserHandle,
    ) -> impl Future<Output = Result<Option<UserHandle>, StoreError>> + Send;

    /// The user's handle, if one is stored.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn user_handle(&self, user: UserId) -> impl Future<Output = Result<Option<UserHandle>, StoreError>> + Send;

    /// The user's passkeys, the one that was added first before the others.
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

    /// Stores the challenge as answered until `ends_at`. Of several concurrent calls with one challenge, one is the first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn answer_challenge(
        &self,
        challenge: &ChallengeHash,
        ends_at: Timestamp,
    ) -> impl Future<Output = Result<ChallengeAnswer, StoreError>> + Send;

    /// Adds a passkey to a user whose [handle](Self::keep_user_handle) is stored. In one step, and only if the session still exists, the
    /// credentials are still of the version named, the user has fewer than [`Passkey::MOST`], and no user has the credential: uses up
    /// the factor that was proved for it, if one was; stores the passkey, and the recovery codes in place of all earlier ones, unless
    /// there are none; gives the session the new token and the authentication, and no former token; and records the activity.
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

    /// In one step, and only if the session still exists: uses up the factor that was proved for it, if one was; deletes the user's
    /// passkey, and the recovery codes if no factor is left; ends the user's other sessions; gives this one the new token, and no former
    /// one; and records the activity. The last passkey of a user without a password stays.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn remove_passkey(
        &self,
        removed: &RemovedPasskey,
        activity: &Activity,
    ) -> impl Future<Output = Result<PasskeyRemoval, StoreError>> + Send;

    /// In one step: finishes the pending log-in, if one is named, as
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

    /// In one step, and only if the session still exists: uses the passkey, and gives the session the authentication and the new
    /// token, and no former one.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn reauthenticate_by_passkey(
        &self,
        by: &ReauthenticationByPasskey,
    ) -> impl Future<Output = Result<PasskeyReauthentication, StoreError>> + Send;

    /// In one step, and only if the session still exists, and the credentials are still of the version named: uses up the factor that was
    /// proved for it, if one was. If the user then has two passkeys, or one and a recovery code: deletes the password, increments the
    /// version of the credentials, ends the user's other sessions, the pending log-ins, and those of the user's links that [end with the
    /// credentials](crate::LinkPurpose::ends_with_credentials), gives the session the new token, and no former one, and records the
    /// activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn remove_password(
        &self,
        removed: &RemovedPassword,
        activity: &Activity,
    ) -> impl Future<Output = Result<PasswordRemoval, StoreError>> + Send;

    /// A relying party id other than this one that a passkey was made for; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn another_rp_id(&self, rp_id: &str) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// Deletes up to `most` answered challenges that ended at `now` or before; returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_challenges(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// A passkey, as it was found by its credential id.
#[derive(Debug, Clone)]
pub struct FoundPasskey {
    /// The passkey.
    pub passkey: Passkey,
    /// Its user.
    pub stored: StoredUser,
    /// The id by which its authenticator knows that user.
    pub handle: UserHandle,
}

/// A proof by a passkey. It counts if the user has the passkey, its counter [goes on](PasskeyUse::counts_after), and its backup
/// state [may follow](Backup::may_become); then the counter, the backup state and the time of its last use are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasskeyUse {
    /// The passkey.
    pub id: PasskeyId,
    /// Its counter from then on.
    pub counter: u32,
    /// Its backup state from then on.
    pub backup: Backup,
    /// When it was used.
    pub at: Timestamp,
}

impl PasskeyUse {
    /// Whether its counter goes on from this one. A counter that was above 0 has to grow, as a copy of the authenticator would not know of
    /// the uses of the original (W3C Web Authentication Level 3 §7.2, step 22). A counter of 0 does not count uses.
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
    /// The passkey.
    pub passkey: Passkey,
    /// The version of the user's credentials that is changed.
    pub credentials_version: i64,
    /// The factor that the user proved for it; `None` if none had to be.
    pub used: Option<FactorUse>,
    /// The recovery codes that come with it; empty if the earlier ones stay.
    pub recovery_codes: Vec<RecoveryCodeHash>,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// How that session is authenticated from then on.
    pub authentication: Authentication,
    /// The new token of that session.
    pub token: TokenHash,
}

/// The outcome of adding a passkey.
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
    /// It was not: the user has [`Passkey::MOST`] passkeys already.
    TooMany,
    /// It was not: a user has it already, perhaps this one.
    AlreadyAdded,
}

/// The outcome of naming a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyRenaming {
    /// It has the name.
    Renamed,
    /// The user has no such passkey.
    NotFound,
}

/// The removal of a passkey.
#[derive(Debug, Clone)]
pub struct RemovedPasskey {
    /// The user.
    pub user_id: UserId,
    /// The passkey.
    pub id: PasskeyId,
    /// The factor that the user proved; `None` if the session had proved one before.
    pub used: Option<FactorUse>,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// The new token of that session.
    pub token: TokenHash,
}

/// The outcome of removing a passkey.
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
    /// The user.
    pub user_id: UserId,
    /// The proof by the passkey.
    pub used: PasskeyUse,
    /// The session that is reauthenticated.
    pub session_id: SessionId,
    /// How that session is authenticated from then on.
    pub authentication: Authentication,
    /// The new token of that session.
    pub token: TokenHash,
}

/// The outcome of a reauthentication by a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyReauthentication {
    /// The session is reauthenticated.
    Renewed,
    /// The session had been ended before, perhaps with the user.
    SessionEnded,
    /// The passkey is gone, or its counter or backup state does not follow.
    Refused,
}

/// The removal of a password.
#[derive(Debug, Clone)]
pub struct RemovedPassword {
    /// The user.
    pub user_id: UserId,
    /// The version of the user's credentials that is changed.
    pub credentials_version: i64,
    /// The factor that the user proved, which is used up; `None` if the session had proved one before.
    pub used: Option<FactorUse>,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// The new token of that session.
    pub token: TokenHash,
}

/// The outcome of removing a password.
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
    /// It was not removed: the code was used by another request.
    AlreadyUsed,
    /// It was not removed: the user has neither two passkeys, nor one and a recovery code.
    LastWayIn,
}

/// A session that begins by a passkey.
#[derive(Debug, Clone)]
pub struct StartByPasskey {
    /// The proof by the passkey.
    pub used: PasskeyUse,
    /// The pending log-in that it finishes; `None` if the passkey is the whole log-in.
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
    /// The pending log-in is gone, past its end, or finished.
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
