//! One-time links: who opens one may do a single thing, once, and until it ends.

use std::time::Duration;

use crate::clock::Timestamp;
pub use crate::token::{LinkHash, LinkToken};
use crate::user::UserId;

/// A link as a store keeps it, beside the [`LinkHash`] of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whose it is.
    pub user_id: UserId,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// The version of the user's credentials when it was made. It is good for no other: whatever changes them ends it.
    pub credentials_version: i64,
    /// From when on it is good no longer.
    pub ends_at: Timestamp,
}

impl Link {
    /// How long a link is good that an operator hands over: 72 hours, as a person may read it after a weekend.
    pub const RESET_BY_OPERATOR: Duration = Duration::from_hours(72);
}

/// What a link is for. There may be more with any release: a store keeps the [`code`](LinkPurpose::code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkPurpose {
    /// To set a password, also where the user has none.
    ResetPassword,
}

impl LinkPurpose {
    /// Every purpose.
    pub const ALL: &[Self] = &[Self::ResetPassword];

    /// A stable name, at most 32 characters, for stores.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset_password",
        }
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
    /// From when on it is good no longer.
    pub ends_at: Timestamp,
}
