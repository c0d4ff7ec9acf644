//! The form to log in.

use doorward_domain::browser::ReturnPath;
use doorward_domain::{Rules, SessionKind};
use rocket::serde::Serialize;

use super::{Content, Faults, Given, days, unless_home};

/// The form to log in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct LogInForm {
    /// The typed username, which is kept.
    pub username: String,
    /// Where to go after the log-in, unless that is the home page.
    pub next: Option<String>,
    /// `refused`, after a log-in was refused; never the reason.
    pub error: Option<&'static str>,
    /// The sign-up form that comes back to the same place afterwards.
    pub sign_up_url: String,
    /// For how many days the user stays logged in on request.
    pub kept_days: u64,
    /// Whether the user asked for it.
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

    /// The form after a log-in was refused: with the username, without the password.
    #[must_use]
    pub fn refused(self, username: &str, kind: SessionKind) -> Self {
        Self { error: Some("refused"), ..self.filled_in(username, kind) }
    }

    /// The form as it was sent, without the password.
    #[must_use]
    pub fn filled_in(self, username: &str, kind: SessionKind) -> Self {
        Self { username: username.to_owned(), keep: kind == SessionKind::Kept, ..self }
    }
}

impl Content for LogInForm {
    fn samples(Given { rules, next }: &Given) -> Vec<Self> {
        let empty = |next: &ReturnPath| Self::empty(rules, next);
        vec![empty(&ReturnPath::default()), empty(next), empty(next).refused("<Ada>", SessionKind::Kept)]
    }

    fn faults(&self) -> Faults {
        self.error.map(|_| Faults::as_a_whole("Username or password are incorrect")).unwrap_or_default()
    }
}
