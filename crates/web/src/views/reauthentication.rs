//! The form that asks for the password once more.

use doorward_domain::browser::ReturnPath;
use rocket::serde::Serialize;

use super::{Content, Faults, Given, unless_home};

/// The form that asks for the password once more.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

impl Content for ReauthenticationForm {
    fn samples(Given { next, .. }: &Given) -> Vec<Self> {
        vec![Self::empty(next), Self::empty(next).refused()]
    }

    fn faults(&self) -> Faults {
        Faults::of_field("password", self.error)
    }
}
