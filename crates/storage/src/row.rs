//! Rows to domain types and back.

use std::net::IpAddr;

use doorward_domain::authentication::{Authentication, AuthenticationMethods};
use doorward_domain::client::BrowserId;
use doorward_domain::device::{Browser, Device, System};
use doorward_domain::known_device::DeviceKey;
use doorward_domain::repository::{FoundLink, FoundSession, NewInvitation, NewLink, TokenRole};
use doorward_domain::user::{NewUser, StoredUser};
use doorward_domain::{
    Activity, ActivityId, Client, Event, Invitation, KnownDevice, KnownDeviceId, Link, LinkHash, LinkPurpose,
    PasswordHash, Session, SessionId, SessionKind, Standing, Timestamp, TokenHash, UserId, UserRecord, Username,
};
use sea_orm::ActiveValue::Set;

use crate::entity::{HashBytes, HashText, activity, invitation, known_device, link, password, session, user};
use crate::error::StorageError;

const ACTIVE: &str = "active";
const CLOSED: &str = "closed";

const ORDINARY: &str = "ordinary";
const KEPT: &str = "kept";

pub(crate) const fn from_standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => ACTIVE,
        Standing::Closed => CLOSED,
    }
}

pub(crate) fn from_password_hash(hash: &PasswordHash) -> HashText {
    HashText(hash.expose_secret().to_owned())
}

pub(crate) fn from_token_hash(token: &TokenHash) -> HashBytes {
    HashBytes(token.as_bytes().to_vec())
}

pub(crate) fn from_link_hash(token: &LinkHash) -> HashBytes {
    HashBytes(token.as_bytes().to_vec())
}

pub(crate) fn from_new_link(link: &NewLink, credentials_version: i64) -> link::ActiveModel {
    link::ActiveModel {
        token_hash: Set(from_link_hash(&link.token)),
        user_id: Set(link.user_id.as_uuid()),
        purpose: Set(link.purpose.code().to_owned()),
        credentials_version: Set(credentials_version),
        ends_at: Set(link.ends_at.as_unix_micros()),
    }
}

pub(crate) fn from_new_invitation(invitation: &NewInvitation) -> invitation::ActiveModel {
    invitation::ActiveModel {
        token_hash: Set(from_link_hash(&invitation.token)),
        uses_left: Set(invitation.uses.get().into()),
        ends_at: Set(invitation.ends_at.as_unix_micros()),
    }
}

pub(crate) fn from_new_user(user: &NewUser) -> user::ActiveModel {
    user::ActiveModel {
        id: Set(user.id.as_uuid()),
        username: Set(user.username.as_str().to_owned()),
        username_key: Set(user.username.key().to_owned()),
        standing: Set(from_standing(Standing::Active).to_owned()),
        created_at: Set(user.created_at.as_unix_micros()),
        signed_up_in: Set(user.signed_up_in.map(BrowserId::as_uuid)),
        credentials_version: Set(0),
    }
}

pub(crate) fn from_new_password(user: UserId, hash: &PasswordHash) -> password::ActiveModel {
    password::ActiveModel { user_id: Set(user.as_uuid()), password_hash: Set(from_password_hash(hash)) }
}

pub(crate) fn from_session(session: &Session, token: &TokenHash) -> session::ActiveModel {
    session::ActiveModel {
        id: Set(session.id.as_uuid()),
        user_id: Set(session.user_id.as_uuid()),
        token_hash: Set(from_token_hash(token)),
        created_at: Set(session.created_at.as_unix_micros()),
        last_seen_at: Set(session.last_seen_at.as_unix_micros()),
        kind: Set(from_kind(session.kind).to_owned()),
        browser: Set(from_browser(&session.client)),
        system: Set(from_system(&session.client)),
        address: Set(from_address(session.client.address)),
        authenticated_at: Set(session.authentication.at.as_unix_micros()),
        methods: Set(session.authentication.methods.codes()),
        renewed_at: Set(session.renewed_at.as_unix_micros()),
        former_token_hash: Set(None),
        former_token_until: Set(None),
        browser_id: Set(session.client.browser.map(BrowserId::as_uuid)),
    }
}

pub(crate) const fn from_kind(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Ordinary => ORDINARY,
        SessionKind::Kept => KEPT,
    }
}

pub(crate) fn from_browser(client: &Client) -> Option<String> {
    client.device.browser.map(|browser| browser.code().to_owned())
}

pub(crate) fn from_system(client: &Client) -> Option<String> {
    client.device.system.map(|system| system.code().to_owned())
}

pub(crate) fn from_address(address: Option<IpAddr>) -> Option<String> {
    address.map(|address| address.to_string())
}

