//! `doorward`: serves the site, or prepares or moves its database.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use doorward_domain::system::SystemClock;
use doorward_migrations::SchemaError;
use doorward_storage::{ConnectError, CopyError, CopyProgress, CopyStep, SeaOrmStore, StorageConfig};
use doorward_web::config::{
    Database, DatabaseMigrate, Listener, ListenerError, LogFormat, SettingError, Settings, SiteConfig,
};
use doorward_web::process;
use doorward_web::server::{self, ServeError, Stopped};
use doorward_web::site::{self, SiteError};
use rocket::fairing::AdHoc;
use rocket::tokio::runtime;
use rocket::{Build, Rocket};
use tracing_subscriber::EnvFilter;

/// Sign up, log in and log out in a browser.
#[derive(Parser)]
#[command(
    name = "doorward",
    version,
    after_help = "Settings come from doorward.toml and DOORWARD_*, Rocket's from Rocket.toml and ROCKET_*; the log \
                  follows RUST_LOG. docs/operations.md lists them."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site (what happens without a command)
    Serve,
    /// Bring the database's schema up to date, and stop
    Migrate,
    /// Work on databases, whatever the settings say
    Database {
        #[command(subcommand)]
        command: DatabaseCommand,
    },
}

#[derive(Subcommand)]
enum DatabaseCommand {
    /// Copy everything from one database into another, empty one; begun again, it goes on where it was
    ///
    /// FROM and TO are URLs, paths of SQLite files, or `env:NAME` for a URL in a variable of the environment: others on this
    /// machine can read a command line, and with it a password. Stop the site first.
    Copy {
        /// What is copied; it is not changed
        from: String,
        /// Where to; its schema is brought up to date
        to: String,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None | Some(Command::Serve) => serve(),
        Some(Command::Migrate) => migrate(),
        Some(Command::Database { command: DatabaseCommand::Copy { from, to } }) => copy_database(&from, &to),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_reads = writeln!(io::stderr(), "doorward: {error}");
            ExitCode::FAILURE
        }
    }
}

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

fn serve() -> Result<(), StartError> {
    let settings = Settings::read(Path::new("."))?;
    let mut listener = Listener::read()?;
    // Before anything is created: a second instance started by mistake leaves no trace.
    listener.reserve()?;
    let config = SiteConfig::read(settings, listener.address().port())?;
    prepare_process(&config);
    let pages = site::load_pages(&config)?;
    site::make_data_dir(&config)?;
    let key = match listener.given_key() {
        Some(key) => key.clone(),
        None => site::keep_key(&config)?,
    };
    let (figment, address) = (listener.with_key(&key, config.hashing_pool.max_wait), listener.address());
    run(listener.workers(), async {
        let store = site::open_store(&config).await?;
        warn_of_readable_files(&config);
        site::prepare_schema(&config, &store).await?;
        let auth = site::auth(&config, store.clone(), Arc::new(SystemClock))?;
        let url = config.public_url.origin().to_owned();
        let served = launch(site::build(figment, config, auth, store.clone(), pages), url, address).await;
        store.disconnect().await;
        served
    })
}

/// Files with secrets that are not their owner's alone. The key's is refused instead, as it is made by us.
fn warn_of_readable_files(config: &SiteConfig) {
    let mut files = vec![Path::new("doorward.toml"), Path::new("Rocket.toml")];
    if let Database::File(path) = &config.database {
        files.push(path);
    }
    for file in files {
        let mode = file.metadata().map_or(0, |metadata| metadata.permissions().mode());
        if mode & 0o077 != 0 {
            tracing::warn!(file = ?file, mode = format!("{:o}", mode & 0o777), "this file can be read by others");
        }
    }
}

