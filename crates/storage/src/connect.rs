//! How a database is opened.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};

/// Which database, and how patiently.
///
/// `Debug` does not show the URL: it may hold a password.
#[derive(Clone)]
pub struct StorageConfig {
    url: String,
    file: Option<PathBuf>,
}

impl StorageConfig {
    /// How long a statement waits for SQLite's lock, and a request for a free connection, before it fails: 5 seconds, as
    /// long as a log-in may wait for its hash.
    pub const PATIENCE: Duration = Duration::from_secs(5);

    /// Connections to one SQLite file: enough that readers do not queue behind the one writer it has at a time.
    pub const CONNECTIONS: u32 = 8;

    /// The database at this `sqlite:` URL; the file is created when it is missing.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), file: None }
    }

    /// The SQLite file at this path, whatever characters are in it; created when it is missing.
    pub fn sqlite_file(path: impl Into<PathBuf>) -> Self {
        Self { url: "sqlite://".to_owned(), file: Some(path.into()) }
    }

    fn connect_options(&self) -> ConnectOptions {
        let mut options = ConnectOptions::new(&self.url);
        let file = self.file.clone();
        options
            .max_connections(Self::CONNECTIONS)
            .min_connections(1)
            .acquire_timeout(Self::PATIENCE)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(move |sqlite| {
                let sqlite = match &file {
                    Some(path) => sqlite.filename(path),
                    None => sqlite,
                };
                sqlite
                    .create_if_missing(true)
                    .foreign_keys(true)
                    .busy_timeout(Self::PATIENCE)
                    // Readers do not wait for the writer, nor the writer for them.
                    .journal_mode(SqliteJournalMode::Wal)
                    // What was acknowledged is on the disk, after `kill -9` and after a power cut: in WAL mode `NORMAL`
                    // survives the first alone. It costs one fsync a commit; a log-in has a hash to compute anyway.
                    .synchronous(SqliteSynchronous::Full)
            });
        options.record_stmt_in_spans(false);
        options
    }
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
    /// [`ConnectError::Unsupported`] for a URL of another kind; [`ConnectError::Database`] when the database cannot be
    /// opened.
    pub async fn connect(config: &StorageConfig) -> Result<Self, ConnectError> {
        if !config.url.starts_with("sqlite:") {
            return Err(ConnectError::Unsupported);
        }
        Ok(Self { db: Database::connect(config.connect_options()).await? })
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
    /// The URL is not one of SQLite.
    #[error("the URL does not begin with `sqlite:`, the one kind of database that this build knows")]
    Unsupported,
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] DbErr),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_url() {
        let config = StorageConfig::new("sqlite://ada:secret@host/db");
        assert_eq!(format!("{config:?}"), "StorageConfig([redacted])");
    }
}
