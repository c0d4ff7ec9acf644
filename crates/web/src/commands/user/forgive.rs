use crate::commands::CommandError;
use crate::commands::operator::at_the_site;

#[derive(clap::Args)]
pub(in crate::commands) struct Forgive {
    /// The username, in any spelling
    name: String,
}

impl Forgive {
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("user forgive", async |site| {
            let user = site.user(&self.name).await?;
            Ok(site.auth.forgive_waits(&user).await?)
        })
    }
}
