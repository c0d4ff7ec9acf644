#[cfg(feature = "passkeys")]
mod passkey;
#[cfg(feature = "second-factor")]
mod second_factor;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::activity::{Activity, ActivityId, Event, FailedAttempts, Notice, SinceLastLogIn};
use crate::authentication::{Authentication, AuthenticationMethod, AuthenticationMethods};
use crate::clock::Timestamp;
use crate::email_address::EmailAddress;
use crate::id::MailId;
use crate::invitation::Invitation;
use crate::known_device::{DeviceKey, KnownDevice, KnownDeviceId};
use crate::language::Language;
use crate::link::{Link, LinkHash, LinkPurpose};
use crate::mail::{MailKind, Recipient};
#[cfg(feature = "passkeys")]
use crate::passkey::{ChallengeHash, Passkey, PasskeyId, UserHandle};
use crate::password::PasswordHash;
#[cfg(feature = "second-factor")]
use crate::repository::StoredFactors;
use crate::repository::{
    AccountChange, ActivityRepository, AdministrationRepository, Admission, DeviceLogIn, DeviceRepository, EmailChange,
    EmailGiving, EmailLinkUse, EmailRepository, EmailSetting, EmailState, EmailUndo, EmailVerification, Emails,
    EndedSessions, Ending, Expiry, ForgottenDevice, FormerName, FormerToken, FoundLink, FoundSession, ImportBatch,
    ImportUsersError, InsertInvitedError, InsertUserError, InvitationRepository, LanguageRepository, LinkRepository,
    LinkUse, NewInvitation, NewLink, NewMail, NewSession, OutboxRepository, PasswordChange, PasswordReset, QueuedMail,
    Queueing, Reauthentication, RenameUserError, SessionRepository, SetEmail, Settlement, StandingChange,
    StartSessionError, StoreError, StoreLinkError, ThrottleRepository, TokenRenewal, TokenRole, UserDeletion,
    UserFilter, UserImportRepository, UserRename, UserRenameError, UserRepository, UserSummary, UserToImport,
    UsernameChange,
};
#[cfg(feature = "second-factor")]
use crate::second_factor::{PendingLogIn, PendingLogInHash};
use crate::session::{Session, SessionId};
use crate::throttle::{Counter, CounterKey, CounterState};
use crate::token::TokenHash;
use crate::user::{NewEmail, NewUser, Standing, StoredUser, UserId, UserRecord};
use crate::user_import::{ExistingUsers, ImportId, Imported, ImportedEmail};
use crate::username::Username;

/// A store in memory, for tests and examples and not for real users.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Tables>, Steps);

/// How often a store was read or written to. `Debug` shows nothing, so that two stores with the same rows look the same.
#[derive(Default)]
struct Steps(AtomicU64);

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Steps")
    }
}

#[derive(Debug, Default)]
struct Tables {
    users: HashMap<UserId, StoredUser>,
    reservations: HashMap<String, Reservation>,
    sessions: HashMap<SessionId, StoredSession>,
    devices: HashMap<DeviceKey, KnownDevice>,
    activity: Vec<Activity>,
    counters: HashMap<CounterKey, CounterState>,
    links: HashMap<LinkHash, Link>,
    emails: HashMap<UserId, StoredEmails>,
    outbox: BTreeMap<MailId, QueuedMail>,
    #[cfg(feature = "second-factor")]
    factors: HashMap<UserId, StoredFactors>,
    #[cfg(feature = "second-factor")]
    log_ins: HashMap<PendingLogInHash, PendingLogIn>,
    #[cfg(feature = "passkeys")]
    passkeys: HashMap<PasskeyId, Passkey>,
    #[cfg(feature = "passkeys")]
    handles: HashMap<UserId, UserHandle>,
    #[cfg(feature = "passkeys")]
    answered: HashMap<ChallengeHash, Timestamp>,
    imports: HashMap<ImportId, u64>,
    invitations: HashMap<LinkHash, Invitation>,
}

impl Tables {
    fn settle(&mut self, settlement: &Settlement, now: Timestamp) {
        for (key, state) in settlement.settle(|key| self.counters.get(key).copied(), now) {
            match state {
                Some(state) => self.counters.insert(key, state),
                None => self.counters.remove(&key),
            };
        }
    }
}

#[derive(Debug, Default)]
struct StoredEmails {
    emails: Emails,
    verify_by: Option<Timestamp>,
}

/// A reserved name: the user it is reserved for, if any, and its end.
#[derive(Debug)]
struct Reservation {
    user_id: Option<UserId>,
    until: Timestamp,
}

#[derive(Debug)]
struct StoredSession {
    session: Session,
    token: TokenHash,
    former_token: Option<FormerToken>,
}

impl StoredSession {
    fn is_opened_by(&self, token: &TokenHash, at: Timestamp) -> bool {
        self.role_of(token).is_some_and(|role| role.opens_at(at))
    }

    fn role_of(&self, token: &TokenHash) -> Option<TokenRole> {
        TokenRole::of(token, &self.token, self.former_token)
    }
}

impl MemoryStore {
    /// How often the store was read or written to so far. Requests that must be indistinguishable take the same number of steps.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.1.0.load(Ordering::SeqCst)
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.1.0.fetch_add(1, Ordering::SeqCst);
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn record(&mut self, activity: &Activity) {
        self.give_notice(activity);
        self.activity.push(Activity { notice: Notice::None, ..activity.clone() });
    }

    /// Queues the activity's notice, if it has one.
    fn give_notice(&mut self, activity: &Activity) {
        let recipient = activity.user_id.and_then(|user_id| {
            let user = self.users.get(&user_id)?.user.clone();
            Some(Recipient::new(user, self.emails_of(user_id).verified?))
        });
        if let Some(mail) = recipient.and_then(|recipient| activity.notice_to(recipient)) {
            self.queue(&NewMail { mail, limits: Vec::new() });
        }
    }

    fn queue(&mut self, NewMail { mail, limits }: &NewMail) -> Queueing {
        let mut mail = mail.clone();
        let queueing = match self.count(limits, mail.queued_at) {
            Admission::Counted => Queueing::Queued,
            Admission::WaitUntil { free_at, .. } => {
                mail.recipient = None;
                Queueing::Limited { free_at }
            }
        };
        let due_at = mail.queued_at;
        self.outbox.insert(mail.id, QueuedMail { mail, tries: 0, due_at });
        queueing
    }

