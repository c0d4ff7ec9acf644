//! The port for second factors, and for the log-ins that wait for one of them.

use std::future::Future;

use super::{NewSession, StoreError};
use crate::activity::Activity;
use crate::authentication::Authentication;
use crate::client::BrowserId;
use crate::clock::Timestamp;
use crate::second_factor::{PendingLogIn, RecoveryCodeHash, SealedSecret, TotpStep};
use crate::session::{SessionId, SessionKind};
use crate::token::{PendingLogInHash, TokenHash};
use crate::user::{Standing, UserId, UserRecord};

/// Keeps second factors, recovery codes, and log-ins that wait for one of them. Only the use cases of second factors ask for it.
///
/// A user has at most one authenticator app, and recovery codes only beside a second factor. In a service with a `PasskeyRepository`, a
/// passkey is a second factor as well. In the same step, every change of which factors there are changes
/// [`UserRecord::second_factors`], increments the version of the credentials, so that log-ins that are under way end, ends the trust in
/// the user's devices ([`KnownDevice::trusted_until`](crate::KnownDevice::trusted_until)), and ends the user's pending log-ins.
pub trait SecondFactorRepository: Send + Sync {
    /// The user's second factors; none if the user is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of what there is.
    fn factors_of(&self, user: UserId) -> impl Future<Output = Result<StoredFactors, StoreError>> + Send;

    /// In one step, and only if the session still exists and the credentials are still of the version named: uses up the factor that
    /// was proved for it, if one was; stores the secret as the user's one app, with the step counted as used, and the
    /// recovery codes in place of all earlier ones, unless there are none; gives the session the new token and the authentication, and
    /// no former token; and records the activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn turn_on_totp(
        &self,
        new: &NewTotp,
        activity: &Activity,
    ) -> impl Future<Output = Result<FactorChange, StoreError>> + Send;

    /// In one step, and only if the session still exists, the credentials are still of the version named, and the user has an app: uses
    /// up the factor; deletes the app, and the recovery codes if no other factor is left; gives the session the new token, and no former
    /// one; and records the activity. Without an app, no proof counts.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn turn_off_totp(
        &self,
        off: &TurnOff,
        activity: &Activity,
    ) -> impl Future<Output = Result<FactorChange, StoreError>> + Send;

    /// In one step, and only if the session still exists and the user has a second factor: uses up the factor that was proved for it, if
    /// one was; stores the codes in place of all earlier ones; and records the activity. The version of the credentials stays, and so
    /// does the trust in devices.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn replace_recovery_codes(
        &self,
        new: &NewRecoveryCodes,
        activity: &Activity,
    ) -> impl Future<Output = Result<FactorChange, StoreError>> + Send;

    /// Deletes the user's second factors, passkeys included, and recovery codes, and records the activity, in one step; if there
    /// were none, nothing is recorded. A user without a password gets in again by a link to set one.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn remove_second_factor(
        &self,
        user: UserId,
        activity: &Activity,
    ) -> impl Future<Output = Result<SecondFactorRemoval, StoreError>> + Send;

    /// Replaces `old` with `new`, which seals the same secret, if `old` is still the user's; otherwise changes nothing, which is no
    /// error.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn reseal(
        &self,
        user: UserId,
        old: &SealedSecret,
        new: &SealedSecret,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Up to `most` sealed secrets with their users, in the order of the users' ids, after the user `after`.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn sealed_secrets(
        &self,
        after: Option<UserId>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<(UserId, SealedSecret)>, StoreError>> + Send;

    /// In one step, stores a pending log-in, and ends the one that it replaces and those in the same
    /// [`browser`](NewPendingLogIn::browser), if that is known, of any user. Changes nothing if a pending log-in of the same user and
    /// browser [overtakes it](NewPendingLogIn::is_overtaken_by). Harmless when the user is gone: nothing is stored then.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn keep_log_in(&self, new: &NewPendingLogIn) -> impl Future<Output = Result<KeptLogIn, StoreError>> + Send;

    /// Ends the pending log-in with this token. Harmless when there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn end_log_in(&self, token: &PendingLogInHash) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The pending log-in with this token, with its user as they are now, whether or not it is still good.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_log_in(
        &self,
        token: &PendingLogInHash,
    ) -> impl Future<Output = Result<Option<FoundPendingLogIn>, StoreError>> + Send;

    /// Takes one of the tries of the pending log-in, in one step: concurrent calls take no more than it has.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; none was taken then.
    fn take_try(&self, token: &PendingLogInHash) -> impl Future<Output = Result<Try, StoreError>> + Send;

    /// In one step: finishes the pending log-in, which has to exist, be the user's, and be [open](PendingLogIn::is_open_at) at the first
    /// activity's time; uses up the factor; does all that [`SessionRepository::start`](super::SessionRepository::start) does with the
    /// first activity, and records the others. The log-in stays, as a finished one, until its end. Of several concurrent calls, one
    /// finishes it.
    ///
    /// # Errors
    /// [`FinishLogInError`]. Nothing has changed then.
    fn finish_log_in(
        &self,
        finished: &FinishedLogIn,
        activities: &[Activity],
    ) -> impl Future<Output = Result<(), FinishLogInError>> + Send;

    /// Deletes up to `most` pending log-ins that ended at or before `now`; returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_log_ins(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// The factors that a user has beside the password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredFactors {
    /// The authenticator app.
    pub totp: Option<StoredTotp>,
    /// The recovery codes that are not used up, in no particular order.
    pub recovery_codes: Vec<RecoveryCodeHash>,
}

