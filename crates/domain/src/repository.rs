//! The ports to a database. `doorward-storage` implements them for SQL; `testing::store_contract!` tests any other.
//!
//! All methods are `-> impl Future + Send`, so that generic code may be spawned; implement them with plain `async fn`.
//! They decide nothing, as the rules are the domain's. They promise atomicity instead, as each method's documentation
//! says.

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

/// The ports that signing up, logging in and logging out by a password need. Each use case of
/// [`AuthService`](crate::AuthService) asks for no more of these ports than it needs. If a feature brings a port of its own,
/// only that feature's use cases ask for it: `Store` stays as it is, and so does every store that does without the feature.
pub trait Store:
    UserRepository + SessionRepository + DeviceRepository + ActivityRepository + ThrottleRepository
{
}

impl<S> Store for S where
    S: UserRepository + SessionRepository + DeviceRepository + ActivityRepository + ThrottleRepository
{
}

/// Keeps users, and the names that are reserved for a while.
pub trait UserRepository: Send + Sync {
    /// Stores a new user, or nothing.
    ///
    /// # Errors
    /// [`InsertUserError::UsernameTaken`] when the username's key is in use, or reserved beyond the user's `created_at`,
    /// also when two callers race for it: exactly one of them gets it. [`InsertUserError::Store`] when the store fails.
    fn insert(&self, user: &NewUser) -> impl Future<Output = Result<(), InsertUserError>> + Send;

    /// The user whose username has this [`key`](Username::key), in any spelling and of any standing.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_by_username(
        &self,
        username: &Username,
    ) -> impl Future<Output = Result<Option<StoredUser>, StoreError>> + Send;

    /// The user with this id, of any standing.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_by_id(&self, id: UserId) -> impl Future<Output = Result<Option<StoredUser>, StoreError>> + Send;

    /// In one step, replaces `old` with `new`, a hash of the same password, if the user's hash is still `old`.
    /// Otherwise another caller was quicker: nothing changes, which is no error. The version of the credentials stays.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// In one step, and only if the credentials are still of the version named and the session still exists, changes the password of
    /// a user who has one: stores the hash, increments the version, ends all the user's other sessions, gives this one the new token
    /// and no former one, stores its authentication, marks it as renewed at the activity's time, forgets all devices that are known
    /// to the user, and records the activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn change_password(
        &self,
        change: &PasswordChange,
        activity: &Activity,
    ) -> impl Future<Output = Result<AccountChange, StoreError>> + Send;

    /// Gives the user another username and the session its new token, and records the activity, in one step. If the key
    /// changes, the old one is reserved until `reserved_until`, for this user alone; a reservation of the new one for this
    /// user is deleted. The session then has no former token, and is renewed at the activity's time.
    ///
    /// # Errors
    /// [`RenameUserError::UsernameTaken`] when another user has the new key, or it is reserved beyond the activity's time,
    /// and not for this user, also in a race. [`RenameUserError::SessionEnded`] when the session is gone, or the user.
    /// [`RenameUserError::Store`] when the store fails. Nothing has changed then.
    fn change_username(
        &self,
        change: &UsernameChange,
        activity: &Activity,
    ) -> impl Future<Output = Result<(), RenameUserError>> + Send;

    /// In one step, and only if this session of the user still exists and the credentials are still of the version named:
    /// deletes the user with all their data, waiting mails included, and reserves the name until `reserved_until`, so that no
    /// user can have it. The activity is not stored; the mail that reports it is queued.
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

    /// Closes the account, ends all its sessions and pending log-ins, forgets the devices that are known to it, and records the activity,
    /// in one step.
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

    /// Forgets up to `most` reservations that ended at or before `now`; returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn release_names(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Keeps sessions.
