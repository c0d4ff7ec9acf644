//! The most frequent reads: every page finds a session, every log-in a user and the counters of attempts.
//!
//! Through SeaORM and the driver such a read costs 200 µs of a core, of which SQLite needs 3: the statement is built
//! each time, and two threads are woken to pass it on and its answer back. So an SQLite file is read on the calling
//! thread, by statements that SeaORM built once. If such a read fails, because another process holds a lock or a row is
//! damaged, the driver repeats it, as on a server, and reports the error.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::thread;

use doorward_domain::UserId;
use doorward_domain::throttle::CounterKey;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, ToSql};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, QueryTrait, Select, SelectTwo};

use crate::entity::{HashBytes, HashText, attempt_counter, password, session, user};
use crate::row;

/// A session with its user; every session has one.
pub(crate) type FoundSession = Option<(session::Model, Option<user::Model>)>;

/// A user, with the password if there is one.
pub(crate) type FoundUser = Option<(user::Model, Option<password::Model>)>;

/// Finds the session whose current token this is.
pub(crate) fn session_by_token(token: HashBytes) -> SelectTwo<session::Entity, user::Entity> {
    session::Entity::find().filter(session::COLUMN.token_hash.eq(token)).find_also_related(user::Entity)
}

/// Finds the user whose name has this key.
pub(crate) fn user_by_name(key: &str) -> SelectTwo<user::Entity, password::Entity> {
    user::Entity::find().filter(user::COLUMN.username_key.eq(key)).find_also_related(password::Entity)
}

/// Finds the user with this id.
pub(crate) fn user_by_id(id: UserId) -> Select<user::Entity> {
    user::Entity::find_by_id(id.as_uuid())
}

/// Finds those of these counters that exist.
pub(crate) fn counters(keys: impl IntoIterator<Item = CounterKey>) -> Select<attempt_counter::Entity> {
    let keys = keys.into_iter().map(|key| row::from_counter_key(&key));
    attempt_counter::Entity::find().filter(attempt_counter::Column::CounterKey.is_in(keys))
}

/// Connections to an SQLite file for these reads. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct LookUps(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// One connection per core, as none is held for longer than a look-up. Each is `None` once it is closed.
    readers: Vec<Mutex<Option<Connection>>>,
    session_by_token: String,
    user_by_name: String,
    user_by_id: String,
    counter: String,
}

impl LookUps {
    /// Opens a file that is already open for writing: a reader needs the files beside it, and cannot create them.
    pub(crate) fn open(file: &Path) -> rusqlite::Result<Self> {
        let access = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let read = |_| Ok(Mutex::new(Some(Connection::open_with_flags(file, access)?)));
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Ok(Self(Arc::new(Shared {
            readers: (0..cores).map(read).collect::<rusqlite::Result<_>>()?,
            session_by_token: text(&session_by_token(HashBytes(Vec::new()))),
            user_by_name: text(&user_by_name("")),
            user_by_id: text(&user_by_id(UserId::from_uuid(Uuid::nil()))),
            counter: text(&counters([CounterKey::from_bytes([0; CounterKey::BYTES])])),
        })))
    }

    /// Runs [`session_by_token`]. It sees what any process has committed before.
    pub(crate) fn session_by_token(&self, token: &HashBytes) -> rusqlite::Result<FoundSession> {
        self.find(&self.0.session_by_token, &token.0, |cells| Ok((session(cells)?, cells.joined(user)?)))
    }

    /// Runs [`user_by_name`]. It sees what any process has committed before.
    pub(crate) fn user_by_name(&self, key: &str) -> rusqlite::Result<FoundUser> {
        self.find(&self.0.user_by_name, &key, |cells| Ok((user(cells)?, cells.joined(password)?)))
    }

    /// Runs [`user_by_id`]. It sees what any process has committed before.
    pub(crate) fn user_by_id(&self, id: UserId) -> rusqlite::Result<Option<user::Model>> {
        self.find(&self.0.user_by_id, id.as_uuid().as_bytes(), user)
    }

