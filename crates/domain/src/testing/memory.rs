use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::activity::{Activity, ActivityId, Event, FailedAttempts};
use crate::authentication::Authentication;
use crate::client::BrowserId;
use crate::clock::Timestamp;
use crate::invitation::Invitation;
use crate::known_device::{DeviceKey, KnownDevice, KnownDeviceId};
use crate::link::{Link, LinkHash, LinkPurpose};
use crate::password::PasswordHash;
use crate::repository::{
    AccountChange, ActivityRepository, Admission, DeviceLogIn, DeviceRepository, EndedSessions, Ending, Expiry,
    ForgottenDevice, FoundLink, FoundSession, InsertInvitedError, InsertUserError, InvitationRepository,
    LinkRepository, LinkUse, NewInvitation, NewLink, NewSession, PasswordChange, PasswordReset, Reauthentication,
    RenameUserError, SessionRepository, Settlement, StartSessionError, StoreError, StoreLinkError, ThrottleRepository,
    TokenRenewal, TokenRole, UserRepository, UsernameChange,
};
use crate::session::{Session, SessionId};
use crate::throttle::{Counter, CounterKey, CounterState};
use crate::token::TokenHash;
use crate::user::{NewUser, Standing, StoredUser, UserId, UserRecord};
use crate::username::Username;

/// A store in memory: for tests and examples, not for people.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    users: HashMap<UserId, StoredUser>,
    reservations: HashMap<String, Reservation>,
    sessions: HashMap<SessionId, StoredSession>,
    devices: HashMap<DeviceKey, KnownDevice>,
    activity: Vec<Activity>,
    counters: HashMap<CounterKey, CounterState>,
    links: HashMap<LinkHash, Link>,
    invitations: HashMap<LinkHash, Invitation>,
}

impl Tables {
    fn settle(&mut self, settlement: &Settlement, now: Timestamp) {
        for Counter { key, limit, .. } in &settlement.taken_back {
            if let Some(state) = self.counters.remove(key)
                && let Some(state) = limit.take_back(state, now)
            {
                self.counters.insert(*key, state);
            }
        }
        self.counters.retain(|key, _| !settlement.forgotten.contains(key));
    }
}

/// For whom a name is kept, and until when.
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

#[derive(Debug, Clone, Copy)]
struct FormerToken {
    hash: TokenHash,
    until: Option<Timestamp>,
}

impl StoredSession {
    fn is_opened_by(&self, token: &TokenHash, at: Timestamp) -> bool {
        self.role_of(token).is_some_and(|role| role.opens_at(at))
    }

    fn role_of(&self, token: &TokenHash) -> Option<TokenRole> {
        match self.former_token {
            Some(former) if former.hash == *token => Some(TokenRole::Former { until: former.until }),
            _ if self.token != *token => None,
            Some(FormerToken { until: None, .. }) => Some(TokenRole::Newer),
            _ => Some(TokenRole::Only),
        }
    }
}

