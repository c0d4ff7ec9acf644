//! An SQLite file. Its writers take turns, in the order of their requests, and write only while the file is where
//! it was opened.

mod files;

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode, SqlxSqliteConnector,
    TransactionOptions, TransactionTrait as _, sqlx,
};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

pub(crate) use files::Creation;
use files::Files;

use crate::connect_error::ConnectError;
use crate::look_ups::LookUps;
use crate::pool::late;

/// What a committed transaction survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A power cut.
    OnDisk,
    /// The end of the program; a power cut only once a later transaction is on the disk.
    InOrder,
}

/// What writes to an SQLite file. Clones share the connections.
#[derive(Debug, Clone)]
pub(crate) struct SqliteFile {
    on_disk: DatabaseConnection,
    in_order: DatabaseConnection,
    /// The turn to write. SQLite allows one writer at a time, and has the others retry until one happens to succeed.
    turn: Arc<Mutex<()>>,
    files: Arc<Files>,
    pub(crate) look_ups: LookUps,
    max_wait: Duration,
}

/// A turn to write.
#[derive(Debug)]
pub(crate) struct Turn {
    files: Arc<Files>,
    _turn: OwnedMutexGuard<()>,
}

impl SqliteFile {
    /// Opens a file that no other user can write to.
    ///
    /// # Errors
    /// All of [`ConnectError`] but [`ConnectError::Unsupported`].
    pub(crate) async fn open(
        options: &SqliteConnectOptions,
        creation: Creation,
        max_wait: Duration,
    ) -> Result<Self, ConnectError> {
        let path = options.get_filename();
        files::prepare(path, creation)?;
        let on_disk = writer(options.clone(), max_wait);
        // A checkpoint of the log waits for the disk as well.
        let in_order = options.clone().synchronous(SqliteSynchronous::Normal).pragma("wal_autocheckpoint", "0");
        // The first transaction creates the files beside the database.
        on_disk.begin_with_options(immediate()).await?.rollback().await?;
        Ok(Self {
            on_disk,
            in_order: writer(in_order, max_wait),
            turn: Arc::default(),
            files: Files::watch(path).map_err(|source| ConnectError::File { path: path.to_owned(), source })?,
            look_ups: LookUps::open(path).map_err(|error| DbErr::Custom(error.to_string()))?,
            max_wait,
        })
    }

    /// Returns the connection whose commits have this durability.
    pub(crate) const fn writer(&self, durability: Durability) -> &DatabaseConnection {
        match durability {
            Durability::OnDisk => &self.on_disk,
            Durability::InOrder => &self.in_order,
        }
    }

    /// Waits for a turn to write.
    ///
    /// # Errors
    /// An error if the turn does not come in time, or if another file is where this one was.
    pub(crate) async fn turn(&self) -> Result<Turn, DbErr> {
        let turn = timeout(self.max_wait, Arc::clone(&self.turn).lock_owned()).await;
        let turn = turn.map_err(|_| late("the database file is in use"))?;
        self.files.look()?;
        Ok(Turn { files: Arc::clone(&self.files), _turn: turn })
    }

    /// Checks that the file is still where it was opened.
    ///
    /// # Errors
    /// An error if it is not.
    pub(crate) fn look(&self) -> Result<(), DbErr> {
        self.files.look()
    }

    /// Returns the result of the last check, which is enough for a read.
    ///
    /// # Errors
    /// The error of [`look`](Self::look).
    pub(crate) fn was_in_place(&self) -> Result<(), DbErr> {
        self.files.were_in_place()
    }

    /// Begins a transaction, which locks the file for all other writers at once. One that reads first and writes later
    /// fails as “locked” whenever another process wrote in between (10 of 12 did).
    pub(crate) async fn begin(&self, durability: Durability) -> Result<DatabaseTransaction, DbErr> {
        self.writer(durability).begin_with_options(immediate()).await
    }

    /// Empties the file's write-ahead log, which shows deleted data until it is overwritten. Its content is written to
    /// the file before.
    pub(crate) async fn empty_log(&self) -> Result<(), DbErr> {
        let turn = self.turn().await?;
        let empty = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)");
        let is_in_use = empty.fetch_one(self.on_disk.get_sqlite_connection_pool()).await;
        turn.end()?;
        let is_in_use = is_in_use.map_err(|error| DbErr::Exec(RuntimeErr::SqlxError(error.into())))?;
        if is_in_use { Err(late("the log of the database is in use")) } else { Ok(()) }
    }

    /// Closes the connections of all clones once their statements are done.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        let _turn = self.turn.lock().await;
        self.look_ups.close();
        self.in_order.close_by_ref().await?;
        self.on_disk.close_by_ref().await
    }
}

impl Turn {
    /// Ends the turn. What was written is lost if the file is no longer in its place.
    ///
    /// # Errors
    /// An error if it is not.
    pub(crate) fn end(self) -> Result<(), DbErr> {
        self.files.look()
    }
}

fn immediate() -> TransactionOptions {
    let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
    TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() }
}

/// Opens a connection that stays open.
fn writer(options: SqliteConnectOptions, max_wait: Duration) -> DatabaseConnection {
    let pool = PoolOptions::new().max_connections(1).acquire_timeout(max_wait).test_before_acquire(false);
    SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.idle_timeout(None).max_lifetime(None).connect_lazy_with(options))
}

#[cfg(test)]
mod tests;