pub trait SessionRepository: Send + Sync {
    /// In one step: checks that the user is still active and the credentials are still of the version that was verified;
    /// stores the session; ends the session that the token to be replaced opens at the activity's time; if the user then has
    /// more than `most` sessions, ends those seen longest ago, never the new one; records that the device was logged in with
    /// at the activity's time, and forgets all but the latest [`KnownDevice::MOST`] of the user; settles the attempt, and
    /// records the activity. If any of it fails, nothing has changed.
    ///
    /// # Errors
    /// [`StartSessionError::NotAllowed`] when the user is closed or gone, or has other credentials by now. [`StartSessionError::Overtaken`]
    /// when a session of the user in the same [`browser`](crate::Client::browser), if that is known, was asked for
    /// ([`Session::created_at`]) later than this one, by less than [`BrowserId::SENT_TWICE`](crate::BrowserId::SENT_TWICE).
    /// [`StartSessionError::Store`] when the store fails.
    fn start(
        &self,
        new: &NewSession,
        activity: &Activity,
    ) -> impl Future<Output = Result<(), StartSessionError>> + Send;

    /// The session with this token or former token, with its user. A current token takes one read, as every page does
    /// this; only any other token takes a second one.
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

    /// Gives the session a new token, drawn at `at`, and keeps `presented` as its former one, only if the session was
    /// last renewed at `renewed_at`: of several concurrent calls, one succeeds.
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

    /// Lets the session's former token be valid until `until` and no longer, as the new one has arrived. Of several calls
    /// the first counts. Harmless when there is no former token.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn end_former_token(&self, id: SessionId, until: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Stores the session's new authentication and, in the same step, replaces its tokens with `new` if `old` still opens it at
    /// the authentication's time; no former token is left then.
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

    /// Up to `most` sessions of the user, most recently seen first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn sessions_of(&self, user: UserId, most: u32) -> impl Future<Output = Result<Vec<Session>, StoreError>> + Send;

    /// Ends sessions of this user, and records the activity, in one step; if there was none to end, nothing is recorded.
    /// The session that asks for it is looked up in the same step: if two sessions end each other at once, one is left.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has ended then.
    fn end(
        &self,
        user: UserId,
        ending: Ending,
        activity: &Activity,
    ) -> impl Future<Output = Result<EndedSessions, StoreError>> + Send;

    /// Deletes the session, which reached a limit, without recording an activity. Harmless when it is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn discard(&self, id: SessionId) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Deletes up to `most` sessions that have reached one of their limits; returns how many. A read chooses them, and
    /// the step that deletes a session checks its limits once more.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_expired(&self, expiry: &[Expiry], most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Keeps the devices that are known to accounts. [`SessionRepository::start`] makes them known, and several methods of
/// [`UserRepository`] forget them.
pub trait DeviceRepository: Send + Sync {
    /// The device with one of these keys, in one read for any number of keys. After a long time without a log-in, a browser gets a
    /// new key besides its old one: of several devices, this is the one of the latest log-in.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_device(&self, keys: &[DeviceKey]) -> impl Future<Output = Result<Option<KnownDevice>, StoreError>> + Send;

    /// Up to `most` of the devices that are known to the user, the one of the latest log-in first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn devices_of(&self, user: UserId, most: u32) -> impl Future<Output = Result<Vec<KnownDevice>, StoreError>> + Send;

    /// Forgets this device of this user, and records the activity in the same step; if the user has no such device,
    /// nothing is recorded.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn forget_device(
        &self,
        user: UserId,
        id: KnownDeviceId,
        activity: &Activity,
    ) -> impl Future<Output = Result<ForgottenDevice, StoreError>> + Send;

    /// Forgets up to `most` devices whose last log-in was at or before `until`; returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_devices(&self, until: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Keeps what happened to accounts. Every method, of any port, that records an activity queues the notice of it in the same step,
/// if [`Activity::notice`] asks for one and the user has a verified address. In a service that sends no mails, `notice` asks for
/// none.
pub trait ActivityRepository: Send + Sync {
    /// Records the activity. One without a user is stored like any other, so that it takes as long.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn record(&self, activity: &Activity) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Up to `most` activities of this user, newest first; with `before`, only those before the one with that id.
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

