//! The form to change the password.

use doorward_domain::{PasswordError, PasswordPolicy, WrongPassword};
use rocket::serde::Serialize;

use super::{Content, Faults, Given, PasswordNote};

/// The form to change the password.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct PasswordChangeForm {
    /// `wrong`, when the current password is not the user's.
    pub current_error: Option<&'static str>,
    /// What is wrong with the new one.
    pub new_error: Option<PasswordNote>,
    /// The least length of a password, in characters.
    pub min_length: usize,
    /// Whether the account has a password to change.
    pub has_password: bool,
}

impl PasswordChangeForm {
    /// The form before anything is typed.
    #[must_use]
    pub const fn empty(policy: &PasswordPolicy) -> Self {
        Self { current_error: None, new_error: None, min_length: policy.min_chars(), has_password: true }
    }

    /// The form after a change was refused; both fields are empty.
    #[must_use]
    pub fn refused(self, current: Option<WrongPassword>, new: Option<&PasswordError>) -> Self {
        Self { current_error: current.map(|WrongPassword| "wrong"), new_error: new.map(PasswordNote::of), ..self }
    }
}

impl Content for PasswordChangeForm {
    fn samples(Given { rules, .. }: &Given) -> Vec<Self> {
        let form = || Self::empty(&rules.passwords);
        let too_short = PasswordError::TooShort { min_chars: rules.passwords.min_chars() };
        vec![
            form(),
            form().refused(Some(WrongPassword), None),
            form().refused(None, Some(&too_short)),
            form().refused(Some(WrongPassword), Some(&PasswordError::Empty)),
            Self { has_password: false, ..form() },
        ]
    }

    fn faults(&self) -> Faults {
        Faults::of_field("current_password", self.current_error)
            .and(Faults::of_password("new_password", self.new_error.as_ref()))
    }
}
