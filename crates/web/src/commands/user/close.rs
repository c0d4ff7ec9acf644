use doorward_domain::repository::StandingChange;

use crate::commands::CommandError;
use crate::commands::operator::at_the_site;
use crate::commands::output::note;

#[derive(clap::Args)]
pub(in crate::commands) struct Close {
    /// The username, in any spelling
    name: String,
}

impl Close {
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("user close", async |site| {
            let user = site.user(&self.name).await?;
            match site.auth.close_account(user.id).await? {
                StandingChange::Made => Ok(()),
                StandingChange::AlreadySo => {
                    note(format_args!("the account {} was closed already", user.username));
                    Ok(())
                }
                StandingChange::NoSuchUser => Err(CommandError::NoSuchUser { name: self.name }),
            }
        })
    }
}
