//! One-time links: a visitor who opens one may do a single thing, once, and until it ends.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::email_address::EmailAddress;
pub use crate::token::{LinkHash, LinkToken};
use crate::user::UserId;

/// A link as a store keeps it, beside the [`LinkHash`] of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its user.
    pub user_id: UserId,
    /// Its purpose.
    pub purpose: LinkPurpose,
    /// The address that it is about, and that its mail went to; `None` for a link that was handed over otherwise.
    pub address: Option<EmailAddress>,
    /// The version of the user's credentials when it was made. A link that [ends with them](LinkPurpose::ends_with_credentials)
    /// is good for no other.
    pub credentials_version: i64,
    /// When it was asked for: a later one of the purpose [ends it](LinkPurpose::ends_with_a_later_one).
    pub requested_at: Timestamp,
    /// When it expires.
    pub ends_at: Timestamp,
}

impl Link {
    /// How long a link is good that an operator hands over: 72 hours, as a person may read it after a weekend.
    pub const RESET_BY_OPERATOR: Duration = Duration::from_hours(72);
}

/// The purpose of a link. There may be more with any release: a store keeps the [`code`](LinkPurpose::code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkPurpose {
    /// To set a password, also where the user has none.
    ResetPassword,
    /// To prove an address, or to say that it is another person's.
    VerifyEmail,
    /// To put back the address that it went to, in place of another one.
    UndoEmail,
    /// No address of a page, but a cookie: a visitor who has proved the password of an account whose address is not verified may
    /// have the mail sent once more.
    ResendVerification,
}

impl LinkPurpose {
    /// Every purpose.
    pub const ALL: &[Self] = &[Self::ResetPassword, Self::VerifyEmail, Self::UndoEmail, Self::ResendVerification];

    /// A stable name, at most 32 characters, for stores.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset_password",
            Self::VerifyEmail => "verify_email",
            Self::UndoEmail => "undo_email",
            Self::ResendVerification => "resend_verification",
        }
    }

    /// Whether a change of the user's credentials ends it. A link about an address goes on, above all the one to put an address
    /// back: an attacker who has got into an account could otherwise take the remedy from its owner.
    #[must_use]
    pub const fn ends_with_credentials(self) -> bool {
        match self {
            Self::ResetPassword | Self::ResendVerification => true,
            Self::VerifyEmail | Self::UndoEmail => false,
        }
    }

    /// Whether one that is asked for later ends it. Links to put an address back stand beside each other: each is about a change of its
    /// own.
    #[must_use]
    pub const fn ends_with_a_later_one(self) -> bool {
        !matches!(self, Self::UndoEmail)
    }

    /// The purpose with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|purpose| purpose.code() == code)
    }
}

/// A link that was just made. Its token is kept nowhere: hand it over now.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MadeLink {
    /// The secret for its address.
    pub token: LinkToken,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it expires.
    pub ends_at: Timestamp,
}
