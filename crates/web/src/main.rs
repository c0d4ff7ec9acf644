//! `doorward`: serves the site, and does what its operator wants.

mod commands;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    commands::Cli::parse().run()
}
