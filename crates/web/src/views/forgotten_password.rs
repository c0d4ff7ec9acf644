//! The form that asks for a link to set another password.

use rocket::serde::Serialize;

use super::View;

/// The form that asks for a link to set another password.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ForgottenPasswordForm {
    /// The code of what is wrong with what was typed: that it is nothing.
    pub error: Option<&'static str>,
}

/// One of each state.
pub(super) fn samples() -> Vec<View> {
    [None, Some("empty")].map(|error| View::ForgottenPassword { form: ForgottenPasswordForm { error } }).into()
}
