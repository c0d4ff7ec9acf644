//! Conversion of rows to domain types and back.

use std::net::IpAddr;

use doorward_domain::authentication::{Authentication, AuthenticationMethods};
use doorward_domain::client::BrowserId;
use doorward_domain::device::{Browser, Device, System};
use doorward_domain::known_device::DeviceKey;
use doorward_domain::repository::{
    EmailState, Emails, FoundLink, FoundSession, NewInvitation, NewLink, QueuedMail, TokenRole,
};
use doorward_domain::throttle::CounterKey;
use doorward_domain::user::{NewEmail, NewUser, StoredUser};
use doorward_domain::{
    Activity, ActivityId, Client, EmailAddress, Event, ImportedEmail, Invitation, KnownDevice, KnownDeviceId, Language,
    Link, LinkHash, LinkPurpose, Mail, MailId, MailKind, Notice, PasswordHash, Recipient, Session, SessionId,
    SessionKind, Standing, Timestamp, TokenHash, UserId, UserRecord, Username,
};
use sea_orm::ActiveValue::Set;

use crate::entity::{
    AddressText, HashBytes, HashText, activity, email, invitation, known_device, link, outbox, password, session, user,
};
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

pub(crate) fn from_counter_key(key: &CounterKey) -> HashBytes {
    HashBytes(key.as_bytes().to_vec())
}

pub(crate) fn from_link_hash(token: &LinkHash) -> HashBytes {
    HashBytes(token.as_bytes().to_vec())
}

pub(crate) fn from_email(address: &EmailAddress) -> AddressText {
    AddressText(address.as_str().to_owned())
}

pub(crate) fn from_email_key(address: &EmailAddress) -> AddressText {
    AddressText(address.key().to_owned())
}

fn from_language(language: Option<&Language>) -> Option<String> {
    language.map(|language| language.as_str().to_owned())
}

pub(crate) fn from_new_email(user: UserId, email: &NewEmail) -> email::ActiveModel {
    email::ActiveModel {
        user_id: Set(user.as_uuid()),
        verified: Set(None),
        verified_key: Set(None),
        pending: Set(Some(from_email(&email.address))),
        verify_by: Set(email.verify_by.map(Timestamp::as_unix_micros)),
    }
}

pub(crate) fn from_imported_email(user: UserId, email: &ImportedEmail) -> email::ActiveModel {
    let (verified, pending) = match email.state {
        EmailState::Verified => (Some(&email.address), None),
        EmailState::Pending => (None, Some(&email.address)),
    };
    email::ActiveModel {
        user_id: Set(user.as_uuid()),
        verified: Set(verified.map(from_email)),
        verified_key: Set(verified.map(from_email_key)),
        pending: Set(pending.map(from_email)),
        verify_by: Set(None),
    }
}

/// Makes the row of a mail that is due at once and has not been tried.
pub(crate) fn from_mail(mail: &Mail) -> outbox::ActiveModel {
    let recipient = mail.recipient.as_ref();
    outbox::ActiveModel {
        id: Set(mail.id.as_uuid()),
        kind: Set(mail.kind.code().to_owned()),
        user_id: Set(recipient.map(|recipient| recipient.user_id.as_uuid())),
        username: Set(recipient.map(|recipient| recipient.username.as_str().to_owned())),
        address: Set(recipient.map(|recipient| from_email(&recipient.address))),
        language: Set(recipient.and_then(|recipient| from_language(recipient.language.as_ref()))),
        browser: Set(from_browser(&mail.client)),
        system: Set(from_system(&mail.client)),
        client_address: Set(from_address(mail.client.address)),
        queued_at: Set(mail.queued_at.as_unix_micros()),
        ends_at: Set(mail.ends_at.as_unix_micros()),
        due_at: Set(mail.queued_at.as_unix_micros()),
        tries: Set(0),
    }
}

pub(crate) fn from_new_link(link: &NewLink, credentials_version: i64) -> link::ActiveModel {
    link::ActiveModel {
        token_hash: Set(from_link_hash(&link.token)),
        user_id: Set(link.user_id.as_uuid()),
        purpose: Set(link.purpose.code().to_owned()),
        address: Set(link.address.as_ref().map(from_email)),
        credentials_version: Set(credentials_version),
        requested_at: Set(link.requested_at.as_unix_micros()),
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
        language: Set(from_language(user.language.as_ref())),
        created_at: Set(user.created_at.as_unix_micros()),
        signed_up_in: Set(user.signed_up_in.map(BrowserId::as_uuid)),
        credentials_version: Set(0),
        second_factors: Set(String::new()),
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

pub(crate) fn to_kind(text: &str) -> Option<SessionKind> {
    match text {
        ORDINARY => Some(SessionKind::Ordinary),
        KEPT => Some(SessionKind::Kept),
        _ => None,
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
        trusted_until: Set(device.trusted_until.map(Timestamp::as_unix_micros)),
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
        trusted_until: row.trusted_until.map(Timestamp::from_unix_micros),
    })
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
        language: to_language("users", row.language.as_deref())?,
        created_at: Timestamp::from_unix_micros(row.created_at),
        second_factors: AuthenticationMethods::parse_all(&row.second_factors)
            .ok_or_else(|| corrupt("second_factors"))?,
    })
}

