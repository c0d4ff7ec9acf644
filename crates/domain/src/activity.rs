//! What happened to an account lately: kept for its user, who knows best whether it was them.

use std::fmt;

use uuid::Uuid;

use crate::client::Client;
use crate::clock::Timestamp;
use crate::entropy::{Entropy, EntropyError};
use crate::user::{UserId, uuid_v7};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Names it, and sorts by time.
    pub id: ActivityId,
    /// To whose account. `None` for an attempt at a name that nobody has: it is written down like any other, so that it
    /// takes as long, and swept.
    pub user_id: Option<UserId>,
    /// What.
    pub event: Event,
    /// When.
    pub at: Timestamp,
    /// From where; the default where nobody's request was behind it.
    pub client: Client,
}

/// What can happen to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// A log-in.
    LoggedIn,
    /// A log-in that was turned away: the password was wrong, or the account closed.
    LogInFailed,
    /// Somebody who was logged in was asked for the password, and gave a wrong one.
    ConfirmationFailed,
    /// A log-out.
    LoggedOut,
    /// A session was ended from another one, or by an administrator.
    SessionEnded,
    /// All sessions, or all others, were ended.
    SessionsEnded,
    /// Another password, and the end of all other sessions.
    PasswordChanged,
    /// Another username.
    UsernameChanged,
    /// Attempts to log in, or to confirm, were turned away as too many. Written once in a while, however many there are.
    Throttled,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 9] = [
        Self::LoggedIn,
        Self::LogInFailed,
        Self::ConfirmationFailed,
        Self::LoggedOut,
        Self::SessionEnded,
        Self::SessionsEnded,
        Self::PasswordChanged,
        Self::UsernameChanged,
        Self::Throttled,
    ];

    /// A stable name, at most 32 characters, for stores, templates and translations.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LoggedIn => "logged_in",
            Self::LogInFailed => "log_in_failed",
            Self::ConfirmationFailed => "confirmation_failed",
            Self::LoggedOut => "logged_out",
            Self::SessionEnded => "session_ended",
            Self::SessionsEnded => "sessions_ended",
            Self::PasswordChanged => "password_changed",
            Self::UsernameChanged => "username_changed",
            Self::Throttled => "throttled",
        }
    }

    /// The event with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.code() == code)
    }

    /// Whether somebody tried a password and it was not right.
    #[must_use]
    pub const fn is_failed_attempt(self) -> bool {
        matches!(self, Self::LogInFailed | Self::ConfirmationFailed)
    }
}

/// Names something that happened: a version 7 UUID (RFC 9562 §5.7), so that later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActivityId(Uuid);

impl ActivityId {
    /// A new id for what happens at `now`.
    ///
    /// # Errors
    /// [`EntropyError`] when there is no randomness to be had.
    pub fn new(now: Timestamp, entropy: &impl Entropy) -> Result<Self, EntropyError> {
        uuid_v7(now, entropy).map(Self)
    }

    /// Less than every id of `at`'s millisecond and later, greater than every id before it.
    #[must_use]
    pub fn floor(at: Timestamp) -> Self {
        let millis = u64::try_from(at.as_unix_micros() / 1_000).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
    }

    /// Reads an id as a page carries it. `None` for whatever is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }

    /// The id as stored.
    #[must_use]
    pub const fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    /// The id to store.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for ActivityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;

    #[test]
    fn every_event_has_a_short_code_of_its_own() {
        for event in Event::ALL {
            assert_eq!(Event::from_code(event.code()), Some(event));
            assert!(event.code().len() <= 32);
        }
        assert_eq!(Event::from_code("nothing"), None);
    }

    #[test]
    fn a_floor_lies_between_the_milliseconds() {
        let entropy = SeededEntropy::default();
        let id = |micros| ActivityId::new(Timestamp::from_unix_micros(micros), &entropy).unwrap();
        let floor = ActivityId::floor(Timestamp::from_unix_micros(1_700_000_000_001_500));
        assert!(id(1_700_000_000_000_999) < floor);
        assert!(floor < id(1_700_000_000_001_000));
        assert_eq!(ActivityId::parse(&floor.to_string()), Some(floor));
        assert_eq!(ActivityId::parse("soon"), None);
    }
}
