//! `doorward mail …`: whether mails go out, and which of them wait.

mod queue;
mod test;

use clap::Subcommand;

use super::CommandError;

/// What is done about mails.
#[derive(Subcommand)]
pub(super) enum MailCommand {
    /// Send a mail to an address now, and say what is wrong if it is not accepted
    Test(test::Test),
    /// List the mails that wait to be sent
    Queue(queue::Queue),
}

impl MailCommand {
    pub(super) fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Test(test) => test.run(),
            Self::Queue(queue) => queue.run(),
        }
    }
}
