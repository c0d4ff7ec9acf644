//! What happened to an account lately: kept for its user, who knows best whether it was them.

use crate::client::Client;
use crate::clock::Timestamp;
pub use crate::id::ActivityId;
use crate::user::UserId;

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

/// What can happen to an account. There may be more with any release: a store keeps the [`code`](Event::code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// A log-in.
    LoggedIn,
    /// A log-in that was turned away: the password was wrong, or the account closed.
    LogInFailed,
    /// Somebody who was logged in was asked for the password, and gave a wrong one.
    ReauthenticationFailed,
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
    /// Attempts to log in, or to reauthenticate, were turned away as too many. Written once in a while, however many there are.
    Throttled,
    /// A device that was known is so no longer, as its user wished.
    DeviceForgotten,
    /// A one-time link to set a password was made, by whoever runs the service.
    ResetLinkMade,
    /// A password was set by a one-time link, and all sessions ended.
    PasswordReset,
}

impl Event {
    /// Every event.
    pub const ALL: &[Self] = &[
        Self::LoggedIn,
        Self::LogInFailed,
        Self::ReauthenticationFailed,
        Self::LoggedOut,
        Self::SessionEnded,
        Self::SessionsEnded,
        Self::PasswordChanged,
        Self::UsernameChanged,
        Self::Throttled,
        Self::DeviceForgotten,
        Self::ResetLinkMade,
        Self::PasswordReset,
    ];

    /// A stable name, at most 32 characters, for stores, templates and translations.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LoggedIn => "logged_in",
            Self::LogInFailed => "log_in_failed",
            Self::ReauthenticationFailed => "reauthentication_failed",
            Self::LoggedOut => "logged_out",
            Self::SessionEnded => "session_ended",
            Self::SessionsEnded => "sessions_ended",
            Self::PasswordChanged => "password_changed",
            Self::UsernameChanged => "username_changed",
            Self::Throttled => "throttled",
            Self::DeviceForgotten => "device_forgotten",
            Self::ResetLinkMade => "reset_link_made",
            Self::PasswordReset => "password_reset",
        }
    }

    /// The event with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.code() == code)
    }

    /// Whether somebody tried a password and it was not right.
    #[must_use]
    pub const fn is_failed_attempt(self) -> bool {
        matches!(self, Self::LogInFailed | Self::ReauthenticationFailed)
    }
}

/// Attempts on an account that [failed](Event::is_failed_attempt) since the last log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedAttempts {
    /// How many, at least 1; at [`MOST`](Self::MOST) there may be more.
    pub count: u32,
    /// When the first of those that are counted was.
    pub since: Timestamp,
}

impl FailedAttempts {
    /// The most that are counted: nobody needs to know it more exactly, and a log-in does not take longer the more somebody tried.
    pub const MOST: u32 = 100;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_a_short_code_of_its_own() {
        for &event in Event::ALL {
            assert_eq!(Event::from_code(event.code()), Some(event));
            assert!(event.code().len() <= 32);
        }
        assert_eq!(Event::from_code("nothing"), None);
    }
}
