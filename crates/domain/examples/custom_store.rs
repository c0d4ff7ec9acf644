//! A store of one's own, in one file, that keeps the whole contract:
//! `cargo test -p doorward-domain --example custom_store --features testing`
//!
//! Each step reads the file, changes what it held, and writes it anew by one rename, so that a step is done whole or not at all. A
//! lock lets one step of this process follow the other; a store for several processes leaves that to its database.

use std::cmp::Reverse;
use std::fs;
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use doorward_domain::authentication::{Authentication, AuthenticationMethods};
use doorward_domain::client::BrowserId;
use doorward_domain::device::{Browser, Device, System};
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
    Activity, ActivityId, Client, Event, FailedAttempts, Language, Notice, PasswordHash, Session, SessionId,
    SessionKind, SinceLastLogIn, Standing, StoreError, Timestamp, TokenHash, UserId, UserRecord, Username,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

struct FileStore {
    file: PathBuf,
    one_step: Mutex<()>,
}

/// What the file holds, as JSON: ids as UUIDs, times in microseconds, hashes as bytes, everything else by its code.
#[derive(Default, Serialize, Deserialize)]
struct Tables {
    users: Vec<UserRow>,
    reservations: Vec<ReservationRow>,
    sessions: Vec<SessionRow>,
    devices: Vec<DeviceRow>,
    activity: Vec<ActivityRow>,
    counters: Vec<CounterRow>,
}

#[derive(Serialize, Deserialize)]
struct UserRow {
    id: Uuid,
    username: String,
    username_key: String,
    is_closed: bool,
    language: Option<String>,
    created_at: i64,
    password_hash: Option<String>,
    credentials_version: i64,
    signed_up_in: Option<Uuid>,
}

/// For whom a name is kept, if for anybody, and until when.
#[derive(Serialize, Deserialize)]
struct ReservationRow {
    username_key: String,
    user: Option<Uuid>,
    until: i64,
}

#[derive(Clone, Serialize, Deserialize)]
struct SessionRow {
    id: Uuid,
    user: Uuid,
    token: [u8; 32],
    former_token: Option<[u8; 32]>,
    former_token_until: Option<i64>,
    is_kept: bool,
    client: ClientCells,
    browser: Option<Uuid>,
    created_at: i64,
    authenticated_at: i64,
    methods: String,
    renewed_at: i64,
    last_seen_at: i64,
}

#[derive(Serialize, Deserialize)]
struct DeviceRow {
    id: Uuid,
    user: Uuid,
    key: [u8; 32],
    client: ClientCells,
    created_at: i64,
    last_log_in_at: i64,
}

#[derive(Serialize, Deserialize)]
struct ActivityRow {
    id: Uuid,
    user: Option<Uuid>,
    event: String,
    at: i64,
    client: ClientCells,
}

#[derive(Serialize, Deserialize)]
struct CounterRow {
    key: [u8; 32],
    attempts: u32,
    free_at: i64,
    forgotten_at: i64,
}

/// The codes of a browser and of a system, and an address.
#[derive(Clone, Serialize, Deserialize)]
struct ClientCells(Option<String>, Option<String>, Option<IpAddr>);

impl FileStore {
    const fn open(file: PathBuf) -> Self {
        Self { file, one_step: Mutex::new(()) }
    }

    fn load(&self) -> Result<Tables, StoreError> {
        match fs::read(&self.file) {
            Ok(text) => serde_json::from_slice(&text).map_err(StoreError::broken),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Tables::default()),
            Err(error) => Err(StoreError::unavailable(error)),
        }
    }

    /// Reads. What is renamed into place is whole, so that nobody waits for a step.
    fn read<T>(&self, read: impl FnOnce(&Tables) -> Result<T, StoreError>) -> Result<T, StoreError> {
        read(&self.load()?)
    }

    /// Takes a step: one that is refused, and says so before it changes anything, is written like any other.
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

