use std::num::NonZeroU32;
use std::time::Duration;

use super::CommandError;
use super::operator::at_the_site;

/// Prints a link by which so many people sign up, within so many days.
pub(crate) fn invite(uses: NonZeroU32, days: u16) -> Result<(), CommandError> {
    at_the_site("invite", async |site| {
        let made = site.auth.make_invitation(uses, Duration::from_hours(24 * u64::from(days))).await?;
        site.print_link("/sign_up?invite=", &made.token)
    })
}