/// An authenticator app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTotp {
    /// Its secret.
    pub secret: SealedSecret,
    /// The latest step of which a code was used: only a later one counts.
    pub last_step: TotpStep,
    /// When it was set up.
    pub created_at: Timestamp,
}

/// A proof that counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorUse {
    /// The code of this step: it counts if the step is later than the user's last one, and becomes the last one.
    Totp(TotpStep),
    /// This recovery code: it counts if the user has it, and is deleted.
    RecoveryCode(RecoveryCodeHash),
}

/// An authenticator app about to be kept.
#[derive(Debug, Clone)]
pub struct NewTotp {
    /// The user.
    pub user_id: UserId,
    /// The version of the user's credentials that is changed.
    pub credentials_version: i64,
    /// Its secret.
    pub secret: SealedSecret,
    /// The step whose code proved it.
    pub step: TotpStep,
    /// The factor that the user proved, to replace an earlier app or to add one beside a passkey; `None` if there has to be no earlier app.
    pub replacing: Option<FactorUse>,
    /// The recovery codes that come with it; empty if the earlier ones stay.
    pub recovery_codes: Vec<RecoveryCodeHash>,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// How that session is authenticated from then on.
    pub authentication: Authentication,
    /// The new token of that session.
    pub token: TokenHash,
}

/// The end of an authenticator app.
#[derive(Debug, Clone)]
pub struct TurnOff {
    /// The user.
    pub user_id: UserId,
    /// The version of the user's credentials that is changed.
    pub credentials_version: i64,
    /// The factor that the user proved.
    pub used: FactorUse,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// The new token of that session.
    pub token: TokenHash,
}

/// Recovery codes about to be kept.
#[derive(Debug, Clone)]
pub struct NewRecoveryCodes {
    /// The user.
    pub user_id: UserId,
    /// Their hashes.
    pub hashes: Vec<RecoveryCodeHash>,
    /// The factor that the user proved; `None` if the session had proved one before.
    pub used: Option<FactorUse>,
    /// The session that asks for them.
    pub session_id: SessionId,
}

/// The outcome of a change of second factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorChange {
    /// It was made.
    Made,
    /// It was not: the session had been ended before, perhaps with the user.
    SessionEnded,
    /// It was not: the user has other credentials or factors by now.
    CredentialsChanged,
    /// It was not: the factor was used by another request.
    AlreadyUsed,
}

