//! A store of your own, in one file, that keeps the whole contract:
//! `cargo test -p doorward-domain --example custom_store --features serde,testing`
//!
//! Each step reads the file, changes the tables, and replaces the file by one rename, so that a step is done whole or not at all. A
//! lock serializes the steps of this process; a store for several processes leaves that to its database.

use std::cmp::Reverse;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use doorward_domain::authentication::{Authentication, AuthenticationMethods};
use doorward_domain::client::BrowserId;
use doorward_domain::known_device::{DeviceKey, KnownDevice, KnownDeviceId};
use doorward_domain::repository::{
    AccountChange, ActivityRepository, Admission, DeviceLogIn, DeviceRepository, EndedSessions, Ending, Expiry,
    ForgottenDevice, FormerToken, FoundSession, InsertUserError, NewSession, PasswordChange, Reauthentication,
    RenameUserError, SessionRepository, Settlement, StandingChange, StartSessionError, ThrottleRepository,
    TokenRenewal, TokenRole, UserRepository, UsernameChange,
};
use doorward_domain::throttle::{Counter, CounterKey, CounterState};
use doorward_domain::user::{NewUser, StoredUser};
use doorward_domain::{
    Activity, ActivityId, Event, FailedAttempts, PasswordHash, Session, SessionId, SinceLastLogIn, Standing,
    StoreError, Timestamp, TokenHash, UserId, UserRecord, Username,
};
use serde::{Deserialize, Serialize};

struct FileStore {
    file: PathBuf,
    one_step: Mutex<()>,
}

/// The content of the file, as JSON: records as the domain writes them, hashes as bytes, and a password's hash as its text.
#[derive(Default, Serialize, Deserialize)]
struct Tables {
    users: Vec<UserRow>,
    reservations: Vec<Reservation>,
    sessions: Vec<SessionRow>,
    devices: Vec<DeviceRow>,
    activity: Vec<Activity>,
    counters: Vec<CounterRow>,
}

#[derive(Serialize, Deserialize)]
struct UserRow {
    user: UserRecord,
    password_hash: Option<String>,
    credentials_version: i64,
    signed_up_in: Option<BrowserId>,
}

