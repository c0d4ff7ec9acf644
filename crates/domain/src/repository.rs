//! The ports to a database. `doorward-storage` implements them for SQL; `testing::store_contract!` tests any other.
//!
//! All methods are `-> impl Future + Send`, so that generic code may be spawned; implement them with plain `async fn`.
//! None of them decides anything: rules are the domain's. What they promise instead is atomicity, spelled out at each.

mod administration;
mod email;
mod language;
mod outbox;
#[cfg(feature = "passkeys")]
mod passkey;
#[cfg(feature = "second-factor")]
mod second_factor;
mod user_import;

use std::error::Error;
use std::future::Future;
use std::num::NonZeroU32;
use std::time::Duration;

pub use administration::{
    AdministrationRepository, FormerName, UserDeletion, UserFilter, UserRename, UserRenameError, UserSummary,
};
pub use email::{
    EmailChange, EmailGiving, EmailLinkUse, EmailRepository, EmailSetting, EmailState, EmailUndo, EmailVerification,
    Emails, SetEmail,
};
pub use language::LanguageRepository;
pub use outbox::{NewMail, OutboxRepository, QueuedMail, Queueing};
#[cfg(feature = "passkeys")]
pub use passkey::{
    ChallengeAnswer, FoundPasskey, NewPasskey, PasskeyAddition, PasskeyReauthentication, PasskeyRemoval,
    PasskeyRenaming, PasskeyRepository, PasskeyUse, PasswordRemoval, ReauthenticationByPasskey, RemovedPasskey,
    RemovedPassword, StartByPasskey, StartByPasskeyError,
};
#[cfg(feature = "second-factor")]
pub use second_factor::{
    FactorChange, FactorUse, FinishLogInError, FinishedLogIn, FoundPendingLogIn, KeptLogIn, NewPendingLogIn,
    NewRecoveryCodes, NewTotp, SecondFactorRemoval, SecondFactorRepository, StoredFactors, StoredTotp, Try, TurnOff,
};
pub use user_import::{ImportBatch, ImportUsersError, UserImportRepository, UserToImport};

use crate::activity::{Activity, ActivityId, SinceLastLogIn};
use crate::authentication::Authentication;
use crate::client::BrowserId;
use crate::clock::Timestamp;
use crate::email_address::EmailAddress;
use crate::invitation::Invitation;
use crate::known_device::{DeviceKey, KnownDevice, KnownDeviceId};
use crate::link::{Link, LinkHash, LinkPurpose};
use crate::password::PasswordHash;
use crate::session::{Session, SessionId, SessionKind};
use crate::throttle::{Counter, CounterKey, CounterState};
use crate::token::TokenHash;
use crate::user::{NewUser, Standing, StoredUser, UserId, UserRecord};
use crate::username::Username;

/// All that people keep who sign up, log in and log out by a password. Each use case of [`AuthService`](crate::AuthService) asks
/// for no more of these ports than it needs. Where a feature brings a port of its own, only that feature's use cases ask for it:
/// `Store` stays as it is, and so does every store that does without the feature.
pub trait Store:
    UserRepository + SessionRepository + DeviceRepository + ActivityRepository + ThrottleRepository
{
}

impl<S> Store for S where
    S: UserRepository + SessionRepository + DeviceRepository + ActivityRepository + ThrottleRepository
{
}

/// Keeps users, and the names that nobody may have for a while.
pub trait UserRepository: Send + Sync {
    /// Stores a new user, or nothing.
    ///
    /// # Errors
    /// [`InsertUserError::UsernameTaken`] when the username's key is in use, or reserved beyond the user's `created_at`,
    /// also when two callers race for it: exactly one of them gets it. [`InsertUserError::Store`] when the store fails.
    fn insert(&self, user: &NewUser) -> impl Future<Output = Result<(), InsertUserError>> + Send;

