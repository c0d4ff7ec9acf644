//! The page of a link about an address, to verify it or to put it back.

use doorward_domain::AddressOfUser;
use rocket::serde::Serialize;

use super::{Content, Faults, Given, SecretText};

/// The page of a link to verify an address, or to put it back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct EmailLinkForm {
    /// The token of the link, which the form sends along.
    pub token: SecretText,
    /// The username of the account.
    pub username: String,
    /// The address.
    pub address: String,
    /// `taken`, if another user verified the address first.
    pub error: Option<&'static str>,
}

impl EmailLinkForm {
    /// The form of this link.
    #[must_use]
    pub fn of(token: &str, found: &AddressOfUser) -> Self {
        let (username, address) = (found.user.username.to_string(), found.address.as_str().to_owned());
        Self { token: SecretText(token.to_owned()), username, address, error: None }
    }

    /// The form after another user verified the address first.
    #[must_use]
    pub fn taken(self) -> Self {
        Self { error: Some("taken"), ..self }
    }
}

impl Content for EmailLinkForm {
    fn samples(_: &Given) -> Vec<Self> {
        let link = || Self {
            token: SecretText("c2V2ZW4gcXVpZXQgbGFudGVybnMgYW5kIGEgaGFsZi4".to_owned()),
            username: "Ada".to_owned(),
            address: "ada@example.org".to_owned(),
            error: None,
        };
        vec![link(), link().taken()]
    }

    fn faults(&self) -> Faults {
        self.error.map(|_| Faults::as_a_whole("That address belongs to another account.")).unwrap_or_default()
    }
}
