//! The account's e-mail address, and where the links lead that are about one.

use doorward_domain::repository::Emails;
use doorward_domain::{AddressOfUser, EmailAddress};
use rocket::serde::Serialize;

use super::{LinkSecret, View};

/// The account's address, and the form to give another one.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct EmailForm {
    /// The address that is proved.
    pub verified: Option<String>,
    /// The one that is not.
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

    /// The form after what was typed was turned away.
    #[must_use]
    pub fn refused(self, code: &'static str) -> Self {
        Self { error: Some(code), ..self }
    }
}

/// What a link to verify an address leads to, or one to put it back.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct EmailLinkForm {
    /// The token of the link, which the form sends along.
    pub token: LinkSecret,
    /// Whose account it is about.
    pub username: String,
    /// The address.
    pub address: String,
    /// `taken`, where somebody else was quicker.
    pub error: Option<&'static str>,
}

impl EmailLinkForm {
    /// The form of this link.
    #[must_use]
    pub fn of(token: &str, found: &AddressOfUser) -> Self {
        let (username, address) = (found.user.username.to_string(), found.address.as_str().to_owned());
        Self { token: LinkSecret(token.to_owned()), username, address, error: None }
    }

    /// The form after somebody else was quicker.
    #[must_use]
    pub fn taken(self) -> Self {
        Self { error: Some("taken"), ..self }
    }
}

/// What somebody is told whose address has to be verified before a log-in.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct CheckMailNote {
    /// Where the mail went; `None` where there is no address.
    pub address: Option<String>,
}

/// One of each state.
pub(super) fn samples() -> Vec<View> {
    let address = |text: &str| Some(text.to_owned());
    let form = |verified, pending| EmailForm { verified, pending, ..EmailForm::default() };
    let refused = |code| EmailForm { email: "<ada".to_owned(), ..form(None, None) }.refused(code);
    let forms = [
        form(None, None),
        form(address("ada@example.org"), None),
        form(None, address("ada@example.org")),
        form(
            address("ada@example.org"),
            address("a.very.long.name.of.somebody@a.very.long.name.of.a.host.example.org"),
        ),
        refused("empty"),
        refused("too_long"),
        refused("bad_format"),
    ];
    let link = || EmailLinkForm {
        token: LinkSecret("c2V2ZW4gcXVpZXQgbGFudGVybnMgYW5kIGEgaGFsZi4".to_owned()),
        username: "Ada".to_owned(),
        address: "ada@example.org".to_owned(),
        error: None,
    };
    let links = [link(), link().taken()];
    let notes = [address("ada@example.org"), None].map(|address| View::CheckMail { note: CheckMailNote { address } });
    let undo = links.clone().map(|form| View::EmailUndo { form });
    let verification = links.map(|form| View::EmailVerification { form });
    forms.map(|form| View::Email { form }).into_iter().chain(verification).chain(undo).chain(notes).collect()
}
