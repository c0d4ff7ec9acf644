//! The commands of the program, one file each.

mod completions;
mod database_copy;
mod doctor;
mod error;
mod invite;
mod key;
mod mail;
mod man_pages;
mod migrate;
mod operator;
mod output;
mod readable_files;
mod serve;
mod settings;
mod time;
mod user;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use doorward_web::config::{LogFormat, SiteConfig};
use doorward_web::process;
use rocket::tokio::runtime;
use tracing_subscriber::EnvFilter;

use completions::Completions;
use database_copy::DatabaseCopy;
use doctor::Doctor;
use error::CommandError;
use invite::Invite;
use mail::MailCommand;
use man_pages::ManPages;
use output::note;
use user::UserCommand;

/// Sign up, log in and log out in a browser.
#[derive(Parser)]
#[command(
    name = "doorward",
    version,
    after_help = "Settings come from doorward.toml in the working directory, or else /etc/doorward/doorward.toml, and from DOORWARD_*; \
                  Rocket's from Rocket.toml and ROCKET_*; the log follows RUST_LOG. docs/operations.md lists them.\n\nThe program ends with 0 when it has done what was asked, 1 \
                  when it failed, 2 for wrong usage, 3 when there is no such user, and 4 when a rule forbids it."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site (what happens without a command)
    Serve,
    /// Bring the database's schema up to date, and stop
    Migrate,
    /// Look after the users' accounts, while the site serves or not
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// See whether mails go out, and which of them wait
    Mail {
        #[command(subcommand)]
        command: MailCommand,
    },
    /// Print a link by which people sign up at a site that needs invitations
    Invite(Invite),
    /// Print a new secret key
    ///
    /// It is for `ROCKET_SECRET_KEY`; without one, the site makes a key in its data directory.
    Key,
    /// See whether everything that the site needs is there and safe
    Doctor(Doctor),
    /// Work on databases, independently of the settings
    Database {
        #[command(subcommand)]
        command: DatabaseCommand,
    },
    /// Print a script by which a shell completes this program's commands
    Completions(Completions),
    /// Print a doorward.toml with every setting in it, commented out
    Settings,
    /// Write the manual's pages of all commands into a folder, for `man`
    ManPages(ManPages),
}

#[derive(Subcommand)]
enum DatabaseCommand {
    /// Copy everything from one database into another, empty one; begun again, it goes on where it was
    ///
    /// FROM and TO are URLs, paths of SQLite files, or `env:NAME` for a URL in a variable of the environment: others on this
    /// machine can read a command line, and with it a password. Stop the site first.
    Copy(DatabaseCopy),
}

impl Cli {
    /// Runs the command, and reports on standard error why it failed.
    pub(crate) fn run(self) -> ExitCode {
        let done = match self.command {
            None | Some(Command::Serve) => serve::serve(),
            Some(Command::Migrate) => migrate::migrate(),
            Some(Command::User { command }) => command.run(),
            Some(Command::Mail { command }) => command.run(),
            Some(Command::Invite(invite)) => invite.run(),
            Some(Command::Key) => key::key(),
            Some(Command::Doctor(doctor)) => doctor.run(),
            Some(Command::Database { command: DatabaseCommand::Copy(copy) }) => copy.run(),
            Some(Command::Completions(completions)) => completions.run(),
            Some(Command::Settings) => settings::settings(),
            Some(Command::ManPages(pages)) => pages.run(),
        };
        match done {
            // A reader that closes the pipe has read enough: `| head`.
            Ok(()) | Err(CommandError::NobodyReads) => ExitCode::SUCCESS,
            Err(error) => {
                note(error.in_full());
                ExitCode::from(error.exit_code())
            }
        }
    }
}

/// Prepares the process before it has data to lose or secrets to keep.
fn prepare_process(config: &SiteConfig) {
    start_log(config.log_format);
    process::forbid_core_dumps();
    process::raise_open_files();
}

/// Starts the log on standard error, filtered by `RUST_LOG`.
fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // sqlx logs the parameters of a database URL that it does not know. They are parts of a password if `?` or `&` in it is
    // not percent-encoded.
    let filter = ["sqlx_postgres::options=off", "sqlx_mysql::options=off", "sqlx_sqlite::options=off"]
        .into_iter()
        .filter_map(|quiet| quiet.parse().ok())
        .fold(filter, EnvFilter::add_directive);
    // A line that cannot be written is lost. Otherwise the subscriber would report the error on standard error, too, and panic.
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

/// Runs `work` on a runtime of our own: Rocket's would read the configuration again, and report errors in it in its own way.
fn run(workers: usize, work: impl Future<Output = Result<(), CommandError>>) -> Result<(), CommandError> {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .thread_name("rocket-worker")
        .enable_all()
        .build()
        .map_err(CommandError::Runtime)?;
    let done = runtime.block_on(work);
    // Tasks that are still running have had their time. The process does not wait for them any longer.
    runtime.shutdown_timeout(Duration::from_millis(100));
    done
}
