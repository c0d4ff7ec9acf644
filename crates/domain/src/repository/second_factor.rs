//! The port for second factors, and for the log-ins that wait for one.

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
/// A user has at the most one authenticator app, and recovery codes only beside a second factor. A passkey is one as well, where a
/// service has a `PasskeyRepository` for them. Whatever changes which factors there are changes [`UserRecord::second_factors`] in the
/// same step, makes the version of the credentials one more, so that log-ins that are under way end, makes no device of the user trusted
/// any more ([`KnownDevice::trusted_until`](crate::KnownDevice::trusted_until)), and ends the user's pending log-ins.
pub trait SecondFactorRepository: Send + Sync {
    /// The user's second factors; none of a user who is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of what there is.
    fn factors_of(&self, user: UserId) -> impl Future<Output = Result<StoredFactors, StoreError>> + Send;

    /// In one step, and only where the session is still there and the credentials are still of the version named: uses the factor up
    /// that an earlier app is replaced by, if one is; keeps the secret as the user's one app, of which the step counts as used, and the
    /// recovery codes in the place of all before, unless there are none; gives the session the new token and the authentication, and no
    /// former token; and records the activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn turn_on_totp(
        &self,
        new: &NewTotp,
        activity: &Activity,
    ) -> impl Future<Output = Result<FactorChange, StoreError>> + Send;

    /// In one step, and only where the session is still there, the credentials are still of the version named, and the user has an app:
    /// uses the factor up, deletes the app, and the recovery codes where no other factor is left, gives the session the new token, and no
    /// former one, and records the activity. Without an app nothing that is proved counts.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn turn_off_totp(
        &self,
        off: &TurnOff,
        activity: &Activity,
    ) -> impl Future<Output = Result<FactorChange, StoreError>> + Send;

    /// In one step, and only where the session is still there and the user has a second factor: uses the factor up that was proved for
    /// it, if one was, puts the codes in the place of all before, and records the activity. The version of the credentials stays, and so
    /// does trust.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn replace_recovery_codes(
        &self,
        new: &NewRecoveryCodes,
        activity: &Activity,
    ) -> impl Future<Output = Result<FactorChange, StoreError>> + Send;

    /// Deletes the user's second factors, passkeys among them, and recovery codes, and records the activity, in one step; nothing is
    /// recorded where there were none. Who has no password either gets in again by a link to set one.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn remove_second_factor(
        &self,
        user: UserId,
        activity: &Activity,
    ) -> impl Future<Output = Result<SecondFactorRemoval, StoreError>> + Send;

    /// Puts `new`, of the same secret, in the place of `old` where that is still the user's; else changes nothing, which is no error.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn reseal(
        &self,
        user: UserId,
        old: &SealedSecret,
        new: &SealedSecret,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Up to `most` sealed secrets with their users, in the order of the users' ids, of those after `after`.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn sealed_secrets(
        &self,
        after: Option<UserId>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<(UserId, SealedSecret)>, StoreError>> + Send;

    /// Keeps a log-in that waits, and ends the one that it replaces and those of the same [`browser`](NewPendingLogIn::browser), where
    /// that is known, whoever's they are, in one step. Changes nothing where one of the same user and browser [overtakes
    /// it](NewPendingLogIn::is_overtaken_by). Harmless when the user is gone: nothing is kept then.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn keep_log_in(&self, new: &NewPendingLogIn) -> impl Future<Output = Result<KeptLogIn, StoreError>> + Send;

    /// Ends the log-in that waits with this token. Harmless when there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn end_log_in(&self, token: &PendingLogInHash) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The log-in that waits with this token, with its user as they are now, whether or not it is still good.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_log_in(
        &self,
        token: &PendingLogInHash,
    ) -> impl Future<Output = Result<Option<FoundPendingLogIn>, StoreError>> + Send;

    /// Takes one of the tries of the log-in that waits, in one step: of however many at once, no more than it has.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; none was taken then.
    fn take_try(&self, token: &PendingLogInHash) -> impl Future<Output = Result<Try, StoreError>> + Send;

    /// In one step: finishes the log-in that waits, which has to be there, of the user, and [open](PendingLogIn::is_open_at) at the first
    /// activity's time; uses the factor up; does all that [`SessionRepository::start`](super::SessionRepository::start) does with the
    /// first activity, and records the others. The log-in stays, as a finished one, until its end. Of several at once one finishes it.
    ///
    /// # Errors
    /// [`FinishLogInError`]. Nothing has changed then.
    fn finish_log_in(
        &self,
        finished: &FinishedLogIn,
        activities: &[Activity],
    ) -> impl Future<Output = Result<(), FinishLogInError>> + Send;

    /// Deletes up to `most` log-ins that waited until `now` or before; how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_log_ins(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// What a user has beside the password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredFactors {
    /// The authenticator app.
    pub totp: Option<StoredTotp>,
    /// The recovery codes that are not used up, in no order.
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

