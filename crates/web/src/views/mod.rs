//! What templates may see. Nothing of a request or of the domain reaches a page but through these.

mod account;
mod moment;

use std::time::Duration;

use doorward_domain::browser::ReturnPath;
use doorward_domain::{
    FailedAttempts, PasswordError, PasswordPolicy, Rules, SessionKind, SignUpError, Throttled, User, UsernameError,
    Weakness,
};
use rocket::serde::Serialize;

pub use account::{
    AccountView, ActivityPage, ActivityView, ClientView, DeletionForm, DeviceView, PasswordForm, ReauthenticationForm,
    SessionView, UsernameForm,
};
pub use moment::Moment;

use crate::flash::Flash;

/// One page: which template, and what is in it.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde", untagged)]
pub enum View {
    /// The home page.
    Home {},
    /// The account page.
    Account {
        /// What is on it.
        account: AccountView,
    },
    /// Where the user is logged in.
    Sessions {
        /// Each session, last seen first.
        sessions: Vec<SessionView>,
        /// The devices that are known to the account, that of the last log-in first.
        devices: Vec<DeviceView>,
    },
    /// The form to change the password.
    Password {
        /// What is in it.
        form: PasswordForm,
    },
    /// The form to change the username.
    Username {
        /// What is in it.
        form: UsernameForm,
    },
    /// The form to delete the account.
    Delete {
        /// What is in it.
        form: DeletionForm,
    },
    /// The form that asks for the password once more.
    Reauthenticate {
        /// What is in it.
        form: ReauthenticationForm,
    },
    /// What happened lately.
    Activity {
        /// A page of it.
        page: ActivityPage,
    },
    /// The form to sign up.
    SignUp {
        /// What is in it.
        form: SignUpForm,
    },
    /// The form to log in.
    LogIn {
        /// What is in it.
        form: LogInForm,
    },
    /// What to do where cookies do not come back.
    Cookies {
        /// Where this site is.
        note: CookiesNote,
    },
    /// The page that asks whether to log out.
    LogOut {},
    /// Something went wrong.
    Error {
        /// What it was.
        error: ErrorNote,
    },
}

impl View {
    /// The template that shows this.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        match self {
            Self::Home {} => "home.html",
            Self::Account { .. } => "account.html",
            Self::Sessions { .. } => "sessions.html",
            Self::Password { .. } => "password.html",
            Self::Username { .. } => "username.html",
            Self::Delete { .. } => "delete.html",
            Self::Reauthenticate { .. } => "reauthenticate.html",
            Self::Activity { .. } => "activity.html",
            Self::SignUp { .. } => "sign_up.html",
            Self::LogIn { .. } => "log_in.html",
            Self::Cookies { .. } => "cookies.html",
            Self::LogOut {} => "log_out.html",
            Self::Error { .. } => "error.html",
        }
    }

    /// Whether many visitors see this page as it is, or one sees it often. Nothing that somebody typed is in it.
    pub(crate) fn recurs(&self) -> bool {
        match self {
            Self::Home {} | Self::LogOut {} => true,
            Self::LogIn { form } => form.username.is_empty() && form.next.is_none(),
            Self::SignUp { form } => form.username.is_empty() && form.next.is_none(),
            _ => false,
        }
    }

    /// One of each page in each state that it can be in: every site renders them at its start, and tests look at them.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let policy = PasswordPolicy::new(PasswordPolicy::DEFAULT_MIN_CHARS, "Doorward");
        let rules = Rules::new(policy.clone());
        let next = ReturnPath::parse("/account").unwrap_or_default();
        let refused = |error| Self::SignUp { form: SignUpForm::empty(&policy, &next).refused("Ada", &error) };
        let username = |error| refused(SignUpError::Unfit { username: Some(error), password: None });
        let password = |error| refused(SignUpError::Unfit { username: None, password: Some(error) });
        let mut samples = vec![
            Self::Home {},
            Self::LogOut {},
            Self::LogIn { form: LogInForm::empty(&rules, &ReturnPath::default()) },
            Self::LogIn { form: LogInForm::empty(&rules, &next) },
            Self::LogIn { form: LogInForm::empty(&rules, &next).refused("<Ada>", SessionKind::Kept) },
            Self::Cookies { note: CookiesNote::new("https://example.org", &next) },
            Self::SignUp { form: SignUpForm::empty(&policy, &ReturnPath::default()) },
            Self::SignUp { form: SignUpForm::empty(&policy, &next) },
            username(UsernameError::Empty),
            username(UsernameError::TooLong),
            username(UsernameError::BadCharacter),
            username(UsernameError::BadStart),
            username(UsernameError::Official),
            refused(SignUpError::UsernameTaken),
            password(PasswordError::Empty),
            password(PasswordError::TooShort { min_chars: policy.min_chars() }),
            password(PasswordError::TooLong),
            password(PasswordError::BadCharacter),
        ];
        samples.extend(Weakness::ALL.iter().map(|&weakness| password(PasswordError::TooGuessable(weakness))));
        samples.extend(account::samples(&rules, &next));
        samples.extend([400, 403, 404, 405, 413, 415, 418, 422, 429, 500, 503].map(|status| {
            let request_id = (status == 500).then(|| "0123456789abcdef".to_owned());
            let site_url = (status == 403).then(|| "https://example.org".to_owned());
            Self::Error { error: ErrorNote { status, request_id, site_url } }
        }));
        samples
    }
}

