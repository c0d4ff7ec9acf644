//! The form that asks for the password once more, or for a passkey.

use doorward_domain::browser::ReturnPath;
use rocket::serde::Serialize;

use super::{Content, Faults, Given, unless_home};

/// The form that asks for the password once more, or for a passkey.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ReauthenticationForm {
    /// `wrong`, when the password is not the user's.
    pub error: Option<&'static str>,
    /// Where to go on afterwards, where that is not the home page.
    pub next: Option<String>,
    /// Whether the account has a password.
    pub has_password: bool,
    /// Whether it has a passkey.
    pub has_passkey: bool,
}

impl ReauthenticationForm {
    /// The form before anything is typed, of an account with a password and no passkey.
    #[must_use]
    pub fn empty(next: &ReturnPath) -> Self {
        Self { error: None, next: unless_home(next), has_password: true, has_passkey: false }
    }

    /// The form after the password was wrong.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { error: Some("wrong"), ..self }
    }
}

impl Content for ReauthenticationForm {
    fn samples(Given { next, .. }: &Given) -> Vec<Self> {
        let with_passkey = || Self { has_passkey: true, ..Self::empty(next) };
        vec![
            Self::empty(next),
            Self::empty(next).refused(),
            with_passkey(),
            with_passkey().refused(),
            Self { has_password: false, ..with_passkey() },
            Self { has_password: false, ..Self::empty(next) },
        ]
    }

    fn faults(&self) -> Faults {
        Faults::of_field("password", self.error)
    }
}
