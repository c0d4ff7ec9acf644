//! An SQLite file, asked on the thread that asks.
//!
//! The driver gives each connection a thread of its own, and handing a statement over and its answer back takes ten times as
//! long as the statement, which is a few look-ups in memory. Here a statement runs where it is asked for. What may take longer
//! does not: a lock that another process holds is waited for in sleep, and a commit that waits for the disk runs on a thread
//! that may wait. Whatever looks through a whole table is left to the driver.

mod failure;
mod files;
mod look_ups;
mod statement;
mod transaction;

use std::path::Path;
use std::sync::{self, Arc, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row};
use sea_orm::{DbBackend, DbErr, EntityTrait, QueryTrait, Select, SelectTwo, TryIntoModel};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use failure::{closed, failed, is_locked, late};
pub(crate) use files::Creation;
use files::Files;
use look_ups::LookUps;
pub(crate) use transaction::SqliteTransaction;

use crate::connect::ConnectError;
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

/// A connection, until it is closed.
#[derive(Debug)]
struct Slot(sync::Mutex<Option<Connection>>);

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
    const fn pragmas(self) -> &'static str {
        match self {
            Self::OnDisk => "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000",
            Self::InOrder => "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0",
        }
    }
}

/// How many statements a connection keeps prepared: more than there are.
const STATEMENTS: usize = 128;

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

    /// What is committed before this is seen by it, whichever process did.
    async fn read<T>(&self, find: impl Fn(&Connection) -> rusqlite::Result<T>) -> Result<T, DbErr> {
        self.files.were_in_place()?;
        self.patiently(|| {
            let free = self.readers.iter().find_map(|reader| reader.0.try_lock().ok());
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

impl Slot {
    const fn with(connection: Connection) -> Self {
        Self(sync::Mutex::new(Some(connection)))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask<T>(&self, question: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, DbErr> {
        ask(self.lock().as_ref(), question)
    }
}

fn ask<T>(
    connection: Option<&Connection>,
    question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, DbErr> {
    question(connection.ok_or_else(closed)?).map_err(failed)
}

fn connect(file: &Path, access: OpenFlags, max_wait: Duration) -> rusqlite::Result<Connection> {
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

#[cfg(test)]
mod tests;
