//! How a database is opened.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;
use std::{fmt, io};

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};

/// Which database, and how patiently.
///
/// `Debug` does not show the URL: it may hold a password.
#[derive(Clone)]
pub struct StorageConfig(Place);

#[derive(Clone)]
enum Place {
    Url(String),
    File(PathBuf),
}

impl StorageConfig {
    /// How long a statement waits for SQLite's lock, and a request for a free connection, before it fails: 5 seconds, as
    /// long as a log-in may wait for its hash.
    pub const PATIENCE: Duration = Duration::from_secs(5);

    /// Connections to one SQLite file: enough that readers do not queue behind the one writer it has at a time.
    pub const CONNECTIONS: u32 = 8;

    /// The database at this `sqlite:` URL; the file is created when it is missing.
    pub fn new(url: impl Into<String>) -> Self {
        Self(Place::Url(url.into()))
    }

    /// The SQLite file at this path, whatever characters are in it; created when it is missing.
    pub fn sqlite_file(path: impl Into<PathBuf>) -> Self {
        Self(Place::File(path.into()))
    }

    /// What SQLite opens: `None` for anything but a file of its own.
    fn sqlite(&self) -> Result<Option<SqliteConnectOptions>, DbErr> {
        let options = match &self.0 {
            Place::File(path) => SqliteConnectOptions::new().filename(path),
            Place::Url(url) if url.starts_with("sqlite:") && !is_in_memory(url) => {
                let parsed = SqliteConnectOptions::from_str(url);
                parsed.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?
            }
            Place::Url(_) => return Ok(None),
        };
        Ok(Some(
            options
                .create_if_missing(true)
                .foreign_keys(true)
                .busy_timeout(Self::PATIENCE)
                // Readers do not wait for the writer, nor the writer for them.
                .journal_mode(SqliteJournalMode::Wal)
                // What was acknowledged is on the disk, after `kill -9` and after a power cut: in WAL mode `NORMAL`
                // survives the first alone. It costs one fsync a commit; a log-in has a hash to compute anyway.
                .synchronous(SqliteSynchronous::Full),
        ))
    }
}

fn connect_options(sqlite: SqliteConnectOptions) -> ConnectOptions {
    let mut options = ConnectOptions::new("sqlite://");
    options
        .max_connections(StorageConfig::CONNECTIONS)
        .min_connections(1)
        .acquire_timeout(StorageConfig::PATIENCE)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |_| sqlite.clone());
    options
}

fn is_in_memory(url: &str) -> bool {
    url.contains(":memory:") || url.contains("mode=memory")
}

/// SQLite would make the file readable for everybody.
fn make_private_file(path: &Path) -> io::Result<()> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

impl fmt::Debug for StorageConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StorageConfig([redacted])")
    }
}

/// Users and sessions in an SQL database. Cloning it shares the connections.
#[derive(Debug, Clone)]
pub struct SeaOrmStore {
    pub(crate) db: DatabaseConnection,
}

impl SeaOrmStore {
    /// Opens the database. The schema is not looked at: `doorward_migrations` does that.
    ///
    /// # Errors
    /// [`ConnectError::Unsupported`] for a URL of another kind; [`ConnectError::File`] and [`ConnectError::Database`] when
    /// the database cannot be opened.
    pub async fn connect(config: &StorageConfig) -> Result<Self, ConnectError> {
        let sqlite = config.sqlite()?.ok_or(ConnectError::Unsupported)?;
        make_private_file(sqlite.get_filename())?;
        Ok(Self { db: Database::connect(connect_options(sqlite)).await? })
    }

    /// The connections, for migrations and health checks.
    #[must_use]
    pub const fn connection(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Closes the connections, of all clones, once they have done what they are doing; SQLite then tidies its files up.
    pub async fn disconnect(self) {
        if let Err(error) = self.db.close().await {
            tracing::warn!(%error, "the database was not closed");
        }
    }

    /// Begins a transaction that will write, and says so at once: in SQLite one that reads first and writes later fails
    /// as “locked” whenever another writer came between (10 of 12 did).
    pub(crate) async fn begin_writing(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.db.begin_with_options(options).await
    }
}

/// Why a database was not opened. Neither shows the URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL does not name an SQLite file; one in memory would be gone with its last idle connection.
    #[error("the URL does not name an SQLite file, the one kind of database that this build knows")]
    Unsupported,
    /// The file cannot be opened or made.
    #[error(transparent)]
    File(#[from] io::Error),
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] DbErr),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_url_of_a_file_is_opened() {
        for url in ["postgres://h/d", "sqlite::memory:", "sqlite://x?mode=memory", "", "x.sqlite3"] {
            assert!(StorageConfig::new(url).sqlite().unwrap().is_none(), "{url}");
        }
        let file = StorageConfig::new("sqlite:memory.sqlite3").sqlite().unwrap().unwrap();
        assert_eq!(file.get_filename(), Path::new("memory.sqlite3"));
    }

    #[test]
    fn debug_shows_no_url() {
        let config = StorageConfig::new("sqlite://ada:secret@host/db");
        assert_eq!(format!("{config:?}"), "StorageConfig([redacted])");
    }
}
