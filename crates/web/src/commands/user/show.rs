use super::user_data::{Lately, UserData};
use crate::commands::CommandError;
use crate::commands::operator::at_the_site;
use crate::commands::output::OutputArgs;

#[derive(clap::Args)]
pub(in crate::commands) struct Show {
    /// The username, in any spelling
    name: String,
    #[command(flatten)]
    output: OutputArgs,
}

impl Show {
    /// How many of the latest events are shown.
    const LATEST: u32 = 10;

    /// Prints all but secrets.
    pub(super) fn run(self) -> Result<(), CommandError> {
        at_the_site("user show", async |site| {
            let user = site.user(&self.name).await?;
            let data = UserData::read(site, user, Lately::Latest(Self::LATEST)).await?;
            self.output.open().fields(&fields(&data), &data)
        })
    }
}

/// The fields for a person to read. Each item of a list has a field of its own.
fn fields(data: &UserData) -> Vec<(&'static str, String)> {
    let factors = if data.factors.is_empty() { "-".to_owned() } else { data.factors.join(", ") };
    let throttled_until = data.throttled_until.map_or_else(|| "-".to_owned(), |until| until.to_string());
    let totp = data.totp_since.iter().map(|since| ("second factor", format!("totp, since {since}")));
    let passkeys = data.passkeys.iter().map(|passkey| {
        let last_used = passkey.last_used_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        let name = passkey.name.as_deref().unwrap_or("without a name");
        ("passkey", format!("{name}, since {}, last used: {last_used}", passkey.created_at))
    });
    let has_factor = data.totp_since.is_some() || !data.passkeys.is_empty();
    let codes = has_factor.then(|| ("recovery codes", format!("{} left", data.recovery_codes_left)));
    let second_factor = totp.chain(passkeys).chain(codes);
    let language = data.language.iter().map(|language| ("language", language.clone()));
    let former = data.former_usernames.iter();
    let former =
        former.map(|name| ("former name", format!("{}, reserved until {}", name.username, name.reserved_until)));
    let emails = data.emails.iter().map(|email| {
        ("e-mail", format!("{}, {}", email.address, if email.verified { "verified" } else { "not verified" }))
    });
    let links = data.links.iter().map(|link| ("link", format!("{}, until {}", link.purpose, link.ends_at)));
    let devices = data.known_devices.iter();
    let devices = devices.map(|device| ("known device", format!("{} {}", device.last_log_in_at, device.client.text())));
    let sessions = data.sessions.iter().map(|session| {
        ("session", format!("{} {}, since {}", session.last_seen_at, session.client.text(), session.created_at))
    });
    let lately = data.activity.iter().map(|activity| {
        let by = if activity.by_operator { "by the operator".to_owned() } else { activity.client.text() };
        ("activity", format!("{} {} {by}", activity.at, activity.event))
    });
    [
        ("name", data.username.clone()),
        ("id", data.id.clone()),
        ("standing", data.standing.to_owned()),
        ("signed up", data.created_at.to_string()),
        ("throttled until", throttled_until),
        ("factors", factors),
    ]
    .into_iter()
    .chain(second_factor)
    .chain(language)
    .chain(emails)
    .chain(former)
    .chain(links)
    .chain(devices)
    .chain(sessions)
    .chain(lately)
    .collect()
}
