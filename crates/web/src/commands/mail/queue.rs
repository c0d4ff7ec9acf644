use doorward_domain::repository::QueuedMail;
use serde::Serialize;

use crate::commands::CommandError;
use crate::commands::operator::at_the_site;
use crate::commands::output::{Column, OutputArgs};
use crate::commands::time::Time;

#[derive(clap::Args)]
pub(in crate::commands) struct Queue {
    /// List at most this many, oldest first
    #[arg(long, default_value = "1000")]
    limit: u32,
    #[command(flatten)]
    output: OutputArgs,
}

/// A waiting mail. It shows no secrets, which do not exist before the mail is written.
#[derive(Serialize)]
struct WaitingMail {
    queued_at: Time,
    kind: &'static str,
    username: String,
    address: String,
    tries: u32,
    /// When it is tried next, or when its lease ends if it is being sent.
    due_at: Time,
    dropped_at: Time,
}

const COLUMNS: [Column<WaitingMail>; 7] = [
    Column { heading: "QUEUED", text: |mail| mail.queued_at.to_string() },
    Column { heading: "KIND", text: |mail| mail.kind.to_owned() },
    Column { heading: "NAME", text: |mail| mail.username.clone() },
    Column { heading: "ADDRESS", text: |mail| mail.address.clone() },
    Column { heading: "TRIES", text: |mail| mail.tries.to_string() },
    Column { heading: "NEXT TRY", text: |mail| mail.due_at.to_string() },
    Column { heading: "DROPPED", text: |mail| mail.dropped_at.to_string() },
];

impl Queue {
    /// Prints the waiting mails.
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("mail queue", async |site| {
            let waiting = site.auth.queued_mails(self.limit).await?;
            let rows: Vec<_> = waiting.into_iter().filter_map(WaitingMail::of).collect();
            self.output.open().rows(&COLUMNS, &rows)
        })
    }
}

impl WaitingMail {
    fn of(queued: QueuedMail) -> Option<Self> {
        let QueuedMail { mail, tries, due_at } = queued;
        let recipient = mail.recipient?;
        Some(Self {
            queued_at: Time(mail.queued_at),
            kind: mail.kind.code(),
            username: recipient.username.as_str().to_owned(),
            address: recipient.address.as_str().to_owned(),
            tries,
            due_at: Time(due_at),
            dropped_at: Time(mail.ends_at),
        })
    }
}
