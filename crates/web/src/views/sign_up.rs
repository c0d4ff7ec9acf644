//! The form to sign up.

use doorward_domain::browser::ReturnPath;
use doorward_domain::{PasswordError, PasswordPolicy, SignUpError, UsernameError, Weakness};
use rocket::serde::Serialize;

use super::{PasswordNote, View, unless_home};

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

/// One of each state.
pub(super) fn samples(policy: &PasswordPolicy, next: &ReturnPath) -> Vec<View> {
    let empty = |next: &ReturnPath| SignUpForm::empty(policy, next);
    let refused = |error| empty(next).refused("Ada", &error);
    let username = |error| refused(SignUpError::Unfit { username: Some(error), password: None });
    let password = |error| refused(SignUpError::Unfit { username: None, password: Some(error) });
    let mut forms = vec![
        empty(&ReturnPath::default()),
        empty(next),
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
    forms.extend(Weakness::ALL.iter().map(|&weakness| password(PasswordError::TooGuessable(weakness))));
    forms.into_iter().map(|form| View::SignUp { form }).collect()
}
