use std::num::NonZeroU32;
use std::time::Duration;

use super::CommandError;
use super::operator::at_the_site;

#[derive(clap::Args)]
pub(super) struct Invite {
    /// How many people may sign up by it
    #[arg(long, default_value = "1")]
    uses: NonZeroU32,
    /// For how many days it is good
    #[arg(long, default_value = "7", value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
}

impl Invite {
    /// Prints the link.
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("invite", async |site| {
            let lifetime = Duration::from_hours(24 * u64::from(self.days));
            let made = site.auth.make_invitation(self.uses, lifetime).await?;
            site.print_link("/sign_up?invite=", &made.token)
        })
    }
}
