//! Log-ins that wait for their second factor.

use std::time::Duration;

use crate::client::BrowserId;
use crate::clock::Timestamp;
use crate::session::SessionKind;
use crate::user::UserId;

/// A log-in whose password was right, and whose second factor is asked for. It logs no user in, and opens nothing else (OWASP ASVS
/// 5.0 §6.6.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingLogIn {
    /// The user whose password was right.
    pub user_id: UserId,
    /// The version of the credentials that were verified: a change of any of them ends it.
    pub credentials_version: i64,
    /// The kind of session that was asked for.
    pub kind: SessionKind,
    /// Its browser, if that is known: it is good in no other.
    pub browser: Option<BrowserId>,
    /// How many codes were tried.
    pub tries: u32,
    /// When it expires.
    pub ends_at: Timestamp,
    /// When the session began; `None` while it waits.
    pub finished_at: Option<Timestamp>,
}

impl PendingLogIn {
    /// How long it waits: five minutes (OWASP ASVS 5.0 §6.6.3 has at most ten for a code that was sent).
    pub const LIFETIME: Duration = Duration::from_mins(5);

    /// How many codes may be tried.
    pub const MOST_TRIES: u32 = 5;

    /// Whether it still waits at this time.
    #[must_use]
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        self.finished_at.is_none() && now < self.ends_at
    }

    /// Whether its session has begun less than [`BrowserId::SENT_TWICE`] ago, so that a request may be the same one, sent twice.
    #[must_use]
    pub fn has_just_finished_at(&self, now: Timestamp) -> bool {
        self.finished_at.is_some_and(|finished_at| now.since(finished_at) < BrowserId::SENT_TWICE)
    }
}