impl MemoryStore {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn insert(&mut self, user: &NewUser) -> Result<(), InsertUserError> {
        if self.is_taken(user.username.key(), None, user.created_at) {
            return Err(InsertUserError::UsernameTaken);
        }
        let NewUser { id, username, password_hash, created_at, signed_up_in } = user.clone();
        let user = UserRecord { id, username, standing: Standing::Active, created_at };
        self.users.insert(id, StoredUser { user, password_hash, credentials_version: 0, signed_up_in });
        Ok(())
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
            DeviceLogIn::Again(id) => {
                if let Some(device) = self.devices.values_mut().find(|device| device.id == *id) {
                    (device.client, device.last_log_in_at) = (activity.client.clone(), activity.at);
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

    /// Ends those of the user's sessions that are chosen; how many.
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
        tables.activity.push(activity.clone());
        Ok(AccountChange::Made)
    }

    async fn change_username(&self, change: &UsernameChange, activity: &Activity) -> Result<(), RenameUserError> {
        let mut tables = self.tables();
        let UsernameChange { user_id, ref username, reserved_until, session_id, token } = *change;
        if !tables.has_session(user_id, session_id) {
            return Err(RenameUserError::SessionEnded);
        }
        if tables.is_taken(username.key(), Some(user_id), activity.at) {
            return Err(RenameUserError::UsernameTaken);
        }
        let stored = tables.users.get_mut(&user_id).ok_or(RenameUserError::SessionEnded)?;
        let old = std::mem::replace(&mut stored.user.username, username.clone());
        tables.reservations.remove(username.key());
        if old != *username {
            let reservation = Reservation { user_id: Some(user_id), until: reserved_until };
            tables.reservations.insert(old.key().to_owned(), reservation);
        }
        if let Some(stored) = tables.sessions.get_mut(&session_id) {
            (stored.token, stored.former_token, stored.session.renewed_at) = (token, None, activity.at);
        }
        tables.activity.push(activity.clone());
        Ok(())
    }

    async fn delete(
        &self,
        id: UserId,
        session: SessionId,
        credentials_version: i64,
        reserved_until: Timestamp,
    ) -> Result<AccountChange, StoreError> {
        let mut tables = self.tables();
        if !tables.has_session(id, session) {
            return Ok(AccountChange::SessionEnded);
        }
        if tables.users.get(&id).is_none_or(|stored| stored.credentials_version != credentials_version) {
            return Ok(AccountChange::CredentialsChanged);
        }
        let Some(gone) = tables.users.remove(&id) else { return Ok(AccountChange::SessionEnded) };
        tables.end_sessions(id, |_| true);
        tables.forget_devices(id);
        tables.activity.retain(|activity| activity.user_id != Some(id));
        tables.links.retain(|_, link| link.user_id != id);
        for reservation in tables.reservations.values_mut().filter(|reservation| reservation.user_id == Some(id)) {
            reservation.user_id = None;
        }
        let reservation = Reservation { user_id: None, until: reserved_until };
        tables.reservations.insert(gone.user.username.key().to_owned(), reservation);
        Ok(AccountChange::Made)
    }

    async fn close(&self, id: UserId) -> Result<(), StoreError> {
        let mut tables = self.tables();
        if let Some(stored) = tables.users.get_mut(&id) {
            stored.user.standing = Standing::Closed;
        }
        tables.end_sessions(id, |_| true);
        tables.forget_devices(id);
        Ok(())
    }

    async fn reopen(&self, id: UserId) -> Result<(), StoreError> {
        if let Some(stored) = self.tables().users.get_mut(&id) {
            stored.user.standing = Standing::Active;
        }
        Ok(())
    }

    async fn release_names(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        self.tables().reservations.retain(|_, reservation| reservation.until > now || !budget.spend());
        Ok(most - budget.0)
    }
}

/// How much a step may still delete.
struct Budget(u32);

impl Budget {
    /// Whether there was something left.
    const fn spend(&mut self) -> bool {
        let is_left = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        is_left
    }
}

impl SessionRepository for MemoryStore {
    async fn start(&self, new: &NewSession, activity: &Activity) -> Result<(), StartSessionError> {
        let mut tables = self.tables();
        let user = tables.users.get(&new.session.user_id);
        let is_allowed = |stored: &StoredUser| {
            stored.user.standing == Standing::Active && stored.credentials_version == new.credentials_version
        };
        if !user.is_some_and(is_allowed) {
            return Err(StartSessionError::NotAllowed);
        }
        if let Some(browser) = new.session.client.browser {
            let asked_at = new.session.created_at;
            let is_here =
                |other: &Session| other.user_id == new.session.user_id && other.client.browser == Some(browser);
            let overtakes = |other: &Session| {
                other.created_at > asked_at && other.created_at < asked_at.plus(BrowserId::SENT_TWICE)
            };
            if tables.sessions.values().any(|stored| is_here(&stored.session) && overtakes(&stored.session)) {
                return Err(StartSessionError::Overtaken);
            }
            tables.sessions.retain(|_, stored| !is_here(&stored.session) || stored.session.created_at > asked_at);
        }
        if let Some(replaced) = &new.replacing {
            tables.sessions.retain(|_, stored| !stored.is_opened_by(replaced, activity.at));
        }
        let stored = StoredSession { session: new.session.clone(), token: new.token, former_token: None };
        let user = new.session.user_id;
        for ended in tables.sessions_of(user, u32::MAX).into_iter().skip(new.most.saturating_sub(1) as usize) {
            tables.sessions.remove(&ended.id);
        }
        tables.sessions.insert(new.session.id, stored);
        if let Some(log_in) = &new.device {
            tables.remember_device(log_in, activity);
        }
        tables.settle(&new.settlement, activity.at);
        tables.activity.push(activity.clone());
        Ok(())
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
            tables.activity.push(activity.clone());
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
        Ok(keys.iter().find_map(|key| tables.devices.get(key).cloned()))
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
        tables.activity.push(activity.clone());
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
        self.tables().activity.push(activity.clone());
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

    async fn failed_attempts_of(&self, user: UserId) -> Result<Option<FailedAttempts>, StoreError> {
        let lately = self.activity_of(user, None, u32::MAX).await?;
        let since_log_in = lately.iter().take_while(|activity| activity.event != Event::LoggedIn);
        let failed = since_log_in.filter(|activity| activity.event.is_failed_attempt());
        let counted = (1..=FailedAttempts::MOST).zip(failed).last();
        Ok(counted.map(|(count, first)| FailedAttempts { count, since: first.at }))
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
        let mut tables = self.tables();
        let mut counted = Vec::new();
        let mut latest = None;
        for Counter { key, limit, .. } in counters {
            match limit.count(tables.counters.get(key).copied(), now) {
                Ok(state) => counted.push((*key, state)),
                Err(free_at) => latest = latest.max(Some((free_at, *key))),
            }
        }
        if let Some((free_at, counter)) = latest {
            return Ok(Admission::WaitUntil { free_at, counter });
        }
        tables.counters.extend(counted);
        Ok(Admission::Counted)
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
    async fn store_link(&self, link: &NewLink, activity: &Activity) -> Result<(), StoreLinkError> {
        let mut tables = self.tables();
        let NewLink { token, user_id, purpose, ends_at } = *link;
        let user = tables.users.get(&user_id).ok_or(StoreLinkError::NoSuchUser)?;
        let link = Link { user_id, purpose, credentials_version: user.credentials_version, ends_at };
        tables.links.retain(|_, earlier| earlier.user_id != user_id || earlier.purpose != purpose);
        tables.links.insert(token, link);
        tables.activity.push(activity.clone());
        Ok(())
    }

    async fn find_link(&self, token: &LinkHash, purpose: LinkPurpose) -> Result<Option<FoundLink>, StoreError> {
        Ok(self.tables().find_link(token, purpose))
    }

    async fn reset_password(&self, reset: &PasswordReset, activity: &Activity) -> Result<LinkUse, StoreError> {
        let mut tables = self.tables();
        let PasswordReset { user_id, ref link, ref hash } = *reset;
        let found = tables.find_link(link, LinkPurpose::ResetPassword);
        if !found.is_some_and(|found| found.user.id == user_id && found.is_good_at(activity.at)) {
            return Ok(LinkUse::Expired);
        }
        if let Some(user) = tables.users.get_mut(&user_id) {
            user.password_hash = Some(hash.clone());
            user.credentials_version += 1;
        }
        tables.links.retain(|_, link| link.user_id != user_id);
        tables.end_sessions(user_id, |_| true);
        tables.forget_devices(user_id);
        tables.activity.push(activity.clone());
        Ok(LinkUse::Used)
    }

    async fn delete_links(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        self.tables().links.retain(|_, link| link.ends_at > now || !budget.spend());
        Ok(most - budget.0)
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

    mod invitations {
        use super::MemoryStore;

        crate::invitation_contract!(pollster::test, MemoryStore::default());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn a_cookie_opens_exactly_what_the_model_says(
            steps in proptest::collection::vec(any::<[u8; 4]>().prop_map(testing::Step::from), 0..60)
        ) {
            pollster::block_on(testing::a_cookie_opens_exactly_what_the_model_says(MemoryStore::default(), &steps));
        }
    }
}
