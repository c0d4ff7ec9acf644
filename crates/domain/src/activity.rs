//! What happened to an account lately: kept for its user, who knows best whether it was them.

use crate::client::Client;
use crate::clock::Timestamp;
pub use crate::id::ActivityId;
use crate::mail::{Mail, MailId, MailKind, Recipient};
use crate::user::UserId;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Activity {
    /// Names it, and sorts by time.
    pub id: ActivityId,
    /// The user whose account it is about. `None` for an attempt at a name that no user has: it is stored like any
    /// other, so that it takes as long, and swept.
    pub user_id: Option<UserId>,
    /// What happened.
    pub event: Event,
    /// When it happened.
    pub at: Timestamp,
    /// The client whose request led to it; the default if none did.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serialized::but_for_the_browser"))]
    pub client: Client,
    /// Whether a mail reports it to its user, queued in the step that records it. No store keeps this: a stored activity has no notice.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub notice: Notice,
}

impl Activity {
    /// The mail that reports it, if one is to be queued. It counts on no limit.
    #[must_use]
    pub fn notice_to(&self, recipient: Recipient) -> Option<Mail> {
        let Notice::ByMail { ends_at } = self.notice else { return None };
        let (id, kind) = (MailId::from_uuid(self.id.as_uuid()), MailKind::Notice(self.event));
        let recipient = recipient.or_reading(self.client.language.as_ref());
        Some(Mail { id, kind, recipient: Some(recipient), client: self.client.clone(), queued_at: self.at, ends_at })
    }
}

/// Whether a mail reports an activity to its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Notice {
    /// No.
    #[default]
    None,
    /// Yes, if the user has a verified address.
    ByMail {
        /// When the mail is of no more use.
        ends_at: Timestamp,
    },
}

