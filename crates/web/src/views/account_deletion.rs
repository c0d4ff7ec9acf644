//! The form to delete the account.

use doorward_domain::Rules;
use rocket::serde::Serialize;

use super::{View, reserved_days};

/// The form to delete the account.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct AccountDeletionForm {
    /// `wrong`, when the password is not the user's.
    pub error: Option<&'static str>,
    /// For how many days nobody can have the name; 0 for not at all.
    pub reserved_days: u64,
}

impl AccountDeletionForm {
    /// The form before anything is typed.
    #[must_use]
    pub fn empty(rules: &Rules) -> Self {
        Self { error: None, reserved_days: reserved_days(rules) }
    }

    /// The form after the password was wrong.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { error: Some("wrong"), ..self }
    }
}

/// One of each state.
pub(super) fn samples(rules: &Rules) -> Vec<View> {
    let form = || AccountDeletionForm::empty(rules);
    let forms = [form(), AccountDeletionForm { reserved_days: 0, ..form() }, form().refused()];
    forms.map(|form| View::AccountDeletion { form }).into()
}