    /// The user whose username has this [`key`](Username::key), whatever the spelling and the standing.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_by_username(
        &self,
        username: &Username,
    ) -> impl Future<Output = Result<Option<StoredUser>, StoreError>> + Send;

    /// The user with this id, whatever the standing.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_by_id(&self, id: UserId) -> impl Future<Output = Result<Option<StoredUser>, StoreError>> + Send;

    /// Puts `new`, of the same password, in the place of `old` where the user's hash still is `old`, in one step; else
    /// changes nothing, which is no error: somebody else was quicker. The version of the credentials stays.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Changes the password of a user who has one, in one step and only where the credentials are still of the version named and the
    /// session still there: stores the hash, makes the version one more, ends all the user's other sessions, gives this one
    /// the new token and no former one, writes its authentication down, marks it as renewed at the activity's time, forgets all
    /// devices that are known to the user, and records the activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn change_password(
        &self,
        change: &PasswordChange,
        activity: &Activity,
    ) -> impl Future<Output = Result<AccountChange, StoreError>> + Send;

    /// Gives the user another username and the session its new token, and records the activity, in one step. Where the
    /// key changes, the old one is reserved until `reserved_until`, for this user alone; a reservation of the new one that
    /// is this user's own goes. The session has no former token then, and is renewed at the activity's time.
    ///
    /// # Errors
    /// [`RenameUserError::UsernameTaken`] when somebody else has the new key, or it is reserved for another beyond
    /// the activity's time, also in a race. [`RenameUserError::SessionEnded`] when the session is gone, or the user.
    /// [`RenameUserError::Store`] when the store fails. Nothing has changed then.
    fn change_username(
        &self,
        change: &UsernameChange,
        activity: &Activity,
    ) -> impl Future<Output = Result<(), RenameUserError>> + Send;

    /// Deletes the user with everything of theirs, mails that wait among it, where this session of theirs is still there and the
    /// credentials are still of the version named, and reserves the name for nobody until `reserved_until`, in one step. The
    /// activity is written nowhere; the mail that tells of it is queued.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn delete(
        &self,
        id: UserId,
        session: SessionId,
        credentials_version: i64,
        reserved_until: Timestamp,
        activity: &Activity,
    ) -> impl Future<Output = Result<AccountChange, StoreError>> + Send;

    /// Closes the account, ends all its sessions and the log-ins that wait for a second factor, forgets the devices that are known to it,
    /// and records the activity, in one step.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn close(&self, id: UserId, activity: &Activity)
    -> impl Future<Output = Result<StandingChange, StoreError>> + Send;

    /// Lets the user log in again, and records the activity, in one step.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn reopen(
        &self,
        id: UserId,
        activity: &Activity,
    ) -> impl Future<Output = Result<StandingChange, StoreError>> + Send;

    /// Forgets up to `most` reservations that ended at or before `now`; how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn release_names(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Keeps sessions.
pub trait SessionRepository: Send + Sync {
    /// In one step: checks that the user is (still) active and the credentials (still) of the version that was verified,
    /// stores the session, ends the one that the token to be replaced opens at the activity's time, and of more than `most` of
    /// the user those seen longest ago, never the new one; writes down that the device was logged in with at the activity's
    /// time, and forgets all but the latest [`KnownDevice::MOST`] of the user; settles the attempt, and records the activity.
    /// Where any of it fails, nothing has changed.
    ///
    /// # Errors
    /// [`StartSessionError::NotAllowed`] when the user is closed or gone, or has other credentials by now.
    /// [`StartSessionError::Overtaken`] when a session of the user in the same [`browser`](crate::Client::browser), where that is
    /// known, was asked for ([`Session::created_at`]) later than this one, by less than [`BrowserId::SENT_TWICE`](crate::BrowserId::SENT_TWICE).
    /// [`StartSessionError::Store`] when the store fails.
    fn start(
        &self,
        new: &NewSession,
        activity: &Activity,
    ) -> impl Future<Output = Result<(), StartSessionError>> + Send;

    /// The session whose token, or former token, this is, with its user: one read, as every page asks it. Only a token
    /// that is no session's costs a second one.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_by_token(&self, token: &TokenHash)
    -> impl Future<Output = Result<Option<FoundSession>, StoreError>> + Send;

