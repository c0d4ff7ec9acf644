//! The form to change the username.

use doorward_domain::{ChangeUsernameError, Rules, UsernameError};
use rocket::serde::Serialize;

use super::{Content, Faults, Given, reserved_days};

/// The form to change the username.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct UsernameChangeForm {
    /// The typed name, or the current one.
    pub username: String,
    /// The code of what is wrong with it.
    pub error: Option<&'static str>,
    /// For how many days the old name stays reserved; 0 if it does not.
    pub reserved_days: u64,
}

impl UsernameChangeForm {
    /// The form with this name in it.
    #[must_use]
    pub fn of(username: &str, rules: &Rules) -> Self {
        Self { username: username.to_owned(), error: None, reserved_days: reserved_days(rules) }
    }

    /// The form after a change was refused.
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

impl Content for UsernameChangeForm {
    fn samples(Given { rules, .. }: &Given) -> Vec<Self> {
        let refused = |error| Self::of("<Ada>", rules).refused(&error);
        vec![
            Self::of("Ada", rules),
            Self { reserved_days: 0, ..Self::of("Ada", rules) },
            refused(ChangeUsernameError::UsernameTaken),
            refused(ChangeUsernameError::Unfit(UsernameError::BadCharacter)),
        ]
    }

    fn faults(&self) -> Faults {
        Faults::of_field("username", self.error)
    }
}
