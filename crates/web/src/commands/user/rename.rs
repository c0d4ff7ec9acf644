use crate::commands::CommandError;
use crate::commands::operator::at_the_site;

#[derive(clap::Args)]
pub(in crate::commands) struct Rename {
    /// The username, in any spelling
    name: String,
    /// The new one
    new: String,
}

impl Rename {
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("user rename", async |site| {
            let user = site.user(&self.name).await?;
            Ok(site.auth.rename_user_by_email(user.id, &self.new).await?)
        })
    }
}