    /// Moves the session's `last_seen_at` forward to `seen_at`; never back. Harmless when the session is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn touch(&self, id: SessionId, seen_at: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Gives the session a new token, drawn at `at`, and keeps `presented` as its former one; only where it was last
    /// renewed at `renewed_at`, so that of several who try one does.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn renew_token(
        &self,
        session: &Session,
        presented: &TokenHash,
        new: &TokenHash,
        at: Timestamp,
    ) -> impl Future<Output = Result<TokenRenewal, StoreError>> + Send;

    /// The session's new token has arrived: its former one is good until `until` and no longer. Of several calls the first
    /// counts. Harmless when there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn end_former_token(&self, id: SessionId, until: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Writes the session's new authentication down, and in the same step gives it `new` in the place of its tokens, where `old`
    /// still opens it at the authentication's time; no former token is left.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn reauthenticate(
        &self,
        session: &Session,
        old: &TokenHash,
        new: &TokenHash,
        authentication: &Authentication,
    ) -> impl Future<Output = Result<Reauthentication, StoreError>> + Send;

    /// Up to `most` sessions of the user, last seen first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn sessions_of(&self, user: UserId, most: u32) -> impl Future<Output = Result<Vec<Session>, StoreError>> + Send;

    /// Ends sessions of this user, and records the activity, in one step; nothing is recorded where there were none to end.
    /// The session that wishes it is looked for in the same step: of two that end each other at once, one is left.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has ended then.
    fn end(
        &self,
        user: UserId,
        ending: Ending,
        activity: &Activity,
    ) -> impl Future<Output = Result<EndedSessions, StoreError>> + Send;

    /// Deletes the session, which reached a limit, without a word. Harmless when it is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn discard(&self, id: SessionId) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Deletes up to `most` sessions that have reached one of their limits; how many. `most` are chosen by a read, and
    /// each is judged once more in the step that deletes it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_expired(&self, expiry: &[Expiry], most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Keeps the devices that are known to accounts. [`SessionRepository::start`] makes them known, and much of what
/// [`UserRepository`] does has them forgotten.
pub trait DeviceRepository: Send + Sync {
    /// The device that has one of these keys: one read, however many keys. A browser that was not logged in with for long has a new
    /// key besides its old one: of several devices, the one of the latest log-in.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_device(&self, keys: &[DeviceKey]) -> impl Future<Output = Result<Option<KnownDevice>, StoreError>> + Send;

    /// Up to `most` of the devices that are known to the user, that of the last log-in first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn devices_of(&self, user: UserId, most: u32) -> impl Future<Output = Result<Vec<KnownDevice>, StoreError>> + Send;

    /// Forgets this device where it is known to this user, and records the activity in the same step; nothing is recorded
    /// where there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn forget_device(
        &self,
        user: UserId,
        id: KnownDeviceId,
        activity: &Activity,
    ) -> impl Future<Output = Result<ForgottenDevice, StoreError>> + Send;

    /// Forgets up to `most` devices whose last log-in was at or before `until`; how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_devices(&self, until: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Keeps what happened. Whoever writes an activity down queues the mail that tells of it in the same step, where
/// [`Activity::notice`] asks for one and the user has a verified address: `notice` asks for none in a service that sends no mails.
pub trait ActivityRepository: Send + Sync {
    /// Writes it down. What is nobody's is written like anything else, so that it takes as long.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn record(&self, activity: &Activity) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Up to `most` of what happened to this user, before that with the id `before`, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn activity_of(
        &self,
        user: UserId,
        before: Option<ActivityId>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<Activity>, StoreError>> + Send;

    /// The user's newest [`LoggedIn`](crate::activity::Event::LoggedIn) by the order of the ids, and the attempts that
    /// [failed](crate::activity::Event::is_failed_attempt) after it, counted from the newest to at most
    /// [`FailedAttempts::MOST`](crate::FailedAttempts::MOST).
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn since_last_log_in(&self, user: UserId) -> impl Future<Output = Result<SinceLastLogIn, StoreError>> + Send;

    /// Deletes up to `most` of what is older than `kept_from`, and of what is nobody's; how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_activity(&self, kept_from: ActivityId, most: u32)
    -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Keeps counters of attempts, each as [`Limit`](crate::throttle::Limit) says.
pub trait ThrottleRepository: Send + Sync {
    /// Counts an attempt on each of these counters, in one step, unless one of them has to wait: then on none. Of several
    /// at the same moment no more are counted than each limit allows.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing was counted then.
    fn count_attempt(
        &self,
        counters: &[Counter],
        now: Timestamp,
    ) -> impl Future<Output = Result<Admission, StoreError>> + Send;

