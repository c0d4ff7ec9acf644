//! The form to change the username.

use doorward_domain::{ChangeUsernameError, Rules, UsernameError};
use rocket::serde::Serialize;

use super::{View, reserved_days};

/// The form to change the username.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct UsernameChangeForm {
    /// What was typed, or the name as it is.
    pub username: String,
    /// The code of what is wrong with it.
    pub error: Option<&'static str>,
    /// For how many days the old name stays reserved; 0 for not at all.
    pub reserved_days: u64,
}

impl UsernameChangeForm {
    /// The form with this name in it.
    #[must_use]
    pub fn of(username: &str, rules: &Rules) -> Self {
        Self { username: username.to_owned(), error: None, reserved_days: reserved_days(rules) }
    }

    /// The form after a change was turned away.
    #[must_use]
    pub fn refused(self, error: &ChangeUsernameError) -> Self {
        let code = match error {
            ChangeUsernameError::Unfit(error) => Some(error.code()),
            ChangeUsernameError::UsernameTaken => Some("taken"),
            _ => None,
        };
        Self { error: code, ..self }
    }
}

/// One of each state.
pub(super) fn samples(rules: &Rules) -> Vec<View> {
    let refused = |error| UsernameChangeForm::of("<Ada>", rules).refused(&error);
    let forms = [
        UsernameChangeForm::of("Ada", rules),
        UsernameChangeForm { reserved_days: 0, ..UsernameChangeForm::of("Ada", rules) },
        refused(ChangeUsernameError::UsernameTaken),
        refused(ChangeUsernameError::Unfit(UsernameError::BadCharacter)),
    ];
    forms.map(|form| View::UsernameChange { form }).into()
}