    /// Runs [`counters`]. It sees what any process has committed before.
    pub(crate) fn counters(
        &self,
        keys: impl IntoIterator<Item = CounterKey>,
    ) -> rusqlite::Result<Vec<attempt_counter::Model>> {
        let find = |key: CounterKey| self.find(&self.0.counter, key.as_bytes(), counter).transpose();
        keys.into_iter().filter_map(find).collect()
    }

    fn find<T>(
        &self,
        sql: &str,
        value: &dyn ToSql,
        read: impl FnOnce(&mut Cells<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let readers = &self.0.readers;
        let free = readers.iter().find_map(|reader| match reader.try_lock() {
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Poisoned(reader)) => Some(reader.into_inner()),
            Ok(reader) => Some(reader),
        });
        let [first, ..] = &**readers else { return Err(rusqlite::Error::InvalidQuery) };
        let reader = free.unwrap_or_else(|| first.lock().unwrap_or_else(PoisonError::into_inner));
        let reader = reader.as_ref().ok_or(rusqlite::Error::InvalidQuery)?;
        let mut statement = reader.prepare_cached(sql)?;
        statement.query_row([value], |row| read(&mut Cells { row, next: 0 })).optional()
    }

    /// Closes the connections of all clones.
    pub(crate) fn close(&self) {
        for reader in &self.0.readers {
            *reader.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

fn text(query: &impl QueryTrait) -> String {
    query.build(DbBackend::Sqlite).sql
}

/// The cells of a row, in the order of the entities' columns, which is that of the statement.
struct Cells<'r> {
    row: &'r Row<'r>,
    next: usize,
}

impl Cells<'_> {
    fn take<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let cell = self.next;
        self.next += 1;
        self.row.get(cell)
    }

    fn id(&mut self) -> rusqlite::Result<Uuid> {
        self.take::<[u8; 16]>().map(Uuid::from_bytes)
    }

    fn optional_id(&mut self) -> rusqlite::Result<Option<Uuid>> {
        Ok(self.take::<Option<[u8; 16]>>()?.map(Uuid::from_bytes))
    }

    /// Reads a joined row. Its first cell is null if there is none.
    fn joined<T>(&mut self, model: fn(&mut Self) -> rusqlite::Result<T>) -> rusqlite::Result<Option<T>> {
        if self.row.get_ref(self.next)? == ValueRef::Null { Ok(None) } else { model(self).map(Some) }
    }
}

fn session(cells: &mut Cells<'_>) -> rusqlite::Result<session::Model> {
    Ok(session::Model {
        id: cells.id()?,
        user_id: cells.id()?,
        token_hash: cells.take()?,
        former_token_hash: cells.take()?,
        former_token_until: cells.take()?,
        kind: cells.take()?,
        browser: cells.take()?,
        system: cells.take()?,
        address: cells.take()?,
        browser_id: cells.optional_id()?,
        created_at: cells.take()?,
        authenticated_at: cells.take()?,
        methods: cells.take()?,
        renewed_at: cells.take()?,
        last_seen_at: cells.take()?,
    })
}

fn user(cells: &mut Cells<'_>) -> rusqlite::Result<user::Model> {
    Ok(user::Model {
        id: cells.id()?,
        username: cells.take()?,
        username_key: cells.take()?,
        standing: cells.take()?,
        language: cells.take()?,
        created_at: cells.take()?,
        signed_up_in: cells.optional_id()?,
        credentials_version: cells.take()?,
        second_factors: cells.take()?,
    })
}

fn password(cells: &mut Cells<'_>) -> rusqlite::Result<password::Model> {
    Ok(password::Model { user_id: cells.id()?, password_hash: HashText(cells.take()?) })
}

fn counter(cells: &mut Cells<'_>) -> rusqlite::Result<attempt_counter::Model> {
    Ok(attempt_counter::Model {
        counter_key: cells.take()?,
        attempts: cells.take()?,
        free_at: cells.take()?,
        forgotten_at: cells.take()?,
    })
}

impl FromSql for HashBytes {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Blob(bytes) => Ok(Self(bytes.to_vec())),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}