    /// Settles an attempt that has ended, in one step. Harmless where there is nothing to settle.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn settle_attempt(
        &self,
        settlement: &Settlement,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Deletes up to `most` counters whose time to be forgotten has come; how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_counters(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Keeps one-time links. Only the use cases of links ask for it.
///
/// A link is good as [`FoundLink::is_good_at`] says: while the user is active, and one to set a password for the version of the
/// credentials that the user had when it was made. So a changed password ends it without a word to this port, and so does the end of the account. One
/// that was made before an account was closed is good again once the account is reopened, until its end.
pub trait LinkRepository: Send + Sync {
    /// In one step: stores the link at the version that the user's credentials have, whatever the user's standing, ends those of
    /// this purpose and user that were [asked for](Link::requested_at) before, and records the activity, where there is one.
    /// Where the link is about an address, those that were asked for at the same time stay: they answer one request. Of a purpose that
    /// [does not end with a later one](crate::LinkPurpose::ends_with_a_later_one) all stay, and none is superseded.
    ///
    /// # Errors
    /// [`StoreLinkError::NoSuchUser`] when the user is gone. [`StoreLinkError::Superseded`] when there is one of this purpose and
    /// user that was asked for later. [`StoreLinkError::Store`] when the store fails. Nothing has changed then.
    fn store_link(
        &self,
        link: &NewLink,
        activity: Option<&Activity>,
    ) -> impl Future<Output = Result<(), StoreLinkError>> + Send;

    /// The link with this token, where it is for this purpose, with its user as they are now, whether or not it is still good.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_link(
        &self,
        token: &LinkHash,
        purpose: LinkPurpose,
    ) -> impl Future<Output = Result<Option<FoundLink>, StoreError>> + Send;

    /// In one step, and only where the link is this user's, for [`LinkPurpose::ResetPassword`], and
    /// [good](FoundLink::is_good_at) at the activity's time, and where it went to an address, that is the user's verified one: stores the hash, in the place of another one or as the first,
    /// makes the version of the credentials one more, leaves no address pending beside a verified one, ends all the user's links but those to
    /// [put an address back](LinkPurpose::UndoEmail) and all sessions, forgets all devices that are known to the user, and
    /// records the activity. Of several at once one uses the link.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn reset_password(
        &self,
        reset: &PasswordReset,
        activity: &Activity,
    ) -> impl Future<Output = Result<LinkUse, StoreError>> + Send;

    /// The user's links, whether or not they are still good.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn links_of(&self, user: UserId) -> impl Future<Output = Result<Vec<Link>, StoreError>> + Send;

    /// Deletes up to `most` links that ended at or before `now`; how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_links(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Keeps invitations. Only the use cases of invitations ask for it.
pub trait InvitationRepository: Send + Sync {
    /// Stores a new invitation.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn store_invitation(&self, invitation: &NewInvitation) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The invitation with this token, whether or not it is still good; one that is used up may be gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_invitation(&self, token: &LinkHash) -> impl Future<Output = Result<Option<Invitation>, StoreError>> + Send;

    /// As [`UserRepository::insert`], and in the same step uses the invitation once, which has to be
    /// [good](Invitation::is_good_at) at the user's `created_at`. Of several at once no more are stored than it has uses left.
    ///
    /// # Errors
    /// [`InsertInvitedError::InvitationExpired`] when there is no such invitation, or it is good no longer, whoever has the name.
    /// [`InsertInvitedError::UsernameTaken`] as there, and nothing is used up. [`InsertInvitedError::Store`] when the store fails.
    fn insert_invited(
        &self,
        user: &NewUser,
        invitation: &LinkHash,
    ) -> impl Future<Output = Result<(), InsertInvitedError>> + Send;