/// Something that is good once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorUse {
    /// The code of this step: counts where the step is later than the user's last one, and becomes that.
    Totp(TotpStep),
    /// This recovery code: counts where the user has it, and goes.
    RecoveryCode(RecoveryCodeHash),
}

/// An authenticator app about to be kept.
#[derive(Debug, Clone)]
pub struct NewTotp {
    /// Whose.
    pub user_id: UserId,
    /// The version of the user's credentials that is changed.
    pub credentials_version: i64,
    /// Its secret.
    pub secret: SealedSecret,
    /// The step whose code proved it.
    pub step: TotpStep,
    /// What the user proved before an earlier app is replaced; `None` where there has to be none.
    pub replacing: Option<FactorUse>,
    /// The recovery codes that come with it; none where those before stay.
    pub recovery_codes: Vec<RecoveryCodeHash>,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// How that session is authenticated from then on.
    pub authentication: Authentication,
    /// The new token of that session.
    pub token: TokenHash,
}

/// The end of a second factor.
#[derive(Debug, Clone)]
pub struct TurnOff {
    /// Whose.
    pub user_id: UserId,
    /// The version of the user's credentials that is changed.
    pub credentials_version: i64,
    /// What the user proved.
    pub used: FactorUse,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// The new token of that session.
    pub token: TokenHash,
}

/// Recovery codes about to be kept.
#[derive(Debug, Clone)]
pub struct NewRecoveryCodes {
    /// Whose.
    pub user_id: UserId,
    /// Their hashes.
    pub hashes: Vec<RecoveryCodeHash>,
    /// What the user proved; `None` where the session had proved a factor before.
    pub used: Option<FactorUse>,
    /// The session that asks for them.
    pub session_id: SessionId,
}

/// What became of a change of second factors.
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

/// What became of removing second factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactorRemoval {
    /// There is none any more.
    Removed,
    /// There was none.
    NoneSetUp,
    /// The user is gone, or never was.
    NoSuchUser,
}

/// A log-in that waits, about to be kept.
#[derive(Debug, Clone)]
pub struct NewPendingLogIn {
    /// The hash of its token.
    pub token: PendingLogInHash,
    /// Whose password was right.
    pub user_id: UserId,
    /// The version of the credentials that were verified.
    pub credentials_version: i64,
    /// Which session is wished for.
    pub kind: SessionKind,
    /// The browser that it is of, where that is known.
    pub browser: Option<BrowserId>,
    /// From when on it is good no longer: [`PendingLogIn::LIFETIME`] after it was asked for, so that it says which was asked for later.
    pub ends_at: Timestamp,
    /// The one that the browser sent along, which ends.
    pub replacing: Option<PendingLogInHash>,
}

impl NewPendingLogIn {
    /// Whether that one, of the same user and browser, was asked for later, and so lately that it is the same form, sent once more.
    #[must_use]
    pub fn is_overtaken_by(&self, other: &PendingLogIn) -> bool {
        self.browser.is_some()
            && (other.user_id, other.browser) == (self.user_id, self.browser)
            && other.ends_at > self.ends_at
            && other.ends_at < self.overtaken_until()
    }

    /// One that ends from then on was not sent together with this one.
    #[must_use]
    pub fn overtaken_until(&self) -> Timestamp {
        self.ends_at.plus(BrowserId::SENT_TWICE)
    }
}

/// What became of a log-in that was to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptLogIn {
    /// It waits, or its user is gone.
    Kept,
    /// It does not: the same browser has sent it once more, and that one waits, or has waited.
    Overtaken,
}

/// A log-in that waits, as it was found by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPendingLogIn {
    /// What it is.
    pub log_in: PendingLogIn,
    /// Whose it is.
    pub user: UserRecord,
    /// The version that the user's credentials have now.
    pub credentials_version: i64,
}

impl FoundPendingLogIn {
    /// Whether it may go on at this time in this browser: it is open, and has tries left.
    #[must_use]
    pub fn is_good_at(&self, now: Timestamp, browser: Option<BrowserId>) -> bool {
        self.log_in.is_open_at(now) && self.log_in.tries < PendingLogIn::MOST_TRIES && self.is_of(browser)
    }

    /// Whether it is the user's as they are now, and of this browser, as far as both are known.
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
    /// It may, and so many more afterwards.
    Taken {
        /// How many are left.
        left: u32,
    },
    /// The log-in has none left, is finished, or is gone.
    NoneLeft,
}

/// The end of a log-in that waited.
#[derive(Debug, Clone)]
pub struct FinishedLogIn {
    /// Which one.
    pub log_in: PendingLogInHash,
    /// What the user proved.
    pub used: FactorUse,
    /// The session that begins.
    pub new: NewSession,
}

/// Why a log-in that waited was not finished.
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