pub(crate) fn from_activity(activity: &Activity) -> activity::ActiveModel {
    activity::ActiveModel {
        id: Set(activity.id.as_uuid()),
        user_id: Set(activity.user_id.map(UserId::as_uuid)),
        event: Set(activity.event.code().to_owned()),
        happened_at: Set(activity.at.as_unix_micros()),
        browser: Set(from_browser(&activity.client)),
        system: Set(from_system(&activity.client)),
        address: Set(from_address(activity.client.address)),
    }
}

pub(crate) fn from_device_key(key: &DeviceKey) -> HashBytes {
    HashBytes(key.as_bytes().to_vec())
}

pub(crate) fn from_known_device(device: &KnownDevice, key: &DeviceKey) -> known_device::ActiveModel {
    known_device::ActiveModel {
        id: Set(device.id.as_uuid()),
        user_id: Set(device.user_id.as_uuid()),
        device_key: Set(from_device_key(key)),
        browser: Set(from_browser(&device.client)),
        system: Set(from_system(&device.client)),
        address: Set(from_address(device.client.address)),
        created_at: Set(device.created_at.as_unix_micros()),
        last_log_in_at: Set(device.last_log_in_at.as_unix_micros()),
    }
}

pub(crate) fn to_known_device(row: &known_device::Model) -> Result<KnownDevice, StorageError> {
    let corrupt = || StorageError::CorruptRow { table: "known_devices", column: "address" };
    Ok(KnownDevice {
        id: KnownDeviceId::from_uuid(row.id),
        user_id: UserId::from_uuid(row.user_id),
        client: to_client(row.browser.as_deref(), row.system.as_deref(), row.address.as_deref()).ok_or_else(corrupt)?,
        created_at: Timestamp::from_unix_micros(row.created_at),
        last_log_in_at: Timestamp::from_unix_micros(row.last_log_in_at),
    })
}

/// As many as a step deletes at most.
pub(crate) fn count(rows_affected: u64) -> u32 {
    u32::try_from(rows_affected).unwrap_or(u32::MAX)
}

pub(crate) fn to_stored_user(
    row: &user::Model,
    password: Option<&password::Model>,
) -> Result<StoredUser, StorageError> {
    let password_hash = password.map(|row| PasswordHash::from_stored(row.password_hash.0.as_str()));
    let signed_up_in = row.signed_up_in.map(BrowserId::from_uuid);
    Ok(StoredUser { user: to_user(row)?, password_hash, credentials_version: row.credentials_version, signed_up_in })
}

pub(crate) fn to_user(row: &user::Model) -> Result<UserRecord, StorageError> {
    let corrupt = |column| StorageError::CorruptRow { table: "users", column };
    Ok(UserRecord {
        id: UserId::from_uuid(row.id),
        username: Username::parse(&row.username).map_err(|_| corrupt("username"))?,
        standing: match row.standing.as_str() {
            ACTIVE => Standing::Active,
            CLOSED => Standing::Closed,
            _ => return Err(corrupt("standing")),
        },
        created_at: Timestamp::from_unix_micros(row.created_at),
    })
}

pub(crate) fn to_session(row: &session::Model) -> Result<Session, StorageError> {
    let corrupt = |column| StorageError::CorruptRow { table: "sessions", column };
    Ok(Session {
        id: SessionId::from_uuid(row.id),
        user_id: UserId::from_uuid(row.user_id),
        kind: match row.kind.as_str() {
            ORDINARY => SessionKind::Ordinary,
            KEPT => SessionKind::Kept,
            _ => return Err(corrupt("kind")),
        },
        client: to_client(row.browser.as_deref(), row.system.as_deref(), row.address.as_deref())
            .ok_or_else(|| corrupt("address"))?
            .in_browser(row.browser_id.map(BrowserId::from_uuid)),
        created_at: Timestamp::from_unix_micros(row.created_at),
        authentication: Authentication {
            at: Timestamp::from_unix_micros(row.authenticated_at),
            methods: AuthenticationMethods::from_codes(&row.methods),
        },
        renewed_at: Timestamp::from_unix_micros(row.renewed_at),
        last_seen_at: Timestamp::from_unix_micros(row.last_seen_at),
    })
}

pub(crate) fn to_found_session(
    session: &session::Model,
    user: &user::Model,
    token: TokenRole,
) -> Result<FoundSession, StorageError> {
    Ok(FoundSession { session: to_session(session)?, user: to_user(user)?, token })
}

pub(crate) fn to_link(row: &link::Model, purpose: LinkPurpose) -> Link {
    Link {
        user_id: UserId::from_uuid(row.user_id),
        purpose,
        credentials_version: row.credentials_version,
        ends_at: Timestamp::from_unix_micros(row.ends_at),
    }
}