/// The form to sign up.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SignUpForm {
    /// What was typed as the username, to be kept.
    pub username: String,
    /// Where to go after the log-in, where that is not the home page.
    pub next: Option<String>,
    /// The code of what is wrong with the username.
    pub username_error: Option<&'static str>,
    /// What is wrong with the password.
    pub password_error: Option<PasswordNote>,
    /// The least length of a password, in characters.
    pub min_length: usize,
    /// The log-in form that goes to the same place afterwards.
    pub log_in_url: String,
}

/// What is wrong with a password.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct PasswordNote {
    /// The code of the rule that it broke.
    pub code: &'static str,
    /// Where it is too easily guessed, the code of what makes it so.
    pub reason: Option<&'static str>,
}

impl SignUpForm {
    /// The form before anything is typed.
    #[must_use]
    pub fn empty(policy: &PasswordPolicy, next: &ReturnPath) -> Self {
        Self {
            username: String::new(),
            next: unless_home(next),
            username_error: None,
            password_error: None,
            min_length: policy.min_chars(),
            log_in_url: next.appended_to("/log_in"),
        }
    }

    /// The form after a sign-up was turned away: the username kept, the password not.
    #[must_use]
    pub fn refused(self, username: &str, error: &SignUpError) -> Self {
        let (username_error, password_error) = match error {
            SignUpError::UsernameTaken => (Some("taken"), None),
            SignUpError::Unfit { username, password } => {
                (username.map(UsernameError::code), password.as_ref().map(PasswordNote::of))
            }
            _ => (None, None),
        };
        Self { username_error, password_error, ..self.filled_in(username) }
    }

    /// The form as it was sent, but for the password.
    #[must_use]
    pub fn filled_in(self, username: &str) -> Self {
        Self { username: username.to_owned(), ..self }
    }
}

impl PasswordNote {
    fn of(error: &PasswordError) -> Self {
        let reason = match error {
            PasswordError::TooGuessable(weakness) => Some(weakness.code()),
            _ => None,
        };
        Self { code: error.code(), reason }
    }
}

/// The form to log in.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct LogInForm {
    /// What was typed as the username, to be kept.
    pub username: String,
    /// Where to go after the log-in, where that is not the home page.
    pub next: Option<String>,
    /// `refused`, after a log-in was turned away; never why.
    pub error: Option<&'static str>,
    /// The sign-up form that comes back to the same place afterwards.
    pub sign_up_url: String,
    /// For how many days the user stays logged in on request.
    pub kept_days: u64,
    /// Whether they asked for it.
    pub keep: bool,
}

impl LogInForm {
    /// The form before anything is typed.
    #[must_use]
    pub fn empty(rules: &Rules, next: &ReturnPath) -> Self {
        Self {
            username: String::new(),
            next: unless_home(next),
            error: None,
            sign_up_url: next.appended_to("/sign_up"),
            kept_days: days(rules.kept_sessions.max),
            keep: false,
        }
    }