    fn count(&mut self, counters: &[Counter], now: Timestamp) -> Admission {
        match Admission::count_all(counters, |key| self.counters.get(key).copied(), now) {
            Ok(counted) => {
                self.counters.extend(counted);
                Admission::Counted
            }
            Err(wait) => wait,
        }
    }

    fn emails_of(&self, user: UserId) -> Emails {
        self.emails.get(&user).map(|stored| stored.emails.clone()).unwrap_or_default()
    }

    fn owner_of(&self, address: &EmailAddress) -> Option<UserId> {
        let has_it = |(_, stored): &(&UserId, &StoredEmails)| stored.emails.verified.as_ref() == Some(address);
        self.emails.iter().find(has_it).map(|(user, _)| *user)
    }

    /// Whether a user has verified it, or has it as the username.
    fn is_email_taken(&self, address: &EmailAddress) -> bool {
        let is_name = self.users.values().any(|stored| stored.user.username.key() == address.key());
        is_name || self.owner_of(address).is_some()
    }

    fn is_taken_by_another(&self, address: &EmailAddress, user: UserId) -> bool {
        self.owner_of(address).is_some_and(|owner| owner != user)
    }

    /// Makes it the verified address, and leaves none pending.
    fn make_verified(&mut self, user: UserId, address: &EmailAddress) {
        let emails = Emails { verified: Some(address.clone()), pending: None };
        self.emails.insert(user, StoredEmails { emails, verify_by: None });
    }

    fn end_links(&mut self, user: UserId, purposes: &[LinkPurpose]) {
        self.links.retain(|_, link| link.user_id != user || !purposes.contains(&link.purpose));
    }

    /// The link, if it is this user's, for this purpose, and good at this time.
    fn good_link(&self, token: &LinkHash, purpose: LinkPurpose, user: UserId, now: Timestamp) -> Option<Link> {
        let found = self.find_link(token, purpose)?;
        (found.user.id == user && found.is_good_at(now)).then_some(found.link)
    }

    fn store_link(&mut self, link: &NewLink) -> Result<(), StoreLinkError> {
        let NewLink { token, user_id, purpose, address, requested_at, ends_at } = link.clone();
        let user = self.users.get(&user_id).ok_or(StoreLinkError::NoSuchUser)?;
        let credentials_version = user.credentials_version;
        let of_both =
            |link: &Link| purpose.ends_with_a_later_one() && link.user_id == user_id && link.purpose == purpose;
        if self.links.values().any(|other| of_both(other) && other.requested_at > requested_at) {
            return Err(StoreLinkError::Superseded);
        }
        let answers_the_same = |link: &Link| address.is_some() && link.requested_at == requested_at;
        self.links.retain(|_, other| !of_both(other) || answers_the_same(other));
        self.links.insert(token, Link { user_id, purpose, address, credentials_version, requested_at, ends_at });
        Ok(())
    }

    fn insert(&mut self, user: &NewUser) -> Result<(), InsertUserError> {
        if self.is_taken(user.username.key(), None, user.created_at) {
            return Err(InsertUserError::UsernameTaken);
        }
        let NewUser { id, username, password_hash, created_at, signed_up_in, language, email } = user.clone();
        let (standing, second_factors) = (Standing::Active, AuthenticationMethods::NONE);
        let user = UserRecord { id, username, standing, created_at, language, second_factors };
        self.users.insert(id, StoredUser { user, password_hash, credentials_version: 0, signed_up_in });
        if let Some(NewEmail { address, verify_by, mail }) = email {
            let emails = Emails { verified: None, pending: Some(address) };
            self.emails.insert(id, StoredEmails { emails, verify_by });
            self.queue(&mail);
        }
        Ok(())
    }

    fn rename(&mut self, rename: &UserRename, activity: &Activity) -> Result<(), UserRenameError> {
        let UserRename { user_id, ref username, reserved_until } = *rename;
        if self.is_taken(username.key(), Some(user_id), activity.at) {
            return Err(UserRenameError::UsernameTaken);
        }
        let stored = self.users.get_mut(&user_id).ok_or(UserRenameError::NoSuchUser)?;
        let old = std::mem::replace(&mut stored.user.username, username.clone());
        self.reservations.remove(username.key());
        if old != *username {
            let reservation = Reservation { user_id: Some(user_id), until: reserved_until };
            self.reservations.insert(old.key().to_owned(), reservation);
        }
        self.record(activity);
        Ok(())
    }

    fn delete(&mut self, id: UserId, reserved_until: Timestamp, activity: Option<&Activity>) -> UserDeletion {
        if !self.users.contains_key(&id) {
            return UserDeletion::NoSuchUser;
        }
        self.outbox.retain(|_, queued| queued.mail.recipient.as_ref().is_none_or(|recipient| recipient.user_id != id));
        if let Some(activity) = activity {
            self.give_notice(activity);
        }
        let Some(gone) = self.users.remove(&id) else { return UserDeletion::NoSuchUser };
        self.emails.remove(&id);
        self.end_sessions(id, |_| true);
        self.forget_devices(id);
        self.activity.retain(|activity| activity.user_id != Some(id));
        self.links.retain(|_, link| link.user_id != id);
        #[cfg(feature = "second-factor")]
        self.forget_factors(id);
        #[cfg(feature = "passkeys")]
        {
            self.forget_passkeys(id);
            self.handles.remove(&id);
        }
        for reservation in self.reservations.values_mut().filter(|reservation| reservation.user_id == Some(id)) {
            reservation.user_id = None;
        }
        let reservation = Reservation { user_id: None, until: reserved_until };
        self.reservations.insert(gone.user.username.key().to_owned(), reservation);
        UserDeletion::Deleted
    }

    fn set_standing(&mut self, id: UserId, standing: Standing, activity: &Activity) -> StandingChange {
        let Some(stored) = self.users.get_mut(&id) else { return StandingChange::NoSuchUser };
        if stored.user.standing == standing {
            return StandingChange::AlreadySo;
        }
        stored.user.standing = standing;
        self.record(activity);
        StandingChange::Made
    }

    fn in_order_of_names(&self, after: Option<&Username>) -> Vec<&StoredUser> {
        let mut users: Vec<_> = self
            .users
            .values()
            .filter(|stored| after.is_none_or(|after| stored.user.username.key() > after.key()))
            .collect();
        users.sort_by_key(|stored| stored.user.username.key());
        users
    }