    /// Deletes up to `most` activities that are older than `kept_from` or have no user; returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_activity(&self, kept_from: ActivityId, most: u32)
    -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Keeps counters of attempts, by the rules of [`Limit`](crate::throttle::Limit).
pub trait ThrottleRepository: Send + Sync {
    /// In one step, counts an attempt on each of these counters or, if one of them has to wait, on none. Of concurrent
    /// attempts, no more are counted than each limit allows.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing was counted then.
    fn count_attempt(
        &self,
        counters: &[Counter],
        now: Timestamp,
    ) -> impl Future<Output = Result<Admission, StoreError>> + Send;

    /// Settles an attempt that has ended, in one step. Harmless if there is nothing to settle.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn settle_attempt(
        &self,
        settlement: &Settlement,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Deletes up to `most` counters that are forgotten by `now`; returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_counters(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Keeps one-time links. Only the use cases of links ask for it.
///
/// [`FoundLink::is_good_at`] says whether a link is good: its user has to be active, and if it [ends with the
/// credentials](LinkPurpose::ends_with_credentials), these have to be of the version that they had when it was made. So a changed password
/// ends a link to set one without a call to this port, and so does the end of the account. If an account is closed and reopened, a link
/// that was made before is good again until its end.
pub trait LinkRepository: Send + Sync {
    /// In one step: stores the link with the present version of the user's credentials, for a user of any standing; ends the links of
    /// this purpose and user that were [asked for](Link::requested_at) before; and records the activity, if there is one. If the link
    /// is about an address, the links that were asked for at the same time stay, as they answer one request. If the purpose [does not
    /// end with a later one](crate::LinkPurpose::ends_with_a_later_one), all links stay, and none is superseded.
    ///
    /// # Errors
    /// [`StoreLinkError::NoSuchUser`] when the user is gone. [`StoreLinkError::Superseded`] when there is one of this purpose and
    /// user that was asked for later. [`StoreLinkError::Store`] when the store fails. Nothing has changed then.
    fn store_link(
        &self,
        link: &NewLink,
        activity: Option<&Activity>,
    ) -> impl Future<Output = Result<(), StoreLinkError>> + Send;

    /// The link with this token, if it is for this purpose, with its user as they are now, whether or not it is still good.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_link(
        &self,
        token: &LinkHash,
        purpose: LinkPurpose,
    ) -> impl Future<Output = Result<Option<FoundLink>, StoreError>> + Send;

    /// In one step, and only if the link is this user's, is for [`LinkPurpose::ResetPassword`], is [good](FoundLink::is_good_at) at the
    /// activity's time, and, if it went to an address, that is the user's verified one: stores the hash, as the first one or in place of
    /// another; increments the version of the credentials; leaves no address pending beside a verified one; ends all the user's links but
    /// those to [put an address back](LinkPurpose::UndoEmail), and all sessions; forgets all devices that are known to the user; and
    /// records the activity. Of several concurrent calls, one uses the link.
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

    /// Deletes up to `most` links that ended at or before `now`; returns how many.
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

    /// Stores the user as [`UserRepository::insert`] does, and in the same step uses the invitation once, which has to be
    /// [good](Invitation::is_good_at) at the user's `created_at`. Of several concurrent calls, no more store a user than the
    /// invitation has uses left.
    ///
    /// # Errors
    /// [`InsertInvitedError::InvitationExpired`] when there is no such invitation, or it is no longer good, even if the name is
    /// taken too. [`InsertInvitedError::UsernameTaken`] as for [`UserRepository::insert`], and the invitation is not used then.
    /// [`InsertInvitedError::Store`] when the store fails.
    fn insert_invited(
        &self,
        user: &NewUser,
        invitation: &LinkHash,
    ) -> impl Future<Output = Result<(), InsertInvitedError>> + Send;

    /// Deletes up to `most` invitations that ended at or before `now` or are used up; returns how many.
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
    /// Counts an attempt on all of these counters, whose states `state_of` returns; returns their new states.
    ///
    /// # Errors
    /// [`WaitUntil`](Self::WaitUntil) if one of them has to wait: the attempt counts on none.
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
    /// The session.
    pub session: Session,
    /// The hash of its token.
    pub token: TokenHash,
    /// Token of the browser's previous session, which is deleted when this one starts. So is a session of the user in the
    /// same [`browser`](crate::Client::browser), if that is known, that was not asked for later
    /// ([`Session::created_at`]).
    pub replacing: Option<TokenHash>,
    /// The version of the credentials that were verified.
    pub credentials_version: i64,
    /// The most sessions that the user has with it; at least 1.
    pub most: u32,
    /// The device; `None` if the service does not remember devices.
    pub device: Option<DeviceLogIn>,
    /// How the attempt that led to it is settled.
    pub settlement: Settlement,
}

impl NewSession {
    /// Whether this session is refused as [`Overtaken`](StartSessionError::Overtaken): the other session is in the same browser, and was
    /// asked for later, within the time in which a browser sends a form twice.
    #[must_use]
    pub fn is_overtaken_by(&self, other: &Session) -> bool {
        let asked_at = self.session.created_at;
        let sent_twice = asked_at < other.created_at && other.created_at < asked_at.plus(BrowserId::SENT_TWICE);
        sent_twice && self.is_in_the_browser_of(other)
    }

