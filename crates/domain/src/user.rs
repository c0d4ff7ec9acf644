//! Users, with and without their credentials.

use uuid::Uuid;

use crate::authentication::AuthenticationMethods;
use crate::client::BrowserId;
use crate::clock::Timestamp;
use crate::email_address::EmailAddress;
pub use crate::id::UserId;
use crate::language::Language;
use crate::password::PasswordHash;
use crate::repository::NewMail;
use crate::username::Username;

impl UserId {
    /// An id that no user has, to look up in place of a user's, so that it takes as long.
    pub(crate) const fn nobody() -> Self {
        Self::from_uuid(Uuid::nil())
    }
}

/// A user, as services read it: it may grow with any release. A store builds a [`UserRecord`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct User {
    /// Names the user for ever, also when the username changes.
    pub id: UserId,
    /// The name to log in with and to show.
    pub username: Username,
    /// Whether the user may log in.
    pub standing: Standing,
    /// When the account was created.
    pub created_at: Timestamp,
    /// The language that the user has chosen; `None` where they have not.
    pub language: Option<Language>,
    /// The factors that a log-in asks for after a right password; empty if it asks for none.
    pub second_factors: AuthenticationMethods,
}

/// A user as a store keeps it, complete: every store has to keep a field that is added.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct UserRecord {
    /// Names the user for ever, also when the username changes.
    pub id: UserId,
    /// The name to log in with and to show.
    pub username: Username,
    /// Whether the user may log in.
    pub standing: Standing,
    /// When the account was created.
    pub created_at: Timestamp,
    /// The language that the user has chosen; `None` where they have not.
    pub language: Option<Language>,
    /// The factors that a log-in asks for after a right password. Empty at first; only changes of second factors change it.
    pub second_factors: AuthenticationMethods,
}

impl From<UserRecord> for User {
    fn from(record: UserRecord) -> Self {
        let UserRecord { id, username, standing, created_at, language, second_factors } = record;
        Self { id, username, standing, created_at, language, second_factors }
    }
}

/// Whether a user may log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Standing {
    /// May log in.
    Active,
    /// May not log in, and their sessions do not count; the account and its name stay.
    Closed,
}

/// A user together with the credentials, as a store returns it for a log-in.
#[derive(Debug, Clone)]
pub struct StoredUser {
    /// The user.
    pub user: UserRecord,
    /// The hash to verify a password against; `None` if the user has no password, so that every password is wrong.
    pub password_hash: Option<PasswordHash>,
    /// The version of all the user's credentials together: 0 at first, one more with each change. A new hash of the same password
    /// is no change.
    pub credentials_version: i64,
    /// The browser in which the user signed up, if that is known.
    pub signed_up_in: Option<BrowserId>,
}

/// A user about to be stored; always [`Standing::Active`].
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The id, chosen by the domain.
    pub id: UserId,
    /// The name, whose [`key`](Username::key) must be unique.
    pub username: Username,
    /// The hash of the password, if the user has one.
    pub password_hash: Option<PasswordHash>,
    /// The time of sign-up.
    pub created_at: Timestamp,
    /// The browser in which the user signs up, if that is known.
    pub signed_up_in: Option<BrowserId>,
    /// The language that the user has chosen; `None` where they have not.
    pub language: Option<Language>,
    /// The address that is given with it. Only the use cases of e-mail give one: it is `None` in a service without them.
    pub email: Option<NewEmail>,
}

/// The address of a user about to be stored: it is pending.
#[derive(Debug, Clone)]
pub struct NewEmail {
    /// The address.
    pub address: EmailAddress,
    /// When the user is deleted unless it is verified by then; `None` if it need not be verified.
    pub verify_by: Option<Timestamp>,
    /// The mail to it, to be [queued](NewMail) in the same step.
    pub mail: NewMail,
}
