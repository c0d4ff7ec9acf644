//! Finding a session or a user in an SQLite file on the thread that asks.
//!
//! Every page finds a session, every log-in a user. The driver has a thread for each SQLite connection, and handing a
//! statement over and its answer back takes ten times as long as the statement, which is a few look-ups in memory. So these
//! two, which are built as any other, run on connections of their own that only read, and see what was committed before
//! them, by whichever process. They never wait: what cannot be had at once, the driver is asked for.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use doorward_domain::{TokenHash, Username};
use rusqlite::types::FromSql;
use rusqlite::{Connection, OpenFlags, Row, ToSql};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, QueryTrait as _};

use crate::entity::{HashBytes, HashText, session, user};
use crate::row;

/// Connections that only read, one for each core.
#[derive(Debug, Clone)]
pub(crate) struct SqliteReader {
    connections: Arc<[Mutex<Option<Connection>>]>,
    session_by_token: Arc<str>,
    user_by_name: Arc<str>,
}

impl SqliteReader {
    pub(crate) fn open(file: &Path) -> rusqlite::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let connections = (0..cores).map(|_| Ok(Mutex::new(Some(connect(file)?)))).collect::<rusqlite::Result<_>>()?;
        let by_token = session::COLUMN.token_hash.eq(HashBytes(Vec::new()));
        let session = session::Entity::find().filter(by_token).find_also_related(user::Entity);
        let user = user::Entity::find().filter(user::COLUMN.username_key.eq(""));
        Ok(Self {
            connections,
            session_by_token: session.build(DbBackend::Sqlite).sql.into(),
            user_by_name: user.build(DbBackend::Sqlite).sql.into(),
        })
    }

    /// The session with this token, and its user.
    pub(crate) fn find_session(&self, token: &TokenHash) -> Result<Option<(session::Model, user::Model)>, NotAtOnce> {
        self.find(&self.session_by_token, row::from_token_hash(token).0, |mut cells| {
            Ok((session(&mut cells)?, user(&mut cells)?))
        })
    }

    /// The user with this name.
    pub(crate) fn find_user(&self, name: &Username) -> Result<Option<user::Model>, NotAtOnce> {
        self.find(&self.user_by_name, name.key(), |mut cells| user(&mut cells))
    }

    fn find<T>(
        &self,
        statement: &str,
        key: impl ToSql,
        read: impl FnOnce(Cells<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, NotAtOnce> {
        let free = self.connections.iter().find_map(|connection| connection.try_lock().ok()).ok_or(NotAtOnce)?;
        let mut statement = free.as_ref().ok_or(NotAtOnce)?.prepare_cached(statement)?;
        let mut rows = statement.query([key])?;
        Ok(rows.next()?.map(|row| read(Cells { row, next: 0 })).transpose()?)
    }

    /// Closes the connections, of all clones.
    pub(crate) fn close(&self) {
        for connection in &*self.connections {
            if let Ok(mut connection) = connection.lock() {
                *connection = None;
            }
        }
    }
}

/// All connections are taken, or somebody recovers the file, or anything else: ask the driver.
#[derive(Debug)]
pub(crate) struct NotAtOnce;

impl From<rusqlite::Error> for NotAtOnce {
    fn from(_: rusqlite::Error) -> Self {
        Self
    }
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE,
    )?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// The cells of a row, one after the other.
struct Cells<'r> {
    row: &'r Row<'r>,
    next: usize,
}

impl Cells<'_> {
    fn next<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let cell = self.row.get(self.next);
        self.next += 1;
        cell
    }
}

/// The columns in the order in which the entity has them, which is that of the statement.
fn session(cells: &mut Cells<'_>) -> rusqlite::Result<session::Model> {
    Ok(session::Model {
        id: Uuid::from_bytes(cells.next()?),
        user_id: Uuid::from_bytes(cells.next()?),
        token_hash: HashBytes(cells.next()?),
        created_at: cells.next()?,
        last_seen_at: cells.next()?,
        kind: cells.next()?,
        device: cells.next()?,
        address: cells.next()?,
        confirmed_at: cells.next()?,
        renewed_at: cells.next()?,
        former_token_hash: cells.next::<Option<_>>()?.map(HashBytes),
        former_token_until: cells.next()?,
    })
}