    fn summary_of(&self, stored: &StoredUser, limits: &[Expiry]) -> UserSummary {
        let user = stored.user.clone();
        let is_live = |session: &Session| limits.iter().all(|limit| !limit.applies_to(session));
        let sessions: Vec<_> = self
            .sessions_of(user.id, u32::MAX)
            .into_iter()
            .filter(is_live)
            .map(|session| session.last_seen_at)
            .collect();
        let by_user =
            self.activity.iter().filter(|activity| activity.user_id == Some(user.id) && activity.event.is_by_user());
        let last_seen_at = sessions.iter().copied().chain(by_user.map(|activity| activity.at)).max();
        let password = stored.password_hash.as_ref().map(|_| AuthenticationMethod::Password);
        let methods = password.into_iter().fold(user.second_factors, AuthenticationMethods::with);
        UserSummary { user, methods, sessions: u32::try_from(sessions.len()).unwrap_or(u32::MAX), last_seen_at }
    }

    fn find_link(&self, token: &LinkHash, purpose: LinkPurpose) -> Option<FoundLink> {
        let link = self.links.get(token).filter(|link| link.purpose == purpose)?.clone();
        let StoredUser { user, credentials_version, .. } = self.users.get(&link.user_id)?.clone();
        Some(FoundLink { link, user, credentials_version })
    }

    fn is_taken(&self, key: &str, by_other_than: Option<UserId>, now: Timestamp) -> bool {
        let is_used = self
            .users
            .values()
            .any(|stored| stored.user.username.key() == key && Some(stored.user.id) != by_other_than);
        let is_reserved = self.reservations.get(key).is_some_and(|reservation| {
            reservation.until > now && (reservation.user_id.is_none() || reservation.user_id != by_other_than)
        });
        is_used || is_reserved
    }

    fn forget_devices(&mut self, user: UserId) {
        self.devices.retain(|_, device| device.user_id != user);
    }

    fn remember_device(&mut self, log_in: &DeviceLogIn, activity: &Activity) {
        match log_in {
            DeviceLogIn::Again { id, trusted_until } => {
                if let Some(device) = self.devices.values_mut().find(|device| device.id == *id) {
                    (device.client, device.last_log_in_at) = (activity.client.clone(), activity.at);
                    device.trusted_until = trusted_until.or(device.trusted_until);
                }
            }
            DeviceLogIn::First { device, key } => {
                self.devices.insert(*key, device.clone());
                let kept = self.devices_of(device.user_id, KnownDevice::MOST);
                self.devices.retain(|_, other| other.user_id != device.user_id || kept.contains(other));
            }
        }
    }

    fn devices_of(&self, user: UserId, most: u32) -> Vec<KnownDevice> {
        let mut devices: Vec<_> = self.devices.values().filter(|device| device.user_id == user).cloned().collect();
        devices.sort_by_key(|device| std::cmp::Reverse((device.last_log_in_at, device.id)));
        devices.truncate(most as usize);
        devices
    }

    fn sessions_of(&self, user: UserId, most: u32) -> Vec<Session> {
        let of_user = |session: &&Session| session.user_id == user;
        let mut sessions: Vec<_> =
            self.sessions.values().map(|stored| &stored.session).filter(of_user).cloned().collect();
        sessions.sort_by_key(|session| std::cmp::Reverse((session.last_seen_at, session.id)));
        sessions.truncate(most as usize);
        sessions
    }

    fn start(&mut self, new: &NewSession, activity: &Activity) -> Result<(), StartSessionError> {
        let user = self.users.get(&new.session.user_id);
        let is_allowed = |stored: &StoredUser| {
            stored.user.standing == Standing::Active && stored.credentials_version == new.credentials_version
        };
        if !user.is_some_and(is_allowed) {
            return Err(StartSessionError::NotAllowed);
        }
        if self.sessions.values().any(|stored| new.is_overtaken_by(&stored.session)) {
            return Err(StartSessionError::Overtaken);
        }
        self.sessions.retain(|_, stored| !new.takes_the_place_of(&stored.session));
        if let Some(replaced) = &new.replacing {
            self.sessions.retain(|_, stored| !stored.is_opened_by(replaced, activity.at));
        }
        let stored = StoredSession { session: new.session.clone(), token: new.token, former_token: None };
        let user = new.session.user_id;
        for ended in self.sessions_of(user, u32::MAX).into_iter().skip(new.most.saturating_sub(1) as usize) {
            self.sessions.remove(&ended.id);
        }
        self.sessions.insert(new.session.id, stored);
        if let Some(log_in) = &new.device {
            self.remember_device(log_in, activity);
        }
        self.settle(&new.settlement, activity.at);
        self.record(activity);
        Ok(())
    }

    /// Ends the chosen sessions of the user and returns their number.
    fn end_sessions(&mut self, user: UserId, is_chosen: impl Fn(&StoredSession) -> bool) -> u64 {
        let before = self.sessions.len();
        self.sessions.retain(|_, stored| stored.session.user_id != user || !is_chosen(stored));
        u64::try_from(before - self.sessions.len()).unwrap_or(u64::MAX)
    }

    fn has_session(&self, user: UserId, id: SessionId) -> bool {
        self.sessions.get(&id).is_some_and(|stored| stored.session.user_id == user)
    }
}

