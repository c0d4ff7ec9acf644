use doorward_domain::MakeLinkError;
use doorward_domain::link::Link;

use super::CommandError;
use super::operator::at_the_site;

/// What becomes of the user's sessions when a link is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sessions {
    /// They go on until the link is used.
    GoOn,
    /// They end now.
    End,
}

/// Prints a one-time link by which the user sets a password.
pub(crate) fn user_reset(name: &str, sessions: Sessions) -> Result<(), CommandError> {
    at_the_site("user reset", async |site| {
        let user = site.user(name).await?;
        if sessions == Sessions::End {
            site.auth.end_all_sessions(user.id).await?;
        }
        let made = match site.auth.make_reset_link(user.id, Link::RESET_BY_OPERATOR).await {
            Ok(made) => made,
            Err(MakeLinkError::NoSuchUser) => return Err(CommandError::NoSuchUser { name: name.to_owned() }),
            Err(error) => return Err(CommandError::Link(error)),
        };
        site.print_link("/reset/", &made.token)
    })
}
