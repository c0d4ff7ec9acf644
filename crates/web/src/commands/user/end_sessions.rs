use crate::commands::CommandError;
use crate::commands::operator::at_the_site;
use crate::commands::output::print;

#[derive(clap::Args)]
pub(in crate::commands) struct EndSessions {
    /// The username, in any spelling
    name: String,
}

impl EndSessions {
    /// Ends the sessions, and prints their number.
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("user end-sessions", async |site| {
            let user = site.user(&self.name).await?;
            print(site.auth.end_all_sessions(user.id).await?)
        })
    }
}