/// The outcome of removing second factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactorRemoval {
    /// There is none any more.
    Removed,
    /// There was none.
    NoneSetUp,
    /// The user is gone, or never was.
    NoSuchUser,
}

/// A pending log-in about to be stored.
#[derive(Debug, Clone)]
pub struct NewPendingLogIn {
    /// The hash of its token.
    pub token: PendingLogInHash,
    /// The user whose password was right.
    pub user_id: UserId,
    /// The version of the credentials that were verified.
    pub credentials_version: i64,
    /// The kind of session that was asked for.
    pub kind: SessionKind,
    /// Its browser, if that is known.
    pub browser: Option<BrowserId>,
    /// When it expires: [`PendingLogIn::LIFETIME`] after it was asked for, so that this also tells which of two was asked for later.
    pub ends_at: Timestamp,
    /// The pending log-in whose token the browser sent along, which ends.
    pub replacing: Option<PendingLogInHash>,
}

impl NewPendingLogIn {
    /// Whether the other one, of the same user and browser, was asked for later, by less than [`BrowserId::SENT_TWICE`], so that it
    /// is the same form, sent once more.
    #[must_use]
    pub fn is_overtaken_by(&self, other: &PendingLogIn) -> bool {
        self.browser.is_some()
            && (other.user_id, other.browser) == (self.user_id, self.browser)
            && other.ends_at > self.ends_at
            && other.ends_at < self.overtaken_until()
    }

    /// A pending log-in that ends at this time or later was not sent together with this one.
    #[must_use]
    pub fn overtaken_until(&self) -> Timestamp {
        self.ends_at.plus(BrowserId::SENT_TWICE)
    }
}

/// The outcome of storing a pending log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptLogIn {
    /// It is stored, or its user is gone.
    Kept,
    /// It is not stored: the same browser has sent it once more, and that one waits, or has waited.
    Overtaken,
}

/// A pending log-in, as it was found by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPendingLogIn {
    /// The pending log-in.
    pub log_in: PendingLogIn,
    /// Its user.
    pub user: UserRecord,
    /// The present version of the user's credentials.
    pub credentials_version: i64,
}

impl FoundPendingLogIn {
    /// Whether it may go on at this time in this browser: it is open, and has tries left.
    #[must_use]
    pub fn is_good_at(&self, now: Timestamp, browser: Option<BrowserId>) -> bool {
        self.log_in.is_open_at(now) && self.log_in.tries < PendingLogIn::MOST_TRIES && self.is_of(browser)
    }

    /// Whether its user is active and has the same credentials still, and whether it is of this browser, if its own is known.
    #[must_use]
    pub fn is_of(&self, browser: Option<BrowserId>) -> bool {
        self.log_in.credentials_version == self.credentials_version
            && self.user.standing == Standing::Active
            && (self.log_in.browser.is_none() || self.log_in.browser == browser)
    }
}

/// Whether a code may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Try {
    /// It may.
    Taken {
        /// How many more may be tried afterwards.
        left: u32,
    },
    /// The log-in has none left, is finished, or is gone.
    NoneLeft,
}

/// The end of a pending log-in.
#[derive(Debug, Clone)]
pub struct FinishedLogIn {
    /// The pending log-in.
    pub log_in: PendingLogInHash,
    /// The factor that the user proved.
    pub used: FactorUse,
    /// The session that begins.
    pub new: NewSession,
}

/// Why a pending log-in was not finished.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FinishLogInError {
    /// It is gone, past its end, or finished.
    #[error("the log-in waits no longer")]
    Ended,
    /// The code was used by another request.
    #[error("the code has been used")]
    AlreadyUsed,
    /// The user is closed or gone, or has other credentials by now.
    #[error("the user may not log in with those credentials")]
    NotAllowed,
    /// As [`StartSessionError::Overtaken`](super::StartSessionError::Overtaken).
    #[error("the same browser has sent another log-in, whose session has begun")]
    Overtaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
