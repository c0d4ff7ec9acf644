use doorward_domain::repository::StandingChange;

use crate::commands::CommandError;
use crate::commands::operator::at_the_site;
use crate::commands::output::note;

#[derive(clap::Args)]
pub(in crate::commands) struct Reopen {
    /// The username, in any spelling
    name: String,
}

impl Reopen {
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("user reopen", async |site| {
            let user = site.user(&self.name).await?;
            match site.auth.reopen_account(user.id).await? {
                StandingChange::Made => Ok(()),
                StandingChange::AlreadySo => {
                    note(format_args!("the account {} was open already", user.username));
                    Ok(())
                }
                StandingChange::NoSuchUser => Err(CommandError::NoSuchUser { name: self.name }),
            }
        })
    }
}
