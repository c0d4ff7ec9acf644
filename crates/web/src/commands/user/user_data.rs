//! Everything that is kept about a user but secrets.

use doorward_domain::activity::ActivityId;
use doorward_domain::authentication::{AuthenticationMethod, AuthenticationMethods};
use doorward_domain::device::{Browser, System};
use doorward_domain::repository::{Emails, FormerName};
use doorward_domain::{
    Activity, Client, EmailAddress, Failed, KnownDevice, Link, Passkey, Session, SessionKind, Standing, User,
};
use serde::Serialize;

use crate::commands::operator::Site;
use crate::commands::time::Time;

/// Everything that is kept about a user but secrets.
#[derive(Serialize)]
pub(super) struct UserData {
    pub(super) id: String,
    pub(super) username: String,
    pub(super) standing: &'static str,
    pub(super) language: Option<String>,
    pub(super) created_at: Time,
    pub(super) throttled_until: Option<Time>,
    pub(super) emails: Vec<EmailData>,
    pub(super) factors: Vec<&'static str>,
    pub(super) totp_since: Option<Time>,
    pub(super) passkeys: Vec<PasskeyData>,
    pub(super) recovery_codes_left: u32,
    pub(super) former_usernames: Vec<FormerNameData>,
    pub(super) links: Vec<LinkData>,
    pub(super) known_devices: Vec<KnownDeviceData>,
    pub(super) sessions: Vec<SessionData>,
    pub(super) activity: Vec<ActivityData>,
}

#[derive(Serialize)]
pub(super) struct EmailData {
    pub(super) address: String,
    pub(super) verified: bool,
}

#[derive(Serialize)]
pub(super) struct PasskeyData {
    id: String,
    pub(super) name: Option<String>,
    aaguid: Option<String>,
    backup: &'static str,
    rp_id: String,
    browser: Option<&'static str>,
    system: Option<&'static str>,
    pub(super) created_at: Time,
    pub(super) last_used_at: Option<Time>,
}

#[derive(Serialize)]
pub(super) struct FormerNameData {
    pub(super) username: String,
    pub(super) reserved_until: Time,
}

#[derive(Serialize)]
pub(super) struct LinkData {
    pub(super) purpose: &'static str,
    pub(super) ends_at: Time,
}

/// The client that an event or a session came from.
#[derive(Serialize)]
pub(super) struct ClientData {
    browser: Option<&'static str>,
    system: Option<&'static str>,
    address: Option<String>,
}

#[derive(Serialize)]
pub(super) struct KnownDeviceData {
    #[serde(flatten)]
    pub(super) client: ClientData,
    pub(super) created_at: Time,
    pub(super) last_log_in_at: Time,
    pub(super) trusted_until: Option<Time>,
}

#[derive(Serialize)]
pub(super) struct SessionData {
    kind: &'static str,
    #[serde(flatten)]
    pub(super) client: ClientData,
    pub(super) created_at: Time,
    pub(super) last_seen_at: Time,
    authenticated_at: Time,
    authenticated_by: Vec<&'static str>,
}

#[derive(Serialize)]
pub(super) struct ActivityData {
    pub(super) at: Time,
    pub(super) event: &'static str,
    pub(super) by_operator: bool,
    #[serde(flatten)]
    pub(super) client: ClientData,
}

/// How many events are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lately {
    /// At most this many of the latest.
    Latest(u32),
    /// All that are kept.
    All,
}

impl UserData {
    pub(super) async fn read(site: &Site, user: User, lately: Lately) -> Result<Self, Failed> {
        let auth = &site.auth;
        let second_factor = auth.second_factor_of(user.id).await?;
        Ok(Self {
            totp_since: second_factor.totp_since.map(Time),
            passkeys: all_of(auth.passkeys_of(user.id).await?),
            recovery_codes_left: second_factor.recovery_codes_left,
            throttled_until: auth.throttled_until(&user).await?.map(Time),
            emails: emails(auth.emails_of_user(user.id).await?),
            factors: factors(auth.methods_of_user(user.id).await?),
            former_usernames: all_of(auth.former_names_of_user(user.id).await?),
            links: all_of(auth.links_of_user(user.id).await?),
            known_devices: all_of(auth.known_devices_of_user(user.id).await?),
            sessions: all_of(auth.sessions_of_user(user.id).await?),
            activity: all_of(activity_of(site, &user, lately).await?),
            id: user.id.as_uuid().to_string(),
            username: user.username.as_str().to_owned(),
            standing: standing_code(user.standing),
            language: user.language.map(|language| language.to_string()),
            created_at: Time(user.created_at),
        })
    }
}

