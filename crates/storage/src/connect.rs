//! Opens databases.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions as _};
use sea_orm::{DatabaseConnection, DbErr, SqlxMySqlConnector, SqlxPostgresConnector, SqlxSqliteConnector};

use crate::connect_error::ConnectError;
use crate::database::Database;
use crate::pool::Pool;
use crate::sqlite::{Creation, SqliteFile};

/// Names a database, and sets how long a store waits for it.
///
/// `Debug` does not show the URL: it may hold a password.
#[derive(Clone)]
pub struct StorageConfig {
    place: Place,
    connections: NonZeroU32,
    max_wait: Duration,
    creation: Creation,
}

#[derive(Clone)]
enum Place {
    Url(String),
    File(PathBuf),
}

impl StorageConfig {
    /// Default time limit of a step of a port, including its wait for a free connection and for SQLite's lock. It is 5
    /// seconds, as long as a log-in may wait for its hash. If a server does not answer for 6 times the limit, its
    /// connections are replaced.
    pub const MAX_WAIT: Duration = Duration::from_secs(5);

    /// Default maximum of connections: a few more than an instance has cores. An SQLite file has two more that write,
    /// and one more per core that reads.
    pub const CONNECTIONS: NonZeroU32 = NonZeroU32::MIN.saturating_add(7);

    /// Uses the database at this `sqlite:`, `postgres:` or `mysql:` URL (the last one for MariaDB, too). An SQLite file
    /// is created if it is missing. Unless the server is at a socket, `localhost` or a loopback address, the connection
    /// uses TLS and the server's certificate is checked; the URL's `sslmode` (`ssl-mode` for MySQL) overrides this.
    pub fn new(url: impl Into<String>) -> Self {
        Self::at(Place::Url(url.into()))
    }

    /// Uses the SQLite file at this path, which may hold any characters. It is created if it is missing.
    pub fn sqlite_file(path: impl Into<PathBuf>) -> Self {
        Self::at(Place::File(path.into()))
    }

    const fn at(place: Place) -> Self {
        Self { place, connections: Self::CONNECTIONS, max_wait: Self::MAX_WAIT, creation: Creation::IfMissing }
    }

    /// Opens an SQLite file only if it exists, instead of creating a missing one.
    #[must_use]
    pub fn existing(self) -> Self {
        Self { creation: Creation::Never, ..self }
    }

    /// Sets the maximum of connections, [`CONNECTIONS`](Self::CONNECTIONS) by default. On a server, one stays open and
    /// others are closed after 10 idle minutes. Migrations of a server need two, of which one holds their lock.
    #[must_use]
    pub fn with_connections(self, connections: NonZeroU32) -> Self {
        Self { connections, ..self }
    }

    /// Sets the time limit of a step, [`MAX_WAIT`](Self::MAX_WAIT) by default.
    #[must_use]
    pub fn with_max_wait(self, max_wait: Duration) -> Self {
        Self { max_wait, ..self }
    }

    /// Checks that the URL can be parsed and names a supported database. Opens, creates and queries nothing.
    ///
    /// # Errors
    /// [`ConnectError::Unsupported`], [`ConnectError::UnfitUrl`].
    pub fn check(&self) -> Result<(), ConnectError> {
        self.driver().map(drop)
    }

    fn driver(&self) -> Result<Driver, ConnectError> {
        let url = match &self.place {
            Place::File(path) => return Ok(Driver::Sqlite(self.sqlite(SqliteConnectOptions::new().filename(path)))),
            Place::Url(url) => url,
        };
        match url.split(':').next() {
            Some("sqlite") if !is_in_memory(url) => Ok(Driver::Sqlite(self.sqlite(parse(url)?))),
            Some("postgres" | "postgresql") => Ok(Driver::Postgres(postgres(parse(url)?, url))),
            Some("mysql" | "mariadb") => Ok(Driver::MySql(mysql(parse(url)?, url))),
            _ => Err(ConnectError::Unsupported),
        }
    }

    fn sqlite(&self, options: SqliteConnectOptions) -> SqliteConnectOptions {
        options
            // `SqliteFile` creates it before, with mode 0600.
            .create_if_missing(false)
            .foreign_keys(true)
            .pragma("secure_delete", "ON")
            .busy_timeout(self.max_wait)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .disable_statement_logging()
    }

