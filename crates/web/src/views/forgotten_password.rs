//! The form that asks for a link to set another password.

use rocket::serde::Serialize;

use super::{Content, Faults, Given};

/// The form that asks for a link to set another password.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ForgottenPasswordForm {
    /// `empty`, if nothing was typed.
    pub error: Option<&'static str>,
}

impl Content for ForgottenPasswordForm {
    fn samples(_: &Given) -> Vec<Self> {
        [None, Some("empty")].map(|error| Self { error }).into()
    }

    fn faults(&self) -> Faults {
        Faults::of_field("login", self.error)
    }
}
