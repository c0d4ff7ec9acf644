//! The account's e-mail address.

use doorward_domain::EmailAddress;
use doorward_domain::repository::Emails;
use rocket::serde::Serialize;

use super::{Content, Faults, Given};

/// The account's address, and the form to give another one.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct EmailForm {
    /// The address that is proved.
    pub verified: Option<String>,
    /// The address that is not proved yet.
    pub pending: Option<String>,
    /// What was typed.
    pub email: String,
    /// The code of what is wrong with it.
    pub error: Option<&'static str>,
}

impl EmailForm {
    /// The form, with this typed.
    #[must_use]
    pub fn of(emails: &Emails, typed: &str) -> Self {
        let text = |address: &Option<EmailAddress>| address.as_ref().map(|address| address.as_str().to_owned());
        let (verified, pending) = (text(&emails.verified), text(&emails.pending));
        Self { verified, pending, email: typed.to_owned(), error: None }
    }

    /// The form after the typed address was refused.
    #[must_use]
    pub fn refused(self, code: &'static str) -> Self {
        Self { error: Some(code), ..self }
    }
}

impl Content for EmailForm {
    fn samples(_: &Given) -> Vec<Self> {
        let address = |text: &str| Some(text.to_owned());
        let form = |verified, pending| Self { verified, pending, ..Self::default() };
        let refused = |code| Self { email: "<ada".to_owned(), ..form(None, None) }.refused(code);
        let long = address("a.very.long.name.of.somebody@a.very.long.name.of.a.host.example.org");
        vec![
            form(None, None),
            form(address("ada@example.org"), None),
            form(None, address("ada@example.org")),
            form(address("ada@example.org"), long),
            refused("empty"),
            refused("too_long"),
            refused("bad_format"),
        ]
    }

    fn faults(&self) -> Faults {
        Faults::of_field("email", self.error)
    }
}