/// A reserved name: the user it is reserved for, if any, and its end.
#[derive(Serialize, Deserialize)]
struct Reservation {
    username_key: String,
    user: Option<UserId>,
    until: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct SessionRow {
    session: Session,
    token: [u8; 32],
    former_token: Option<[u8; 32]>,
    former_token_until: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct DeviceRow {
    device: KnownDevice,
    key: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct CounterRow {
    key: [u8; 32],
    state: CounterState,
}

impl FileStore {
    const fn open(file: PathBuf) -> Self {
        Self { file, one_step: Mutex::new(()) }
    }

    /// Reads the file. A file that is renamed into place is complete, so a reader does not wait for a step.
    fn load(&self) -> Result<Tables, StoreError> {
        match fs::read(&self.file) {
            Ok(text) => serde_json::from_slice(&text).map_err(StoreError::broken),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Tables::default()),
            Err(error) => Err(StoreError::unavailable(error)),
        }
    }

    /// Takes a step. A step that is refused has changed nothing, and is written like any other.
    fn step<T>(&self, step: impl FnOnce(&mut Tables) -> T) -> Result<T, StoreError> {
        let _one_step = self.one_step.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tables = self.load()?;
        let done = step(&mut tables);
        let text = serde_json::to_vec(&tables).map_err(StoreError::broken)?;
        let beside = self.file.with_extension("new");
        fs::write(&beside, text).and_then(|()| fs::rename(beside, &self.file)).map_err(StoreError::unavailable)?;
        Ok(done)
    }
}

/// Removes up to `most` of the rows that may go, and returns their number.
fn remove<T>(rows: &mut Vec<T>, most: u32, may_go: impl Fn(&T) -> bool) -> u32 {
    let mut removed = 0;
    rows.retain(|row| {
        let goes = removed < most && may_go(row);
        removed += u32::from(goes);
        !goes
    });
    removed
}

impl Tables {
    fn user(&mut self, id: UserId) -> Option<&mut UserRow> {
        self.users.iter_mut().find(|row| row.user.id == id)
    }

    fn find_user(&self, is_meant: impl Fn(&UserRecord) -> bool) -> Option<StoredUser> {
        self.users.iter().find(|row| is_meant(&row.user)).map(UserRow::to_stored_user)
    }

    fn session(&mut self, id: SessionId) -> Option<&mut SessionRow> {
        self.sessions.iter_mut().find(|row| row.session.id == id)
    }

    fn has_session(&self, user: UserId, id: SessionId) -> bool {
        self.sessions.iter().any(|row| row.session.id == id && row.session.user_id == user)
    }

    /// The sessions of the user, last seen first.
    fn sessions_of(&self, user: UserId) -> Vec<&Session> {
        let mut sessions: Vec<_> =
            self.sessions.iter().map(|row| &row.session).filter(|it| it.user_id == user).collect();
        sessions.sort_by_key(|session| Reverse((session.last_seen_at, session.id)));
        sessions
    }

    /// The devices of the user, the one of the latest log-in first.
    fn devices_of(&self, user: UserId) -> Vec<&KnownDevice> {
        let mut devices: Vec<_> = self.devices.iter().map(|row| &row.device).filter(|it| it.user_id == user).collect();
        devices.sort_by_key(|device| Reverse((device.last_log_in_at, device.id)));
        devices
    }

    fn is_taken(&self, key: &str, by_other_than: Option<UserId>, now: Timestamp) -> bool {
        let mut users = self.users.iter().map(|row| &row.user);
        let mut reservations = self.reservations.iter().filter(|row| row.username_key == key && row.until > now);
        users.any(|user| user.username.key() == key && Some(user.id) != by_other_than)
            || reservations.any(|row| row.user.is_none() || row.user != by_other_than)
    }

    fn reserve(&mut self, username: &Username, user: Option<UserId>, until: Timestamp) {
        self.reservations.retain(|row| row.username_key != username.key());
        self.reservations.push(Reservation { username_key: username.key().to_owned(), user, until });
    }

    fn set_standing(&mut self, id: UserId, standing: Standing, activity: &Activity) -> StandingChange {
        let Some(row) = self.user(id) else { return StandingChange::NoSuchUser };
        if std::mem::replace(&mut row.user.standing, standing) == standing {
            return StandingChange::AlreadySo;
        }
        self.activity.push(activity.clone());
        StandingChange::Made
    }

    fn end_all(&mut self, user: UserId) {
        self.sessions.retain(|row| row.session.user_id != user);
        self.devices.retain(|row| row.device.user_id != user);
    }

    fn remember(&mut self, log_in: &DeviceLogIn, activity: &Activity) {
        match log_in {
            DeviceLogIn::Again { id, .. } => {
                if let Some(row) = self.devices.iter_mut().find(|row| row.device.id == *id) {
                    (row.device.client, row.device.last_log_in_at) = (activity.client.clone(), activity.at);
                }
            }
            DeviceLogIn::First { device, key } => {
                self.devices.push(DeviceRow { device: device.clone(), key: *key.as_bytes() });
                let beyond = self.devices_of(device.user_id).into_iter().skip(KnownDevice::MOST as usize);
                let beyond: Vec<_> = beyond.map(|device| device.id).collect();
                self.devices.retain(|row| !beyond.contains(&row.device.id));
            }
        }
    }

    fn state_of(&self, key: &CounterKey) -> Option<CounterState> {
        self.counters.iter().find(|row| row.key == *key.as_bytes()).map(|row| row.state)
    }

    /// Sets the state of a counter; `None` if it is forgotten.
    fn set_counter(&mut self, key: &CounterKey, state: Option<CounterState>) {
        let key = *key.as_bytes();
        self.counters.retain(|row| row.key != key);
        self.counters.extend(state.map(|state| CounterRow { key, state }));
    }

    fn settle(&mut self, settlement: &Settlement, now: Timestamp) {
        for (key, state) in settlement.settle(|key| self.state_of(key), now) {
            self.set_counter(&key, state);
        }
    }
}

impl UserRepository for FileStore {
    async fn insert(&self, new: &NewUser) -> Result<(), InsertUserError> {
        self.step(|tables| {
            if tables.is_taken(new.username.key(), None, new.created_at) {
                return Err(InsertUserError::UsernameTaken);
            }
            tables.users.push(UserRow::new(new));
            Ok(())
        })?
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<StoredUser>, StoreError> {
        Ok(self.load()?.find_user(|user| user.username == *username))
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<StoredUser>, StoreError> {
        Ok(self.load()?.find_user(|user| user.id == id))
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        self.step(|tables| {
            let row = tables.user(id).filter(|row| row.password_hash.as_deref() == Some(old.expose_secret()));
            if let Some(row) = row {
                row.password_hash = Some(new.expose_secret().to_owned());
            }
        })
    }

    async fn change_password(&self, change: &PasswordChange, activity: &Activity) -> Result<AccountChange, StoreError> {
        self.step(|tables| {
            if !tables.has_session(change.user_id, change.session_id) {
                return AccountChange::SessionEnded;
            }
            let user = tables.user(change.user_id);
            let user = user.filter(|user| user.credentials_version == change.credentials_version);
            let Some(user) = user else { return AccountChange::CredentialsChanged };
            user.password_hash = Some(change.hash.expose_secret().to_owned());
            user.credentials_version += 1;
            tables.devices.retain(|row| row.device.user_id != change.user_id);
            tables.sessions.retain(|row| row.session.user_id != change.user_id || row.session.id == change.session_id);
            if let Some(row) = tables.session(change.session_id) {
                row.give_token(&change.token, activity.at);
                row.session.authentication = change.authentication;
            }
            tables.activity.push(activity.clone());
            AccountChange::Made
        })
    }

    async fn change_username(&self, change: &UsernameChange, activity: &Activity) -> Result<(), RenameUserError> {
        self.step(|tables| {
            let UsernameChange { user_id, ref username, reserved_until, session_id, ref token } = *change;
            if !tables.has_session(user_id, session_id) {
                return Err(RenameUserError::SessionEnded);
            }
            if tables.is_taken(username.key(), Some(user_id), activity.at) {
                return Err(RenameUserError::UsernameTaken);
            }
            let row = tables.user(user_id).ok_or(RenameUserError::SessionEnded)?;
            let old = std::mem::replace(&mut row.user.username, username.clone());
            tables.reservations.retain(|row| row.username_key != username.key());
            if old != *username {
                tables.reserve(&old, Some(user_id), reserved_until);
            }
            if let Some(row) = tables.session(session_id) {
                row.give_token(token, activity.at);
            }
            tables.activity.push(activity.clone());
            Ok(())
        })?
    }

    async fn delete(
        &self,
        id: UserId,
        session: SessionId,
        credentials_version: i64,
        reserved_until: Timestamp,
        // No user gets a mail about it, as this service sends none.
        _activity: &Activity,
    ) -> Result<AccountChange, StoreError> {
        self.step(|tables| {
            if !tables.has_session(id, session) {
                return AccountChange::SessionEnded;
            }
            let user = tables.user(id).filter(|user| user.credentials_version == credentials_version);
            let Some(user) = user else { return AccountChange::CredentialsChanged };
            let name = user.user.username.clone();
            tables.users.retain(|row| row.user.id != id);
            tables.end_all(id);
            tables.activity.retain(|activity| activity.user_id != Some(id));
            tables.reservations.iter_mut().filter(|row| row.user == Some(id)).for_each(|row| row.user = None);
            tables.reserve(&name, None, reserved_until);
            AccountChange::Made
        })
    }

    async fn close(&self, id: UserId, activity: &Activity) -> Result<StandingChange, StoreError> {
        self.step(|tables| {
            let change = tables.set_standing(id, Standing::Closed, activity);
            if change == StandingChange::Made {
                tables.end_all(id);
            }
            change
        })
    }

    async fn reopen(&self, id: UserId, activity: &Activity) -> Result<StandingChange, StoreError> {
        self.step(|tables| tables.set_standing(id, Standing::Active, activity))
    }

    async fn release_names(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        self.step(|tables| remove(&mut tables.reservations, most, |row| row.until <= now))
    }
}

impl SessionRepository for FileStore {
    async fn start(&self, new: &NewSession, activity: &Activity) -> Result<(), StartSessionError> {
        self.step(|tables| {
            let user = tables.user(new.session.user_id).filter(|row| row.user.standing == Standing::Active);
            if user.is_none_or(|row| row.credentials_version != new.credentials_version) {
                return Err(StartSessionError::NotAllowed);
            }
            if tables.sessions.iter().any(|other| new.is_overtaken_by(&other.session)) {
                return Err(StartSessionError::Overtaken);
            }
            tables.sessions.retain(|other| {
                let is_replaced = new.replacing.is_some_and(|replaced| other.is_opened_by(&replaced, activity.at));
                !is_replaced && !new.takes_the_place_of(&other.session)
            });
            let beyond = tables.sessions_of(new.session.user_id).into_iter().skip(new.most.saturating_sub(1) as usize);
            let beyond: Vec<_> = beyond.map(|session| session.id).collect();
            tables.sessions.retain(|row| !beyond.contains(&row.session.id));
            let (session, token) = (new.session.clone(), *new.token.as_bytes());
            tables.sessions.push(SessionRow { session, token, former_token: None, former_token_until: None });
            if let Some(log_in) = &new.device {
                tables.remember(log_in, activity);
            }
            tables.settle(&new.settlement, activity.at);
            tables.activity.push(activity.clone());
            Ok(())
        })?
    }

    async fn find_by_token(&self, token: &TokenHash) -> Result<Option<FoundSession>, StoreError> {
        let tables = self.load()?;
        let found = tables.sessions.iter().find_map(|row| Some((row.session.clone(), row.role_of(token)?)));
        Ok(found.and_then(|(session, token)| {
            let StoredUser { user, .. } = tables.find_user(|user| user.id == session.user_id)?;
            Some(FoundSession { session, user, token })
        }))
    }

    async fn touch(&self, id: SessionId, seen_at: Timestamp) -> Result<(), StoreError> {
        self.step(|tables| {
            if let Some(SessionRow { session, .. }) = tables.session(id) {
                session.last_seen_at = session.last_seen_at.max(seen_at);
            }
        })
    }

    async fn renew_token(
        &self,
        session: &Session,
        presented: &TokenHash,
        new: &TokenHash,
        at: Timestamp,
    ) -> Result<TokenRenewal, StoreError> {
        self.step(|tables| {
            let row = tables.session(session.id).filter(|row| row.session.renewed_at == session.renewed_at);
            let Some(row) = row else { return TokenRenewal::TooLate };
            row.give_token(new, at);
            row.former_token = Some(*presented.as_bytes());
            TokenRenewal::Renewed
        })
    }

    async fn end_former_token(&self, id: SessionId, until: Timestamp) -> Result<(), StoreError> {
        self.step(|tables| {
            if let Some(row) = tables.session(id) {
                row.former_token_until = row.former_token_until.or(Some(until));
            }
        })
    }

    async fn reauthenticate(
        &self,
        session: &Session,
        old: &TokenHash,
        new: &TokenHash,
        authentication: &Authentication,
    ) -> Result<Reauthentication, StoreError> {
        self.step(|tables| {
            let Some(row) = tables.session(session.id) else { return Reauthentication::Ended };
            row.session.authentication = *authentication;
            if !row.is_opened_by(old, authentication.at) {
                return Reauthentication::RenewedByAnother;
            }
            row.give_token(new, authentication.at);
            Reauthentication::Renewed
        })
    }

    async fn sessions_of(&self, user: UserId, most: u32) -> Result<Vec<Session>, StoreError> {
        Ok(self.load()?.sessions_of(user).into_iter().take(most as usize).cloned().collect())
    }

    async fn end(&self, user: UserId, ending: Ending, activity: &Activity) -> Result<EndedSessions, StoreError> {
        self.step(|tables| {
            if ending.by().is_some_and(|by| !tables.has_session(user, by)) {
                return EndedSessions::SessionEnded;
            }
            let is_meant = |row: &SessionRow| match ending {
                Ending::OfToken(token) => row.is_opened_by(&token, activity.at),
                Ending::One { session, .. } => row.session.id == session,
                Ending::Others { by } => row.session.id != by,
                Ending::All => true,
            };
            let ended = remove(&mut tables.sessions, u32::MAX, |row| row.session.user_id == user && is_meant(row));
            if ended > 0 {
                tables.activity.push(activity.clone());
            }
            EndedSessions::Ended(ended.into())
        })
    }

    async fn discard(&self, id: SessionId) -> Result<(), StoreError> {
        self.step(|tables| tables.sessions.retain(|row| row.session.id != id))
    }

    async fn delete_expired(&self, expiry: &[Expiry], most: u32) -> Result<u32, StoreError> {
        self.step(|tables| {
            let has_expired = |row: &SessionRow| expiry.iter().any(|expiry| expiry.applies_to(&row.session));
            remove(&mut tables.sessions, most, has_expired)
        })
    }
}

impl DeviceRepository for FileStore {
    async fn find_device(&self, keys: &[DeviceKey]) -> Result<Option<KnownDevice>, StoreError> {
        let devices = self.load()?.devices.into_iter();
        let meant = devices.filter(|row| keys.iter().any(|key| *key.as_bytes() == row.key)).map(|row| row.device);
        Ok(meant.max_by_key(|device| (device.last_log_in_at, device.id)))
    }

    async fn devices_of(&self, user: UserId, most: u32) -> Result<Vec<KnownDevice>, StoreError> {
        Ok(self.load()?.devices_of(user).into_iter().take(most as usize).cloned().collect())
    }

    async fn forget_device(
        &self,
        user: UserId,
        id: KnownDeviceId,
        activity: &Activity,
    ) -> Result<ForgottenDevice, StoreError> {
        self.step(|tables| {
            let is_meant = |row: &DeviceRow| row.device.id == id && row.device.user_id == user;
            if remove(&mut tables.devices, 1, is_meant) == 0 {
                return ForgottenDevice::NotFound;
            }
            tables.activity.push(activity.clone());
            ForgottenDevice::Forgotten
        })
    }

    async fn delete_devices(&self, until: Timestamp, most: u32) -> Result<u32, StoreError> {
        self.step(|tables| remove(&mut tables.devices, most, |row| row.device.last_log_in_at <= until))
    }
}

impl ActivityRepository for FileStore {
    async fn record(&self, activity: &Activity) -> Result<(), StoreError> {
        self.step(|tables| tables.activity.push(activity.clone()))
    }

    async fn activity_of(
        &self,
        user: UserId,
        before: Option<ActivityId>,
        most: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let mut told = self.load()?.activity;
        told.retain(|it| it.user_id == Some(user) && before.is_none_or(|before| it.id < before));
        // Ids sort by their time.
        told.sort_by_key(|activity| Reverse(activity.id));
        told.truncate(most as usize);
        Ok(told)
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
        self.step(|tables| remove(&mut tables.activity, most, |it| it.user_id.is_none() || it.id < kept_from))
    }
}

impl ThrottleRepository for FileStore {
    async fn count_attempt(&self, counters: &[Counter], now: Timestamp) -> Result<Admission, StoreError> {
        self.step(|tables| {
            let counted = match Admission::count_all(counters, |key| tables.state_of(key), now) {
                Ok(counted) => counted,
                Err(wait) => return wait,
            };
            for (key, state) in counted {
                tables.set_counter(&key, Some(state));
            }
            Admission::Counted
        })
    }

    async fn settle_attempt(&self, settlement: &Settlement, now: Timestamp) -> Result<(), StoreError> {
        self.step(|tables| tables.settle(settlement, now))
    }

    async fn delete_counters(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        self.step(|tables| remove(&mut tables.counters, most, |row| row.state.forgotten_at <= now))
    }
}

impl UserRow {
    fn new(new: &NewUser) -> Self {
        let user = UserRecord {
            id: new.id,
            username: new.username.clone(),
            standing: Standing::Active,
            created_at: new.created_at,
            language: new.language.clone(),
            // This store has none: it does not implement `SecondFactorRepository`.
            second_factors: AuthenticationMethods::NONE,
        };
        let password_hash = new.password_hash.as_ref().map(|hash| hash.expose_secret().to_owned());
        Self { user, password_hash, credentials_version: 0, signed_up_in: new.signed_up_in }
    }

    fn to_stored_user(&self) -> StoredUser {
        StoredUser {
            user: self.user.clone(),
            password_hash: self.password_hash.as_deref().map(PasswordHash::from_stored),
            credentials_version: self.credentials_version,
            signed_up_in: self.signed_up_in,
        }
    }
}

impl SessionRow {
    fn role_of(&self, token: &TokenHash) -> Option<TokenRole> {
        let until = self.former_token_until;
        let former = self.former_token.map(|hash| FormerToken { hash: TokenHash::from_bytes(hash), until });
        TokenRole::of(token, &TokenHash::from_bytes(self.token), former)
    }

    fn is_opened_by(&self, token: &TokenHash, at: Timestamp) -> bool {
        self.role_of(token).is_some_and(|role| role.opens_at(at))
    }

    /// Makes this the session's only token.
    fn give_token(&mut self, token: &TokenHash, at: Timestamp) {
        (self.token, self.former_token, self.former_token_until) = (*token.as_bytes(), None, None);
        self.session.renewed_at = at;
    }
}

fn main() -> io::Result<()> {
    let store = FileStore::open("accounts.json".into());
    writeln!(io::stdout(), "users and sessions are in {}", store.file.display())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    // The folder exists until the test is over, as it is created in the same statement.
    doorward_domain::store_contract!(
        pollster::test,
        FileStore::open(TempDir::new().unwrap().path().join("accounts.json"))
    );
}