impl UserRepository for MemoryStore {
    async fn insert(&self, user: &NewUser) -> Result<(), InsertUserError> {
        self.tables().insert(user)
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<StoredUser>, StoreError> {
        Ok(self.tables().users.values().find(|stored| stored.user.username == *username).cloned())
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<StoredUser>, StoreError> {
        Ok(self.tables().users.get(&id).cloned())
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        if let Some(stored) =
            self.tables().users.get_mut(&id).filter(|stored| stored.password_hash.as_ref() == Some(old))
        {
            stored.password_hash = Some(new.clone());
        }
        Ok(())
    }

    async fn change_password(&self, change: &PasswordChange, activity: &Activity) -> Result<AccountChange, StoreError> {
        let mut tables = self.tables();
        if !tables.has_session(change.user_id, change.session_id) {
            return Ok(AccountChange::SessionEnded);
        }
        let user = tables.users.get_mut(&change.user_id);
        let user = user.filter(|user| user.credentials_version == change.credentials_version);
        let Some(user) = user else { return Ok(AccountChange::CredentialsChanged) };
        user.password_hash = Some(change.hash.clone());
        user.credentials_version += 1;
        tables.end_sessions(change.user_id, |stored| stored.session.id != change.session_id);
        tables.forget_devices(change.user_id);
        if let Some(stored) = tables.sessions.get_mut(&change.session_id) {
            (stored.token, stored.former_token) = (change.token, None);
            (stored.session.authentication, stored.session.renewed_at) = (change.authentication, activity.at);
        }
        tables.record(activity);
        Ok(AccountChange::Made)
    }

    async fn change_username(&self, change: &UsernameChange, activity: &Activity) -> Result<(), RenameUserError> {
        let mut tables = self.tables();
        let UsernameChange { user_id, ref username, reserved_until, session_id, token } = *change;
        if !tables.has_session(user_id, session_id) {
            return Err(RenameUserError::SessionEnded);
        }
        let rename = UserRename { user_id, username: username.clone(), reserved_until };
        tables.rename(&rename, activity).map_err(|error| match error {
            UserRenameError::NoSuchUser => RenameUserError::SessionEnded,
            UserRenameError::UsernameTaken => RenameUserError::UsernameTaken,
            UserRenameError::Store(error) => RenameUserError::Store(error),
        })?;
        if let Some(stored) = tables.sessions.get_mut(&session_id) {
            (stored.token, stored.former_token, stored.session.renewed_at) = (token, None, activity.at);
        }
        Ok(())
    }

    async fn delete(
        &self,
        id: UserId,
        session: SessionId,
        credentials_version: i64,
        reserved_until: Timestamp,
        activity: &Activity,
    ) -> Result<AccountChange, StoreError> {
        let mut tables = self.tables();
        if !tables.has_session(id, session) {
            return Ok(AccountChange::SessionEnded);
        }
        if tables.users.get(&id).is_none_or(|stored| stored.credentials_version != credentials_version) {
            return Ok(AccountChange::CredentialsChanged);
        }
        Ok(match tables.delete(id, reserved_until, Some(activity)) {
            UserDeletion::Deleted => AccountChange::Made,
            UserDeletion::NoSuchUser => AccountChange::SessionEnded,
        })
    }

    async fn close(&self, id: UserId, activity: &Activity) -> Result<StandingChange, StoreError> {
        let mut tables = self.tables();
        let change = tables.set_standing(id, Standing::Closed, activity);
        if change == StandingChange::Made {
            tables.end_sessions(id, |_| true);
            tables.forget_devices(id);
            #[cfg(feature = "second-factor")]
            tables.forget_log_ins(id);
        }
        Ok(change)
    }

    async fn reopen(&self, id: UserId, activity: &Activity) -> Result<StandingChange, StoreError> {
        Ok(self.tables().set_standing(id, Standing::Active, activity))
    }

    async fn release_names(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        self.tables().reservations.retain(|_, reservation| reservation.until > now || !budget.spend());
        Ok(most - budget.0)
    }
}

/// The number of rows that a step may still delete.
struct Budget(u32);

impl Budget {
    /// Takes one row from the budget, and returns whether one was left.
    const fn spend(&mut self) -> bool {
        let is_left = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        is_left
    }
}

impl SessionRepository for MemoryStore {
    async fn start(&self, new: &NewSession, activity: &Activity) -> Result<(), StartSessionError> {
        self.tables().start(new, activity)
    }

    async fn find_by_token(&self, token: &TokenHash) -> Result<Option<FoundSession>, StoreError> {
        let tables = self.tables();
        let found = tables.sessions.values().find_map(|stored| Some((stored.session.clone(), stored.role_of(token)?)));
        Ok(found.and_then(|(session, token)| {
            let user = tables.users.get(&session.user_id)?.user.clone();
            Some(FoundSession { session, user, token })
        }))
    }

    async fn touch(&self, id: SessionId, seen_at: Timestamp) -> Result<(), StoreError> {
        if let Some(StoredSession { session, .. }) = self.tables().sessions.get_mut(&id) {
            session.last_seen_at = session.last_seen_at.max(seen_at);
        }
        Ok(())
    }

    async fn renew_token(
        &self,
        session: &Session,
        presented: &TokenHash,
        new: &TokenHash,
        at: Timestamp,
    ) -> Result<TokenRenewal, StoreError> {
        let mut tables = self.tables();
        let stored = tables.sessions.get_mut(&session.id);
        let Some(stored) = stored.filter(|stored| stored.session.renewed_at == session.renewed_at) else {
            return Ok(TokenRenewal::TooLate);
        };
        let former = FormerToken { hash: *presented, until: None };
        (stored.token, stored.former_token, stored.session.renewed_at) = (*new, Some(former), at);
        Ok(TokenRenewal::Renewed)
    }

    async fn end_former_token(&self, id: SessionId, until: Timestamp) -> Result<(), StoreError> {
        if let Some(StoredSession { former_token: Some(former), .. }) = self.tables().sessions.get_mut(&id) {
            former.until = former.until.or(Some(until));
        }
        Ok(())
    }

    async fn reauthenticate(
        &self,
        session: &Session,
        old: &TokenHash,
        new: &TokenHash,
        authentication: &Authentication,
    ) -> Result<Reauthentication, StoreError> {
        let mut tables = self.tables();
        let Some(stored) = tables.sessions.get_mut(&session.id) else { return Ok(Reauthentication::Ended) };
        stored.session.authentication = *authentication;
        if !stored.is_opened_by(old, authentication.at) {
            return Ok(Reauthentication::RenewedByAnother);
        }
        (stored.token, stored.former_token, stored.session.renewed_at) = (*new, None, authentication.at);
        Ok(Reauthentication::Renewed)
    }

    async fn sessions_of(&self, user: UserId, most: u32) -> Result<Vec<Session>, StoreError> {
        Ok(self.tables().sessions_of(user, most))
    }

    async fn end(&self, user: UserId, ending: Ending, activity: &Activity) -> Result<EndedSessions, StoreError> {
        let mut tables = self.tables();
        if ending.by().is_some_and(|by| !tables.has_session(user, by)) {
            return Ok(EndedSessions::SessionEnded);
        }
        let ended = tables.end_sessions(user, |stored| match ending {
            Ending::OfToken(token) => stored.is_opened_by(&token, activity.at),
            Ending::One { session, .. } => stored.session.id == session,
            Ending::Others { by } => stored.session.id != by,
            Ending::All => true,
        });
        if ended > 0 {
            tables.record(activity);
        }
        Ok(EndedSessions::Ended(ended))
    }

    async fn discard(&self, id: SessionId) -> Result<(), StoreError> {
        self.tables().sessions.remove(&id);
        Ok(())
    }

    async fn delete_expired(&self, expiry: &[Expiry], most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        let has_expired = |stored: &StoredSession| expiry.iter().any(|expiry| expiry.applies_to(&stored.session));
        self.tables().sessions.retain(|_, stored| !has_expired(stored) || !budget.spend());
        Ok(most - budget.0)
    }
}

impl DeviceRepository for MemoryStore {
    async fn find_device(&self, keys: &[DeviceKey]) -> Result<Option<KnownDevice>, StoreError> {
        let tables = self.tables();
        let found = keys.iter().filter_map(|key| tables.devices.get(key));
        Ok(found.max_by_key(|device| (device.last_log_in_at, device.id)).cloned())
    }

    async fn devices_of(&self, user: UserId, most: u32) -> Result<Vec<KnownDevice>, StoreError> {
        Ok(self.tables().devices_of(user, most))
    }

    async fn forget_device(
        &self,
        user: UserId,
        id: KnownDeviceId,
        activity: &Activity,
    ) -> Result<ForgottenDevice, StoreError> {
        let mut tables = self.tables();
        let is_meant = |device: &KnownDevice| device.id == id && device.user_id == user;
        if !tables.devices.values().any(is_meant) {
            return Ok(ForgottenDevice::NotFound);
        }
        tables.devices.retain(|_, device| !is_meant(device));
        tables.record(activity);
        Ok(ForgottenDevice::Forgotten)
    }

    async fn delete_devices(&self, until: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        self.tables().devices.retain(|_, device| device.last_log_in_at > until || !budget.spend());
        Ok(most - budget.0)
    }
}

impl ActivityRepository for MemoryStore {
    async fn record(&self, activity: &Activity) -> Result<(), StoreError> {
        self.tables().record(activity);
        Ok(())
    }

    async fn activity_of(
        &self,
        user: UserId,
        before: Option<ActivityId>,
        most: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let is_wanted =
            |activity: &&Activity| activity.user_id == Some(user) && before.is_none_or(|before| activity.id < before);
        let mut found: Vec<_> = self.tables().activity.iter().filter(is_wanted).cloned().collect();
        found.sort_by_key(|activity| std::cmp::Reverse(activity.id));
        found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(found)
    }

    async fn since_last_log_in(&self, user: UserId) -> Result<SinceLastLogIn, StoreError> {
        let lately = self.activity_of(user, None, u32::MAX).await?;
        let last_log_in = lately.iter().find(|activity| activity.event == Event::LoggedIn);
        let since_log_in = lately.iter().take_while(|activity| activity.event != Event::LoggedIn);
        let failed = since_log_in.filter(|activity| activity.event.is_failed_attempt());
        let counted = (1..=FailedAttempts::MOST).zip(failed).last();
        Ok(SinceLastLogIn {
            last_log_in_at: last_log_in.map(|activity| activity.at),
            failed_attempts: counted.map(|(count, first)| FailedAttempts { count, since: first.at }),
        })
    }

    async fn delete_activity(&self, kept_from: ActivityId, most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        let may_go = |activity: &Activity| activity.id < kept_from || activity.user_id.is_none();
        self.tables().activity.retain(|activity| !may_go(activity) || !budget.spend());
        Ok(most - budget.0)
    }
}

impl ThrottleRepository for MemoryStore {
    async fn count_attempt(&self, counters: &[Counter], now: Timestamp) -> Result<Admission, StoreError> {
        Ok(self.tables().count(counters, now))
    }

    async fn settle_attempt(&self, settlement: &Settlement, now: Timestamp) -> Result<(), StoreError> {
        self.tables().settle(settlement, now);
        Ok(())
    }

    async fn delete_counters(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        self.tables().counters.retain(|_, state| state.forgotten_at > now || !budget.spend());
        Ok(most - budget.0)
    }
}

impl LinkRepository for MemoryStore {
    async fn store_link(&self, link: &NewLink, activity: Option<&Activity>) -> Result<(), StoreLinkError> {
        let mut tables = self.tables();
        tables.store_link(link)?;
        if let Some(activity) = activity {
            tables.record(activity);
        }
        Ok(())
    }

    async fn find_link(&self, token: &LinkHash, purpose: LinkPurpose) -> Result<Option<FoundLink>, StoreError> {
        Ok(self.tables().find_link(token, purpose))
    }

    async fn reset_password(&self, reset: &PasswordReset, activity: &Activity) -> Result<LinkUse, StoreError> {
        let mut tables = self.tables();
        let PasswordReset { user_id, ref link, ref hash } = *reset;
        let found = tables.find_link(link, LinkPurpose::ResetPassword);
        let verified = tables.emails_of(user_id).verified;
        let went_there = |link: &Link| link.address.is_none() || link.address == verified;
        let is_good =
            |found: &FoundLink| found.user.id == user_id && found.is_good_at(activity.at) && went_there(&found.link);
        if !found.as_ref().is_some_and(is_good) {
            return Ok(LinkUse::Expired);
        }
        if let Some(user) = tables.users.get_mut(&user_id) {
            user.password_hash = Some(hash.clone());
            user.credentials_version += 1;
        }
        if let Some(stored) = tables.emails.get_mut(&user_id).filter(|stored| stored.emails.verified.is_some()) {
            stored.emails.pending = None;
        }
        tables.links.retain(|_, link| link.user_id != user_id || link.purpose == LinkPurpose::UndoEmail);
        tables.end_sessions(user_id, |_| true);
        tables.forget_devices(user_id);
        tables.record(activity);
        Ok(LinkUse::Used)
    }

    async fn links_of(&self, user: UserId) -> Result<Vec<Link>, StoreError> {
        Ok(self.tables().links.values().filter(|link| link.user_id == user).cloned().collect())
    }

    async fn delete_links(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        self.tables().links.retain(|_, link| link.ends_at > now || !budget.spend());
        Ok(most - budget.0)
    }
}

impl EmailRepository for MemoryStore {
    async fn find_by_email(&self, address: &EmailAddress) -> Result<Option<UserRecord>, StoreError> {
        let tables = self.tables();
        let owner = tables.owner_of(address);
        Ok(owner.and_then(|owner| tables.users.get(&owner)).map(|stored| stored.user.clone()))
    }

    async fn emails_of(&self, user: UserId) -> Result<Emails, StoreError> {
        Ok(self.tables().emails_of(user))
    }

    async fn emails_of_users(&self, users: &[UserId]) -> Result<Vec<(UserId, Emails)>, StoreError> {
        let tables = self.tables();
        let found = users.iter().filter_map(|user| Some((*user, tables.emails.get(user)?.emails.clone())));
        Ok(found.filter(|(_, emails)| *emails != Emails::default()).collect())
    }

    async fn give_email(&self, change: &EmailChange, activity: &Activity) -> Result<EmailGiving, StoreError> {
        let mut tables = self.tables();
        let EmailChange { user_id, session_id, address, mail, mail_to_former } = change;
        if !tables.has_session(*user_id, *session_id) {
            return Ok(EmailGiving::SessionEnded);
        }
        tables.emails.entry(*user_id).or_default().emails.pending = Some(address.clone());
        tables.end_links(*user_id, &[LinkPurpose::VerifyEmail]);
        tables.queue(mail);
        if let Some(mail) = mail_to_former {
            tables.queue(mail);
        }
        tables.record(activity);
        Ok(EmailGiving::Given)
    }

    async fn verify_email(
        &self,
        verification: &EmailVerification,
        activity: &Activity,
    ) -> Result<EmailLinkUse, StoreError> {
        let mut tables = self.tables();
        let EmailVerification { user_id, link, address, former, mail_to_former } = verification;
        let found = tables.good_link(link, LinkPurpose::VerifyEmail, *user_id, activity.at);
        let emails = tables.emails_of(*user_id);
        let is_this_one = found.is_some_and(|found| found.address.as_ref() == Some(address));
        if !is_this_one || emails.pending.as_ref() != Some(address) || emails.verified != *former {
            return Ok(EmailLinkUse::Expired);
        }
        if tables.is_taken_by_another(address, *user_id) {
            return Ok(EmailLinkUse::TakenByAnother);
        }
        tables.make_verified(*user_id, address);
        tables.end_links(*user_id, &[LinkPurpose::VerifyEmail, LinkPurpose::ResetPassword]);
        if let Some(mail) = mail_to_former {
            tables.queue(mail);
        }
        tables.record(activity);
        Ok(EmailLinkUse::Used)
    }

    async fn reject_email(&self, user: UserId, link: &LinkHash, activity: &Activity) -> Result<LinkUse, StoreError> {
        let mut tables = self.tables();
        if tables.good_link(link, LinkPurpose::VerifyEmail, user, activity.at).is_none() {
            return Ok(LinkUse::Expired);
        }
        tables.emails.entry(user).or_default().emails.pending = None;
        tables.end_links(user, &[LinkPurpose::VerifyEmail]);
        tables.record(activity);
        Ok(LinkUse::Used)
    }

    async fn undo_email(&self, undo: &EmailUndo, activity: &Activity) -> Result<EmailLinkUse, StoreError> {
        let mut tables = self.tables();
        let EmailUndo { user_id, link, address, reset } = undo;
        let found = tables.good_link(link, LinkPurpose::UndoEmail, *user_id, activity.at);
        let Some(found) = found.filter(|found| found.address.as_ref() == Some(address)) else {
            return Ok(EmailLinkUse::Expired);
        };
        if tables.is_taken_by_another(address, *user_id) {
            return Ok(EmailLinkUse::TakenByAnother);
        }
        tables.make_verified(*user_id, address);
        if let Some(user) = tables.users.get_mut(user_id) {
            (user.password_hash, user.credentials_version) = (None, user.credentials_version + 1);
        }
        let is_about_earlier =
            |to: &EmailAddress, asked_for_at: Timestamp| to != address && asked_for_at < found.requested_at;
        tables.links.retain(|_, link| {
            let is_earlier = || link.address.as_ref().is_some_and(|to| is_about_earlier(to, link.requested_at));
            link.user_id != *user_id || (link.purpose == LinkPurpose::UndoEmail && is_earlier())
        });
        tables.outbox.retain(|_, QueuedMail { mail, .. }| {
            let is_meant = |to: &Recipient| to.user_id != *user_id || is_about_earlier(&to.address, mail.queued_at);
            mail.kind != MailKind::UndoEmail || mail.recipient.as_ref().is_none_or(is_meant)
        });
        tables.end_sessions(*user_id, |_| true);
        tables.forget_devices(*user_id);
        tables.store_link(reset).map_err(StoreError::broken)?;
        tables.record(activity);
        Ok(EmailLinkUse::Used)
    }

    async fn set_email(&self, setting: &EmailSetting, activity: &Activity) -> Result<SetEmail, StoreError> {
        let mut tables = self.tables();
        let EmailSetting { user_id, address, state, mail } = setting;
        if !tables.users.contains_key(user_id) {
            return Ok(SetEmail::NoSuchUser);
        }
        if tables.is_taken_by_another(address, *user_id) {
            return Ok(SetEmail::TakenByAnother);
        }
        // The notice goes to the earlier address, which is still the verified one here.
        tables.record(activity);
        match state {
            EmailState::Pending => tables.emails.entry(*user_id).or_default().emails.pending = Some(address.clone()),
            EmailState::Verified => {
                tables.make_verified(*user_id, address);
                tables.end_links(*user_id, &[LinkPurpose::ResetPassword, LinkPurpose::UndoEmail]);
                tables.outbox.retain(|_, QueuedMail { mail, .. }| {
                    let is_anothers = |to: &Recipient| to.user_id != *user_id;
                    mail.kind != MailKind::UndoEmail || mail.recipient.as_ref().is_none_or(is_anothers)
                });
            }
        }
        tables.end_links(*user_id, &[LinkPurpose::VerifyEmail]);
        if let Some(mail) = mail {
            tables.queue(mail);
        }
        Ok(SetEmail::Set)
    }

    async fn delete_unverified(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut tables = self.tables();
        let is_late = |stored: &StoredEmails| {
            stored.emails.verified.is_none() && stored.verify_by.is_some_and(|verify_by| verify_by <= now)
        };
        let late = tables.emails.iter().filter(|(_, stored)| is_late(stored)).map(|(user, _)| *user);
        let late: Vec<_> = late.take(most as usize).collect();
        for user in &late {
            tables.delete(*user, now, None);
        }
        Ok(u32::try_from(late.len()).unwrap_or(u32::MAX))
    }
}

impl OutboxRepository for MemoryStore {
    async fn queue_mail(&self, mail: &NewMail, activity: &Activity) -> Result<Queueing, StoreError> {
        let mut tables = self.tables();
        tables.record(activity);
        Ok(tables.queue(mail))
    }

    async fn claim_mail(&self, now: Timestamp, until: Timestamp) -> Result<Option<QueuedMail>, StoreError> {
        let mut tables = self.tables();
        let due = tables.outbox.values_mut().filter(|queued| queued.mail.recipient.is_some() && queued.due_at <= now);
        let claimed = due.min_by_key(|queued| (queued.due_at, queued.mail.id));
        Ok(claimed.map(|queued| {
            queued.due_at = until;
            queued.clone()
        }))
    }

    async fn postpone_mail(&self, claim: &QueuedMail, tries: u32, due_at: Timestamp) -> Result<(), StoreError> {
        if let Some(queued) = self.tables().outbox.get_mut(&claim.mail.id)
            && queued.due_at == claim.due_at
        {
            (queued.tries, queued.due_at) = (tries, due_at);
        }
        Ok(())
    }

    async fn finish_mail(&self, claim: &QueuedMail) -> Result<(), StoreError> {
        self.tables().outbox.retain(|id, queued| *id != claim.mail.id || queued.due_at != claim.due_at);
        Ok(())
    }

    async fn queued_mails(&self, most: u32) -> Result<Vec<QueuedMail>, StoreError> {
        let tables = self.tables();
        let to_somebody = tables.outbox.values().filter(|queued| queued.mail.recipient.is_some());
        Ok(to_somebody.take(most as usize).cloned().collect())
    }

    async fn delete_mails_to_nobody(&self, most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        self.tables().outbox.retain(|_, queued| queued.mail.recipient.is_some() || !budget.spend());
        Ok(most - budget.0)
    }
}

impl LanguageRepository for MemoryStore {
    async fn save_language(&self, user: UserId, language: &Language) -> Result<(), StoreError> {
        if let Some(stored) = self.tables().users.get_mut(&user) {
            stored.user.language = Some(language.clone());
        }
        Ok(())
    }
}

impl InvitationRepository for MemoryStore {
    async fn store_invitation(&self, invitation: &NewInvitation) -> Result<(), StoreError> {
        let NewInvitation { token, uses, ends_at } = *invitation;
        self.tables().invitations.insert(token, Invitation { uses_left: uses.get(), ends_at });
        Ok(())
    }

    async fn find_invitation(&self, token: &LinkHash) -> Result<Option<Invitation>, StoreError> {
        Ok(self.tables().invitations.get(token).copied())
    }

    async fn insert_invited(&self, user: &NewUser, invitation: &LinkHash) -> Result<(), InsertInvitedError> {
        let mut tables = self.tables();
        let found = tables.invitations.get(invitation).copied();
        let Some(found) = found.filter(|found| found.is_good_at(user.created_at)) else {
            return Err(InsertInvitedError::InvitationExpired);
        };
        tables.insert(user).map_err(|error| match error {
            InsertUserError::UsernameTaken => InsertInvitedError::UsernameTaken,
            InsertUserError::Store(error) => InsertInvitedError::Store(error),
        })?;
        tables.invitations.insert(*invitation, Invitation { uses_left: found.uses_left - 1, ..found });
        Ok(())
    }

    async fn delete_invitations(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        self.tables().invitations.retain(|_, invitation| invitation.is_good_at(now) || !budget.spend());
        Ok(most - budget.0)
    }
}

impl AdministrationRepository for MemoryStore {
    async fn list_users(
        &self,
        filter: &UserFilter,
        limits: &[Expiry],
        after: Option<&Username>,
        most: u32,
    ) -> Result<Vec<UserSummary>, StoreError> {
        let tables = self.tables();
        let is_meant = |stored: &&StoredUser| {
            filter.standing.is_none_or(|standing| stored.user.standing == standing)
                && stored.user.username.key().contains(&filter.part_of_key)
        };
        let meant = tables.in_order_of_names(after).into_iter().filter(is_meant).take(most as usize);
        Ok(meant.map(|stored| tables.summary_of(stored, limits)).collect())
    }

    async fn stored_users(&self, after: Option<&Username>, most: u32) -> Result<Vec<StoredUser>, StoreError> {
        Ok(self.tables().in_order_of_names(after).into_iter().take(most as usize).cloned().collect())
    }

    async fn create_user(&self, user: &NewUser, activity: &Activity) -> Result<(), InsertUserError> {
        let mut tables = self.tables();
        tables.insert(user)?;
        tables.record(activity);
        Ok(())
    }

    async fn rename_user(&self, rename: &UserRename, activity: &Activity) -> Result<(), UserRenameError> {
        self.tables().rename(rename, activity)
    }

    async fn delete_user(
        &self,
        id: UserId,
        reserved_until: Timestamp,
        activity: &Activity,
    ) -> Result<UserDeletion, StoreError> {
        Ok(self.tables().delete(id, reserved_until, Some(activity)))
    }

    async fn counters(&self, keys: &[CounterKey]) -> Result<Vec<(CounterKey, CounterState)>, StoreError> {
        let tables = self.tables();
        Ok(keys.iter().filter_map(|key| Some((*key, *tables.counters.get(key)?))).collect())
    }

    async fn former_names_of(&self, user: UserId) -> Result<Vec<FormerName>, StoreError> {
        let tables = self.tables();
        let of_user = tables.reservations.iter().filter(|(_, reservation)| reservation.user_id == Some(user));
        Ok(of_user
            .map(|(key, reservation)| FormerName { key: key.clone(), reserved_until: reservation.until })
            .collect())
    }
}

impl UserImportRepository for MemoryStore {
    async fn taken_names(&self, names: &[Username], now: Timestamp) -> Result<Vec<Username>, StoreError> {
        let tables = self.tables();
        Ok(names.iter().filter(|name| tables.is_taken(name.key(), None, now)).cloned().collect())
    }

    async fn taken_emails(&self, addresses: &[EmailAddress]) -> Result<Vec<EmailAddress>, StoreError> {
        let tables = self.tables();
        Ok(addresses.iter().filter(|address| tables.is_email_taken(address)).cloned().collect())
    }

    async fn import_progress(&self, id: &ImportId) -> Result<Option<u64>, StoreError> {
        Ok(self.tables().imports.get(id).copied())
    }

    async fn import_users(&self, batch: &ImportBatch) -> Result<Imported, ImportUsersError> {
        let mut tables = self.tables();
        if tables.imports.get(&batch.id).copied().unwrap_or_default() != batch.done_before {
            return Err(ImportUsersError::Overtaken);
        }
        let is_taken = |import: &UserToImport| tables.is_taken(import.user.username.key(), None, import.activity.at);
        let taken: Vec<_> = batch.users.iter().filter(|import| is_taken(import)).collect();
        if batch.existing == ExistingUsers::Fail && !taken.is_empty() {
            let names = taken.into_iter().map(|import| import.user.username.clone());
            return Err(ImportUsersError::UsernamesTaken(names.collect()));
        }
        let taken: Vec<_> = taken.into_iter().map(|import| import.user.id).collect();
        let new = batch.users.iter().filter(|import| !taken.contains(&import.user.id));
        let emails = new.filter_map(|import| import.email.as_ref()?.verified());
        let emails: Vec<_> = emails.filter(|address| tables.is_email_taken(address)).cloned().collect();
        if !emails.is_empty() {
            return Err(ImportUsersError::EmailsTaken(emails));
        }
        let mut imported = Imported::default();
        for import in &batch.users {
            if !taken.contains(&import.user.id) {
                tables.import(import);
                imported.created += 1;
            } else if batch.existing == ExistingUsers::UpdateHash && tables.update_hash(import) == HashUpdate::Made {
                imported.updated += 1;
            } else {
                imported.skipped += 1;
            }
        }
        tables.imports.insert(batch.id, batch.done_after);
        Ok(imported)
    }

    async fn end_import(&self, id: &ImportId) -> Result<(), StoreError> {
        self.tables().imports.remove(id);
        Ok(())
    }
}

/// The outcome for an imported hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HashUpdate {
    Made,
    /// There is no hash, or the user has it already, or no user has the name.
    Needless,
}

impl Tables {
    fn import(&mut self, import: &UserToImport) {
        let UserToImport { user, email, standing, activity } = import.clone();
        let user = NewUser { email: None, ..user };
        // The names were checked before.
        if self.insert(&user).is_ok()
            && let Some(stored) = self.users.get_mut(&user.id)
        {
            stored.user.standing = standing;
        }
        if let Some(ImportedEmail { address, state }) = email {
            let emails = match state {
                EmailState::Pending => Emails { verified: None, pending: Some(address) },
                EmailState::Verified => Emails { verified: Some(address), pending: None },
            };
            self.emails.insert(user.id, StoredEmails { emails, verify_by: None });
        }
        // No user gets a mail about an import.
        self.activity.push(Activity { notice: Notice::None, ..activity });
    }