/// What can happen to an account. There may be more with any release: a store keeps the [`code`](Event::code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// A log-in.
    LoggedIn,
    /// A log-in that was turned away: the password was wrong, or the account closed.
    LogInFailed,
    /// A logged-in user was asked for the password, and gave a wrong one.
    ReauthenticationFailed,
    /// A log-out.
    LoggedOut,
    /// A session was ended from another one.
    SessionEnded,
    /// All other sessions were ended.
    SessionsEnded,
    /// Another password, and the end of all other sessions.
    PasswordChanged,
    /// Another username.
    UsernameChanged,
    /// Attempts to log in, or to reauthenticate, were turned away as too many. Written once in a while, however many there are.
    Throttled,
    /// A known device was forgotten, as its user wished.
    DeviceForgotten,
    /// A one-time link to set a password was made, by the operator.
    ResetLinkMade,
    /// A password was set by a one-time link, and all sessions ended.
    PasswordReset,
    /// The account was created, by the operator.
    AccountCreated,
    /// The account was taken over from another system, by the operator.
    AccountImported,
    /// The hash of the password was taken over from another system, by the operator, and all sessions ended.
    PasswordImported,
    /// The account was closed, by the operator, and all sessions ended.
    AccountClosed,
    /// The account was reopened, by the operator.
    AccountReopened,
    /// All sessions were ended, by the operator.
    SessionsEndedByOperator,
    /// Another username, by the operator.
    UsernameChangedByOperator,
    /// The waits after failed attempts were lifted, by the operator.
    WaitsForgiven,
    /// A mail with a link to set a password was asked for, by a visitor who typed the name or the address.
    ResetRequested,
    /// An address was given, to be verified.
    EmailGiven,
    /// A mail to verify the address was asked for once more.
    VerificationRequested,
    /// The address was verified by a link.
    EmailVerified,
    /// The address was taken off the account by a link: the reader of its mails knows nothing of the account.
    EmailRejected,
    /// The former address was put back by a link, and all sessions ended.
    EmailUndone,
    /// An address was given, by the operator.
    EmailSetByOperator,
    /// The account was deleted. It is not stored, as the record goes with the account: a notice reports it.
    AccountDeleted,
    /// The account was deleted, by the operator. It is not stored, either.
    AccountDeletedByOperator,
    /// A second factor was set up: a log-in asks for it from then on.
    SecondFactorTurnedOn,
    /// Another authenticator app was set up in place of the former one.
    SecondFactorReplaced,
    /// The second factor was turned off, and the recovery codes with it.
    SecondFactorTurnedOff,
    /// The second factor was removed, and the recovery codes with it, by the operator.
    SecondFactorRemovedByOperator,
    /// New recovery codes were made, in place of the former ones.
    RecoveryCodesMade,
    /// A recovery code stood in for the second factor, and is used up.
    RecoveryCodeUsed,
    /// The password was right, and the code was not.
    SecondStepFailed,
    /// The password was right, and three codes were not. Written once for each log-in that waits.
    SecondStepGuessed,
    /// The password was right, and codes were turned away as too many. Written once in a while, however many there are.
    SecondStepThrottled,
    /// A passkey was added: it logs in from then on.
    PasskeyAdded,
    /// A passkey was given another name.
    PasskeyRenamed,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A passkey was refused because its counter had gone back, or because it could not be synced before and now can, or the other way
    /// round: it may be a copy.
    PasskeyRefused,
    /// The password was removed: passkeys alone log in from then on.
    PasswordRemoved,
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
        Self::AccountCreated,
        Self::AccountImported,
        Self::PasswordImported,
        Self::AccountClosed,
        Self::AccountReopened,
        Self::SessionsEndedByOperator,
        Self::UsernameChangedByOperator,
        Self::WaitsForgiven,
        Self::ResetRequested,
        Self::EmailGiven,
        Self::VerificationRequested,
        Self::EmailVerified,
        Self::EmailRejected,
        Self::EmailUndone,
        Self::EmailSetByOperator,
        Self::AccountDeleted,
        Self::AccountDeletedByOperator,
        Self::SecondFactorTurnedOn,
        Self::SecondFactorReplaced,
        Self::SecondFactorTurnedOff,
        Self::SecondFactorRemovedByOperator,
        Self::RecoveryCodesMade,
        Self::RecoveryCodeUsed,
        Self::SecondStepFailed,
        Self::SecondStepGuessed,
        Self::SecondStepThrottled,
        Self::PasskeyAdded,
        Self::PasskeyRenamed,
        Self::PasskeyRemoved,
        Self::PasskeyRefused,
        Self::PasswordRemoved,
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
            Self::AccountCreated => "account_created",
            Self::AccountImported => "account_imported",
            Self::PasswordImported => "password_imported",
            Self::AccountClosed => "account_closed",
            Self::AccountReopened => "account_reopened",
            Self::SessionsEndedByOperator => "sessions_ended_by_operator",
            Self::UsernameChangedByOperator => "username_changed_by_operator",
            Self::WaitsForgiven => "waits_forgiven",
            Self::ResetRequested => "reset_requested",
            Self::EmailGiven => "email_given",
            Self::VerificationRequested => "verification_requested",
            Self::EmailVerified => "email_verified",
            Self::EmailRejected => "email_rejected",
            Self::EmailUndone => "email_undone",
            Self::EmailSetByOperator => "email_set_by_operator",
            Self::AccountDeleted => "account_deleted",
            Self::AccountDeletedByOperator => "account_deleted_by_operator",
            Self::SecondFactorTurnedOn => "second_factor_turned_on",
            Self::SecondFactorReplaced => "second_factor_replaced",
            Self::SecondFactorTurnedOff => "second_factor_turned_off",
            Self::SecondFactorRemovedByOperator => "second_factor_removed",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::SecondStepFailed => "second_step_failed",
            Self::SecondStepGuessed => "second_step_guessed",
            Self::SecondStepThrottled => "second_step_throttled",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRenamed => "passkey_renamed",
            Self::PasskeyRemoved => "passkey_removed",
            Self::PasskeyRefused => "passkey_refused",
            Self::PasswordRemoved => "password_removed",
        }
    }

    /// The event with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.code() == code)
    }

    /// Whether it is a wrong password, or a wrong code after it.
    #[must_use]
    pub const fn is_failed_attempt(self) -> bool {
        matches!(self, Self::LogInFailed | Self::ReauthenticationFailed | Self::SecondStepFailed)
    }

    /// Whether a mail reports it to the user, if the service sends mails (OWASP ASVS 5.0 §6.3.7). A log-in is reported only if it is
    /// from a device that is not known.
    #[must_use]
    pub const fn is_noticed(self) -> bool {
        matches!(
            self,
            Self::LoggedIn
                | Self::PasswordChanged
                | Self::PasswordReset
                | Self::UsernameChanged
                | Self::UsernameChangedByOperator
                | Self::AccountClosed
                | Self::AccountReopened
                | Self::AccountDeleted
                | Self::AccountDeletedByOperator
                | Self::EmailSetByOperator
                | Self::SecondFactorTurnedOn
                | Self::SecondFactorReplaced
                | Self::SecondFactorTurnedOff
                | Self::SecondFactorRemovedByOperator
                | Self::RecoveryCodesMade
                | Self::RecoveryCodeUsed
                | Self::SecondStepGuessed
                | Self::SecondStepThrottled
                | Self::PasskeyAdded
                | Self::PasskeyRenamed
                | Self::PasskeyRemoved
                | Self::PasskeyRefused
                | Self::PasswordRemoved
        )
    }

    /// Whether the user did it: in a session, or by a link of the user's.
    #[must_use]
    pub const fn is_by_user(self) -> bool {
        matches!(
            self,
            Self::LoggedIn
                | Self::LoggedOut
                | Self::SessionEnded
                | Self::SessionsEnded
                | Self::PasswordChanged
                | Self::UsernameChanged
                | Self::DeviceForgotten
                | Self::PasswordReset
                | Self::EmailGiven
                | Self::VerificationRequested
                | Self::EmailVerified
                | Self::EmailUndone
                | Self::AccountDeleted
                | Self::SecondFactorTurnedOn
                | Self::SecondFactorReplaced
                | Self::SecondFactorTurnedOff
                | Self::RecoveryCodesMade
                | Self::RecoveryCodeUsed
                | Self::PasskeyAdded
                | Self::PasskeyRenamed
                | Self::PasskeyRemoved
                | Self::PasswordRemoved
        )
    }

    /// Whether the operator did it, from no browser.
    #[must_use]
    pub const fn is_by_operator(self) -> bool {
        matches!(
            self,
            Self::ResetLinkMade
                | Self::AccountCreated
                | Self::AccountImported
                | Self::PasswordImported
                | Self::AccountClosed
                | Self::AccountReopened
                | Self::SessionsEndedByOperator
                | Self::UsernameChangedByOperator
                | Self::WaitsForgiven
                | Self::EmailSetByOperator
                | Self::AccountDeletedByOperator
                | Self::SecondFactorRemovedByOperator
        )
    }
}

/// The last log-in to an account, and the failed attempts since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SinceLastLogIn {
    /// When that log-in was, as far as it is recorded.
    pub last_log_in_at: Option<Timestamp>,
    /// The attempts that failed afterwards.
    pub failed_attempts: Option<FailedAttempts>,
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
    /// The most that are counted: no user needs a more exact number, and a log-in does not take longer after more attempts.
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

    #[test]
    fn an_event_is_by_the_user_by_the_operator_or_a_failed_attempt_and_never_two_of_these() {
        for event in Event::ALL {
            let kinds = [event.is_by_user(), event.is_by_operator(), event.is_failed_attempt()];
            let kinds = kinds.into_iter().filter(|is_so| *is_so).count();
            let is_anybodys = matches!(
                event,
                Event::Throttled
                    | Event::ResetRequested
                    | Event::EmailRejected
                    | Event::SecondStepGuessed
                    | Event::SecondStepThrottled
                    | Event::PasskeyRefused
            );
            assert_eq!(kinds, usize::from(!is_anybodys), "{event:?}");
        }
    }
}
