//! The form that a one-time link leads to, and the page where it leads nowhere.

use doorward_domain::{PasswordError, PasswordPolicy, User};
use rocket::serde::Serialize;

use super::{LinkSecret, PasswordNote, View};

/// The form to set a password by a one-time link.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct PasswordResetForm {
    /// The token of the link, which the form sends along.
    pub token: LinkSecret,
    /// Whose password it is.
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
        let (token, username) = (LinkSecret(token.to_owned()), user.username.to_string());
        Self { token, username, new_error: None, min_length: policy.min_chars() }
    }

    /// The form after the password was turned away; the field is empty.
    #[must_use]
    pub fn refused(self, error: &PasswordError) -> Self {
        Self { new_error: Some(PasswordNote::of(error)), ..self }
    }
}

/// One of each state.
pub(super) fn samples(policy: &PasswordPolicy) -> Vec<View> {
    let form = || PasswordResetForm {
        token: LinkSecret("c2V2ZW4gcXVpZXQgbGFudGVybnMgYW5kIGEgaGFsZi4".to_owned()),
        username: "Ada".to_owned(),
        new_error: None,
        min_length: policy.min_chars(),
    };
    let too_short = PasswordError::TooShort { min_chars: policy.min_chars() };
    let forms = [form(), form().refused(&too_short)].map(|form| View::PasswordReset { form });
    forms.into_iter().chain([View::LinkExpired {}]).collect()
}
