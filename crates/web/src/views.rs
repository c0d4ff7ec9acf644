//! What templates may see. Nothing of a request or of the domain reaches a page but through these.

use doorward_domain::browser::ReturnPath;
use doorward_domain::{PasswordError, PasswordPolicy, SignUpError, UsernameError};
use rocket::serde::Serialize;

/// One page: which template, and what is in it.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde", untagged)]
pub enum View {
    /// The home page.
    Home {},
    /// The account page.
    Account {},
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
            Self::Account {} => "account.html",
            Self::SignUp { .. } => "sign_up.html",
            Self::LogIn { .. } => "log_in.html",
            Self::LogOut {} => "log_out.html",
            Self::Error { .. } => "error.html",
        }
    }

    /// One of each page in each state that it can be in: every site renders them at its start, and tests look at them.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let policy = PasswordPolicy::new(PasswordPolicy::DEFAULT_MIN_CHARS, "Doorward");
        let next = ReturnPath::parse("/account").unwrap_or_default();
        let refused = |error| Self::SignUp { form: SignUpForm::empty(&policy, &next).refused("Ada", &error) };
        let username = |error| refused(SignUpError::Unfit { username: Some(error), password: None });
        let password = |error| refused(SignUpError::Unfit { username: None, password: Some(error) });
        let mut samples = vec![
            Self::Home {},
            Self::Account {},
            Self::LogOut {},
            Self::LogIn { form: LogInForm::empty(&ReturnPath::default()) },
            Self::LogIn { form: LogInForm::empty(&next) },
            Self::LogIn { form: LogInForm::empty(&next).refused("<Ada>") },
            Self::SignUp { form: SignUpForm::empty(&policy, &ReturnPath::default()) },
            Self::SignUp { form: SignUpForm::empty(&policy, &next) },
            username(UsernameError::Empty),
            username(UsernameError::TooLong),
            username(UsernameError::BadCharacter),
            username(UsernameError::BadStart),
            refused(SignUpError::UsernameTaken),
            password(PasswordError::Empty),
            password(PasswordError::TooShort { min_chars: policy.min_chars() }),
            password(PasswordError::TooLong),
            password(PasswordError::BadCharacter),
            password(PasswordError::TooGuessable { advice: String::new() }),
            password(PasswordError::TooGuessable { advice: "Avoid sequences.".to_owned() }),
        ];
        samples.extend([400, 403, 404, 405, 413, 415, 418, 422, 429, 500, 503].map(|status| {
            let request_id = (status == 500).then(|| "0123456789abcdef".to_owned());
            Self::Error { error: ErrorNote { status, request_id } }
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
    /// How to choose a better one.
    pub advice: Option<String>,
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
        Self { username: username.to_owned(), username_error, password_error, ..self }
    }
}

impl PasswordNote {
    fn of(error: &PasswordError) -> Self {
        let advice = match error {
            PasswordError::TooGuessable { advice } if !advice.is_empty() => Some(advice.clone()),
            _ => None,
        };
        Self { code: error.code(), advice }
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
}

impl LogInForm {
    /// The form before anything is typed.
    #[must_use]
    pub fn empty(next: &ReturnPath) -> Self {
        Self {
            username: String::new(),
            next: unless_home(next),
            error: None,
            sign_up_url: next.appended_to("/sign_up"),
        }
    }

    /// The form after a log-in was turned away: the username kept, the password not.
    #[must_use]
    pub fn refused(self, username: &str) -> Self {
        Self { username: username.to_owned(), error: Some("refused"), ..self }
    }
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
}

/// Who looks at a page.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct UserView {
    /// The username as typed at sign-up.
    pub username: String,
}
