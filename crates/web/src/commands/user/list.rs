use doorward_domain::Standing;
use doorward_domain::repository::{UserFilter, UserSummary};
use serde::Serialize;

use super::user_data::{factors, standing_code};
use crate::commands::CommandError;
use crate::commands::operator::at_the_site;
use crate::commands::output::{Column, OutputArgs};
use crate::commands::time::Time;

#[derive(clap::Args)]
pub(in crate::commands) struct List {
    /// Only those whose name has this in it, in any spelling
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    search: String,
    /// Only those of this standing
    #[arg(long)]
    standing: Option<WantedStanding>,
    /// List at most this many
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum WantedStanding {
    Active,
    Closed,
}

/// A user in the list.
#[derive(Serialize)]
struct Row {
    username: String,
    standing: &'static str,
    created_at: Time,
    last_seen_at: Option<Time>,
    sessions: u32,
    factors: Vec<&'static str>,
}

const COLUMNS: [Column<Row>; 6] = [
    Column { heading: "NAME", text: |row| row.username.clone() },
    Column { heading: "STANDING", text: |row| row.standing.to_owned() },
    Column { heading: "SIGNED UP", text: |row| row.created_at.to_string() },
    Column { heading: "LAST SEEN", text: |row| row.last_seen_at.map_or_else(|| "-".to_owned(), |at| at.to_string()) },
    Column { heading: "SESSIONS", text: |row| row.sessions.to_string() },
    Column { heading: "FACTORS", text: |row| if row.factors.is_empty() { "-".into() } else { row.factors.join(",") } },
];

impl List {
    /// How many users are read and printed at once.
    const PAGE: u32 = 500;

    /// Prints the users page by page, so that any number of them needs the same memory.
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("user list", async |site| {
            let standing = self.standing.map(|standing| match standing {
                WantedStanding::Active => Standing::Active,
                WantedStanding::Closed => Standing::Closed,
            });
            let filter = UserFilter { standing, part_of_key: self.search.clone() };
            let (mut output, mut after, mut left) = (self.output.open(), None, self.limit.unwrap_or(u64::MAX));
            loop {
                let most = u32::try_from(left).unwrap_or(u32::MAX).min(Self::PAGE);
                let users = site.auth.list_users(&filter, after.as_ref(), most).await?;
                let read = u32::try_from(users.len()).unwrap_or(u32::MAX);
                after = users.last().map(|last| last.user.username.clone());
                output.rows(&COLUMNS, &users.into_iter().map(Row::of).collect::<Vec<_>>())?;
                left -= u64::from(read);
                if read < Self::PAGE || left == 0 {
                    return Ok(());
                }
            }
        })
    }
}

impl Row {
    fn of(UserSummary { user, methods, sessions, last_seen_at }: UserSummary) -> Self {
        Self {
            username: user.username.as_str().to_owned(),
            standing: standing_code(user.standing),
            created_at: Time(user.created_at),
            last_seen_at: last_seen_at.map(Time),
            sessions,
            factors: factors(methods),
        }
    }
}
