use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use doorward_domain::Username;
use doorward_domain::repository::UserDeletion;

use crate::commands::CommandError;
use crate::commands::operator::at_the_site;

#[derive(clap::Args)]
pub(in crate::commands) struct Delete {
    /// The username, in any spelling
    name: String,
    /// Delete without asking
    #[arg(long)]
    yes: bool,
}

impl Delete {
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("user delete", async |site| {
            let user = site.user(&self.name).await?;
            if !self.yes {
                confirm(&user.username)?;
            }
            match site.auth.delete_user(user.id).await? {
                UserDeletion::Deleted => Ok(()),
                UserDeletion::NoSuchUser => Err(CommandError::NoSuchUser { name: self.name }),
            }
        })
    }
}

/// Asks for the name, in any spelling, as a confirmation.
fn confirm(username: &Username) -> Result<(), CommandError> {
    let name = username.as_str().to_owned();
    if !io::stdin().is_terminal() {
        return Err(CommandError::Unconfirmed { name });
    }
    let question = format!("This deletes {name} with everything of theirs, for ever. Type the name to confirm: ");
    let _nobody_reads = io::stderr().write_all(question.as_bytes());
    let mut typed = String::new();
    io::stdin().lock().read_line(&mut typed).map_err(CommandError::Input)?;
    let is_it = Username::parse(typed.trim()).is_ok_and(|typed| typed.key() == username.key());
    if is_it { Ok(()) } else { Err(CommandError::OtherNameTyped { name }) }
}
