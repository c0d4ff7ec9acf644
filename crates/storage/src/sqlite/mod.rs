//! An SQLite file, asked on the thread that asks.
//!
//! The driver gives each connection a thread of its own, and handing a statement over and its answer back takes ten times as
//! long as the statement, which is a few look-ups in memory. Here a statement runs where it is asked for. What may take longer
//! does not: a lock that another process holds is waited for in sleep, and a commit that waits for the disk runs on a thread
//! that may wait. Whatever looks through a whole table is left to the driver.

mod connection;
mod failure;
mod files;
mod look_ups;
mod statement;
mod transaction;

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use doorward_domain::{TokenHash, Username};
use rusqlite::{Connection, OpenFlags, Row};
use sea_orm::{DbBackend, DbErr, EntityTrait, QueryTrait, Select, SelectTwo, TryIntoModel};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

pub(crate) use connection::Durability;
use connection::{Slot, ask, connect};
use failure::{closed, failed, is_locked, late};
pub(crate) use files::Creation;
use files::Files;
use look_ups::LookUps;
pub(crate) use transaction::SqliteTransaction;

use crate::connect_error::ConnectError;
use crate::entity::{password, session, user};
use crate::executor::{Executor, Pair};

/// The connections to an SQLite file. Cloning it shares them.
#[derive(Debug, Clone)]
pub(crate) struct SqliteFile {
    /// One for each core, as none is kept for longer than a look-up takes.
    readers: Arc<[Slot]>,
    writer: Arc<Slot>,
    /// Whose turn it is to write, and what their commits are worth. SQLite has one writer at a time; here they come in their
    /// order, while those who find the file locked try again.
    turn: Arc<Mutex<Durability>>,
    look_ups: LookUps,
    files: Arc<Files>,
    max_wait: Duration,
}

/// How long is slept before a lock of another process is tried again: about as long as a commit takes.
const PAUSE: Duration = Duration::from_millis(2);

impl SqliteFile {
    /// Opens a file that nobody else can write.
    ///
    /// # Errors
    /// All of [`ConnectError`] but [`ConnectError::Unsupported`].
    pub(crate) fn open(file: &Path, creation: Creation, max_wait: Duration) -> Result<Self, ConnectError> {
        files::prepare(file, creation)?;
        // The writer first: it makes the files beside the database, without which nobody reads.
        let writer = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE, max_wait).map_err(failed)?;
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let read = |_| Ok(Slot::with(connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY, max_wait)?));
        let readers = (0..cores).map(read).collect::<rusqlite::Result<_>>().map_err(failed)?;
        let files = Files::watch(file).map_err(|source| ConnectError::File { path: file.to_owned(), source })?;
        let (writer, turn) = (Arc::new(Slot::with(writer)), Arc::new(Mutex::new(Durability::OnDisk)));
        Ok(Self { readers, writer, turn, look_ups: LookUps::build(), files, max_wait })
    }

    /// Begins a transaction, which locks the file for all other writers at once: one that reads first and writes later fails
    /// as “locked” whenever another writer came between (10 of 12 did).
    pub(crate) async fn begin(&self, durability: Durability) -> Result<SqliteTransaction, DbErr> {
        let mut turn = self.turn().await?;
        self.files.look()?;
        if *turn != durability {
            self.writer.ask(|writer| writer.execute_batch(durability.pragmas()))?;
            *turn = durability;
        }
        self.patiently(|| self.writer.ask(|writer| statement::run(writer, "BEGIN IMMEDIATE"))).await?;
        Ok(SqliteTransaction::begun(Arc::clone(&self.writer), turn, Arc::clone(&self.files), self.max_wait))
    }

    async fn turn(&self) -> Result<OwnedMutexGuard<Durability>, DbErr> {
        timeout(self.max_wait, Arc::clone(&self.turn).lock_owned()).await.map_err(|_| late())
    }

    /// Looks whether the file is still where it was opened.
    ///
    /// # Errors
    /// One that says so.
    pub(crate) fn look(&self) -> Result<(), DbErr> {
        self.files.look()
    }

    /// Empties the file's log, which shows what was deleted until it is written over. What is in it goes to the file before.
    pub(crate) async fn empty_log(&self) -> Result<(), DbErr> {
        let _turn = self.turn().await?;
        self.files.look()?;
        let began = Instant::now();
        loop {
            let writer = Arc::clone(&self.writer);
            let is_used = |row: &Row<'_>| row.get::<_, bool>("busy");
            let empty = move || writer.ask(|writer| writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], is_used));
            // It waits for the disk.
            let is_used = match spawn_blocking(empty).await.map_err(|_| closed())? {
                Err(error) if is_locked(&error) => true,
                answer => answer?,
            };
            match is_used {
                false => return Ok(()),
                true if began.elapsed() < self.max_wait => sleep(PAUSE).await,
                true => return Err(late()),
            }
        }
    }

    /// The session whose current token this is, with its user.
    pub(crate) async fn find_session(
        &self,
        token: &TokenHash,
    ) -> Result<Option<Pair<session::Entity, user::Entity>>, DbErr> {
        let statement = self.look_ups.session_by_token(token);
        self.read(|reader| statement::pair::<session::Entity, user::Entity>(reader, &statement)).await
    }

    /// The user with this name, and the password.
    pub(crate) async fn find_user(
        &self,
        name: &Username,
    ) -> Result<Option<Pair<user::Entity, password::Entity>>, DbErr> {
        let statement = self.look_ups.user_by_name(name);
        self.read(|reader| statement::pair::<user::Entity, password::Entity>(reader, &statement)).await
    }

    /// What is committed before this is seen by it, whichever process did.
    async fn read<T>(&self, find: impl Fn(&Connection) -> rusqlite::Result<T>) -> Result<T, DbErr> {
        self.files.were_in_place()?;
        self.patiently(|| {
            let free = self.readers.iter().find_map(Slot::try_lock);
            match free {
                Some(reader) => ask(reader.as_ref(), &find),
                None => self.readers.first().unwrap_or(&self.writer).ask(&find),
            }
        })
        .await
    }

    /// Asks again while another process holds a lock: because it writes, or puts the file in order after somebody's end.
    async fn patiently<T>(&self, ask: impl Fn() -> Result<T, DbErr>) -> Result<T, DbErr> {
        let began = Instant::now();
        loop {
            match ask() {
                Err(error) if is_locked(&error) && began.elapsed() < self.max_wait => sleep(PAUSE).await,
                answer => return answer,
            }
        }
    }

    /// Closes the connections, of all clones, once they have done what they are doing.
    pub(crate) async fn close(&self) {
        let _turn = self.turn.lock().await;
        for slot in self.readers.iter().chain([&*self.writer]) {
            *slot.lock() = None;
        }
    }
}

impl Executor for SqliteFile {
    async fn change(&self, change: &(impl QueryTrait + Sync)) -> Result<u64, DbErr> {
        let transaction = self.begin(Durability::OnDisk).await?;
        let changed = transaction.change(change).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    async fn all<E>(&self, select: Select<E>) -> Result<Vec<E::Model>, DbErr>
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
    {
        let statement = select.build(DbBackend::Sqlite);
        self.read(|reader| statement::all::<E>(reader, &statement)).await
    }

    async fn pair<E, F>(&self, select: SelectTwo<E, F>) -> Result<Option<Pair<E, F>>, DbErr>
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
        F: EntityTrait<ActiveModel: TryIntoModel<F::Model>>,
    {
        let statement = select.build(DbBackend::Sqlite);
        self.read(|reader| statement::pair::<E, F>(reader, &statement)).await
    }
}

#[cfg(test)]
mod tests;