    fn pool<DB: sqlx::Database>(&self) -> PoolOptions<DB> {
        PoolOptions::new().max_connections(self.connections.get()).min_connections(1).acquire_timeout(self.max_wait)
    }
}

enum Driver {
    Sqlite(SqliteConnectOptions),
    Postgres(PgConnectOptions),
    MySql(MySqlConnectOptions),
}

/// Drops sqlx's error, which quotes parts of an unfit URL: they may be parts of a password.
fn parse<O: FromStr<Err = sqlx::Error>>(url: &str) -> Result<O, ConnectError> {
    url.parse().map_err(|_| ConnectError::UnfitUrl)
}

fn postgres(options: PgConnectOptions, url: &str) -> PgConnectOptions {
    let is_here = options.get_socket().is_some() || is_this_machine(options.get_host());
    let options = if is_here || chooses_tls(url) { options } else { options.ssl_mode(PgSslMode::VerifyFull) };
    options.application_name("doorward").disable_statement_logging()
}

fn mysql(options: MySqlConnectOptions, url: &str) -> MySqlConnectOptions {
    let is_here = options.get_socket().is_some() || is_this_machine(options.get_host());
    let options = if is_here || chooses_tls(url) { options } else { options.ssl_mode(MySqlSslMode::VerifyIdentity) };
    options.disable_statement_logging()
}

/// Whether the URL's query sets the TLS mode.
fn chooses_tls(url: &str) -> bool {
    let before_fragment = url.split('#').next().unwrap_or_default();
    let query = before_fragment.split_once('?').map_or("", |(_, query)| query);
    let mut names = query.split('&').filter_map(|parameter| Some(parameter.split_once('=')?.0));
    names.any(|name| matches!(name, "sslmode" | "ssl-mode"))
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || host.starts_with('/') || address.is_ok_and(|address| address.is_loopback())
}

fn is_in_memory(url: &str) -> bool {
    url.contains(":memory:") || url.contains("mode=memory")
}

impl fmt::Debug for StorageConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StorageConfig([redacted])")
    }
}

/// Users and sessions in an SQL database. Clones share the connections.
#[derive(Debug, Clone)]
pub struct SeaOrmStore {
    pub(crate) db: Database,
}

impl SeaOrmStore {
    /// Opens the database. The schema is not checked: `doorward_migrations` does that.
    ///
    /// # Errors
    /// [`ConnectError::Unsupported`] and [`ConnectError::UnfitUrl`] for the URL; [`ConnectError::Database`] if the
    /// database cannot be opened. For an SQLite file, another variant may say why.
    pub async fn connect(config: &StorageConfig) -> Result<Self, ConnectError> {
        // SeaORM would show the URL in a span, so the pools are made here.
        let (pools, max_wait) = (config.clone(), config.max_wait);
        let driver = match config.driver()? {
            Driver::Sqlite(options) => return Self::open_sqlite(config, options).await,
            Driver::Postgres(options) => {
                let open = move || pools.pool().connect_lazy_with(options.clone());
                Pool::new(move || SqlxPostgresConnector::from_sqlx_postgres_pool(open()), max_wait)
            }
            Driver::MySql(options) => {
                let open = move || pools.pool().connect_lazy_with(options.clone());
                Pool::new(move || SqlxMySqlConnector::from_sqlx_mysql_pool(open()), max_wait)
            }
        };
        driver.connections().ping().await?;
        Ok(Self { db: Database { driver, file: None } })
    }

    async fn open_sqlite(config: &StorageConfig, options: SqliteConnectOptions) -> Result<Self, ConnectError> {
        let file = SqliteFile::open(&options, config.creation, config.max_wait).await;
        let file = file.map_err(|error| error.of_full_disk(options.get_filename()))?;
        let pools = config.clone();
        let open =
            move || pools.pool().min_connections(0).test_before_acquire(false).connect_lazy_with(options.clone());
        let driver = Pool::new(move || SqlxSqliteConnector::from_sqlx_sqlite_pool(open()), config.max_wait);
        Ok(Self { db: Database { driver, file: Some(file) } })
    }

