//! What is wrong with a password.

use doorward_domain::PasswordError;
use rocket::serde::Serialize;

/// What is wrong with a password.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct PasswordNote {
    /// The code of the rule that it broke.
    pub code: &'static str,
    /// Where it is too easily guessed, the code of what makes it so.
    pub reason: Option<&'static str>,
}

impl PasswordNote {
    pub(super) fn of(error: &PasswordError) -> Self {
        let reason = match error {
            PasswordError::TooGuessable(weakness) => Some(weakness.code()),
            _ => None,
        };
        Self { code: error.code(), reason }
    }
}
