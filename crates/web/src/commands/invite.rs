use std::num::NonZeroU32;
use std::time::Duration;

use doorward_web::config::SignUp;

use super::CommandError;
use super::operator::at_the_site;
use super::output::note;

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
            if site.sign_up == SignUp::Closed {
                note("sign-up is closed; the link is good for nothing until it is open or for who is invited");
            }
            site.print_link("/sign_up?invite=", &made.token)
        })
    }
}
