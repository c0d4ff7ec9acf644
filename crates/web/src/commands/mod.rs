//! What the program does, a file a command.

mod database_copy;
mod invite;
mod migrate;
mod operator;
mod serve;
mod user_reset;

use std::io;
use std::time::Duration;

use doorward_domain::{Failed, MakeLinkError};
use doorward_migrations::SchemaError;
use doorward_storage::{ConnectError, CopyError};
use doorward_web::config::{ListenerError, LogFormat, SettingError, SiteConfig};
use doorward_web::process;
use doorward_web::server::ServeError;
use doorward_web::site::SiteError;
use rocket::tokio::runtime;
use tracing_subscriber::EnvFilter;

pub(crate) use database_copy::database_copy;
pub(crate) use invite::invite;
pub(crate) use migrate::migrate;
pub(crate) use serve::serve;
pub(crate) use user_reset::{Sessions, user_reset};

/// What comes before there is anything to lose or to keep secret.
fn prepare_process(config: &SiteConfig) {
    start_log(config.log_format);
    process::forbid_core_dumps();
    process::raise_open_files();
}

/// To standard error, as much of it as `RUST_LOG` says.
fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // sqlx shows the parameters of a database URL that it does not know: parts of a password, where `?` or `&` in it is not
    // percent-encoded.
    let filter = ["sqlx_postgres::options=off", "sqlx_mysql::options=off", "sqlx_sqlite::options=off"]
        .into_iter()
        .filter_map(|quiet| quiet.parse().ok())
        .fold(filter, EnvFilter::add_directive);
    // A line that cannot be written is lost. Told of it, the subscriber would panic: where it tells is where it could not write.
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(false)
        .log_internal_errors(false);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
}

/// Runs `work` on a runtime of our own: Rocket's reads the configuration again, and reports what is wrong with it in its
/// own way.
fn run(workers: usize, work: impl Future<Output = Result<(), CommandError>>) -> Result<(), CommandError> {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .thread_name("rocket-worker")
        .enable_all()
        .build()
        .map_err(CommandError::Runtime)?;
    let done = runtime.block_on(work);
    // What still runs had its time; the process does not wait for it any longer.
    runtime.shutdown_timeout(Duration::from_millis(100));
    done
}

/// Why a command was not done, in one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Listener(#[from] ListenerError),
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error(
        "{place} names no database: a URL, the path of an SQLite file, or env:NAME with a URL in the variable NAME"
    )]
    NoDatabase { place: &'static str },
    #[error("FROM and TO are the same database")]
    SameDatabase,
    #[error("{place} cannot be opened: {error}")]
    Open { place: &'static str, error: ConnectError },
    #[error("{place}: {error}")]
    Unprepared { place: &'static str, error: SchemaError },
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error("the runtime cannot be started: {0}")]
    Runtime(io::Error),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("nobody has the name {name:?}")]
    NoSuchUser { name: String },
    #[error(transparent)]
    Link(MakeLinkError),
    #[error(transparent)]
    Failed(#[from] Failed),
    #[error("standard output cannot be written: {0}")]
    Output(io::Error),
}

impl CommandError {
    /// With which the program ends: 1 for a failure, 3 where there is no such user. 2 is clap's, for wrong usage.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::NoSuchUser { .. } => 3,
            _ => 1,
        }
    }
}
