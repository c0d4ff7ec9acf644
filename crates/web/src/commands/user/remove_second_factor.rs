use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use doorward_domain::Username;
use doorward_domain::repository::SecondFactorRemoval;

use crate::commands::CommandError;
use crate::commands::operator::at_the_site;
use crate::commands::output::note;

#[derive(clap::Args)]
pub(in crate::commands) struct RemoveSecondFactor {
    /// The username, in any spelling
    name: String,
    /// Remove it without asking
    #[arg(long)]
    yes: bool,
}

impl RemoveSecondFactor {
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("user remove-second-factor", async |site| {
            let user = site.user(&self.name).await?;
            let has_password = site.auth.has_password(user.id).await?;
            let name = &user.username;
            let then = if has_password {
                format!("Whoever knows the password of {name} then logs in with it alone.")
            } else {
                format!(
                    "{name} has no password: `doorward user reset {name}` prints a link to set one, without which nobody logs in."
                )
            };
            if !self.yes {
                confirm(name, &then)?;
            }
            match site.auth.remove_second_factor(user.id).await? {
                SecondFactorRemoval::Removed if !has_password => {
                    note(then);
                    Ok(())
                }
                SecondFactorRemoval::Removed => Ok(()),
                SecondFactorRemoval::NoneSetUp => {
                    note(format_args!("{} has no second factor", user.username));
                    Ok(())
                }
                SecondFactorRemoval::NoSuchUser => Err(CommandError::NoSuchUser { name: self.name }),
            }
        })
    }
}

/// Asks for a confirmation.
fn confirm(username: &Username, then: &str) -> Result<(), CommandError> {
    let name = username.as_str().to_owned();
    if !io::stdin().is_terminal() {
        return Err(CommandError::UnconfirmedRemoval { name });
    }
    let question = format!("{then} Be sure who asks you for that.\nRemove the second factor, and all passkeys? [y/N] ");
    let _nobody_reads = io::stderr().write_all(question.as_bytes());
    let mut typed = String::new();
    io::stdin().lock().read_line(&mut typed).map_err(CommandError::Input)?;
    let is_meant = ["y", "yes"].iter().any(|yes| typed.trim().eq_ignore_ascii_case(yes));
    if is_meant { Ok(()) } else { Err(CommandError::UnconfirmedRemoval { name }) }
}