/// Removes up to `most` of the rows that may go; how many.
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
        self.users.iter_mut().find(|user| user.id == id.as_uuid())
    }

    fn find_user(&self, is_meant: impl Fn(&&UserRow) -> bool) -> Result<Option<StoredUser>, StoreError> {
        self.users.iter().find(is_meant).map(UserRow::to_stored_user).transpose()
    }

    fn session(&mut self, id: SessionId) -> Option<&mut SessionRow> {
        self.sessions.iter_mut().find(|session| session.id == id.as_uuid())
    }

    fn has_session(&self, user: UserId, id: SessionId) -> bool {
        self.sessions.iter().any(|session| session.id == id.as_uuid() && session.user == user.as_uuid())
    }

    /// The sessions of the user, last seen first.
    fn sessions_of(&self, user: Uuid) -> Vec<&SessionRow> {
        let mut sessions: Vec<_> = self.sessions.iter().filter(|session| session.user == user).collect();
        sessions.sort_by_key(|session| Reverse((session.last_seen_at, session.id)));
        sessions
    }

    /// The devices of the user, that of the last log-in first.
    fn devices_of(&self, user: Uuid) -> Vec<&DeviceRow> {
        let mut devices: Vec<_> = self.devices.iter().filter(|device| device.user == user).collect();
        devices.sort_by_key(|device| Reverse((device.last_log_in_at, device.id)));
        devices
    }

    fn is_taken(&self, key: &str, by_other_than: Option<UserId>, now: Timestamp) -> bool {
        let user = by_other_than.map(UserId::as_uuid);
        let is_used = self.users.iter().any(|row| row.username_key == key && Some(row.id) != user);
        is_used
            || self.reservations.iter().any(|row| {
                row.username_key == key && row.until > now.as_unix_micros() && (row.user.is_none() || row.user != user)
            })
    }

    fn reserve(&mut self, username_key: String, user: Option<UserId>, until: Timestamp) {
        self.reservations.retain(|row| row.username_key != username_key);
        let (user, until) = (user.map(UserId::as_uuid), until.as_unix_micros());
        self.reservations.push(ReservationRow { username_key, user, until });
    }

    fn set_standing(&mut self, id: UserId, standing: Standing, activity: &Activity) -> StandingChange {
        let Some(user) = self.user(id) else { return StandingChange::NoSuchUser };
        let is_closed = standing == Standing::Closed;
        if std::mem::replace(&mut user.is_closed, is_closed) == is_closed {
            return StandingChange::AlreadySo;
        }
        self.activity.push(activity.into());
        StandingChange::Made
    }

    fn end_all(&mut self, user: UserId) {
        self.sessions.retain(|session| session.user != user.as_uuid());
        self.devices.retain(|device| device.user != user.as_uuid());
    }

    fn remember(&mut self, log_in: &DeviceLogIn, activity: &Activity) {
        match log_in {
            DeviceLogIn::Again { id, .. } => {
                if let Some(row) = self.devices.iter_mut().find(|row| row.id == id.as_uuid()) {
                    (row.client, row.last_log_in_at) = ((&activity.client).into(), activity.at.as_unix_micros());
                }
            }
            DeviceLogIn::First { device, key } => {
                let user = device.user_id.as_uuid();
                self.devices.push(DeviceRow::new(device, key));
                let beyond = self.devices_of(user).into_iter().skip(KnownDevice::MOST as usize);
                let beyond: Vec<_> = beyond.map(|row| row.id).collect();
                self.devices.retain(|row| !beyond.contains(&row.id));
            }
        }
    }

    fn state_of(&self, key: &CounterKey) -> Option<CounterState> {
        self.counters.iter().find(|row| row.key == *key.as_bytes()).map(CounterRow::to_state)
    }

    /// The state of a counter from now on; none for one that is forgotten.
    fn set_counter(&mut self, key: &CounterKey, state: Option<CounterState>) {
        self.counters.retain(|row| row.key != *key.as_bytes());
        self.counters.extend(state.map(|state| CounterRow::new(key, state)));
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
        self.read(|tables| tables.find_user(|user| user.username_key == username.key()))
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<StoredUser>, StoreError> {
        self.read(|tables| tables.find_user(|user| user.id == id.as_uuid()))
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        self.step(|tables| {
            let user = tables.user(id).filter(|user| user.password_hash.as_deref() == Some(old.expose_secret()));
            if let Some(user) = user {
                user.password_hash = Some(new.expose_secret().to_owned());
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
            let (user, kept) = (change.user_id.as_uuid(), change.session_id.as_uuid());
            tables.sessions.retain(|session| session.user != user || session.id == kept);
            tables.devices.retain(|device| device.user != user);
            if let Some(session) = tables.session(change.session_id) {
                session.give_token(&change.token, activity.at);
                session.authenticate(&change.authentication);
            }
            tables.activity.push(activity.into());
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
            let user = tables.user(user_id).ok_or(RenameUserError::SessionEnded)?;
            user.username = username.to_string();
            let old = std::mem::replace(&mut user.username_key, username.key().to_owned());
            tables.reservations.retain(|row| row.username_key != username.key());
            if old != username.key() {
                tables.reserve(old, Some(user_id), reserved_until);
            }
            if let Some(session) = tables.session(session_id) {
                session.give_token(token, activity.at);
            }
            tables.activity.push(activity.into());
            Ok(())
        })?
    }

    async fn delete(
        &self,
        id: UserId,
        session: SessionId,
        credentials_version: i64,
        reserved_until: Timestamp,
        // Nobody is told by a mail: this service sends none.
        _activity: &Activity,
    ) -> Result<AccountChange, StoreError> {
        self.step(|tables| {
            if !tables.has_session(id, session) {
                return AccountChange::SessionEnded;
            }
            let user = tables.user(id).filter(|user| user.credentials_version == credentials_version);
            let Some(user) = user else { return AccountChange::CredentialsChanged };
            let name = user.username_key.clone();
            tables.users.retain(|user| user.id != id.as_uuid());
            tables.end_all(id);
            tables.activity.retain(|row| row.user != Some(id.as_uuid()));
            let of_user = tables.reservations.iter_mut().filter(|row| row.user == Some(id.as_uuid()));
            of_user.for_each(|row| row.user = None);
            tables.reserve(name, None, reserved_until);
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
        self.step(|tables| remove(&mut tables.reservations, most, |row| row.until <= now.as_unix_micros()))
    }
}

impl SessionRepository for FileStore {
    async fn start(&self, new: &NewSession, activity: &Activity) -> Result<(), StartSessionError> {
        self.step(|tables| {
            let user = tables.user(new.session.user_id);
            if user.is_none_or(|user| user.is_closed || user.credentials_version != new.credentials_version) {
                return Err(StartSessionError::NotAllowed);
            }
            if tables.sessions.iter().any(|other| new.is_overtaken_by(&other.to_session())) {
                return Err(StartSessionError::Overtaken);
            }
            tables.sessions.retain(|other| {
                let is_replaced = new.replacing.is_some_and(|replaced| other.is_opened_by(&replaced, activity.at));
                !is_replaced && !new.takes_the_place_of(&other.to_session())
            });
            let session = SessionRow::new(&new.session, &new.token);
            let beyond = tables.sessions_of(session.user).into_iter().skip(new.most.saturating_sub(1) as usize);
            let beyond: Vec<_> = beyond.map(|session| session.id).collect();
            tables.sessions.retain(|session| !beyond.contains(&session.id));
            tables.sessions.push(session);
            if let Some(log_in) = &new.device {
                tables.remember(log_in, activity);
            }
            tables.settle(&new.settlement, activity.at);
            tables.activity.push(activity.into());
            Ok(())
        })?
    }

    async fn find_by_token(&self, token: &TokenHash) -> Result<Option<FoundSession>, StoreError> {
        self.read(|tables| {
            let found = tables.sessions.iter().find_map(|session| Some((session, session.role_of(token)?)));
            let Some((session, token)) = found else { return Ok(None) };
            let user = tables.find_user(|user| user.id == session.user)?.map(|stored| stored.user);
            Ok(user.map(|user| FoundSession { session: session.to_session(), user, token }))
        })
    }

    async fn touch(&self, id: SessionId, seen_at: Timestamp) -> Result<(), StoreError> {
        self.step(|tables| {
            if let Some(session) = tables.session(id) {
                session.last_seen_at = session.last_seen_at.max(seen_at.as_unix_micros());
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
            let row = tables.session(session.id);
            let row = row.filter(|row| row.renewed_at == session.renewed_at.as_unix_micros());
            let Some(row) = row else { return TokenRenewal::TooLate };
            row.give_token(new, at);
            row.former_token = Some(*presented.as_bytes());
            TokenRenewal::Renewed
        })
    }

    async fn end_former_token(&self, id: SessionId, until: Timestamp) -> Result<(), StoreError> {
        self.step(|tables| {
            if let Some(session) = tables.session(id) {
                session.former_token_until = session.former_token_until.or(Some(until.as_unix_micros()));
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
            row.authenticate(authentication);
            if !row.is_opened_by(old, authentication.at) {
                return Reauthentication::RenewedByAnother;
            }
            row.give_token(new, authentication.at);
            Reauthentication::Renewed
        })
    }

    async fn sessions_of(&self, user: UserId, most: u32) -> Result<Vec<Session>, StoreError> {
        self.read(|tables| {
            let sessions = tables.sessions_of(user.as_uuid()).into_iter().take(most as usize);
            Ok(sessions.map(SessionRow::to_session).collect())
        })
    }

    async fn end(&self, user: UserId, ending: Ending, activity: &Activity) -> Result<EndedSessions, StoreError> {
        self.step(|tables| {
            if ending.by().is_some_and(|by| !tables.has_session(user, by)) {
                return EndedSessions::SessionEnded;
            }
            let is_meant = |row: &SessionRow| match ending {
                Ending::OfToken(token) => row.is_opened_by(&token, activity.at),
                Ending::One { session, .. } => row.id == session.as_uuid(),
                Ending::Others { by } => row.id != by.as_uuid(),
                Ending::All => true,
            };
            let ended = remove(&mut tables.sessions, u32::MAX, |row| row.user == user.as_uuid() && is_meant(row));
            if ended > 0 {
                tables.activity.push(activity.into());
            }
            EndedSessions::Ended(ended.into())
        })
    }

    async fn discard(&self, id: SessionId) -> Result<(), StoreError> {
        self.step(|tables| tables.sessions.retain(|session| session.id != id.as_uuid()))
    }

    async fn delete_expired(&self, expiry: &[Expiry], most: u32) -> Result<u32, StoreError> {
        self.step(|tables| {
            let has_expired = |row: &SessionRow| expiry.iter().any(|expiry| expiry.applies_to(&row.to_session()));
            remove(&mut tables.sessions, most, has_expired)
        })
    }
}

impl DeviceRepository for FileStore {
    async fn find_device(&self, keys: &[DeviceKey]) -> Result<Option<KnownDevice>, StoreError> {
        self.read(|tables| {
            let is_meant = |row: &&DeviceRow| keys.iter().any(|key| *key.as_bytes() == row.key);
            let latest = tables.devices.iter().filter(is_meant).max_by_key(|row| (row.last_log_in_at, row.id));
            Ok(latest.map(DeviceRow::to_device))
        })
    }

    async fn devices_of(&self, user: UserId, most: u32) -> Result<Vec<KnownDevice>, StoreError> {
        self.read(|tables| {
            let devices = tables.devices_of(user.as_uuid()).into_iter().take(most as usize);
            Ok(devices.map(DeviceRow::to_device).collect())
        })
    }

    async fn forget_device(
        &self,
        user: UserId,
        id: KnownDeviceId,
        activity: &Activity,
    ) -> Result<ForgottenDevice, StoreError> {
        self.step(|tables| {
            let is_meant = |row: &DeviceRow| row.id == id.as_uuid() && row.user == user.as_uuid();
            if remove(&mut tables.devices, 1, is_meant) == 0 {
                return ForgottenDevice::NotFound;
            }
            tables.activity.push(activity.into());
            ForgottenDevice::Forgotten
        })
    }

    async fn delete_devices(&self, until: Timestamp, most: u32) -> Result<u32, StoreError> {
        self.step(|tables| remove(&mut tables.devices, most, |row| row.last_log_in_at <= until.as_unix_micros()))
    }
}

impl ActivityRepository for FileStore {
    async fn record(&self, activity: &Activity) -> Result<(), StoreError> {
        self.step(|tables| tables.activity.push(activity.into()))
    }

    async fn activity_of(
        &self,
        user: UserId,
        before: Option<ActivityId>,
        most: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        self.read(|tables| {
            let of_user = tables.activity.iter().filter(|row| row.user == Some(user.as_uuid()));
            let mut told: Vec<_> =
                of_user.filter(|row| before.is_none_or(|before| row.id < before.as_uuid())).collect();
            // A UUID of version 7 sorts by its time.
            told.sort_by_key(|row| Reverse(row.id));
            told.into_iter().take(most as usize).map(ActivityRow::to_activity).collect()
        })
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
        self.step(|tables| remove(&mut tables.activity, most, |row| row.user.is_none() || row.id < kept_from.as_uuid()))
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
        self.step(|tables| remove(&mut tables.counters, most, |row| row.forgotten_at <= now.as_unix_micros()))
    }
}

impl UserRow {
    fn new(user: &NewUser) -> Self {
        Self {
            id: user.id.as_uuid(),
            username: user.username.to_string(),
            username_key: user.username.key().to_owned(),
            is_closed: false,
            language: user.language.as_ref().map(Language::to_string),
            created_at: user.created_at.as_unix_micros(),
            password_hash: user.password_hash.as_ref().map(|hash| hash.expose_secret().to_owned()),
            credentials_version: 0,
            signed_up_in: user.signed_up_in.map(BrowserId::as_uuid),
        }
    }

    fn to_stored_user(&self) -> Result<StoredUser, StoreError> {
        let unfit = || StoreError::broken("a language that is no tag");
        let language = self.language.as_deref().map(|tag| Language::parse(tag).ok_or_else(unfit)).transpose()?;
        let user = UserRecord {
            id: UserId::from_uuid(self.id),
            username: Username::parse(&self.username).map_err(StoreError::broken)?,
            standing: if self.is_closed { Standing::Closed } else { Standing::Active },
            created_at: Timestamp::from_unix_micros(self.created_at),
            language,
            // This store has none: it does not implement `SecondFactorRepository`.
            second_factors: AuthenticationMethods::NONE,
        };
        let password_hash = self.password_hash.as_deref().map(PasswordHash::from_stored);
        let signed_up_in = self.signed_up_in.map(BrowserId::from_uuid);
        Ok(StoredUser { user, password_hash, credentials_version: self.credentials_version, signed_up_in })
    }
}

impl SessionRow {
    fn new(session: &Session, token: &TokenHash) -> Self {
        Self {
            id: session.id.as_uuid(),
            user: session.user_id.as_uuid(),
            token: *token.as_bytes(),
            former_token: None,
            former_token_until: None,
            is_kept: session.kind == SessionKind::Kept,
            client: (&session.client).into(),
            browser: session.client.browser.map(BrowserId::as_uuid),
            created_at: session.created_at.as_unix_micros(),
            authenticated_at: session.authentication.at.as_unix_micros(),
            methods: session.authentication.methods.codes(),
            renewed_at: session.renewed_at.as_unix_micros(),
            last_seen_at: session.last_seen_at.as_unix_micros(),
        }
    }

    fn role_of(&self, token: &TokenHash) -> Option<TokenRole> {
        let until = self.former_token_until.map(Timestamp::from_unix_micros);
        let former = self.former_token.map(|hash| FormerToken { hash: TokenHash::from_bytes(hash), until });
        TokenRole::of(token, &TokenHash::from_bytes(self.token), former)
    }

    fn is_opened_by(&self, token: &TokenHash, at: Timestamp) -> bool {
        self.role_of(token).is_some_and(|role| role.opens_at(at))
    }

    fn authenticate(&mut self, authentication: &Authentication) {
        self.authenticated_at = authentication.at.as_unix_micros();
        self.methods = authentication.methods.codes();
    }

    /// The one token from now on.
    fn give_token(&mut self, token: &TokenHash, at: Timestamp) {
        (self.token, self.former_token, self.former_token_until) = (*token.as_bytes(), None, None);
        self.renewed_at = at.as_unix_micros();
    }

    fn to_session(&self) -> Session {
        let authenticated_at = Timestamp::from_unix_micros(self.authenticated_at);
        let methods = AuthenticationMethods::from_codes(&self.methods);
        Session {
            id: SessionId::from_uuid(self.id),
            user_id: UserId::from_uuid(self.user),
            kind: if self.is_kept { SessionKind::Kept } else { SessionKind::Ordinary },
            client: self.client.to_client().in_browser(self.browser.map(BrowserId::from_uuid)),
            created_at: Timestamp::from_unix_micros(self.created_at),
            authentication: Authentication { at: authenticated_at, methods },
            renewed_at: Timestamp::from_unix_micros(self.renewed_at),
            last_seen_at: Timestamp::from_unix_micros(self.last_seen_at),
        }
    }
}

impl DeviceRow {
    fn new(device: &KnownDevice, key: &DeviceKey) -> Self {
        Self {
            id: device.id.as_uuid(),
            user: device.user_id.as_uuid(),
            key: *key.as_bytes(),
            client: (&device.client).into(),
            created_at: device.created_at.as_unix_micros(),
            last_log_in_at: device.last_log_in_at.as_unix_micros(),
        }
    }

    fn to_device(&self) -> KnownDevice {
        KnownDevice {
            id: KnownDeviceId::from_uuid(self.id),
            user_id: UserId::from_uuid(self.user),
            client: self.client.to_client(),
            created_at: Timestamp::from_unix_micros(self.created_at),
            last_log_in_at: Timestamp::from_unix_micros(self.last_log_in_at),
            trusted_until: None,
        }
    }
}

impl From<&Activity> for ActivityRow {
    fn from(activity: &Activity) -> Self {
        let (id, user) = (activity.id.as_uuid(), activity.user_id.map(UserId::as_uuid));
        let (event, at) = (activity.event.code().to_owned(), activity.at.as_unix_micros());
        Self { id, user, event, at, client: (&activity.client).into() }
    }
}

impl ActivityRow {
    fn to_activity(&self) -> Result<Activity, StoreError> {
        Ok(Activity {
            id: ActivityId::from_uuid(self.id),
            user_id: self.user.map(UserId::from_uuid),
            event: Event::from_code(&self.event).ok_or_else(|| StoreError::broken("an unknown event"))?,
            at: Timestamp::from_unix_micros(self.at),
            client: self.client.to_client(),
            notice: Notice::None,
        })
    }
}

impl CounterRow {
    const fn new(key: &CounterKey, state: CounterState) -> Self {
        let (free_at, forgotten_at) = (state.free_at.as_unix_micros(), state.forgotten_at.as_unix_micros());
        Self { key: *key.as_bytes(), attempts: state.attempts, free_at, forgotten_at }
    }

    const fn to_state(&self) -> CounterState {
        let free_at = Timestamp::from_unix_micros(self.free_at);
        let forgotten_at = Timestamp::from_unix_micros(self.forgotten_at);
        CounterState { attempts: self.attempts, free_at, forgotten_at }
    }
}

impl From<&Client> for ClientCells {
    fn from(client: &Client) -> Self {
        let Device { browser, system } = client.device;
        Self(browser.map(|it| it.code().to_owned()), system.map(|it| it.code().to_owned()), client.address)
    }
}

impl ClientCells {
    fn to_client(&self) -> Client {
        let Self(browser, system, address) = self;
        let browser = browser.as_deref().and_then(Browser::from_code);
        let system = system.as_deref().and_then(System::from_code);
        Client { device: Device { browser, system }, address: *address, browser: None, language: None }
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

    // The folder is there until the test is over, as it is made in the same statement.
    doorward_domain::store_contract!(
        pollster::test,
        FileStore::open(TempDir::new().unwrap().path().join("accounts.json"))
    );
}
