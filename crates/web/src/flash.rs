//! Messages that are shown once.

use doorward_domain::{FailedAttempts, Timestamp};

/// A text shown once, on the next page. Its cookie holds a code, and a number or two.
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
    /// The password was changed.
    PasswordChanged,
    /// A password was set by a one-time link.
    PasswordReset,
    /// The username was changed.
    UsernameChanged,
    /// Another session was ended.
    SessionEnded,
    /// A known device was forgotten.
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
    /// An address was taken off an account.
    EmailRejected,
    /// The mail to verify an address was sent once more.
    MailSent,
    /// A log-in needs a code from now on.
    SecondFactorTurnedOn,
    /// Another authenticator app replaced the earlier one.
    SecondFactorReplaced,
    /// A log-in needs no code any more.
    SecondFactorTurnedOff,
    /// No code of an app is needed any more; a passkey still is.
    AppTurnedOff,
    /// A passkey can log in from now on.
    PasskeyAdded,
    /// A passkey was renamed.
    PasskeyRenamed,
    /// A passkey can no longer log in.
    PasskeyRemoved,
    /// The password was removed, and passkeys alone can log in.
    PasswordRemoved,
    /// New recovery codes replaced the earlier ones.
    RecoveryCodesSaved,
    /// Recovery codes were shown for too long.
    RecoveryCodesOutdated,
    /// “Too many wrong codes. Please log in again.”
    TooManyCodes,
    /// A form was made for another account than the one that is logged in, and changed nothing.
    AnotherAccount,
    /// There were failed attempts to log in before.
    FailedAttempts(FailedAttempts),
    /// “7 recovery codes left”, after a log-in with one, and failed attempts before it.
    RecoveryCodesLeft(u32, Option<FailedAttempts>),
}

impl Flash {
    /// The messages without a number.
    const PLAIN: [Self; 29] = [
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
        Self::SecondFactorTurnedOn,
        Self::SecondFactorReplaced,
        Self::SecondFactorTurnedOff,
        Self::AppTurnedOff,
        Self::PasskeyAdded,
        Self::PasskeyRenamed,
        Self::PasskeyRemoved,
        Self::PasswordRemoved,
        Self::RecoveryCodesSaved,
        Self::RecoveryCodesOutdated,
        Self::TooManyCodes,
    ];

    /// One of each.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let since = Timestamp::from_unix_micros(1_767_225_600_000_000);
        let attempts = |count| FailedAttempts { count, since };
        let failed = [1, 3, FailedAttempts::MOST].map(|count| Self::FailedAttempts(attempts(count)));
        let left = [(7, None), (1, Some(attempts(3))), (0, None)];
        let left = left.map(|(left, attempts)| Self::RecoveryCodesLeft(left, attempts));
        [&Self::PLAIN[..], &failed, &left].concat()
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
            Self::SecondFactorTurnedOn => "second_factor_turned_on",
            Self::SecondFactorReplaced => "second_factor_replaced",
            Self::SecondFactorTurnedOff => "second_factor_turned_off",
            Self::AppTurnedOff => "app_turned_off",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRenamed => "passkey_renamed",
            Self::PasskeyRemoved => "passkey_removed",
            Self::PasswordRemoved => "password_removed",
            Self::RecoveryCodesSaved => "recovery_codes_saved",
            Self::RecoveryCodesOutdated => "recovery_codes_outdated",
            Self::TooManyCodes => "too_many_codes",
            Self::FailedAttempts(_) => "failed_attempts",
            Self::RecoveryCodesLeft(..) => "recovery_codes_left",
        }
    }

    /// The value of the cookie.
    pub(crate) fn to_value(self) -> String {
        match self {
            Self::FailedAttempts(attempts) => format!("{}.{}", self.code(), attempts_to_value(attempts)),
            Self::RecoveryCodesLeft(left, None) => format!("{}.{left}", self.code()),
            Self::RecoveryCodesLeft(left, Some(attempts)) => {
                format!("{}.{left}.{}", self.code(), attempts_to_value(attempts))
            }
            plain => plain.code().to_owned(),
        }
    }

    /// Reads the value of a cookie that we made; `None` for a code of another release.
    pub(crate) fn from_value(value: &str) -> Option<Self> {
        match value.split('.').collect::<Vec<_>>().as_slice() {
            ["failed_attempts", attempts @ ..] => Some(Self::FailedAttempts(attempts_from(attempts)?)),
            ["recovery_codes_left", left, attempts @ ..] => {
                Some(Self::RecoveryCodesLeft(left.parse().ok()?, attempts_from(attempts)))
            }
            _ => Self::PLAIN.into_iter().find(|flash| flash.code() == value),
        }
    }
}

fn attempts_to_value(FailedAttempts { count, since }: FailedAttempts) -> String {
    format!("{count}.{}", since.as_unix_micros())
}

fn attempts_from(parts: &[&str]) -> Option<FailedAttempts> {
    let [count, since] = parts else { return None };
    Some(FailedAttempts { count: count.parse().ok()?, since: Timestamp::from_unix_micros(since.parse().ok()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_read_as_it_was_written() {
        for flash in Flash::samples() {
            assert_eq!(Flash::from_value(&flash.to_value()), Some(flash));
        }
        for value in ["", "nothing", "failed_attempts", "failed_attempts.1", "recovery_codes_left", "logged_out.1"] {
            assert_eq!(Flash::from_value(value), None, "{value}");
        }
    }
}
