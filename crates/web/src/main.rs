//! `doorward`: serves the site, or prepares or moves its database.

mod commands;

use std::io::{self, Write as _};
use std::num::NonZeroU32;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::Sessions;

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
    /// Look after somebody's account
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Print a link by which people sign up at a site that lets in who is invited
    Invite {
        /// How many people may sign up by it
        #[arg(long, default_value = "1")]
        uses: NonZeroU32,
        /// For how many days it is good
        #[arg(long, default_value = "7", value_parser = clap::value_parser!(u16).range(1..=365))]
        days: u16,
    },
    /// Work on databases, whatever the settings say
    Database {
        #[command(subcommand)]
        command: DatabaseCommand,
    },
}

#[derive(Subcommand)]
enum UserCommand {
    /// Print a link by which somebody sets a new password, once and within 72 hours
    ///
    /// Whoever has the link can use it: hand it over by a way that you trust. Only the newest one is good.
    Reset {
        /// The username, in any spelling
        name: String,
        /// End all sessions of the account now, and not when the link is used
        #[arg(long)]
        end_sessions: bool,
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
        None | Some(Command::Serve) => commands::serve(),
        Some(Command::Migrate) => commands::migrate(),
        Some(Command::User { command: UserCommand::Reset { name, end_sessions } }) => {
            let sessions = if end_sessions { Sessions::End } else { Sessions::GoOn };
            commands::user_reset(&name, sessions)
        }
        Some(Command::Invite { uses, days }) => commands::invite(uses, days),
        Some(Command::Database { command: DatabaseCommand::Copy { from, to } }) => commands::database_copy(&from, &to),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_reads = writeln!(io::stderr(), "doorward: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