pub(crate) fn to_session(row: &session::Model) -> Result<Session, StorageError> {
    let corrupt = |column| StorageError::CorruptRow { table: "sessions", column };
    Ok(Session {
        id: SessionId::from_uuid(row.id),
        user_id: UserId::from_uuid(row.user_id),
        kind: to_kind(&row.kind).ok_or_else(|| corrupt("kind"))?,
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

pub(crate) fn to_link(row: &link::Model, purpose: LinkPurpose) -> Result<Link, StorageError> {
    Ok(Link {
        user_id: UserId::from_uuid(row.user_id),
        purpose,
        address: to_email("links", "address", row.address.as_ref())?,
        credentials_version: row.credentials_version,
        requested_at: Timestamp::from_unix_micros(row.requested_at),
        ends_at: Timestamp::from_unix_micros(row.ends_at),
    })
}

/// Converts a link that was found by this purpose.
pub(crate) fn to_found_link(
    link: &link::Model,
    purpose: LinkPurpose,
    user: &user::Model,
) -> Result<FoundLink, StorageError> {
    Ok(FoundLink { link: to_link(link, purpose)?, user: to_user(user)?, credentials_version: user.credentials_version })
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
        notice: Notice::None,
    })
}

pub(crate) fn to_emails(row: &email::Model) -> Result<Emails, StorageError> {
    Ok(Emails {
        verified: to_email("emails", "verified", row.verified.as_ref())?,
        pending: to_email("emails", "pending", row.pending.as_ref())?,
    })
}

/// Returns the recipient of an account's mails, if it has a verified address.
pub(crate) fn to_recipient(email: &email::Model, user: &user::Model) -> Result<Option<Recipient>, StorageError> {
    let user = to_user(user)?;
    Ok(to_emails(email)?.verified.map(|address| Recipient::new(user, address)))
}

pub(crate) fn to_queued_mail(row: &outbox::Model) -> Result<QueuedMail, StorageError> {
    let corrupt = |column| StorageError::CorruptRow { table: "outbox", column };
    let username = row.username.as_deref().map(Username::parse).transpose().map_err(|_| corrupt("username"))?;
    let address = to_email("outbox", "address", row.address.as_ref())?;
    let recipient = match (row.user_id, username, address, to_language("outbox", row.language.as_deref())?) {
        (Some(id), Some(username), Some(address), language) => {
            Some(Recipient { user_id: UserId::from_uuid(id), username, address, language })
        }
        (None, None, None, None) => None,
        _ => return Err(corrupt("user_id")),
    };
    let mail = Mail {
        id: MailId::from_uuid(row.id),
        kind: MailKind::from_code(&row.kind).ok_or_else(|| corrupt("kind"))?,
        recipient,
        client: to_client(row.browser.as_deref(), row.system.as_deref(), row.client_address.as_deref())
            .ok_or_else(|| corrupt("client_address"))?,
        queued_at: Timestamp::from_unix_micros(row.queued_at),
        ends_at: Timestamp::from_unix_micros(row.ends_at),
    };
    let tries = u32::try_from(row.tries).map_err(|_| corrupt("tries"))?;
    Ok(QueuedMail { mail, tries, due_at: Timestamp::from_unix_micros(row.due_at) })
}

fn to_email(
    table: &'static str,
    column: &'static str,
    text: Option<&AddressText>,
) -> Result<Option<EmailAddress>, StorageError> {
    let parsed = text.map(|text| EmailAddress::parse(&text.0)).transpose();
    parsed.map_err(|_| StorageError::CorruptRow { table, column })
}

fn to_language(table: &'static str, text: Option<&str>) -> Result<Option<Language>, StorageError> {
    let corrupt = || StorageError::CorruptRow { table, column: "language" };
    text.map(|text| Language::parse(text).ok_or_else(corrupt)).transpose()
}

/// Browsers and systems that only a newer release knows are unknown here, like those of a client that does not name
/// them.
fn to_client(browser: Option<&str>, system: Option<&str>, address: Option<&str>) -> Option<Client> {
    let address = match address {
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    let device = Device { browser: browser.and_then(Browser::from_code), system: system.and_then(System::from_code) };
    Some(Client { device, address, browser: None, language: None })
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
            language: Some("pt-BR".to_owned()),
            created_at: 1,
            signed_up_in: None,
            credentials_version: 0,
            second_factors: "totp".to_owned(),
        }
    }

    #[test]
    fn a_row_with_an_unfit_username_is_corrupt() {
        let damaged = user::Model { username: "no spaces".to_owned(), ..row() };
        assert!(matches!(to_user(&damaged), Err(StorageError::CorruptRow { column: "username", .. })));
    }

    /// A newer release may have stored it: no user may log in with less than they have set up.
    #[test]
    fn a_row_with_an_unknown_second_factor_is_corrupt() {
        assert!(!to_user(&row()).unwrap().second_factors.is_empty());
        for unknown in ["tomorrow", "totp tomorrow"] {
            let damaged = user::Model { second_factors: unknown.to_owned(), ..row() };
            assert!(matches!(to_user(&damaged), Err(StorageError::CorruptRow { column: "second_factors", .. })));
        }
    }

    #[test]
    fn a_row_with_an_unknown_standing_is_corrupt() {
        let damaged = user::Model { standing: "Active".to_owned(), ..row() };
        assert!(matches!(to_user(&damaged), Err(StorageError::CorruptRow { column: "standing", .. })));
    }

    #[test]
    fn a_row_with_a_language_that_is_no_tag_is_corrupt() {
        assert_eq!(to_user(&row()).unwrap().language, Language::parse("pt-BR"));
        assert_eq!(to_user(&user::Model { language: None, ..row() }).unwrap().language, None);
        for unfit in ["", "pt_BR"] {
            let damaged = user::Model { language: Some(unfit.to_owned()), ..row() };
            assert!(matches!(to_user(&damaged), Err(StorageError::CorruptRow { column: "language", .. })), "{unfit:?}");
        }
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

    fn mail() -> outbox::Model {
        outbox::Model {
            id: sea_orm::prelude::Uuid::nil(),
            kind: "verify_email".to_owned(),
            user_id: Some(sea_orm::prelude::Uuid::nil()),
            username: Some("Ada".to_owned()),
            address: Some(AddressText("ada@example.org".to_owned())),
            language: Some("ar".to_owned()),
            browser: None,
            system: None,
            client_address: None,
            queued_at: 1,
            ends_at: 3,
            due_at: 2,
            tries: 0,
        }
    }

    #[test]
    fn a_mail_to_half_a_recipient_or_of_an_unknown_kind_is_corrupt() {
        assert!(to_queued_mail(&mail()).is_ok());
        let nobodys = outbox::Model { user_id: None, username: None, address: None, language: None, ..mail() };
        assert_eq!(to_queued_mail(&nobodys).unwrap().mail.recipient, None);
        for (damaged, named) in [
            (outbox::Model { kind: "eaten".to_owned(), ..mail() }, "kind"),
            (outbox::Model { user_id: None, ..mail() }, "user_id"),
            (outbox::Model { username: None, ..mail() }, "user_id"),
            (outbox::Model { username: Some("no spaces".to_owned()), ..mail() }, "username"),
            (outbox::Model { address: None, ..mail() }, "user_id"),
            (outbox::Model { address: Some(AddressText("ada".to_owned())), ..mail() }, "address"),
            (outbox::Model { language: Some("ar,de".to_owned()), ..mail() }, "language"),
            (outbox::Model { language: Some("ar".to_owned()), ..nobodys }, "user_id"),
            (outbox::Model { client_address: Some("here".to_owned()), ..mail() }, "client_address"),
            (outbox::Model { tries: -1, ..mail() }, "tries"),
        ] {
            let read = to_queued_mail(&damaged);
            assert!(matches!(read, Err(StorageError::CorruptRow { column, .. }) if column == named), "{read:?}");
        }
    }

    #[test]
    fn an_unfit_address_is_corrupt() {
        let address = |text: &str| Some(AddressText(text.to_owned()));
        let (verified, pending) = (address("Ada@example.org"), address("ada@example.net"));
        let (user_id, verified_key) = (sea_orm::prelude::Uuid::nil(), address("ada@example.org"));
        let row = email::Model { user_id, verified, verified_key, pending, verify_by: None };
        assert_eq!(to_emails(&row).unwrap().verified.unwrap().as_str(), "Ada@example.org");
        let damaged = email::Model { pending: address("two@ats@example.org"), ..row };
        assert!(matches!(to_emails(&damaged), Err(StorageError::CorruptRow { column: "pending", .. })));
    }

    #[test]
    fn debug_shows_nothing_of_an_address() {
        let shown = format!("{:?}", mail());
        assert!(!shown.contains("example"), "{shown}");
    }

    #[test]
    fn debug_shows_nothing_of_a_hash() {
        let password =
            password::Model { user_id: sea_orm::prelude::Uuid::nil(), password_hash: HashText("$x".to_owned()) };
        let shown = format!("{password:?} {:?}", HashBytes(vec![42]));
        assert!(!shown.contains("$x") && !shown.contains("42"), "{shown}");
    }
}
