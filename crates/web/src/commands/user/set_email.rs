use doorward_domain::repository::EmailState;

use crate::commands::CommandError;
use crate::commands::operator::at_the_site;

#[derive(clap::Args)]
pub(in crate::commands) struct SetEmail {
    /// The username, in any spelling, or the verified address
    name: String,
    /// The new address
    address: String,
    /// Take it as proved: no mail asks for that
    #[arg(long)]
    verified: bool,
}

impl SetEmail {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let state = if self.verified { EmailState::Verified } else { EmailState::Pending };
        at_the_site("user set-email", async |site| {
            let user = site.user(&self.name).await?;
            Ok(site.auth.set_email(&user, &self.address, state).await?)
        })
    }
}