fn migrate() -> Result<(), StartError> {
    let listener = Listener::read()?;
    let config = SiteConfig::read(Settings::read(Path::new("."))?, listener.address().port())?;
    let config = SiteConfig { database_migrate: DatabaseMigrate::Auto, ..config };
    prepare_process(&config);
    site::make_data_dir(&config)?;
    run(listener.workers(), async {
        let store = site::open_store(&config).await?;
        let prepared = site::prepare_schema(&config, &store).await;
        store.disconnect().await;
        Ok(prepared?)
    })
}

fn copy_database(from: &str, to: &str) -> Result<(), StartError> {
    start_log(LogFormat::Text);
    process::forbid_core_dumps();
    let named = |place, text| Database::named(text).ok_or(StartError::NoDatabase { place });
    let (from_storage, to_storage) = (named("FROM", from)?.storage().existing(), named("TO", to)?.storage());
    if from == to {
        return Err(StartError::SameDatabase);
    }
    run(2, async {
        let from =
            SeaOrmStore::connect(&from_storage).await.map_err(|error| StartError::Open { place: "FROM", error })?;
        let copied = copy_all(&from, &to_storage).await;
        from.disconnect().await;
        copied
    })
}

async fn copy_all(from: &SeaOrmStore, to: &StorageConfig) -> Result<(), StartError> {
    doorward_migrations::check(&from.connection())
        .await
        .map_err(|error| StartError::Unprepared { place: "FROM", error })?;
    let to = SeaOrmStore::connect(to).await.map_err(|error| StartError::Open { place: "TO", error })?;
    let copied = fill(&to, from).await;
    to.disconnect().await;
    copied
}

async fn fill(to: &SeaOrmStore, from: &SeaOrmStore) -> Result<(), StartError> {
    doorward_migrations::migrate(&to.connection())
        .await
        .map_err(|error| StartError::Unprepared { place: "TO", error })?;
    let mut reporter = Reporter::default();
    for (table, content) in doorward_storage::copy(from, to, |progress| reporter.report(progress)).await? {
        let _nobody_reads = writeln!(io::stdout(), "{table}: {content}, in both");
    }
    Ok(())
}

/// Tells how far a copy is: of each table when it begins and ends, and once a second.
#[derive(Default)]
struct Reporter(Option<Instant>);

impl Reporter {
    fn report(&mut self, progress: CopyProgress) {
        let CopyProgress { step, table, done, of } = progress;
        let is_due = self.0.is_none_or(|last| last.elapsed() >= Duration::from_secs(1));
        if is_due || done == 0 || done >= of {
            self.0 = Some(Instant::now());
            let doing = match step {
                CopyStep::Compare => "compared with what is there",
                CopyStep::Write => "written",
                CopyStep::Verify => "verified",
            };
            let _nobody_reads = writeln!(io::stderr(), "{table}: {done} of {of} rows {doing}");
        }
    }
}

/// Runs `work` on a runtime of our own: Rocket's reads the configuration again, and reports what is wrong with it in its
/// own way.
fn run(workers: usize, work: impl Future<Output = Result<(), StartError>>) -> Result<(), StartError> {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .thread_name("rocket-worker")
        .enable_all()
        .build()
        .map_err(StartError::Runtime)?;
    let done = runtime.block_on(work);
    // What still runs had its time; the process does not wait for it any longer.
    runtime.shutdown_timeout(Duration::from_millis(100));
    done
}

async fn launch(site: Rocket<Build>, url: String, address: SocketAddr) -> Result<(), StartError> {
    let announce = AdHoc::on_liftoff("announcement", move |_| {
        Box::pin(async move {
            let line = format!("Doorward is at {url} (listening on {address})");
            let _nobody_reads = writeln!(io::stdout(), "{line}").and_then(|()| io::stdout().flush());
        })
    });
    match server::serve(site.attach(announce), address).await? {
        Stopped::Answered => {}
        // Somebody's request outlived its grace: cut off as announced, and no failure of ours.
        Stopped::CutOff => tracing::warn!("stopped with requests still running"),
    }
    Ok(())
}

/// Why the site does not serve, in one line.
#[derive(Debug, thiserror::Error)]
enum StartError {
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
}