    /// Returns the driver's connections, for migrations and for tables of your own. A statement on them has no time
    /// limit. Call this each time: connections to a server that does not answer are replaced.
    #[must_use]
    pub fn connection(&self) -> DatabaseConnection {
        self.db.driver.connections()
    }

    /// Runs `asking` on the driver's connections as the store runs its own steps: under its time limit, and to the end
    /// even if the caller stops waiting.
    ///
    /// # Errors
    /// The errors of `asking`; a [`DbErr`] if it is not done in time.
    pub async fn ask<T, E, F>(&self, asking: impl FnOnce(DatabaseConnection) -> F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbErr> + Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        self.db.look()?;
        let asked = self.db.driver.ask(|connections| {
            let asked = asking(connections);
            async { Ok(asked.await) }
        });
        asked.await?
    }

    /// Empties the write-ahead log of an SQLite file, in which deleted data can be read until it is overwritten.
    /// Deleting an account does the same at once; call this after each sweep. A failure is logged, and the next call
    /// makes up for it. On a server this does nothing. In the file, the unused part of a page that was split may keep a
    /// copy of deleted data; `VACUUM` removes it.
    pub async fn forget_deleted(&self) {
        if let Err(error) = self.db.empty_log().await {
            tracing::warn!(%error, "what was deleted is still in the log of the database");
        }
    }

    /// Closes the connections of all clones once their statements are done, and waits for that no longer than for a
    /// step ([`with_max_wait`](StorageConfig::with_max_wait)); for an SQLite file, no longer than for two: its writers
    /// close first. SQLite then tidies up its files.
    pub async fn disconnect(self) {
        if let Err(error) = self.db.close().await {
            tracing::warn!(%error, "the database was not closed");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn driver(url: &str) -> Option<Driver> {
        StorageConfig::new(url).driver().ok()
    }

    #[test]
    fn a_url_names_its_driver() {
        for url in ["sqlite::memory:", "sqlite://x?mode=memory", "", "x.sqlite3", "oracle://h/d"] {
            assert!(matches!(StorageConfig::new(url).driver(), Err(ConnectError::Unsupported)), "{url}");
        }
        let Some(Driver::Sqlite(file)) = driver("sqlite:memory.sqlite3") else { panic!() };
        assert_eq!(file.get_filename(), Path::new("memory.sqlite3"));
    }

    #[test]
    fn a_server_elsewhere_has_to_show_a_certificate() {
        for (url, is_checked) in [
            ("postgres://ada@db.example.org/d", true),
            ("postgresql://10.1.2.3/d", true),
            ("postgres://ada@localhost/d", false),
            ("postgres://127.0.0.1:5433/d", false),
            ("postgres://[::1]/d", false),
            ("postgres:///d?host=/run/postgresql", false),
            ("postgres://db.example.org/d?sslmode=disable", false),
            ("postgres://db.example.org/d#?sslmode=disable", true),
            ("postgres://ada:sslmode=disable@db.example.org/sslmode=?application_name=sslmode=", true),
        ] {
            let Some(Driver::Postgres(options)) = driver(url) else { panic!("{url}") };
            assert_eq!(matches!(options.get_ssl_mode(), PgSslMode::VerifyFull), is_checked, "{url}");
        }
        for (url, is_checked) in [
            ("mysql://ada@db.example.org/d", true),
            ("mariadb://10.1.2.3/d", true),
            ("mysql://ada@localhost/d", false),
            ("mysql://root@localhost/d?socket=/run/s", false),
            ("mysql://db.example.org/d?ssl-mode=DISABLED", false),
            ("mysql://ada:ssl-mode=DISABLED@db.example.org/ssl-mode=", true),
        ] {
            let Some(Driver::MySql(options)) = driver(url) else { panic!("{url}") };
            assert_eq!(matches!(options.get_ssl_mode(), MySqlSslMode::VerifyIdentity), is_checked, "{url}");
        }
    }

    #[test]
    fn debug_shows_no_url() {
        let config = StorageConfig::new("sqlite://ada:secret@host/db");
        assert_eq!(format!("{config:?}"), "StorageConfig([redacted])");
    }
}
