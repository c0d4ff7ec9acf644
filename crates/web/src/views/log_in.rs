//! The form to log in, and what to do where cookies do not come back.

use doorward_domain::browser::ReturnPath;
use doorward_domain::{Rules, SessionKind};
use rocket::serde::Serialize;

use super::{View, days, unless_home};

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

/// One of each state.
pub(super) fn samples(rules: &Rules, next: &ReturnPath) -> Vec<View> {
    let empty = |next: &ReturnPath| LogInForm::empty(rules, next);
    let forms = [empty(&ReturnPath::default()), empty(next), empty(next).refused("<Ada>", SessionKind::Kept)];
    let cookies = View::Cookies { note: CookiesNote::new("https://example.org", next) };
    forms.into_iter().map(|form| View::LogIn { form }).chain([cookies]).collect()
}
