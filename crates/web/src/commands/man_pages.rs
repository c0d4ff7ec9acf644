use std::fs;
use std::path::PathBuf;

use clap::CommandFactory as _;

use super::{Cli, CommandError};

#[derive(clap::Args)]
pub(super) struct ManPages {
    /// Where to: a folder, which is made where there is none
    folder: PathBuf,
}

impl ManPages {
    /// Writes a page for each command: `doorward.1`, `doorward-user.1`, `doorward-user-list.1`.
    pub(super) fn run(self) -> Result<(), CommandError> {
        let written = fs::create_dir_all(&self.folder)
            .and_then(|()| clap_mangen::generate_to(Cli::command().disable_help_subcommand(true), &self.folder));
        written.map_err(|source| CommandError::File { path: self.folder, source })
    }
}
