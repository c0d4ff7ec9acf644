//! What the account's pages show.

use doorward_domain::browser::ReturnPath;
use doorward_domain::device::{Browser, System};
use doorward_domain::{
    Activity, ChangeUsernameError, Client, Event, KnownDevice, PasswordError, PasswordPolicy, Rules, Session, User,
    UsernameError, Visit, WrongPassword,
};
use rocket::serde::Serialize;

use super::{Moment, PasswordNote, View, days, unless_home};

/// What the account page says of the account.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct AccountView {
    /// When it was made.
    pub created: Moment,
}

impl AccountView {
    pub(crate) fn of(user: &User) -> Self {
        Self { created: Moment::of(user.created_at) }
    }
}

/// One browser that is logged in.
#[derive(Debug, Clone, Serialize)]
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
#[derive(Debug, Clone, Serialize)]
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

/// Where something came from; what is not known is `None`.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ClientView {
    /// The code of the browser.
    pub browser: Option<&'static str>,
    /// The code of the system that it runs on.
    pub system: Option<&'static str>,
    /// The network address.
    pub address: Option<String>,
}

impl ClientView {
    fn of(client: &Client) -> Self {
        Self {
            browser: client.device.browser.map(Browser::code),
            system: client.device.system.map(System::code),
            address: client.address.map(|address| address.to_string()),
        }
    }
}

/// The form to change the password.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct PasswordForm {
    /// `wrong`, when the current password is not the user's.
    pub current_error: Option<&'static str>,
    /// What is wrong with the new one.
    pub new_error: Option<PasswordNote>,
    /// The least length of a password, in characters.
    pub min_length: usize,
}

impl PasswordForm {
    /// The form before anything is typed.
    #[must_use]
    pub const fn empty(policy: &PasswordPolicy) -> Self {
        Self { current_error: None, new_error: None, min_length: policy.min_chars() }
    }

    /// The form after a change was turned away; both fields are empty.
    #[must_use]
    pub fn refused(self, current: Option<WrongPassword>, new: Option<&PasswordError>) -> Self {
        Self { current_error: current.map(|WrongPassword| "wrong"), new_error: new.map(PasswordNote::of), ..self }
    }
}

/// The form to change the username.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct UsernameForm {
    /// What was typed, or the name as it is.
    pub username: String,
    /// The code of what is wrong with it.
    pub error: Option<&'static str>,
    /// For how many days the old name stays reserved; 0 for not at all.
    pub reserved_days: u64,
}

impl UsernameForm {
    /// The form with this name in it.
    #[must_use]
    pub fn of(username: &str, rules: &Rules) -> Self {
        Self { username: username.to_owned(), error: None, reserved_days: reserved_days(rules) }
    }

    /// The form after a change was turned away.
    #[must_use]
    pub fn refused(self, error: &ChangeUsernameError) -> Self {
        let code = match error {
            ChangeUsernameError::Unfit(error) => Some(error.code()),
            ChangeUsernameError::UsernameTaken => Some("taken"),
            _ => None,
        };
        Self { error: code, ..self }
    }
}

fn reserved_days(rules: &Rules) -> u64 {
    if rules.name_reservation.is_zero() { 0 } else { days(rules.name_reservation) }
}

/// The form to delete the account.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct DeletionForm {
    /// `wrong`, when the password is not the user's.
    pub error: Option<&'static str>,
    /// For how many days nobody can have the name; 0 for not at all.
    pub reserved_days: u64,
}

impl DeletionForm {
    /// The form before anything is typed.
    #[must_use]
    pub fn empty(rules: &Rules) -> Self {
        Self { error: None, reserved_days: reserved_days(rules) }
    }

    /// The form after the password was wrong.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { error: Some("wrong"), ..self }
    }
}

/// The form that asks for the password once more.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ReauthenticationForm {
    /// `wrong`, when the password is not the user's.
    pub error: Option<&'static str>,
    /// Where to go on afterwards, where that is not the home page.
    pub next: Option<String>,
}

impl ReauthenticationForm {
    /// The form before anything is typed.
    #[must_use]
    pub fn empty(next: &ReturnPath) -> Self {
        Self { error: None, next: unless_home(next) }
    }

    /// The form after the password was wrong.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { error: Some("wrong"), ..self }
    }
}

