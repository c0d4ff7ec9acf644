//! Log-ins that wait for their second factor.

use std::time::Duration;

use crate::client::BrowserId;
use crate::clock::Timestamp;
use crate::session::SessionKind;
use crate::user::UserId;

/// Somebody's password was right, and their second factor is asked for: nobody is logged in by this, and it opens nothing else (OWASP
/// ASVS 5.0 §6.6.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingLogIn {
    /// Whose password was right.
    pub user_id: UserId,
    /// The version of the credentials that were verified: a change of any of them ends it.
    pub credentials_version: i64,
    /// Which session is wished for.
    pub kind: SessionKind,
    /// The browser that it is of, where that is known: it is good in no other.
    pub browser: Option<BrowserId>,
    /// How many codes were tried.
    pub tries: u32,
    /// From when on it is good no longer.
    pub ends_at: Timestamp,
    /// When the session began; `None` as long as it waits.
    pub finished_at: Option<Timestamp>,
}

impl PendingLogIn {
    /// How long it waits: five minutes (OWASP ASVS 5.0 §6.6.3 has ten at the most for a code that was sent).
    pub const LIFETIME: Duration = Duration::from_mins(5);

    /// How many codes may be tried.
    pub const MOST_TRIES: u32 = 5;

    /// Whether it still waits at this time.
    #[must_use]
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        self.finished_at.is_none() && now < self.ends_at
    }

    /// Whether its session has begun so lately that the same request, sent twice, may be meant.
    #[must_use]
    pub fn has_just_finished_at(&self, now: Timestamp) -> bool {
        self.finished_at.is_some_and(|finished_at| now.since(finished_at) < BrowserId::SENT_TWICE)
    }
}
