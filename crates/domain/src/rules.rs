//! The durations, limits and policies that a service chooses.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::official_names::OfficialNames;
use crate::password::PasswordPolicy;
use crate::session::{Session, SessionKind, SessionLimits};
use crate::throttle::ThrottleRules;
use crate::username::{Username, UsernameError};

/// The rules of one service. Start from [`Rules::new`] and change the fields that you want to differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The policy for new passwords.
    pub passwords: PasswordPolicy,
    /// How long a session lasts.
    pub sessions: SessionLimits,
    /// How long a session lasts whose user asked to be kept logged in.
    pub kept_sessions: SessionLimits,
    /// How long after its user logged in or reauthenticated a session may do what asks for a recent log-in.
    pub recent_log_in: Duration,
    /// The names that no user gets, as they would pass for the site.
    pub official_names: OfficialNames,
    /// How long no other user can have a username that was given up, so that a stranger cannot take over a name that
    /// people know.
    pub name_reservation: Duration,
    /// How long the record of what happened is kept.
    pub activity_retention: Duration,
    /// How often passwords may be tried and users signed up. `None` limits nothing: for tests, or if something in front
    /// limits attempts better.
    pub throttle: Option<ThrottleRules>,
}

impl Rules {
    /// The defaults around a password policy: 2 hours idle and 24 in all; for kept sessions 14 days idle and 30 in all (NIST
    /// SP 800-63B-4 §2.1.3: 30 days at AAL1); 10 minutes for a recent log-in (as Phoenix and Kanidm have it); the usual
    /// official names; 30 days for a name; 90 days for what happened; attempts throttled.
    #[must_use]
    pub fn new(passwords: PasswordPolicy) -> Self {
        const fn days(days: u64) -> Duration {
            Duration::from_hours(24 * days)
        }
        Self {
            passwords,
            sessions: SessionLimits::default(),
            kept_sessions: SessionLimits { idle: days(14), max: days(30) },
            recent_log_in: Duration::from_mins(10),
            official_names: OfficialNames::default(),
            name_reservation: days(30),
            activity_retention: days(90),
            throttle: Some(ThrottleRules::default()),
        }
    }

    /// Reads the new username of a sign-up or a change.
    ///
    /// # Errors
    /// [`UsernameError`], as [`Username::parse`] has it, or [`UsernameError::Official`].
    pub fn read_new_username(&self, typed: &str) -> Result<Username, UsernameError> {
        let username = Username::parse(typed)?;
        if self.official_names.contain(&username) { Err(UsernameError::Official) } else { Ok(username) }
    }

    /// How much longer the browser has to keep the cookie of this session; `None` for one that goes with the browser.
    #[must_use]
    pub fn kept_for(&self, session: &Session, now: Timestamp) -> Option<Duration> {
        let left = || self.kept_sessions.max.saturating_sub(now.since(session.created_at));
        (session.kind == SessionKind::Kept).then(left)
    }

    /// The limits of a session of this kind.
    #[must_use]
    pub const fn limits_of(&self, kind: SessionKind) -> SessionLimits {
        match kind {
            SessionKind::Ordinary => self.sessions,
            SessionKind::Kept => self.kept_sessions,
        }
    }
}
