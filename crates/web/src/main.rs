//! `doorward`: serves the site, and runs the operator's commands.

mod commands;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    commands::Cli::parse().run()
}