    /// The form after a log-in was turned away: the username kept, the password not.
    #[must_use]
    pub fn refused(self, username: &str, kind: SessionKind) -> Self {
        Self { error: Some("refused"), ..self.filled_in(username, kind) }
    }

    /// The form as it was sent, but for the password.
    #[must_use]
    pub fn filled_in(self, username: &str, kind: SessionKind) -> Self {
        Self { username: username.to_owned(), keep: kind == SessionKind::Kept, ..self }
    }
}

/// What somebody is told whose cookies do not come back.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct CookiesNote {
    /// The address at which the site has to be opened.
    pub site_url: String,
    /// The log-in form there that goes to the same place afterwards.
    pub log_in_url: String,
}

impl CookiesNote {
    /// Of the site with this origin.
    #[must_use]
    pub fn new(origin: &str, next: &ReturnPath) -> Self {
        Self { site_url: origin.to_owned(), log_in_url: format!("{origin}{}", next.appended_to("/log_in")) }
    }
}

/// Whole days, at least one.
fn days(duration: Duration) -> u64 {
    (duration.as_secs() / 86_400).max(1)
}

fn unless_home(next: &ReturnPath) -> Option<String> {
    (!next.is_home()).then(|| next.to_string())
}

/// What an error page says.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ErrorNote {
    /// The HTTP status.
    pub status: u16,
    /// What to quote when reporting it; the log has the same.
    pub request_id: Option<String>,
    /// Where this site is, for whoever may have come by another address: of 403.
    pub site_url: Option<String>,
}

/// How long to wait until another attempt, in the largest unit that says it well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct WaitView {
    /// How many, at least 1.
    pub count: u64,
    /// `second`, `minute` or `hour`.
    pub unit: &'static str,
}

impl WaitView {
    /// Rounded up, so that nobody comes back too soon.
    #[must_use]
    pub fn of(throttled: Throttled) -> Self {
        let seconds = throttled.retry_after.as_secs().max(1);
        let (count, unit) = match seconds {
            ..=90 => (seconds, "second"),
            91..=5_400 => (seconds.div_ceil(60), "minute"),
            _ => (seconds.div_ceil(3_600), "hour"),
        };
        Self { count, unit }
    }
}

/// A message shown once.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct FlashView {
    /// Which one.
    pub code: &'static str,
    /// Of failed attempts, how many.
    pub count: Option<u32>,
    /// Of failed attempts, whether there may be more.
    pub is_at_least: bool,
    /// Of failed attempts, when the first one was.
    pub since: Option<Moment>,
}

impl FlashView {
    pub(crate) fn of(flash: Flash) -> Self {
        let attempts = match flash {
            Flash::FailedAttempts(attempts) => Some(attempts),
            _ => None,
        };
        Self {
            code: flash.code(),
            count: attempts.map(|attempts| attempts.count),
            is_at_least: attempts.is_some_and(|attempts| attempts.count >= FailedAttempts::MOST),
            since: attempts.map(|attempts| Moment::of(attempts.since)),
        }
    }
}

/// Who looks at a page.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct UserView {
    /// What forms send along that act on the account.
    pub id: String,
    /// The username as typed at sign-up.
    pub username: String,
}

impl UserView {
    pub(crate) fn of(user: &User) -> Self {
        Self { id: user.id.to_string(), username: user.username.to_string() }
    }

    pub(crate) fn sample() -> Self {
        Self { id: "01890a5d-ac96-774b-bcce-b302099a8059".to_owned(), username: "Ada".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_the_unit_that_people_use_and_never_too_short() {
        for (seconds, count, unit) in [
            (0, 1, "second"),
            (1, 1, "second"),
            (90, 90, "second"),
            (91, 2, "minute"),
            (120, 2, "minute"),
            (3_600, 60, "minute"),
            (5_401, 2, "hour"),
        ] {
            let wait = WaitView::of(Throttled { retry_after: Duration::from_secs(seconds) });
            assert_eq!(wait, WaitView { count, unit }, "{seconds}");
        }
    }
}
