//! Mails to users: each is a row of an outbox until it is handed over.
//!
//! A mail is queued in the step that makes it necessary, and a worker of any instance sends it later
//! ([`next_mail`](crate::AuthService::next_mail)): a request waits for no mail server, no failure loses a mail, and a request that
//! leads to no mail takes as long as one that does.

use std::time::Duration;

use crate::activity::Event;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::email_address::EmailAddress;
pub use crate::id::MailId;
use crate::language::Language;
use crate::throttle::Limit;
use crate::user::{User, UserId};
use crate::username::Username;

/// A mail in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Names it, and sorts by time.
    pub id: MailId,
    /// Its kind.
    pub kind: MailKind,
    /// The recipient; `None` for a mail that is never sent: its row is there so that a request that leads to no mail writes as much as
    /// one that does, and is deleted.
    pub recipient: Option<Recipient>,
    /// The client that asked for it; the default if no request did.
    pub client: Client,
    /// When it was asked for.
    pub queued_at: Timestamp,
    /// When it is of no more use, and is dropped.
    pub ends_at: Timestamp,
}

/// The recipient of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The user whose account it is about.
    pub user_id: UserId,
    /// The name of that account when the mail was queued.
    pub username: Username,
    /// The address that it goes to.
    pub address: EmailAddress,
    /// The language that the user had chosen when the mail was queued, else the one that was [read](crate::Client::language) by the
    /// client that asked for it; `None` if neither is known.
    pub language: Option<Language>,
}

impl Recipient {
    /// The user as they are, at this address.
    pub fn new(user: impl Into<User>, address: EmailAddress) -> Self {
        let User { id, username, language, .. } = user.into();
        Self { user_id: id, username, address, language }
    }

    /// The same recipient, with this language if they have chosen none.
    pub(crate) fn or_reading(self, language: Option<&Language>) -> Self {
        Self { language: self.language.or_else(|| language.cloned()), ..self }
    }
}

/// The kind of a mail. There may be more with any release: a store keeps the [`code`](MailKind::code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MailKind {
    /// A link to verify the address.
    VerifyEmail,
    /// A link to set another password.
    ResetPassword,
    /// This address was given for another account, though its owner has one. No link.
    AccountExists,
    /// A link to put back the address that the mail goes to, after another one was given.
    UndoEmail,
    /// Something happened to the account. No link.
    Notice(Event),
}

impl MailKind {
    /// Every kind but the notices.
    const WITHOUT_EVENT: [Self; 4] = [Self::VerifyEmail, Self::ResetPassword, Self::AccountExists, Self::UndoEmail];

    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        let noticed = Event::ALL.iter().copied().filter(|event| event.is_noticed());
        Self::WITHOUT_EVENT.into_iter().chain(noticed.map(Self::Notice))
    }

    /// A stable name, at most 32 characters, for stores and templates: of a notice, that of its event.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::AccountExists => "account_exists",
            Self::UndoEmail => "undo_email",
            Self::Notice(event) => event.code(),
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().find(|kind| kind.code() == code)
    }
}

/// The settings of a service that sends mails. Start from the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRules {
    /// How long a link to set a password is good, from its sending; at most 24 hours (NIST SP 800-63B-4 §4.2.1.2).
    pub reset_lifetime: Duration,
    /// How long a link to verify an address is good, from its sending.
    pub verification_lifetime: Duration,
    /// How long a link to put an address back is good, from its sending.
    pub undo_lifetime: Duration,
    /// How long a notice is tried.
    pub notice_lifetime: Duration,
    /// How many mails the service sends.
    pub sent: Limit,
    /// Whether an account needs an address.
    pub addresses: Addresses,
}

/// Whether accounts need a verified address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// A user without one logs in like any other.
    Optional,
    /// A sign-up needs one, no user logs in before it is verified, and an account whose address is not verified in time is
    /// deleted.
    Required {
        /// How long after the sign-up it has to be verified.
        verify_within: Duration,
    },
}

impl Addresses {
    /// Required, within 7 days of the sign-up.
    pub const REQUIRED: Self = Self::Required { verify_within: Duration::from_hours(24 * 7) };
}

/// 10 minutes to set a password (OWASP ASVS 5.0 §6.5.5), 24 hours to verify an address, 72 hours to put one back, as a person may read
/// that after a weekend; notices for 24 hours; 1,000 mails an hour; addresses are optional.
impl Default for MailRules {
    fn default() -> Self {
        Self {
            reset_lifetime: Duration::from_mins(10),
            verification_lifetime: Duration::from_hours(24),
            undo_lifetime: Duration::from_hours(72),
            notice_lifetime: Duration::from_hours(24),
            sent: Limit::Rate { attempts: 1_000, period: Duration::from_hours(1) },
            addresses: Addresses::Optional,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_short_code_of_its_own() {
        for kind in MailKind::all() {
            assert_eq!(MailKind::from_code(kind.code()), Some(kind));
            assert!(kind.code().len() <= 32);
        }
        assert_eq!(MailKind::from_code("logged_out"), None, "of that nobody is told");
    }
}