    fn update_hash(&mut self, import: &UserToImport) -> HashUpdate {
        let hash = &import.user.password_hash;
        let has_name = |stored: &&mut StoredUser| stored.user.username == import.user.username;
        let stored = self.users.values_mut().find(has_name);
        let Some(stored) = stored.filter(|stored| hash.is_some() && stored.password_hash != *hash) else {
            return HashUpdate::Needless;
        };
        stored.password_hash.clone_from(hash);
        stored.credentials_version += 1;
        let id = stored.user.id;
        self.end_sessions(id, |_| true);
        self.forget_devices(id);
        self.links.retain(|_, link| link.user_id != id);
        let (user_id, event, notice) = (Some(id), Event::PasswordImported, Notice::None);
        self.activity.push(Activity { user_id, event, notice, ..import.activity.clone() });
        HashUpdate::Made
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;

    use proptest::prelude::*;

    use crate::testing;

    crate::store_contract!(pollster::test, MemoryStore::default());

    mod links {
        use super::MemoryStore;

        crate::link_contract!(pollster::test, MemoryStore::default());
    }

    mod emails {
        use super::MemoryStore;

        crate::email_contract!(pollster::test, MemoryStore::default());
    }

    mod outbox {
        use super::MemoryStore;

        crate::outbox_contract!(pollster::test, MemoryStore::default());
    }

    mod administration {
        use super::MemoryStore;

        crate::administration_contract!(pollster::test, MemoryStore::default());
    }

    mod user_import {
        use super::MemoryStore;

        crate::user_import_contract!(pollster::test, MemoryStore::default());
    }

    mod email_import {
        use super::MemoryStore;

        crate::email_import_contract!(pollster::test, MemoryStore::default());
    }

    mod invitations {
        use super::MemoryStore;

        crate::invitation_contract!(pollster::test, MemoryStore::default());
    }

    mod language {
        use super::MemoryStore;

        crate::language_contract!(pollster::test, MemoryStore::default());
    }

    mod second_factor {
        use super::MemoryStore;

        crate::second_factor_contract!(pollster::test, MemoryStore::default());
    }

    mod passkey {
        use super::MemoryStore;

        crate::passkey_contract!(pollster::test, MemoryStore::default());
    }

    mod passkey_links {
        use super::MemoryStore;

        crate::passkey_link_contract!(pollster::test, MemoryStore::default());
    }

    mod mail_language {
        use super::MemoryStore;

        crate::mail_language_contract!(pollster::test, MemoryStore::default());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn a_second_factor_is_asked_for_exactly_when_the_model_says(
            steps in proptest::collection::vec(any::<[u8; 2]>().prop_map(testing::FactorStep::from), 0..80)
        ) {
            let store = MemoryStore::default();
            pollster::block_on(testing::a_second_factor_is_asked_for_exactly_when_the_model_says(store, &steps));
        }

        #[test]
        fn a_cookie_opens_exactly_what_the_model_says(
            steps in proptest::collection::vec(any::<[u8; 4]>().prop_map(testing::Step::from), 0..60)
        ) {
            pollster::block_on(testing::a_cookie_opens_exactly_what_the_model_says(MemoryStore::default(), &steps));
        }
    }
}