    /// Whether the other session ends when this one starts, as one in the same browser that was not asked for later.
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
    /// A device that is known, unless it was forgotten meanwhile: the client and the time of its last log-in become
    /// those of the activity.
    Again {
        /// The device.
        id: KnownDeviceId,
        /// Until when it is trusted from now on; `None` changes nothing.
        trusted_until: Option<Timestamp>,
    },
    /// A device that becomes known.
    First {
        /// The device.
        device: KnownDevice,
        /// Its key.
        key: DeviceKey,
    },
}

/// How the counters change after an attempt has ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settlement {
    /// The counters that the attempt is taken back from.
    pub taken_back: Vec<Counter>,
    /// The counters that are forgotten, with all the attempts before.
    pub forgotten: Vec<CounterKey>,
}

impl Settlement {
    /// Whether no counter changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken_back.is_empty() && self.forgotten.is_empty()
    }

    /// All counters that change.
    pub fn keys(&self) -> impl Iterator<Item = CounterKey> + Clone {
        self.taken_back.iter().map(|counter| counter.key).chain(self.forgotten.iter().copied())
    }

    /// The counters that change, with their new states, or `None` if they are to be deleted; `state_of` returns the present states.
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
    /// Its user.
    pub user: UserRecord,
    /// Which of the session's tokens it is.
    pub token: TokenRole,
}

/// The token that a session had before its current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormerToken {
    /// Its hash.
    pub hash: TokenHash,
    /// Until when it is valid, once the current one has arrived.
    pub until: Option<Timestamp>,
}

/// The role of a token in its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRole {
    /// The only token, or the new one after it has arrived.
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
    /// The role of the token that was sent, in a session with these tokens; `None` if it is neither of them.
    #[must_use]
    pub fn of(sent: &TokenHash, current: &TokenHash, former: Option<FormerToken>) -> Option<Self> {
        match former {
            Some(former) if former.hash == *sent => Some(Self::Former { until: former.until }),
            _ if current != sent => None,
            Some(FormerToken { until: None, .. }) => Some(Self::Newer),
            _ => Some(Self::Only),
        }
    }

    /// Whether the token opens its session at this time: a former one does until its end, and not afterwards.
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
    /// This one, which may be `by` itself, if `by` still exists.
    One {
        /// The one to end.
        session: SessionId,
        /// The session that asks for it.
        by: SessionId,
    },
    /// All but `by`, if it still exists.
    Others {
        /// The session that asks for it.
        by: SessionId,
    },
    /// All of them.
    All,
}

