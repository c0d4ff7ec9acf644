//! Sessions: one browser that is logged in, and for how long.

use std::time::Duration;

use crate::authentication::Authentication;
use crate::client::Client;
use crate::clock::Timestamp;
pub use crate::id::SessionId;
use crate::user::UserId;

/// One browser that is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Session {
    /// Names the session; not a secret, and no proof of anything.
    pub id: SessionId,
    /// Whose session it is.
    pub user_id: UserId,
    /// Which limits it has.
    pub kind: SessionKind,
    /// Where the log-in came from.
    pub client: Client,
    /// When the user asked to log in.
    pub created_at: Timestamp,
    /// When the user last proved their identity in this session, and by which methods, at the log-in or since.
    pub authentication: Authentication,
    /// When its token was drawn.
    pub renewed_at: Timestamp,
    /// When the session was last used, exact to [`SessionLimits::TOUCH_INTERVAL`].
    pub last_seen_at: Timestamp,
}

impl Session {
    /// The most sessions that a user has; with one more, the one that was seen longest ago ends. Users have fewer devices than
    /// this.
    pub const MOST: u32 = 100;
}

/// Which limits a session has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum SessionKind {
    /// It ends when the browser is closed, and soon on the server.
    Ordinary,
    /// Its user asked to be kept logged in.
    Kept,
}

/// How long a session lasts. The server keeps these limits; what a cookie says of its age counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// The longest time without a request.
    pub idle: Duration,
    /// The longest time since the log-in, however busy.
    pub max: Duration,
}

impl SessionLimits {
    /// How stale [`Session::last_seen_at`] may be at most before a request updates it: one minute, so that a busy session
    /// costs one write a minute and not one a page.
    pub const TOUCH_INTERVAL: Duration = Duration::from_mins(1);

    /// How stale it may be with these limits: a twentieth of the idle one where that is less, as a session is seen to be
    /// idle that much too early.
    #[must_use]
    pub fn touch_interval(&self) -> Duration {
        Self::TOUCH_INTERVAL.min(self.idle / 20)
    }

    /// How old the token of a kept session may be before a request renews it: 7 days, so that a token that leaked once
    /// is not good for the whole 30.
    pub const RENEWAL_INTERVAL: Duration = Duration::from_hours(7 * 24);

    /// How long the former token is good after the new one has arrived: one minute, for the requests that a browser had sent
    /// before. If the new one has not arrived a minute after it was drawn, the answer was lost, and the next one brings
    /// another.
    pub const RENEWAL_GRACE: Duration = Duration::from_mins(1);

    /// Whether `session` has reached one of the limits at `now`.
    #[must_use]
    pub fn are_reached(&self, session: &Session, now: Timestamp) -> bool {
        now.since(session.last_seen_at) >= self.idle || now.since(session.created_at) >= self.max
    }
}

/// 2 hours idle and 24 hours in all (NIST SP 800-63B-4 §2.2.3 recommends 1 and 24 hours at AAL2, §2.1.3 30 days in all
/// at AAL1; a password alone is AAL1).
impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle: Duration::from_hours(2), max: Duration::from_hours(24) }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::testing::{SeededEntropy, fixtures};

    fn session(created: u64, seen: u64) -> Session {
        let at = |minutes| Timestamp::from_unix_micros(0).plus(Duration::from_mins(minutes));
        let session = fixtures::session_of(UserId::from_uuid(Uuid::nil()), &SeededEntropy::default());
        Session { created_at: at(created), last_seen_at: at(seen), ..session }
    }

    #[test]
    fn a_session_ends_at_its_idle_limit_and_not_a_moment_before() {
        let now = Timestamp::from_unix_micros(0).plus(Duration::from_hours(2));
        let just_before = Timestamp::from_unix_micros(now.as_unix_micros() - 1);
        assert!(SessionLimits::default().are_reached(&session(0, 0), now));
        assert!(!SessionLimits::default().are_reached(&session(0, 0), just_before));
    }

    #[test]
    fn a_short_idle_limit_is_kept_to_a_twentieth() {
        let interval = |idle| SessionLimits { idle, ..SessionLimits::default() }.touch_interval();
        assert_eq!(interval(Duration::from_hours(2)), Duration::from_mins(1));
        assert_eq!(interval(Duration::from_mins(20)), Duration::from_mins(1));
        assert_eq!(interval(Duration::from_mins(1)), Duration::from_secs(3));
    }

    #[test]
    fn a_busy_session_ends_at_its_limit_in_all() {
        let now = Timestamp::from_unix_micros(0).plus(Duration::from_hours(24));
        let just_before = Timestamp::from_unix_micros(now.as_unix_micros() - 1);
        assert!(SessionLimits::default().are_reached(&session(0, 24 * 60 - 1), now));
        assert!(!SessionLimits::default().are_reached(&session(0, 24 * 60 - 1), just_before));
    }

    #[test]
    fn a_clock_that_was_set_back_ends_nothing() {
        assert!(!SessionLimits::default().are_reached(&session(60, 60), Timestamp::from_unix_micros(0)));
    }
}
