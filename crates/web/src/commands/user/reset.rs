use doorward_domain::link::Link;
use doorward_domain::{MakeLinkError, Standing};

use crate::commands::CommandError;
use crate::commands::operator::at_the_site;
use crate::commands::output::note;

#[derive(clap::Args)]
pub(in crate::commands) struct Reset {
    /// The username, in any spelling
    name: String,
    /// Mail the link to the verified address instead of printing it; it is valid for as long as one that the user asks for
    #[arg(long)]
    mail: bool,
    /// End all sessions of the account now, instead of when the link is used
    #[arg(long)]
    end_sessions: bool,
}

impl Reset {
    /// Prints the link.
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("user reset", async |site| {
            let user = site.user(&self.name).await?;
            if self.mail {
                site.auth.mail_reset_link(&user).await?;
            }
            // The mail comes first: if it is refused, nothing changes.
            if self.end_sessions {
                site.auth.end_all_sessions(user.id).await?;
            }
            if self.mail {
                return Ok(());
            }
            let made = match site.auth.make_reset_link(user.id, Link::RESET_BY_OPERATOR).await {
                Ok(made) => made,
                Err(MakeLinkError::NoSuchUser) => return Err(CommandError::NoSuchUser { name: self.name }),
                Err(error) => return Err(CommandError::Link(error)),
            };
            if user.standing == Standing::Closed {
                note(format_args!(
                    "the account {} is closed; nobody logs in to it until it is reopened",
                    user.username
                ));
            }
            site.print_link("/reset/", &made.token)
        })
    }
}
