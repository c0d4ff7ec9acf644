//! Messages that are shown once.

use doorward_domain::{FailedAttempts, Timestamp};

/// A text shown once, on the next page: only its code travels, and a number or two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flash {
    /// “Account created. Please log in.”
    AccountCreated,
    /// “Successfully logged out.”
    LoggedOut,
    /// “Please log in to continue.”
    LogInRequired,
    /// “Please log in again.”
    SessionExpired,
    /// The password is another one.
    PasswordChanged,
    /// A password was set by a one-time link.
    PasswordReset,
    /// The username is another one.
    UsernameChanged,
    /// Another session was ended.
    SessionEnded,
    /// A known device is known no longer.
    DeviceForgotten,
    /// All other sessions were ended.
    OtherSessionsEnded,
    /// The account is gone.
    AccountDeleted,
    /// “If that account has a verified e-mail address, we have sent a link to it.”
    ResetRequested,
    /// Another address was given.
    EmailGiven,
    /// The address that was given is the verified one already.
    EmailUnchanged,
    /// An address was verified.
    EmailVerified,
    /// An address was taken off somebody's account.
    EmailRejected,
    /// The mail to verify an address was sent once more.
    MailSent,
    /// A form was made for another account than the one that is logged in, and changed nothing.
    AnotherAccount,
    /// Somebody tried to log in before.
    FailedAttempts(FailedAttempts),
}

impl Flash {
    /// Those without a number.
    const PLAIN: [Self; 18] = [
        Self::AccountCreated,
        Self::LoggedOut,
        Self::LogInRequired,
        Self::SessionExpired,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::UsernameChanged,
        Self::SessionEnded,
        Self::DeviceForgotten,
        Self::OtherSessionsEnded,
        Self::AccountDeleted,
        Self::AnotherAccount,
        Self::ResetRequested,
        Self::EmailGiven,
        Self::EmailUnchanged,
        Self::EmailVerified,
        Self::EmailRejected,
        Self::MailSent,
    ];

    /// One of each.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let attempts = |count| {
            Self::FailedAttempts(FailedAttempts { count, since: Timestamp::from_unix_micros(1_767_225_600_000_000) })
        };
        [&Self::PLAIN[..], &[attempts(1), attempts(3), attempts(FailedAttempts::MOST)]].concat()
    }

    /// The code that the cookie holds, and under which the templates have the text.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AccountCreated => "account_created",
            Self::LoggedOut => "logged_out",
            Self::LogInRequired => "log_in_required",
            Self::SessionExpired => "session_expired",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::UsernameChanged => "username_changed",
            Self::SessionEnded => "session_ended",
            Self::DeviceForgotten => "device_forgotten",
            Self::OtherSessionsEnded => "other_sessions_ended",
            Self::AccountDeleted => "account_deleted",
            Self::AnotherAccount => "another_account",
            Self::ResetRequested => "reset_requested",
            Self::EmailGiven => "email_given",
            Self::EmailUnchanged => "email_unchanged",
            Self::EmailVerified => "email_verified",
            Self::EmailRejected => "email_rejected",
            Self::MailSent => "mail_sent",
            Self::FailedAttempts(_) => "failed_attempts",
        }
    }

    /// What the cookie holds.
    pub(crate) fn to_value(self) -> String {
        match self {
            Self::FailedAttempts(FailedAttempts { count, since }) => {
                format!("{}.{count}.{}", self.code(), since.as_unix_micros())
            }
            plain => plain.code().to_owned(),
        }
    }

    /// What a cookie that we made says; `None` for a code of another release.
    pub(crate) fn from_value(value: &str) -> Option<Self> {
        match value.split('.').collect::<Vec<_>>().as_slice() {
            ["failed_attempts", count, since] => {
                let (count, since) = (count.parse().ok()?, Timestamp::from_unix_micros(since.parse().ok()?));
                Some(Self::FailedAttempts(FailedAttempts { count, since }))
            }
            _ => Self::PLAIN.into_iter().find(|flash| flash.code() == value),
        }
    }
}