    /// Deletes up to `most` invitations that ended at or before `now` or are used up; how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_invitations(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Whether an attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It was counted.
    Counted,
    /// It has to wait.
    WaitUntil {
        /// When all the counters may be free.
        free_at: Timestamp,
        /// The one that is free last.
        counter: CounterKey,
    },
}

impl Admission {
    /// Counts an attempt on all of these counters, of which `state_of` says how they are: what they are then.
    ///
    /// # Errors
    /// [`WaitUntil`](Self::WaitUntil) where one of them has to be waited for: none counts.
    pub fn count_all(
        counters: &[Counter],
        state_of: impl Fn(&CounterKey) -> Option<CounterState>,
        now: Timestamp,
    ) -> Result<Vec<(CounterKey, CounterState)>, Self> {
        let mut counted = Vec::new();
        let mut latest = None;
        for Counter { key, limit, .. } in counters {
            match limit.count(state_of(key), now) {
                Ok(state) => counted.push((*key, state)),
                Err(free_at) => latest = latest.max(Some((free_at, *key))),
            }
        }
        match latest {
            Some((free_at, key)) => Err(Self::WaitUntil { free_at, counter: key }),
            None => Ok(counted),
        }
    }
}

/// A session about to be stored.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// What it is.
    pub session: Session,
    /// The hash of its token.
    pub token: TokenHash,
    /// The token that the browser sent along: the session that it opens ends with the beginning of this one. So does
    /// one of the user in the same [`browser`](crate::Client::browser), where that is known, that was not asked for later
    /// ([`Session::created_at`]).
    pub replacing: Option<TokenHash>,
    /// The version of the credentials that were verified.
    pub credentials_version: i64,
    /// The most sessions that the user has with it; at least 1.
    pub most: u32,
    /// The device, where devices are known at all.
    pub device: Option<DeviceLogIn>,
    /// What becomes of the attempt that led to it.
    pub settlement: Settlement,
}

impl NewSession {
    /// Whether it is refused as [`Overtaken`](StartSessionError::Overtaken): the other session is in the same browser, and was asked for
    /// later, within the time in which a browser sends a form twice.
    #[must_use]
    pub fn is_overtaken_by(&self, other: &Session) -> bool {
        let asked_at = self.session.created_at;
        let sent_twice = asked_at < other.created_at && other.created_at < asked_at.plus(BrowserId::SENT_TWICE);
        sent_twice && self.is_in_the_browser_of(other)
    }

    /// Whether the other session ends with its beginning, as one in the same browser that was not asked for later.
    #[must_use]
    pub fn takes_the_place_of(&self, other: &Session) -> bool {
        other.created_at <= self.session.created_at && self.is_in_the_browser_of(other)
    }

    fn is_in_the_browser_of(&self, other: &Session) -> bool {
        let browser = self.session.client.browser;
        self.session.user_id == other.user_id && browser.is_some() && browser == other.client.browser
    }
}

/// The device with which a session begins.
#[derive(Debug, Clone)]
pub enum DeviceLogIn {
    /// One that is known, unless it was forgotten meanwhile: the client and the time of its last log-in are those of the
    /// activity.
    Again {
        /// Which one.
        id: KnownDeviceId,
        /// Until when it is trusted from now on; `None` leaves that as it is.
        trusted_until: Option<Timestamp>,
    },
    /// One that becomes known.
    First {
        /// What it is.
        device: KnownDevice,
        /// Its key.
        key: DeviceKey,
    },
}

/// What becomes of the counters of an attempt that has ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settlement {
    /// The attempt is taken back from these.
    pub taken_back: Vec<Counter>,
    /// These are forgotten, with all the attempts before.
    pub forgotten: Vec<CounterKey>,
}

impl Settlement {
    /// Whether nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken_back.is_empty() && self.forgotten.is_empty()
    }

    /// All counters that it is about.
    pub fn keys(&self) -> impl Iterator<Item = CounterKey> + Clone {
        self.taken_back.iter().map(|counter| counter.key).chain(self.forgotten.iter().copied())
    }

    /// What the counters are that change by it, of which `state_of` says how they are; `None` for those that are to be deleted.
    pub fn settle(
        &self,
        state_of: impl Fn(&CounterKey) -> Option<CounterState>,
        now: Timestamp,
    ) -> Vec<(CounterKey, Option<CounterState>)> {
        let left = |counter: &Counter| Some((counter.key, counter.limit.take_back(state_of(&counter.key)?, now)));
        let taken_back = self.taken_back.iter().filter(|counter| !self.forgotten.contains(&counter.key));
        taken_back.filter_map(left).chain(self.forgotten.iter().map(|key| (*key, None))).collect()
    }
}