async fn activity_of(site: &Site, user: &User, lately: Lately) -> Result<Vec<Activity>, Failed> {
    const PAGE: u32 = 500;
    if let Lately::Latest(most) = lately {
        return site.auth.activity_of_user(user.id, None, most).await;
    }
    let (mut all, mut before): (_, Option<ActivityId>) = (Vec::new(), None);
    loop {
        let page = site.auth.activity_of_user(user.id, before, PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        before = page.last().map(|last| last.id);
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

fn all_of<T, D: From<T>>(those: Vec<T>) -> Vec<D> {
    those.into_iter().map(D::from).collect()
}

/// The addresses, the verified one first.
fn emails(emails: Emails) -> Vec<EmailData> {
    let data = |address: EmailAddress, verified| EmailData { address: address.as_str().to_owned(), verified };
    let verified = emails.verified.map(|address| data(address, true));
    verified.into_iter().chain(emails.pending.map(|address| data(address, false))).collect()
}

/// The codes of these authentication methods.
pub(super) fn factors(methods: AuthenticationMethods) -> Vec<&'static str> {
    let those = AuthenticationMethod::ALL.iter().filter(|method| methods.contain(**method));
    those.map(|method| method.code()).collect()
}

/// The name of a standing in commands and files.
pub(super) const fn standing_code(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => "active",
        Standing::Closed => "closed",
    }
}

impl From<FormerName> for FormerNameData {
    fn from(name: FormerName) -> Self {
        Self { username: name.key, reserved_until: Time(name.reserved_until) }
    }
}

impl From<Link> for LinkData {
    fn from(link: Link) -> Self {
        Self { purpose: link.purpose.code(), ends_at: Time(link.ends_at) }
    }
}

impl From<Passkey> for PasskeyData {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            name: passkey.name.map(|name| name.to_string()),
            aaguid: passkey.aaguid.map(|aaguid| aaguid.as_uuid().to_string()),
            backup: passkey.backup.code(),
            rp_id: passkey.rp_id,
            browser: passkey.device.browser.map(Browser::code),
            system: passkey.device.system.map(System::code),
            created_at: Time(passkey.created_at),
            last_used_at: passkey.last_used_at.map(Time),
        }
    }
}

impl From<Client> for ClientData {
    fn from(client: Client) -> Self {
        Self {
            browser: client.device.browser.map(Browser::code),
            system: client.device.system.map(System::code),
            address: client.address.map(|address| address.to_string()),
        }
    }
}

impl ClientData {
    /// All of it, for one line of text.
    pub(super) fn text(&self) -> String {
        let parts = [self.browser, self.system, self.address.as_deref()];
        parts.map(|part| part.unwrap_or("-")).join(" ")
    }
}

impl From<KnownDevice> for KnownDeviceData {
    fn from(device: KnownDevice) -> Self {
        let KnownDevice { client, created_at, last_log_in_at, trusted_until, .. } = device;
        Self {
            client: client.into(),
            created_at: Time(created_at),
            last_log_in_at: Time(last_log_in_at),
            trusted_until: trusted_until.map(Time),
        }
    }
}

impl From<Session> for SessionData {
    fn from(session: Session) -> Self {
        Self {
            kind: match session.kind {
                SessionKind::Ordinary => "ordinary",
                SessionKind::Kept => "kept",
            },
            client: session.client.into(),
            created_at: Time(session.created_at),
            last_seen_at: Time(session.last_seen_at),
            authenticated_at: Time(session.authentication.at),
            authenticated_by: factors(session.authentication.methods),
        }
    }
}

impl From<Activity> for ActivityData {
    fn from(activity: Activity) -> Self {
        Self {
            at: Time(activity.at),
            event: activity.event.code(),
            by_operator: activity.event.is_by_operator(),
            client: activity.client.into(),
        }
    }
}
