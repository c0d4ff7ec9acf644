//! Finding a session in an SQLite file on the thread that asks.
//!
//! Every page finds one. The driver has a thread for each SQLite connection, and handing a statement over and its answer back
//! takes ten times as long as the statement, which is a few look-ups in memory. So this one statement, which is built as
//! any other, runs on connections of its own that only read, and sees what was committed before it, by whichever process.
//! It never waits: where it cannot have its answer at once, the driver is asked.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use doorward_domain::TokenHash;
use rusqlite::types::FromSql;
use rusqlite::{Connection, OpenFlags, Row};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, QueryTrait as _};

use crate::entity::{HashBytes, HashText, session, user};
use crate::row;

/// Connections that only read, one for each core.
#[derive(Debug, Clone)]
pub(crate) struct SqliteReader {
    connections: Arc<[Mutex<Option<Connection>>]>,
    statement: Arc<str>,
}

impl SqliteReader {
    pub(crate) fn open(file: &Path) -> rusqlite::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let connections = (0..cores).map(|_| Ok(Mutex::new(Some(connect(file)?)))).collect::<rusqlite::Result<_>>()?;
        let by_token = session::COLUMN.token_hash.eq(HashBytes(Vec::new()));
        let statement = session::Entity::find().filter(by_token).find_also_related(user::Entity);
        Ok(Self { connections, statement: statement.build(DbBackend::Sqlite).sql.into() })
    }

    /// The session with this token, and its user.
    pub(crate) fn find_session(&self, token: &TokenHash) -> Result<Option<(session::Model, user::Model)>, NotAtOnce> {
        let free = self.connections.iter().find_map(|connection| connection.try_lock().ok()).ok_or(NotAtOnce)?;
        let mut statement = free.as_ref().ok_or(NotAtOnce)?.prepare_cached(&self.statement)?;
        let mut rows = statement.query([row::from_token_hash(token).0])?;
        Ok(rows.next()?.map(read).transpose()?)
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

/// The cells of a row, one after the other: the columns of a session, then those of a user, as their entities have them.
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

fn read(row: &Row<'_>) -> rusqlite::Result<(session::Model, user::Model)> {
    let mut cells = Cells { row, next: 0 };
    let session = session::Model {
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
    };
    let user = user::Model {
        id: Uuid::from_bytes(cells.next()?),
        username: cells.next()?,
        username_key: cells.next()?,
        password_hash: HashText(cells.next()?),
        standing: cells.next()?,
        created_at: cells.next()?,
        password_version: cells.next()?,
    };
    Ok((session, user))
}