/// A session that was found by a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSession {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub user: UserRecord,
    /// What the token is to the session.
    pub token: TokenRole,
}

/// The token that a session had before its current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormerToken {
    /// Its hash.
    pub hash: TokenHash,
    /// Until when it is good, once the current one has arrived.
    pub until: Option<Timestamp>,
}

/// What a token is to its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRole {
    /// The one token, or the new one after it had arrived.
    Only,
    /// The new one, which has not been seen before.
    Newer,
    /// The former one.
    Former {
        /// Until when it is good, once the new one has arrived.
        until: Option<Timestamp>,
    },
}

impl TokenRole {
    /// What the token that was sent is to a session with these; nothing where it is neither of them.
    #[must_use]
    pub fn of(sent: &TokenHash, current: &TokenHash, former: Option<FormerToken>) -> Option<Self> {
        match former {
            Some(former) if former.hash == *sent => Some(Self::Former { until: former.until }),
            _ if current != sent => None,
            Some(FormerToken { until: None, .. }) => Some(Self::Newer),
            _ => Some(Self::Only),
        }
    }

    /// Whether the token opens its session at this time: a former one does until its end, and counts for nothing afterwards.
    #[must_use]
    pub fn opens_at(self, now: Timestamp) -> bool {
        !matches!(self, Self::Former { until: Some(until) } if until <= now)
    }
}

/// Which sessions of a user are to end.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// The one that this token opens at the activity's time.
    OfToken(TokenHash),
    /// This one, which may be `by` itself, where `by` is still there.
    One {
        /// The one to end.
        session: SessionId,
        /// The one that wishes it.
        by: SessionId,
    },
    /// All but `by`, where it is still there.
    Others {
        /// The one that wishes it.
        by: SessionId,
    },
    /// All of them.
    All,
}

impl Ending {
    /// The session that wishes it, if it is one.
    #[must_use]
    pub const fn by(self) -> Option<SessionId> {
        match self {
            Self::One { by, .. } | Self::Others { by } => Some(by),
            Self::OfToken(_) | Self::All => None,
        }
    }
}

/// What became of ending sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedSessions {
    /// So many have ended.
    Ended(u64),
    /// None: the session that wished it had been ended before, perhaps with the user.
    SessionEnded,
}

/// What became of a new token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRenewal {
    /// The session has it.
    Renewed,
    /// Somebody else was first, or the session has ended: the token is nobody's.
    TooLate,
}

/// What became of forgetting a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgottenDevice {
    /// It is known no longer.
    Forgotten,
    /// The user has no such device.
    NotFound,
}

/// What became of a change that a session asks for by the user's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChange {
    /// It was made.
    Made,
    /// It was not: the session had been ended before, perhaps with the user.
    SessionEnded,
    /// It was not: the user has other credentials by now.
    CredentialsChanged,
}

/// What became of closing or reopening an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandingChange {
    /// It was done.
    Made,
    /// Nothing was done: the account was so before.
    AlreadySo,
    /// The user is gone, or never was.
    NoSuchUser,
}

/// Another username.
#[derive(Debug, Clone)]
pub struct UsernameChange {
    /// Whose.
    pub user_id: UserId,
    /// The name.
    pub username: Username,
    /// Until when the old one is nobody else's.
    pub reserved_until: Timestamp,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// The new token of that session.
    pub token: TokenHash,
}

/// Another password.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// Whose.
    pub user_id: UserId,
    /// The version of the credentials that were verified.
    pub credentials_version: i64,
    /// Its hash.
    pub hash: PasswordHash,
    /// The session that stays.
    pub session_id: SessionId,
    /// How that session is authenticated from then on.
    pub authentication: Authentication,
    /// The new token of that session.
    pub token: TokenHash,
}

/// A link about to be stored.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// The hash of its token.
    pub token: LinkHash,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// The address that it is about, where it is about one.
    pub address: Option<EmailAddress>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// From when on it is good no longer.
    pub ends_at: Timestamp,
}

/// A link that was found by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLink {
    /// The link.
    pub link: Link,
    /// Whose it is.
    pub user: UserRecord,
    /// The version that the user's credentials have now.
    pub credentials_version: i64,
}

