//! The sessions of a user, and their known devices.

use doorward_domain::authentication::{AuthenticationMethod, AuthenticationMethods};
use doorward_domain::{KnownDevice, Session, Timestamp, Visit};
use rocket::serde::Serialize;

use super::{ClientView, Content, Given, Moment};

/// The sessions of a user, and their known devices.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SessionsPage {
    /// Each session, last seen first.
    pub sessions: Vec<SessionView>,
    /// The devices that are known to the account, the one with the latest log-in first.
    pub devices: Vec<DeviceView>,
}

/// One browser that is logged in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SessionView {
    /// The id that the form to end it sends.
    pub id: String,
    /// The client that it belongs to.
    pub client: ClientView,
    /// When its user logged in.
    pub began: Moment,
    /// When it was last used.
    pub seen: Moment,
    /// The code of the text that says by what its user proved who they are.
    pub methods: Option<&'static str>,
    /// Whether it is the current session.
    pub is_this: bool,
}

impl SessionView {
    pub(crate) fn of(session: &Session, visit: &Visit) -> Self {
        Self {
            id: session.id.to_string(),
            client: ClientView::of(&session.client),
            began: Moment::of(session.created_at),
            seen: Moment::of(session.last_seen_at),
            methods: methods_code(session.authentication.methods),
            is_this: session.id == visit.session.id,
        }
    }
}

/// The code of the text about these methods. A code of an app after the password is named first, whatever else was used.
const fn methods_code(methods: AuthenticationMethods) -> Option<&'static str> {
    let has_password = methods.contain(AuthenticationMethod::Password);
    let has_passkey = methods.contain(AuthenticationMethod::Passkey);
    match (has_password, has_passkey) {
        (true, _) if methods.contain(AuthenticationMethod::Totp) => Some("password-totp"),
        (true, true) => Some("password-passkey"),
        (true, false) if methods.contain(AuthenticationMethod::RecoveryCode) => Some("password-recovery_code"),
        (true, false) => Some("password"),
        (false, true) => Some("passkey"),
        (false, false) => None,
    }
}

/// A browser that has logged in to the account before.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct DeviceView {
    /// The id that the form to forget it sends.
    pub id: String,
    /// The client of the last log-in.
    pub client: ClientView,
    /// When the first log-in was.
    pub first: Moment,
    /// When the last one was.
    pub last: Moment,
    /// Until when it needs no code.
    pub trusted_until: Option<Moment>,
}

impl DeviceView {
    pub(crate) fn of(device: &KnownDevice, now: Timestamp) -> Self {
        let trusted_until = device.trusted_until.filter(|_| device.is_trusted_at(now));
        Self {
            id: device.id.to_string(),
            client: ClientView::of(&device.client),
            first: Moment::of(device.created_at),
            last: Moment::of(device.last_log_in_at),
            trusted_until: trusted_until.map(Moment::of),
        }
    }
}

impl Content for SessionsPage {
    fn samples(_: &Given) -> Vec<Self> {
        let session = |client, is_this, methods| SessionView {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            client,
            began: Moment::sample(),
            seen: Moment::sample(),
            methods,
            is_this,
        };
        let known = |client| DeviceView {
            id: "01890a5d-ac96-774b-bcce-b302099a8058".to_owned(),
            client,
            first: Moment::sample(),
            last: Moment::sample(),
            trusted_until: None,
        };
        let here = session(ClientView::sample(), true, Some("password"));
        let of_an_address = ClientView { address: ClientView::sample().address, ..ClientView::unknown() };
        let trusted = DeviceView { trusted_until: Some(Moment::sample()), ..known(ClientView::longest()) };
        let others = [
            session(ClientView::longest(), false, Some("password-recovery_code")),
            session(ClientView::sample(), false, Some("password-totp")),
            session(ClientView::sample(), false, Some("passkey")),
            session(ClientView::web_view(), false, Some("password-passkey")),
            session(ClientView::unknown(), false, None),
        ];
        vec![
            Self { sessions: vec![here.clone()], devices: Vec::new() },
            Self {
                sessions: [here].into_iter().chain(others).collect(),
                devices: vec![known(ClientView::sample()), trusted, known(of_an_address)],
            },
        ]
    }
}