/// As with a session.
fn user(cells: &mut Cells<'_>) -> rusqlite::Result<user::Model> {
    Ok(user::Model {
        id: Uuid::from_bytes(cells.next()?),
        username: cells.next()?,
        username_key: cells.next()?,
        password_hash: HashText(cells.next()?),
        standing: cells.next()?,
        created_at: cells.next()?,
        password_version: cells.next()?,
    })
}

#[cfg(test)]
mod tests {
    use doorward_domain::repository::{NewSession, Settlement};
    use doorward_domain::testing::SeededEntropy;
    use doorward_domain::user::NewUser;
    use doorward_domain::{
        Activity, ActivityId, Client, Event, PasswordHash, Session, SessionId, SessionKind, SessionRepository as _,
        SessionToken, Timestamp, UserId, UserRepository as _, Username,
    };
    use tempfile::TempDir;

    use crate::{SeaOrmStore, StorageConfig};

    const NOW: Timestamp = Timestamp::from_unix_micros(1_767_225_600_000_000);

    async fn store(folder: &TempDir) -> SeaOrmStore {
        let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(folder.path().join("db"))).await.unwrap();
        doorward_migrations::migrate(store.connection()).await.unwrap();
        store
    }

    /// Somebody with a session.
    async fn somebody(store: &SeaOrmStore) -> (NewUser, Session, SessionToken) {
        let entropy = SeededEntropy::default();
        let (id, client) = (UserId::new(NOW, &entropy).unwrap(), Client::new(Some("Firefox"), "::1".parse().ok()));
        let (username, password_hash) = (Username::parse("Ada").unwrap(), PasswordHash::from_stored("$x"));
        let user = NewUser { id, username, password_hash, created_at: NOW };
        store.insert(&user).await.unwrap();
        let session = Session {
            id: SessionId::new(NOW, &entropy).unwrap(),
            user_id: id,
            kind: SessionKind::Kept,
            client: client.clone(),
            created_at: NOW,
            confirmed_at: Timestamp::from_unix_micros(2),
            renewed_at: Timestamp::from_unix_micros(3),
            last_seen_at: Timestamp::from_unix_micros(4),
        };
        let token = SessionToken::generate(&entropy).unwrap();
        let (hash, settlement) = (token.hash(), Settlement::default());
        let new = NewSession {
            session: &session,
            token: &hash,
            replacing: None,
            password_version: 0,
            settlement: &settlement,
        };
        let id = ActivityId::new(NOW, &entropy).unwrap();
        let activity = Activity { id, user_id: Some(session.user_id), event: Event::LoggedIn, at: NOW, client };
        store.start(&new, &activity).await.unwrap();
        (user, session, token)
    }

    #[tokio::test]
    async fn the_thread_that_asks_finds_what_the_driver_finds() {
        let folder = TempDir::new().unwrap();
        let store = store(&folder).await;
        let (user, session, token) = somebody(&store).await;
        let reader = store.reader.as_ref().unwrap();
        assert!(reader.find_session(&token.hash()).unwrap().is_some());
        assert!(reader.find_user(&user.username).unwrap().is_some());
        let [read, driven] = {
            let read = (store.find_by_token(&token.hash()).await, store.find_by_username(&user.username).await);
            reader.close();
            assert!(reader.find_session(&token.hash()).is_err());
            [read, (store.find_by_token(&token.hash()).await, store.find_by_username(&user.username).await)]
        };
        let found = read.0.unwrap().unwrap();
        assert_eq!(found.session, session);
        assert_eq!(Some(found), driven.0.unwrap());
        assert_eq!(read.1.unwrap().map(|stored| stored.user), driven.1.unwrap().map(|stored| stored.user));
    }

    #[tokio::test]
    async fn what_another_process_has_ended_is_not_found_any_more() {
        let folder = TempDir::new().unwrap();
        let (store, another) = (store(&folder).await, store(&folder).await);
        let (_, session, token) = somebody(&store).await;
        for _ in 0..2 {
            assert!(store.reader.as_ref().unwrap().find_session(&token.hash()).unwrap().is_some());
        }
        another.discard(session.id).await.unwrap();
        assert!(store.reader.as_ref().unwrap().find_session(&token.hash()).unwrap().is_none());
    }
}