impl FoundLink {
    /// Whether the link may be used at this time.
    #[must_use]
    pub fn is_good_at(&self, now: Timestamp) -> bool {
        now < self.link.ends_at
            && (self.link.credentials_version == self.credentials_version || !self.link.purpose.ends_with_credentials())
            && self.user.standing == Standing::Active
    }
}

/// A password that is set by a link.
#[derive(Debug, Clone)]
pub struct PasswordReset {
    /// Whose.
    pub user_id: UserId,
    /// The hash of the link's token.
    pub link: LinkHash,
    /// The password's hash.
    pub hash: PasswordHash,
}

/// What became of using a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkUse {
    /// It was used, and is no more.
    Used,
    /// It was not: it is good no longer, or never was.
    Expired,
}

/// An invitation about to be stored.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The hash of its token.
    pub token: LinkHash,
    /// How many may sign up by it.
    pub uses: NonZeroU32,
    /// From when on it is good no longer.
    pub ends_at: Timestamp,
}

/// What became of a reauthentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reauthentication {
    /// The session is reauthenticated and has the new token.
    Renewed,
    /// The session is reauthenticated. It has another token by now, which somebody else's answer brings.
    RenewedByAnother,
    /// The session has ended.
    Ended,
}

/// When sessions of a kind have reached a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// Of which sessions.
    pub kind: SessionKind,
    /// Those last seen at or before this,
    pub seen_until: Timestamp,
    /// and those that began at or before this.
    pub created_until: Timestamp,
}

impl Expiry {
    /// The limits as seen from `now`.
    #[must_use]
    pub fn new(kind: SessionKind, idle: Duration, max: Duration, now: Timestamp) -> Self {
        Self { kind, seen_until: now.minus(idle), created_until: now.minus(max) }
    }

    /// Whether the session has reached one.
    #[must_use]
    pub fn applies_to(&self, session: &Session) -> bool {
        session.kind == self.kind
            && (session.last_seen_at <= self.seen_until || session.created_at <= self.created_until)
    }
}

/// Why a user was not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InsertUserError {
    /// The username's key belongs to somebody, or is reserved.
    #[error("that username is already taken")]
    UsernameTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a user who was invited was not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InsertInvitedError {
    /// There is no such invitation, or it is good no longer.
    #[error("the invitation has expired or has been used up")]
    InvitationExpired,
    /// The username's key belongs to somebody, or is reserved.
    #[error("that username is already taken")]
    UsernameTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a link was not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreLinkError {
    /// The user is gone, or never was.
    #[error("there is no such user")]
    NoSuchUser,
    /// One that was asked for later is there.
    #[error("another link was asked for later")]
    Superseded,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a user was not given another name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenameUserError {
    /// The username's key belongs to somebody, or is reserved.
    #[error("that username is already taken")]
    UsernameTaken,
    /// The session had been ended before, perhaps with the user.
    #[error("the session has ended")]
    SessionEnded,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a session was not started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartSessionError {
    /// The user is closed or gone, or has other credentials by now.
    #[error("the user may not log in with those credentials")]
    NotAllowed,
    /// The same browser sent the log-in once more, and that one was quicker: its token is the one that the browser has.
    #[error("the same browser has sent another log-in, whose session has begun")]
    Overtaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The store failed: not a rule broken, but a database that did not do its work. The cause is for the log only.
#[derive(Debug, thiserror::Error)]
#[error("the store failed")]
pub struct StoreError {
    availability: Availability,
    source: Box<dyn Error + Send + Sync>,
}

/// Whether trying again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// The store could not be reached, or was too busy: the same request may succeed in a moment.
    Unavailable,
    /// The store answered, and the answer made no sense: trying again will not help.
    Broken,
}

impl StoreError {
    /// A store that cannot be reached or is too busy.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { availability: Availability::Unavailable, source: source.into() }
    }

    /// A store whose answer makes no sense.
    pub fn broken(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { availability: Availability::Broken, source: source.into() }
    }

    /// Whether trying again may help.
    #[must_use]
    pub const fn availability(&self) -> Availability {
        self.availability
    }
}

#[cfg(test)]
mod tests;