/// A link that was looked for with this purpose.
pub(crate) fn to_found_link(
    link: &link::Model,
    purpose: LinkPurpose,
    user: &user::Model,
) -> Result<FoundLink, StorageError> {
    Ok(FoundLink { link: to_link(link, purpose), user: to_user(user)?, credentials_version: user.credentials_version })
}

pub(crate) fn to_invitation(row: &invitation::Model) -> Result<Invitation, StorageError> {
    let corrupt = |_| StorageError::CorruptRow { table: "invitations", column: "uses_left" };
    Ok(Invitation {
        uses_left: row.uses_left.try_into().map_err(corrupt)?,
        ends_at: Timestamp::from_unix_micros(row.ends_at),
    })
}

pub(crate) fn to_activity(row: &activity::Model) -> Result<Activity, StorageError> {
    let corrupt = |column| StorageError::CorruptRow { table: "activity", column };
    Ok(Activity {
        id: ActivityId::from_uuid(row.id),
        user_id: row.user_id.map(UserId::from_uuid),
        event: Event::from_code(&row.event).ok_or_else(|| corrupt("event"))?,
        at: Timestamp::from_unix_micros(row.happened_at),
        client: to_client(row.browser.as_deref(), row.system.as_deref(), row.address.as_deref())
            .ok_or_else(|| corrupt("address"))?,
    })
}

/// Codes of a newer release are unknown here, as what says nothing of its browser is.
fn to_client(browser: Option<&str>, system: Option<&str>, address: Option<&str>) -> Option<Client> {
    let address = match address {
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    let device = Device { browser: browser.and_then(Browser::from_code), system: system.and_then(System::from_code) };
    Some(Client { device, address, browser: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> user::Model {
        let (username, username_key) = ("Ada".to_owned(), "ada".to_owned());
        user::Model {
            id: sea_orm::prelude::Uuid::nil(),
            username,
            username_key,
            standing: ACTIVE.to_owned(),
            created_at: 1,
            signed_up_in: None,
            credentials_version: 0,
        }
    }

    #[test]
    fn a_row_with_an_unfit_username_is_corrupt() {
        let damaged = user::Model { username: "no spaces".to_owned(), ..row() };
        assert!(matches!(to_user(&damaged), Err(StorageError::CorruptRow { column: "username", .. })));
    }

    #[test]
    fn a_row_with_an_unknown_standing_is_corrupt() {
        let damaged = user::Model { standing: "Active".to_owned(), ..row() };
        assert!(matches!(to_user(&damaged), Err(StorageError::CorruptRow { column: "standing", .. })));
    }

    #[test]
    fn a_session_of_an_unknown_kind_or_an_unfit_address_is_corrupt() {
        let nil = sea_orm::prelude::Uuid::nil;
        let session = |kind: &str, address: &str| session::Model {
            id: nil(),
            user_id: nil(),
            token_hash: HashBytes(vec![42]),
            created_at: 1,
            last_seen_at: 1,
            kind: kind.to_owned(),
            browser: None,
            system: Some("tomorrow".to_owned()),
            address: Some(address.to_owned()),
            authenticated_at: 1,
            methods: String::new(),
            renewed_at: 1,
            former_token_hash: None,
            former_token_until: None,
            browser_id: None,
        };
        assert!(to_session(&session("kept", "::1")).is_ok());
        assert!(matches!(to_session(&session("Kept", "::1")), Err(StorageError::CorruptRow { column: "kind", .. })));
        assert!(matches!(
            to_session(&session("kept", "here")),
            Err(StorageError::CorruptRow { column: "address", .. })
        ));
    }

    #[test]
    fn an_invitation_of_fewer_than_no_uses_is_corrupt() {
        let row = |uses_left| invitation::Model { token_hash: HashBytes(vec![42]), uses_left, ends_at: 1 };
        assert!(to_invitation(&row(0)).is_ok());
        assert!(matches!(to_invitation(&row(-1)), Err(StorageError::CorruptRow { column: "uses_left", .. })));
    }

    #[test]
    fn an_unknown_event_is_corrupt() {
        let (id, event) = (sea_orm::prelude::Uuid::nil(), "eaten".to_owned());
        let (user_id, browser, system, address) = (None, None, None, None);
        let row = activity::Model { id, user_id, event, happened_at: 1, browser, system, address };
        assert!(matches!(to_activity(&row), Err(StorageError::CorruptRow { column: "event", .. })));
    }

    #[test]
    fn debug_shows_nothing_of_a_hash() {
        let password =
            password::Model { user_id: sea_orm::prelude::Uuid::nil(), password_hash: HashText("$x".to_owned()) };
        let shown = format!("{password:?} {:?}", HashBytes(vec![42]));
        assert!(!shown.contains("$x") && !shown.contains("42"), "{shown}");
    }
}