/// A page of what happened lately.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ActivityPage {
    /// What happened, newest first.
    pub activity: Vec<ActivityView>,
    /// The page with what happened before, where there is more.
    pub older_url: Option<String>,
    /// For how many days it is kept.
    pub kept_days: u64,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ActivityView {
    /// What.
    pub event: &'static str,
    /// Whether it is a reason to look twice.
    pub is_failed_attempt: bool,
    /// When.
    pub at: Moment,
    /// From where.
    pub client: ClientView,
}

impl ActivityPage {
    /// The first `most` of this; if there is more, with a way to it.
    pub(crate) fn of(activity: &[Activity], most: u32, rules: &Rules) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let shown = activity.get(..most).unwrap_or(activity);
        let older = shown.last().filter(|_| activity.len() > most);
        Self {
            activity: shown.iter().map(ActivityView::of).collect(),
            older_url: older.map(|last| format!("/account/activity?before={}", last.id)),
            kept_days: days(rules.activity_retention),
        }
    }
}

impl ActivityView {
    fn of(activity: &Activity) -> Self {
        Self {
            event: activity.event.code(),
            is_failed_attempt: activity.event.is_failed_attempt(),
            at: Moment::of(activity.at),
            client: ClientView::of(&activity.client),
        }
    }
}

/// One of each page in each state.
pub(super) fn samples(rules: &Rules, next: &ReturnPath) -> Vec<View> {
    let at = Moment { machine: "2026-01-01T00:00:05Z".to_owned(), text: "1 January 2026, 00:00 UTC".to_owned() };
    let client =
        |browser, system, address: Option<&str>| ClientView { browser, system, address: address.map(str::to_owned) };
    let linux = || client(Some("firefox"), Some("linux"), Some("192.0.2.7"));
    let long = || {
        let address = "2001:db8:1234:5678:90ab:cdef:1234:5678";
        client(Some("samsung_internet"), Some("android"), Some(address))
    };
    let unknown = || client(None, None, None);
    let session = |client, is_this| SessionView {
        id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        client,
        began: at.clone(),
        seen: at.clone(),
        is_this,
    };
    let happened = |event: Event| ActivityView {
        event: event.code(),
        is_failed_attempt: event.is_failed_attempt(),
        at: at.clone(),
        client: long(),
    };
    let happened_before = ActivityView { client: unknown(), ..happened(Event::LoggedIn) };
    let activity: Vec<_> = Event::ALL.iter().copied().map(happened).chain([happened_before]).collect();
    let here = session(linux(), true);
    let known = |client| DeviceView {
        id: "01890a5d-ac96-774b-bcce-b302099a8058".to_owned(),
        client,
        first: at.clone(),
        last: at.clone(),
    };
    let older_url = Some("/account/activity?before=01890a5d-ac96-774b-bcce-b302099a8057".to_owned());
    let password = || PasswordForm::empty(&rules.passwords);
    let too_short = PasswordError::TooShort { min_chars: rules.passwords.min_chars() };
    let username = |error| View::Username { form: UsernameForm::of("<Ada>", rules).refused(&error) };
    vec![
        View::Account { account: AccountView { created: at.clone() } },
        View::Sessions { sessions: vec![here.clone()], devices: Vec::new() },
        View::Sessions {
            sessions: vec![here, session(long(), false), session(unknown(), false)],
            devices: vec![known(linux()), known(ClientView { address: linux().address, ..unknown() })],
        },
        View::Password { form: password() },
        View::Password { form: password().refused(Some(WrongPassword), None) },
        View::Password { form: password().refused(None, Some(&too_short)) },
        View::Password { form: password().refused(Some(WrongPassword), Some(&PasswordError::Empty)) },
        View::Username { form: UsernameForm::of("Ada", rules) },
        username(ChangeUsernameError::UsernameTaken),
        username(ChangeUsernameError::Unfit(UsernameError::BadCharacter)),
        View::Delete { form: DeletionForm::empty(rules) },
        View::Delete { form: DeletionForm { reserved_days: 0, ..DeletionForm::empty(rules) } },
        View::Delete { form: DeletionForm::empty(rules).refused() },
        View::Reauthenticate { form: ReauthenticationForm::empty(next) },
        View::Reauthenticate { form: ReauthenticationForm::empty(next).refused() },
        View::Activity { page: ActivityPage { activity: Vec::new(), older_url: None, kept_days: 90 } },
        View::Activity { page: ActivityPage { activity, older_url, kept_days: 90 } },
    ]
}
