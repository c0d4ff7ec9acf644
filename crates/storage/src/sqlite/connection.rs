//! A connection to an SQLite file.

use std::path::Path;
use std::sync::{self, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use sea_orm::DbErr;

use super::failure::{closed, failed};

/// A connection, until it is closed.
#[derive(Debug)]
pub(super) struct Slot(sync::Mutex<Option<Connection>>);

/// What a transaction survives once it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A power cut.
    OnDisk,
    /// The end of the program; a power cut only once another one after it is on the disk.
    InOrder,
}

impl Durability {
    /// What the writer has to be told before it begins. Tidying the log up waits for the disk as well.
    pub(super) const fn pragmas(self) -> &'static str {
        match self {
            Self::OnDisk => "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000",
            Self::InOrder => "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0",
        }
    }
}

/// How many statements a connection keeps prepared: more than there are.
const STATEMENTS: usize = 128;

impl Slot {
    pub(super) const fn with(connection: Connection) -> Self {
        Self(sync::Mutex::new(Some(connection)))
    }

    /// The connection, unless somebody has it now.
    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, Option<Connection>>> {
        self.0.try_lock().ok()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn ask<T>(&self, question: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, DbErr> {
        ask(self.lock().as_ref(), question)
    }
}

pub(super) fn ask<T>(
    connection: Option<&Connection>,
    question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, DbErr> {
    question(connection.ok_or_else(closed)?).map_err(failed)
}

pub(super) fn connect(file: &Path, access: OpenFlags, max_wait: Duration) -> rusqlite::Result<Connection> {
    let options = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(file, access | options)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A statement stays prepared whatever values it is given; otherwise each new `LIMIT` would have it prepared anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Here it may wait, as nobody is served yet; afterwards it is never the connection that waits.
    connection.busy_timeout(max_wait)?;
    if access.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
        prepare_to_write(&connection)?;
    }
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

fn prepare_to_write(writer: &Connection) -> rusqlite::Result<()> {
    writer.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is written over, also where its page goes to the free ones. What moved to another page when one was
    // split is not, so that about one in a hundred values can still be read until `VACUUM`.
    writer.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    // Readers do not wait for the writer, nor the writer for them. Asked to its end: the change is written after the answer,
    // and a disk that is full is told of only then.
    writer.pragma(None, "journal_mode", "wal", |_| Ok(()))?;
    writer.execute_batch(Durability::OnDisk.pragmas())?;
    // The files beside it are there from the first look at it.
    writer.query_row("PRAGMA schema_version", [], |_| Ok(()))
}
