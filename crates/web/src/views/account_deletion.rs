//! The form to delete the account.

use doorward_domain::Rules;
use rocket::serde::Serialize;

use super::{Content, Faults, Given, reserved_days};

/// The form to delete the account.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct AccountDeletionForm {
    /// `wrong`, when the password is not the user's.
    pub error: Option<&'static str>,
    /// For how many days the name stays reserved; 0 if it does not.
    pub reserved_days: u64,
    /// Whether there is a password, which the deletion asks for; where there is none, it asks for a recent log-in.
    pub has_password: bool,
}

impl AccountDeletionForm {
    /// The form before anything is typed.
    #[must_use]
    pub fn empty(rules: &Rules) -> Self {
        Self { error: None, reserved_days: reserved_days(rules), has_password: true }
    }

    /// The form after the password was wrong.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { error: Some("wrong"), ..self }
    }
}

impl Content for AccountDeletionForm {
    fn samples(Given { rules, .. }: &Given) -> Vec<Self> {
        let form = || Self::empty(rules);
        vec![form(), Self { reserved_days: 0, ..form() }, form().refused(), Self { has_password: false, ..form() }]
    }

    fn faults(&self) -> Faults {
        Faults::of_field("password", self.error)
    }
}
