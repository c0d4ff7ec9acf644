//! A store of one's own, in a folder of files, that keeps the whole contract:
//! `cargo test -p doorward-domain --example custom_store --features testing`
//!
//! One file a user, with everything of theirs, so that a step is written by one rename. A lock makes each method one step
//! within this process; a store for several processes would leave that to its database.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use doorward_domain::authentication::{Authentication, AuthenticationMethods};
use doorward_domain::client::BrowserId;
use doorward_domain::device::{Browser, Device, System};
use doorward_domain::known_device::{DeviceKey, KnownDevice, KnownDeviceId};
use doorward_domain::repository::{
    AccountChange, ActivityRepository, Admission, DeviceLogIn, DeviceRepository, EndedSessions, Ending, Expiry,
    ForgottenDevice, FoundSession, InsertUserError, NewSession, PasswordChange, Reauthentication, RenameUserError,
    SessionRepository, Settlement, StartSessionError, ThrottleRepository, TokenRenewal, TokenRole, UserRepository,
    UsernameChange,
};
use doorward_domain::throttle::{Counter, CounterState};
use doorward_domain::user::{NewUser, StoredUser};
use doorward_domain::{
    Activity, ActivityId, Client, Event, FailedAttempts, PasswordHash, Session, SessionId, SessionKind, Standing,
    StoreError, Timestamp, TokenHash, UserId, UserRecord, Username,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Users in `users/<id>`, reserved names in `reserved`, attempts at names that nobody has in `nobody`, what throttles
/// attempts in `counters`; all JSON.
struct FolderStore {
    folder: PathBuf,
    lock: Mutex<()>,
}

/// Everything of one user.
#[derive(Serialize, Deserialize)]
struct Account {
    id: String,
    username: String,
    password_hash: Option<String>,
    credentials_version: i64,
    is_closed: bool,
    signed_up_in: Option<String>,
    created_at: i64,
    sessions: Vec<SessionRecord>,
    devices: Vec<DeviceRecord>,
    activity: Vec<ActivityRecord>,
}

/// The codes of a browser and of a system, and an address.
#[derive(Clone, Serialize, Deserialize)]
struct ClientRecord(Option<String>, Option<String>, Option<IpAddr>);

#[derive(Clone, Serialize, Deserialize)]
struct SessionRecord {
    id: String,
    token: String,
    former_token: Option<String>,
    former_token_until: Option<i64>,
    is_kept: bool,
    client: ClientRecord,
    browser: Option<String>,
    created_at: i64,
    authenticated_at: i64,
    methods: String,
    renewed_at: i64,
    last_seen_at: i64,
}

#[derive(Clone, Serialize, Deserialize)]
struct DeviceRecord {
    id: String,
    key: String,
    client: ClientRecord,
    created_at: i64,
    last_log_in_at: i64,
}

#[derive(Serialize, Deserialize)]
struct ActivityRecord {
    id: String,
    event: String,
    at: i64,
    client: ClientRecord,
}

/// For whom a name is kept, if for anybody, and until when.
#[derive(Serialize, Deserialize)]
struct Reservation {
    user: Option<String>,
    until: i64,
}

type Reservations = BTreeMap<String, Reservation>;

/// Attempts, when the next one is free, and when they are forgotten.
type Counters = BTreeMap<String, (u32, i64, i64)>;

impl FolderStore {
    fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder.join("users"))?;
        Ok(Self { folder: folder.to_owned(), lock: Mutex::new(()) })
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a file holds; what is new where there is none.
    fn read<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, StoreError> {
        match fs::read(self.folder.join(name)) {
            Ok(text) => serde_json::from_slice(&text).map_err(StoreError::broken),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(T::default()),
            Err(error) => Err(StoreError::unavailable(error)),
        }
    }

    /// Writes beside the file and renames, so that a reader sees the old text or the new one.
    fn write(&self, name: &str, content: &impl Serialize) -> Result<(), StoreError> {
        let text = serde_json::to_vec(content).map_err(StoreError::broken)?;
        let beside = self.folder.join("new");
        fs::write(&beside, text)
            .and_then(|()| fs::rename(beside, self.folder.join(name)))
            .map_err(StoreError::unavailable)
    }

    fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let files = fs::read_dir(self.folder.join("users")).map_err(StoreError::unavailable)?;
        let names = files.map(|file| Ok(format!("users/{}", file?.file_name().display())));
        let names: Vec<_> = names.collect::<io::Result<_>>().map_err(StoreError::unavailable)?;
        let accounts = names.iter().map(|name| self.read::<Option<Account>>(name));
        Ok(accounts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    fn account(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        self.read(&file_of(&id.to_string()))
    }

    fn save(&self, account: &Account) -> Result<(), StoreError> {
        self.write(&file_of(&account.id), account)
    }

    /// Changes a user, if there is one with this id.
    fn change<T>(&self, id: UserId, change: impl FnOnce(&mut Account) -> T) -> Result<Option<T>, StoreError> {
        let Some(mut account) = self.account(id)? else { return Ok(None) };
        let changed = change(&mut account);
        self.save(&account)?;
        Ok(Some(changed))
    }

    /// Changes a session, if there is one with this id.
    fn change_session<T>(
        &self,
        id: SessionId,
        change: impl FnOnce(&mut SessionRecord) -> T,
    ) -> Result<Option<T>, StoreError> {
        for mut account in self.accounts()? {
            if let Some(session) = account.sessions.iter_mut().find(|session| session.id == id.to_string()) {
                let changed = change(session);
                self.save(&account)?;
                return Ok(Some(changed));
            }
        }
        Ok(None)
    }

    fn is_taken(&self, username: &Username, user: Option<UserId>, now: Timestamp) -> Result<bool, StoreError> {
        let user = user.map(|user| user.to_string());
        let has_it = |account: &Account| {
            account.username.eq_ignore_ascii_case(username.key()) && Some(&account.id) != user.as_ref()
        };
        let reservations: Reservations = self.read("reserved")?;
        let is_reserved = reservations.get(username.key()).is_some_and(|reservation| {
            reservation.until > now.as_unix_micros() && (reservation.user.is_none() || reservation.user != user)
        });
        Ok(is_reserved || self.accounts()?.iter().any(has_it))
    }

    fn change_reservations(&self, change: impl FnOnce(&mut Reservations)) -> Result<(), StoreError> {
        let mut reservations = self.read("reserved")?;
        change(&mut reservations);
        self.write("reserved", &reservations)
    }
}

fn file_of(id: &str) -> String {
    format!("users/{id}")
}

impl UserRepository for FolderStore {
    async fn insert(&self, new: &NewUser) -> Result<(), InsertUserError> {
        let _one_step = self.lock();
        if self.is_taken(&new.username, None, new.created_at)? {
            return Err(InsertUserError::UsernameTaken);
        }
        let account = Account {
            id: new.id.to_string(),
            username: new.username.to_string(),
            password_hash: new.password_hash.as_ref().map(|hash| hash.expose_secret().to_owned()),
            credentials_version: 0,
            is_closed: false,
            created_at: new.created_at.as_unix_micros(),
            signed_up_in: new.signed_up_in.map(|browser| browser.to_string()),
            sessions: Vec::new(),
            devices: Vec::new(),
            activity: Vec::new(),
        };
        Ok(self.save(&account)?)
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<StoredUser>, StoreError> {
        let _one_step = self.lock();
        let accounts = self.accounts()?;
        let found = accounts.iter().find(|account| account.username.eq_ignore_ascii_case(username.key()));
        found.map(Account::to_stored_user).transpose()
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<StoredUser>, StoreError> {
        let _one_step = self.lock();
        self.account(id)?.as_ref().map(Account::to_stored_user).transpose()
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        let _one_step = self.lock();
        let replaced = self.change(id, |account| {
            if account.password_hash.as_deref() == Some(old.expose_secret()) {
                account.password_hash = Some(new.expose_secret().to_owned());
            }
        });
        replaced.map(drop)
    }

    async fn change_password(&self, change: &PasswordChange, activity: &Activity) -> Result<AccountChange, StoreError> {
        let _one_step = self.lock();
        let changed = self.change(change.user_id, |account| {
            let Some(mut session) = account.session(change.session_id).cloned() else {
                return AccountChange::SessionEnded;
            };
            if account.credentials_version != change.credentials_version {
                return AccountChange::CredentialsChanged;
            }
            session.give_token(&change.token, activity.at);
            session.authenticate(&change.authentication);
            account.sessions = vec![session];
            account.devices.clear();
            account.password_hash = Some(change.hash.expose_secret().to_owned());
            account.credentials_version += 1;
            account.activity.push(activity.into());
            AccountChange::Made
        });
        Ok(changed?.unwrap_or(AccountChange::SessionEnded))
    }

    async fn change_username(&self, change: &UsernameChange, activity: &Activity) -> Result<(), RenameUserError> {
        let _one_step = self.lock();
        let UsernameChange { user_id: id, ref username, reserved_until, session_id, ref token } = *change;
        let Some(mut account) = self.account(id)? else { return Err(RenameUserError::SessionEnded) };
        let session = account.sessions.iter_mut().find(|session| session.id == session_id.to_string());
        session.ok_or(RenameUserError::SessionEnded)?.give_token(token, activity.at);
        if self.is_taken(username, Some(id), activity.at)? {
            return Err(RenameUserError::UsernameTaken);
        }
        let old = std::mem::replace(&mut account.username, username.to_string()).to_lowercase();
        account.activity.push(activity.into());
        // The reservation first: a crash between the two leaves a name too many reserved, and none too few.
        self.change_reservations(|reservations| {
            reservations.remove(username.key());
            if old != username.key() {
                let reservation = Reservation { user: Some(id.to_string()), until: reserved_until.as_unix_micros() };
                reservations.insert(old, reservation);
            }
        })?;
        Ok(self.save(&account)?)
    }

    async fn delete(
        &self,
        id: UserId,
        session: SessionId,
        credentials_version: i64,
        reserved_until: Timestamp,
    ) -> Result<AccountChange, StoreError> {
        let _one_step = self.lock();
        let account = self.account(id)?.filter(|account| account.session(session).is_some());
        let Some(account) = account else { return Ok(AccountChange::SessionEnded) };
        if account.credentials_version != credentials_version {
            return Ok(AccountChange::CredentialsChanged);
        }
        self.change_reservations(|reservations| {
            let of_user =
                reservations.values_mut().filter(|reservation| reservation.user.as_ref() == Some(&account.id));
            of_user.for_each(|reservation| reservation.user = None);
            let reservation = Reservation { user: None, until: reserved_until.as_unix_micros() };
            reservations.insert(account.username.to_lowercase(), reservation);
        })?;
        fs::remove_file(self.folder.join(file_of(&account.id))).map_err(StoreError::unavailable)?;
        Ok(AccountChange::Made)
    }

    async fn close(&self, id: UserId) -> Result<(), StoreError> {
        let _one_step = self.lock();
        let closed = self.change(id, |account| {
            account.is_closed = true;
            account.sessions.clear();
            account.devices.clear();
        });
        closed.map(drop)
    }

    async fn reopen(&self, id: UserId) -> Result<(), StoreError> {
        let _one_step = self.lock();
        self.change(id, |account| account.is_closed = false).map(drop)
    }

    async fn release_names(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let _one_step = self.lock();
        let mut released = 0;
        self.change_reservations(|reservations| {
            reservations
                .retain(|_, reservation| reservation.until > now.as_unix_micros() || !count_up(&mut released, most));
        })?;
        Ok(released)
    }
}

impl FolderStore {
    fn settle(&self, settlement: &Settlement, now: Timestamp) -> Result<(), StoreError> {
        let mut kept: Counters = self.read("counters")?;
        for Counter { key, limit, .. } in &settlement.taken_back {
            let Some((name, record)) = kept.remove_entry(&hex(key.as_bytes())) else { continue };
            if let Some(state) = limit.take_back(counter_state(&record), now) {
                kept.insert(name, counter_record(state));
            }
        }
        for key in &settlement.forgotten {
            kept.remove(&hex(key.as_bytes()));
        }
        self.write("counters", &kept)
    }
}

/// Counts one more, unless there were as many as may be; whether it did.
fn count_up(count: &mut u32, most: u32) -> bool {
    let is_within = *count < most;
    *count += u32::from(is_within);
    is_within
}

impl SessionRepository for FolderStore {
    async fn start(&self, new: &NewSession, activity: &Activity) -> Result<(), StartSessionError> {
        let _one_step = self.lock();
        let account = self.account(new.session.user_id)?;
        let account =
            account.filter(|account| !account.is_closed && account.credentials_version == new.credentials_version);
        let Some(mut account) = account else { return Err(StartSessionError::NotAllowed) };
        let session = SessionRecord::new(&new.session, &new.token);
        let is_here = |other: &SessionRecord| other.browser.is_some() && other.browser == session.browser;
        let sent_until = new.session.created_at.plus(BrowserId::SENT_TWICE).as_unix_micros();
        let overtakes = |other: &SessionRecord| (session.created_at + 1..sent_until).contains(&other.created_at);
        if account.sessions.iter().any(|other| is_here(other) && overtakes(other)) {
            return Err(StartSessionError::Overtaken);
        }
        account.sessions.retain(|other| !is_here(other) || other.created_at > session.created_at);
        account.sessions.sort_by_key(|session| std::cmp::Reverse(session.last_seen_at));
        account.sessions.truncate(new.most.saturating_sub(1) as usize);
        account.sessions.push(session);
        if let Some(log_in) = &new.device {
            account.remember(log_in, activity);
        }
        account.activity.push(activity.into());
        self.save(&account)?;
        self.settle(&new.settlement, activity.at)?;
        if let Some(replaced) = &new.replacing {
            for mut account in self.accounts()? {
                account.sessions.retain(|session| !session.is_opened_by(replaced, activity.at));
                self.save(&account)?;
            }
        }
        Ok(())
    }

    async fn find_by_token(&self, token: &TokenHash) -> Result<Option<FoundSession>, StoreError> {
        let _one_step = self.lock();
        let token = hex(token.as_bytes());
        for account in self.accounts()? {
            for record in &account.sessions {
                if let Some(role) = record.role_of(&token) {
                    let (session, user) = (record.to_session(&account)?, account.to_stored_user()?.user);
                    return Ok(Some(FoundSession { session, user, token: role }));
                }
            }
        }
        Ok(None)
    }

    async fn touch(&self, id: SessionId, seen_at: Timestamp) -> Result<(), StoreError> {
        let _one_step = self.lock();
        let seen_at = seen_at.as_unix_micros();
        self.change_session(id, |session| session.last_seen_at = session.last_seen_at.max(seen_at)).map(drop)
    }

    async fn renew_token(
        &self,
        session: &Session,
        presented: &TokenHash,
        new: &TokenHash,
        at: Timestamp,
    ) -> Result<TokenRenewal, StoreError> {
        let _one_step = self.lock();
        let renewed = self.change_session(session.id, |record| {
            if record.renewed_at != session.renewed_at.as_unix_micros() {
                return TokenRenewal::TooLate;
            }
            record.give_token(new, at);
            record.former_token = Some(hex(presented.as_bytes()));
            TokenRenewal::Renewed
        });
        Ok(renewed?.unwrap_or(TokenRenewal::TooLate))
    }

    async fn end_former_token(&self, id: SessionId, until: Timestamp) -> Result<(), StoreError> {
        let _one_step = self.lock();
        let ended = self.change_session(id, |session| {
            session.former_token_until = session.former_token_until.or(Some(until.as_unix_micros()));
        });
        ended.map(drop)
    }

    async fn reauthenticate(
        &self,
        session: &Session,
        old: &TokenHash,
        new: &TokenHash,
        authentication: &Authentication,
    ) -> Result<Reauthentication, StoreError> {
        let _one_step = self.lock();
        let reauthenticated = self.change_session(session.id, |session| {
            session.authenticate(authentication);
            if !session.is_opened_by(old, authentication.at) {
                return Reauthentication::RenewedByAnother;
            }
            session.give_token(new, authentication.at);
            Reauthentication::Renewed
        });
        Ok(reauthenticated?.unwrap_or(Reauthentication::Ended))
    }

    async fn sessions_of(&self, user: UserId, most: u32) -> Result<Vec<Session>, StoreError> {
        let _one_step = self.lock();
        let Some(account) = self.account(user)? else { return Ok(Vec::new()) };
        let sessions = account.sessions.iter().map(|session| session.to_session(&account));
        let mut sessions: Vec<_> = sessions.collect::<Result<_, _>>()?;
        sessions.sort_by_key(|session| std::cmp::Reverse(session.last_seen_at));
        sessions.truncate(most as usize);
        Ok(sessions)
    }

    async fn end(&self, user: UserId, ending: Ending, activity: &Activity) -> Result<EndedSessions, StoreError> {
        let _one_step = self.lock();
        let ended = self.change(user, |account| {
            if ending.by().is_some_and(|by| account.session(by).is_none()) {
                return EndedSessions::SessionEnded;
            }
            let is_chosen = |session: &SessionRecord| match ending {
                Ending::OfToken(token) => session.is_opened_by(&token, activity.at),
                Ending::One { session: one, .. } => session.id == one.to_string(),
                Ending::Others { by } => session.id != by.to_string(),
                Ending::All => true,
            };
            EndedSessions::Ended(account.end(is_chosen, activity))
        });
        let of_nobody = if ending.by().is_some() { EndedSessions::SessionEnded } else { EndedSessions::Ended(0) };
        Ok(ended?.unwrap_or(of_nobody))
    }

    async fn discard(&self, id: SessionId) -> Result<(), StoreError> {
        let _one_step = self.lock();
        for mut account in self.accounts()? {
            account.sessions.retain(|session| session.id != id.to_string());
            self.save(&account)?;
        }
        Ok(())
    }

    async fn delete_expired(&self, expiry: &[Expiry], most: u32) -> Result<u32, StoreError> {
        let _one_step = self.lock();
        let mut deleted = 0;
        for mut account in self.accounts()? {
            let mut kept = Vec::new();
            for record in &account.sessions {
                let session = record.to_session(&account)?;
                let has_expired = expiry.iter().any(|expiry| expiry.applies_to(&session));
                if !has_expired || !count_up(&mut deleted, most) {
                    kept.push(record.clone());
                }
            }
            account.sessions = kept;
            self.save(&account)?;
        }
        Ok(deleted)
    }
}

impl DeviceRepository for FolderStore {
    async fn find_device(&self, keys: &[DeviceKey]) -> Result<Option<KnownDevice>, StoreError> {
        let _one_step = self.lock();
        let keys: Vec<_> = keys.iter().map(|key| hex(key.as_bytes())).collect();
        for account in self.accounts()? {
            if let Some(record) = account.devices.iter().find(|record| keys.contains(&record.key)) {
                return record.to_device(&account).map(Some);
            }
        }
        Ok(None)
    }

    async fn devices_of(&self, user: UserId, most: u32) -> Result<Vec<KnownDevice>, StoreError> {
        let _one_step = self.lock();
        let Some(account) = self.account(user)? else { return Ok(Vec::new()) };
        account.devices.iter().take(most as usize).map(|record| record.to_device(&account)).collect()
    }

    async fn forget_device(
        &self,
        user: UserId,
        id: KnownDeviceId,
        activity: &Activity,
    ) -> Result<ForgottenDevice, StoreError> {
        let _one_step = self.lock();
        let forgotten = self.change(user, |account| {
            let before = account.devices.len();
            account.devices.retain(|record| record.id != id.to_string());
            if account.devices.len() == before {
                return ForgottenDevice::NotFound;
            }
            account.activity.push(activity.into());
            ForgottenDevice::Forgotten
        });
        Ok(forgotten?.unwrap_or(ForgottenDevice::NotFound))
    }

    async fn delete_devices(&self, until: Timestamp, most: u32) -> Result<u32, StoreError> {
        let _one_step = self.lock();
        let mut deleted = 0;
        for mut account in self.accounts()? {
            let is_known = |record: &DeviceRecord| record.last_log_in_at > until.as_unix_micros();
            account.devices.retain(|record| is_known(record) || !count_up(&mut deleted, most));
            self.save(&account)?;
        }
        Ok(deleted)
    }
}

impl ActivityRepository for FolderStore {
    async fn record(&self, activity: &Activity) -> Result<(), StoreError> {
        let _one_step = self.lock();
        let Some(user) = activity.user_id else {
            let mut of_nobody: Vec<ActivityRecord> = self.read("nobody")?;
            of_nobody.push(activity.into());
            return self.write("nobody", &of_nobody);
        };
        self.change(user, |account| account.activity.push(activity.into())).map(drop)
    }

    async fn activity_of(
        &self,
        user: UserId,
        before: Option<ActivityId>,
        most: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let _one_step = self.lock();
        let Some(account) = self.account(user)? else { return Ok(Vec::new()) };
        let activity = account.activity.iter().map(|record| record.to_activity(user));
        let mut activity: Vec<_> = activity.collect::<Result<_, _>>()?;
        activity.retain(|activity| before.is_none_or(|before| activity.id < before));
        activity.sort_by_key(|activity| std::cmp::Reverse(activity.id));
        activity.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(activity)
    }

    async fn failed_attempts_of(&self, user: UserId) -> Result<Option<FailedAttempts>, StoreError> {
        let lately = self.activity_of(user, None, u32::MAX).await?;
        let since_log_in = lately.iter().take_while(|activity| activity.event != Event::LoggedIn);
        let failed = since_log_in.filter(|activity| activity.event.is_failed_attempt());
        let (mut count, mut first) = (0, None);
        for activity in failed.take(FailedAttempts::MOST as usize) {
            (count, first) = (count + 1, Some(activity.at));
        }
        Ok(first.map(|since| FailedAttempts { count, since }))
    }

    async fn delete_activity(&self, kept_from: ActivityId, most: u32) -> Result<u32, StoreError> {
        let _one_step = self.lock();
        let mut deleted = 0;
        let mut of_nobody: Vec<ActivityRecord> = self.read("nobody")?;
        of_nobody.retain(|_| !count_up(&mut deleted, most));
        self.write("nobody", &of_nobody)?;
        for mut account in self.accounts()? {
            // As text, too, a UUID sorts by its time.
            account.activity.retain(|record| record.id >= kept_from.to_string() || !count_up(&mut deleted, most));
            self.save(&account)?;
        }
        Ok(deleted)
    }
}

impl ThrottleRepository for FolderStore {
    async fn count_attempt(&self, counters: &[Counter], now: Timestamp) -> Result<Admission, StoreError> {
        let _one_step = self.lock();
        let mut kept: Counters = self.read("counters")?;
        let mut latest = None;
        for Counter { key, limit, .. } in counters {
            let name = hex(key.as_bytes());
            match limit.count(kept.get(&name).map(counter_state), now) {
                Ok(state) => drop(kept.insert(name, counter_record(state))),
                Err(free_at) => latest = latest.max(Some((free_at, *key))),
            }
        }
        match latest {
            Some((free_at, counter)) => Ok(Admission::WaitUntil { free_at, counter }),
            None => self.write("counters", &kept).map(|()| Admission::Counted),
        }
    }

    async fn settle_attempt(&self, settlement: &Settlement, now: Timestamp) -> Result<(), StoreError> {
        let _one_step = self.lock();
        self.settle(settlement, now)
    }

    async fn delete_counters(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let _one_step = self.lock();
        let mut deleted = 0;
        let mut kept: Counters = self.read("counters")?;
        kept.retain(|_, record| counter_state(record).forgotten_at > now || !count_up(&mut deleted, most));
        self.write("counters", &kept)?;
        Ok(deleted)
    }
}

const fn counter_state(&(attempts, free_at, forgotten_at): &(u32, i64, i64)) -> CounterState {
    let (free_at, forgotten_at) = (Timestamp::from_unix_micros(free_at), Timestamp::from_unix_micros(forgotten_at));
    CounterState { attempts, free_at, forgotten_at }
}

const fn counter_record(state: CounterState) -> (u32, i64, i64) {
    (state.attempts, state.free_at.as_unix_micros(), state.forgotten_at.as_unix_micros())
}

impl Account {
    fn to_stored_user(&self) -> Result<StoredUser, StoreError> {
        let user = UserRecord {
            id: UserId::from_uuid(uuid(&self.id)?),
            username: Username::parse(&self.username).map_err(StoreError::broken)?,
            standing: if self.is_closed { Standing::Closed } else { Standing::Active },
            created_at: Timestamp::from_unix_micros(self.created_at),
        };
        let password_hash = self.password_hash.as_deref().map(PasswordHash::from_stored);
        let signed_up_in = browser(self.signed_up_in.as_deref())?;
        Ok(StoredUser { user, password_hash, credentials_version: self.credentials_version, signed_up_in })
    }

    fn session(&self, id: SessionId) -> Option<&SessionRecord> {
        self.sessions.iter().find(|session| session.id == id.to_string())
    }

    /// The devices are kept in the order of their last log-ins.
    fn remember(&mut self, log_in: &DeviceLogIn, activity: &Activity) {
        match log_in {
            DeviceLogIn::First { device, key } => self.devices.push(DeviceRecord::new(device, key)),
            DeviceLogIn::Again(id) => {
                if let Some(record) = self.devices.iter_mut().find(|record| record.id == id.to_string()) {
                    record.client = (&activity.client).into();
                    record.last_log_in_at = activity.at.as_unix_micros();
                }
            }
        }
        self.devices.sort_by_key(|record| std::cmp::Reverse(record.last_log_in_at));
        self.devices.truncate(KnownDevice::MOST as usize);
    }

    /// Ends some sessions, and writes that down if there were any; how many.
    fn end(&mut self, is_ended: impl Fn(&SessionRecord) -> bool, activity: &Activity) -> u64 {
        let before = self.sessions.len();
        self.sessions.retain(|session| !is_ended(session));
        let ended = before - self.sessions.len();
        if ended > 0 {
            self.activity.push(activity.into());
        }
        u64::try_from(ended).unwrap_or(u64::MAX)
    }
}

impl SessionRecord {
    fn new(session: &Session, token: &TokenHash) -> Self {
        Self {
            id: session.id.to_string(),
            token: hex(token.as_bytes()),
            former_token: None,
            former_token_until: None,
            is_kept: session.kind == SessionKind::Kept,
            client: (&session.client).into(),
            browser: session.client.browser.map(|browser| browser.to_string()),
            created_at: session.created_at.as_unix_micros(),
            authenticated_at: session.authentication.at.as_unix_micros(),
            methods: session.authentication.methods.codes(),
            renewed_at: session.renewed_at.as_unix_micros(),
            last_seen_at: session.last_seen_at.as_unix_micros(),
        }
    }

    fn role_of(&self, token: &str) -> Option<TokenRole> {
        let until = self.former_token_until.map(Timestamp::from_unix_micros);
        match &self.former_token {
            Some(former) if former == token => Some(TokenRole::Former { until }),
            _ if self.token != token => None,
            Some(_) if until.is_none() => Some(TokenRole::Newer),
            _ => Some(TokenRole::Only),
        }
    }

    fn is_opened_by(&self, token: &TokenHash, at: Timestamp) -> bool {
        self.role_of(&hex(token.as_bytes())).is_some_and(|role| role.opens_at(at))
    }

    fn authenticate(&mut self, authentication: &Authentication) {
        self.authenticated_at = authentication.at.as_unix_micros();
        self.methods = authentication.methods.codes();
    }

    /// The one token from now on.
    fn give_token(&mut self, token: &TokenHash, at: Timestamp) {
        (self.token, self.former_token, self.former_token_until) = (hex(token.as_bytes()), None, None);
        self.renewed_at = at.as_unix_micros();
    }

    fn to_session(&self, account: &Account) -> Result<Session, StoreError> {
        Ok(Session {
            id: SessionId::from_uuid(uuid(&self.id)?),
            user_id: UserId::from_uuid(uuid(&account.id)?),
            kind: if self.is_kept { SessionKind::Kept } else { SessionKind::Ordinary },
            client: self.client.to_client().in_browser(browser(self.browser.as_deref())?),
            created_at: Timestamp::from_unix_micros(self.created_at),
            authentication: Authentication {
                at: Timestamp::from_unix_micros(self.authenticated_at),
                methods: AuthenticationMethods::from_codes(&self.methods),
            },
            renewed_at: Timestamp::from_unix_micros(self.renewed_at),
            last_seen_at: Timestamp::from_unix_micros(self.last_seen_at),
        })
    }
}

impl DeviceRecord {
    fn new(device: &KnownDevice, key: &DeviceKey) -> Self {
        Self {
            id: device.id.to_string(),
            key: hex(key.as_bytes()),
            client: (&device.client).into(),
            created_at: device.created_at.as_unix_micros(),
            last_log_in_at: device.last_log_in_at.as_unix_micros(),
        }
    }

    fn to_device(&self, account: &Account) -> Result<KnownDevice, StoreError> {
        Ok(KnownDevice {
            id: KnownDeviceId::from_uuid(uuid(&self.id)?),
            user_id: UserId::from_uuid(uuid(&account.id)?),
            client: self.client.to_client(),
            created_at: Timestamp::from_unix_micros(self.created_at),
            last_log_in_at: Timestamp::from_unix_micros(self.last_log_in_at),
        })
    }
}

impl From<&Activity> for ActivityRecord {
    fn from(activity: &Activity) -> Self {
        Self {
            id: activity.id.to_string(),
            event: activity.event.code().to_owned(),
            at: activity.at.as_unix_micros(),
            client: (&activity.client).into(),
        }
    }
}

impl ActivityRecord {
    fn to_activity(&self, user: UserId) -> Result<Activity, StoreError> {
        Ok(Activity {
            id: ActivityId::from_uuid(uuid(&self.id)?),
            user_id: Some(user),
            event: Event::from_code(&self.event).ok_or_else(|| StoreError::broken("an unknown event"))?,
            at: Timestamp::from_unix_micros(self.at),
            client: self.client.to_client(),
        })
    }
}

impl From<&Client> for ClientRecord {
    fn from(client: &Client) -> Self {
        let Device { browser, system } = client.device;
        Self(browser.map(|it| it.code().to_owned()), system.map(|it| it.code().to_owned()), client.address)
    }
}

impl ClientRecord {
    fn to_client(&self) -> Client {
        let (browser, system) = (self.0.as_deref(), self.1.as_deref());
        let device =
            Device { browser: browser.and_then(Browser::from_code), system: system.and_then(System::from_code) };
        Client { device, address: self.2, browser: None }
    }
}

fn browser(id: Option<&str>) -> Result<Option<BrowserId>, StoreError> {
    id.map(|id| uuid(id).map(BrowserId::from_uuid)).transpose()
}

fn uuid(text: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(text).map_err(StoreError::broken)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn main() -> io::Result<()> {
    let store = FolderStore::open(Path::new("accounts"))?;
    writeln!(io::stdout(), "users and sessions are in {}", store.folder.display())
}

#[cfg(test)]
mod tests {
    use std::ops::Deref;

    use tempfile::TempDir;

    use super::*;

    /// A store whose folder goes with it.
    struct Fresh(FolderStore, #[expect(dead_code, reason = "it is held until the test is over")] TempDir);

    impl Deref for Fresh {
        type Target = FolderStore;

        fn deref(&self) -> &FolderStore {
            &self.0
        }
    }

    fn fresh() -> Fresh {
        let folder = TempDir::new().unwrap();
        Fresh(FolderStore::open(folder.path()).unwrap(), folder)
    }

    doorward_domain::store_contract!(pollster::test, *fresh());
}