impl Ending {
    /// The session that asks for it, if a session does.
    #[must_use]
    pub const fn by(self) -> Option<SessionId> {
        match self {
            Self::One { by, .. } | Self::Others { by } => Some(by),
            Self::OfToken(_) | Self::All => None,
        }
    }
}

/// The outcome of ending sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedSessions {
    /// How many have ended.
    Ended(u64),
    /// None: the session that asked for it had ended before, perhaps with the user.
    SessionEnded,
}

/// The outcome of a token's renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRenewal {
    /// The session has it.
    Renewed,
    /// Another request was first, or the session has ended: no session has the new token.
    TooLate,
}

/// The outcome of forgetting a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgottenDevice {
    /// It is known no longer.
    Forgotten,
    /// The user has no such device.
    NotFound,
}

/// The outcome of a change that a session asks for by the user's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChange {
    /// It was made.
    Made,
    /// It was not: the session had been ended before, perhaps with the user.
    SessionEnded,
    /// It was not: the user has other credentials by now.
    CredentialsChanged,
}

/// The outcome of closing or reopening an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandingChange {
    /// The standing has changed.
    Made,
    /// Nothing changed: the account had that standing before.
    AlreadySo,
    /// The user is gone, or never was.
    NoSuchUser,
}

/// A change of a username.
#[derive(Debug, Clone)]
pub struct UsernameChange {
    /// The user.
    pub user_id: UserId,
    /// The new name.
    pub username: Username,
    /// Until when the old one is reserved for this user.
    pub reserved_until: Timestamp,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// The new token of that session.
    pub token: TokenHash,
}

/// A change of a password.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// The user.
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
    /// Its user.
    pub user_id: UserId,
    /// Its purpose.
    pub purpose: LinkPurpose,
    /// The address that it is about, if any.
    pub address: Option<EmailAddress>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it expires.
    pub ends_at: Timestamp,
}

/// A link that was found by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLink {
    /// The link.
    pub link: Link,
    /// Its user.
    pub user: UserRecord,
    /// The present version of the user's credentials.
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
    /// The user.
    pub user_id: UserId,
    /// The hash of the link's token.
    pub link: LinkHash,
    /// The password's hash.
    pub hash: PasswordHash,
}

/// The outcome of using a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkUse {
    /// It was used, and is gone.
    Used,
    /// It was not used: it is no longer good, or never was.
    Expired,
}

/// An invitation about to be stored.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The hash of its token.
    pub token: LinkHash,
    /// How many users may sign up by it.
    pub uses: NonZeroU32,
    /// When it expires.
    pub ends_at: Timestamp,
}

/// The outcome of a reauthentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reauthentication {
    /// The session is reauthenticated and has the new token.
    Renewed,
    /// The session is reauthenticated. It has another token by now, which the response to another request brings.
    RenewedByAnother,
    /// The session has ended.
    Ended,
}

/// When sessions of a kind have reached a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// The kind of the sessions.
    pub kind: SessionKind,
    /// A session that was last seen at or before this time has reached its idle limit.
    pub seen_until: Timestamp,
    /// A session that began at or before this time has reached its limit since the log-in.
    pub created_until: Timestamp,
}

impl Expiry {
    /// The limits as seen from `now`.
    #[must_use]
    pub fn new(kind: SessionKind, idle: Duration, max: Duration, now: Timestamp) -> Self {
        Self { kind, seen_until: now.minus(idle), created_until: now.minus(max) }
    }

    /// Whether the session has reached one of them.
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
    /// The username's key is in use, or reserved.
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
    /// There is no such invitation, or it is no longer good.
    #[error("the invitation has expired or has been used up")]
    InvitationExpired,
    /// The username's key is in use, or reserved.
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
    /// A link that was asked for later exists.
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
    /// The username's key is in use, or reserved.
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
    /// The same browser sent the log-in once more, and that request was quicker: the browser has the token of its session.
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
