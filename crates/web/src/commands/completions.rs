use std::io::{self, Write as _};

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Cli, CommandError};

#[derive(clap::Args)]
pub(super) struct Completions {
    /// For which shell
    shell: Shell,
}

impl Completions {
    /// Prints the script.
    pub(super) fn run(self) -> Result<(), CommandError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "doorward", &mut script);
        io::stdout().write_all(&script).map_err(CommandError::of_output)
    }
}
