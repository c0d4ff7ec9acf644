//! Where the user is logged in, and the devices that are known.

use doorward_domain::{KnownDevice, Session, Visit};
use rocket::serde::Serialize;

use super::{ClientView, Content, Given, Moment};

/// Where the user is logged in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SessionsPage {
    /// Each session, last seen first.
    pub sessions: Vec<SessionView>,
    /// The devices that are known to the account, that of the last log-in first.
    pub devices: Vec<DeviceView>,
}

/// One browser that is logged in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SessionView {
    /// What the form to end it sends.
    pub id: String,
    /// Where it is.
    pub client: ClientView,
    /// When its user logged in.
    pub began: Moment,
    /// When it was last used.
    pub seen: Moment,
    /// Whether it is the one that looks.
    pub is_this: bool,
}

impl SessionView {
    pub(crate) fn of(session: &Session, visit: &Visit) -> Self {
        Self {
            id: session.id.to_string(),
            client: ClientView::of(&session.client),
            began: Moment::of(session.created_at),
            seen: Moment::of(session.last_seen_at),
            is_this: session.id == visit.session.id,
        }
    }
}

/// A browser that somebody logged in with before.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct DeviceView {
    /// What the form to forget it sends.
    pub id: String,
    /// Where the last log-in came from.
    pub client: ClientView,
    /// When the first log-in was.
    pub first: Moment,
    /// When the last one was.
    pub last: Moment,
}

impl DeviceView {
    pub(crate) fn of(device: &KnownDevice) -> Self {
        Self {
            id: device.id.to_string(),
            client: ClientView::of(&device.client),
            first: Moment::of(device.created_at),
            last: Moment::of(device.last_log_in_at),
        }
    }
}

impl Content for SessionsPage {
    fn samples(_: &Given) -> Vec<Self> {
        let session = |client, is_this| SessionView {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            client,
            began: Moment::sample(),
            seen: Moment::sample(),
            is_this,
        };
        let known = |client| DeviceView {
            id: "01890a5d-ac96-774b-bcce-b302099a8058".to_owned(),
            client,
            first: Moment::sample(),
            last: Moment::sample(),
        };
        let here = session(ClientView::sample(), true);
        let of_an_address = ClientView { address: ClientView::sample().address, ..ClientView::unknown() };
        let others = [session(ClientView::longest(), false), session(ClientView::unknown(), false)];
        vec![
            Self { sessions: vec![here.clone()], devices: Vec::new() },
            Self {
                sessions: [here].into_iter().chain(others).collect(),
                devices: vec![known(ClientView::sample()), known(of_an_address)],
            },
        ]
    }
}
