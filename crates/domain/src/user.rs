//! Users: what is known of somebody who signed up.

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
    /// An id that no user has, to look for in the place of one, so that it takes as long.
    pub(crate) const fn nobody() -> Self {
        Self::from_uuid(Uuid::nil())
    }
}

/// Somebody who signed up, as services read it: it may grow with any release. A store builds a [`UserRecord`].
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
    /// What the account asks for at a log-in after a right password; none of an account that asks for no more.
    pub second_factors: AuthenticationMethods,
}

/// A user as a store keeps it, whole: a field more would be one that each store has to keep.
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
    /// What the account asks for at a log-in after a right password. Empty at first; only what sets up second factors changes it.
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
    /// May not log in, and no session of theirs counts; the account and its name stay.
    Closed,
}

/// A user together with the credentials: what a store returns for a log-in, and for nothing else.
#[derive(Debug, Clone)]
pub struct StoredUser {
    /// The user.
    pub user: UserRecord,
    /// The hash to verify a password against; `None` for who has no password, to whom every password is wrong.
    pub password_hash: Option<PasswordHash>,
    /// Which credentials they are, all of the user's together: 0 at first, one more with each change. Making the hash of the same
    /// password anew does not count.
    pub credentials_version: i64,
    /// In which browser somebody signed up for it, where that is known.
    pub signed_up_in: Option<BrowserId>,
}

/// A user about to be stored; always [`Standing::Active`].
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The id, chosen by the domain.
    pub id: UserId,
    /// The name, whose [`key`](Username::key) must be unique.
    pub username: Username,
    /// The hash of the password, for who has one.
    pub password_hash: Option<PasswordHash>,
    /// The time of sign-up.
    pub created_at: Timestamp,
    /// In which browser somebody signs up for it, where that is known.
    pub signed_up_in: Option<BrowserId>,
    /// The language that the user has chosen; `None` where they have not.
    pub language: Option<Language>,
    /// The address that is given with it. Only the use cases of e-mail give one: `None` where a service has none of them.
    pub email: Option<NewEmail>,
}

/// The address of a user about to be stored: it is pending.
#[derive(Debug, Clone)]
pub struct NewEmail {
    /// The address.
    pub address: EmailAddress,
    /// By when it has to be verified, or the user goes; `None` where nothing hangs on it.
    pub verify_by: Option<Timestamp>,
    /// The mail to it, to be [queued](NewMail) in the same step.
    pub mail: NewMail,
}
