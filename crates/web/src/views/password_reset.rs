//! The form to set a password by a one-time link.

use doorward_domain::{PasswordError, PasswordPolicy, User};
use rocket::serde::Serialize;

use super::{Content, Faults, Given, PasswordNote, SecretText};

/// The form to set a password by a one-time link.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct PasswordResetForm {
    /// The token of the link, which the form sends along.
    pub token: SecretText,
    /// The username of the account.
    pub username: String,
    /// What is wrong with the password.
    pub new_error: Option<PasswordNote>,
    /// The least length of a password, in characters.
    pub min_length: usize,
}

impl PasswordResetForm {
    /// The form before anything is typed.
    #[must_use]
    pub fn empty(token: &str, user: &User, policy: &PasswordPolicy) -> Self {
        let (token, username) = (SecretText(token.to_owned()), user.username.to_string());
        Self { token, username, new_error: None, min_length: policy.min_chars() }
    }

    /// The form after the password was refused; the field is empty.
    #[must_use]
    pub fn refused(self, error: &PasswordError) -> Self {
        Self { new_error: Some(PasswordNote::of(error)), ..self }
    }
}

impl Content for PasswordResetForm {
    fn samples(Given { rules, .. }: &Given) -> Vec<Self> {
        let min_chars = rules.passwords.min_chars();
        let form = || Self {
            token: SecretText("c2V2ZW4gcXVpZXQgbGFudGVybnMgYW5kIGEgaGFsZi4".to_owned()),
            username: "Ada".to_owned(),
            new_error: None,
            min_length: min_chars,
        };
        vec![form(), form().refused(&PasswordError::TooShort { min_chars })]
    }

    fn faults(&self) -> Faults {
        Faults::of_password("new_password", self.new_error.as_ref())
    }
}
