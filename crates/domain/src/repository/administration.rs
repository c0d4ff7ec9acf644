//! The port for the operator's changes to accounts.

use std::future::Future;

use super::{Expiry, InsertUserError, StoreError};
use crate::activity::Activity;
use crate::authentication::AuthenticationMethods;
use crate::clock::Timestamp;
use crate::throttle::{CounterKey, CounterState};
use crate::user::{NewUser, Standing, StoredUser, UserId, UserRecord};
use crate::username::Username;

/// Lists users, and changes them without a session of theirs. Only the use cases of administration ask for it.
pub trait AdministrationRepository: Send + Sync {
    /// Up to `most` users that match the filter, in the order that the store gives to names' keys, after the one with this name.
    /// Sessions that have reached one of the limits do not count.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn list_users(
        &self,
        filter: &UserFilter,
        limits: &[Expiry],
        after: Option<&Username>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<UserSummary>, StoreError>> + Send;

    /// Up to `most` users with their credentials, in the order of [`list_users`](Self::list_users), after the one with this name.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn stored_users(
        &self,
        after: Option<&Username>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<StoredUser>, StoreError>> + Send;

    /// As [`UserRepository::insert`](super::UserRepository::insert), and records the activity in the same step.
    ///
    /// # Errors
    /// As there.
    fn create_user(
        &self,
        user: &NewUser,
        activity: &Activity,
    ) -> impl Future<Output = Result<(), InsertUserError>> + Send;

    /// Gives the user another username, and records the activity, in one step. The sessions go on. Names are reserved
    /// as in [`UserRepository::change_username`](super::UserRepository::change_username).
    ///
    /// # Errors
    /// [`UserRenameError::NoSuchUser`]. [`UserRenameError::UsernameTaken`] when another user has the new key, or it is reserved
    /// beyond the activity's time, and not for this user, also in a race. [`UserRenameError::Store`] when the store fails. Nothing
    /// has changed then.
    fn rename_user(
        &self,
        rename: &UserRename,
        activity: &Activity,
    ) -> impl Future<Output = Result<(), UserRenameError>> + Send;

    /// In one step, deletes the user with all their data, and reserves the name until `reserved_until`, so that no user can have
    /// it. As with [`UserRepository::delete`](super::UserRepository::delete), the activity is not stored, and the mail that reports
    /// it is queued.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn delete_user(
        &self,
        id: UserId,
        reserved_until: Timestamp,
        activity: &Activity,
    ) -> impl Future<Output = Result<UserDeletion, StoreError>> + Send;

    /// The states of these counters, without those that have none, in one read. [`Limit`](crate::throttle::Limit) says what a
    /// state means.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn counters(
        &self,
        keys: &[CounterKey],
    ) -> impl Future<Output = Result<Vec<(CounterKey, CounterState)>, StoreError>> + Send;

    /// The names that are reserved for this user, who had them before.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn former_names_of(&self, user: UserId) -> impl Future<Output = Result<Vec<FormerName>, StoreError>> + Send;
}

/// Which users are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// The standing of the users; `None` for any.
    pub standing: Option<Standing>,
    /// A part of the [`key`](Username::key) of the users' names; empty for any. Give it in lower case: the result for
    /// another spelling is unspecified.
    pub part_of_key: String,
}

/// A user in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSummary {
    /// The user.
    pub user: UserRecord,
    /// The methods by which the user can log in.
    pub methods: AuthenticationMethods,
    /// How many sessions the user has.
    pub sessions: u32,
    /// When the user was last seen, as far as sessions and activities are kept: the latest
    /// [`last_seen_at`](crate::Session::last_seen_at), or the latest activity by the user
    /// ([`Event::is_by_user`](crate::Event::is_by_user)).
    pub last_seen_at: Option<Timestamp>,
}

/// Another username, given by the operator.
#[derive(Debug, Clone)]
pub struct UserRename {
    /// The user.
    pub user_id: UserId,
    /// The name.
    pub username: Username,
    /// Until when the old one is reserved for this user.
    pub reserved_until: Timestamp,
}

/// Why a user was not renamed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UserRenameError {
    /// The user is gone, or never was.
    #[error("there is no such user")]
    NoSuchUser,
    /// The username's key is in use, or reserved.
    #[error("that username is already taken")]
    UsernameTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The outcome of deleting a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserDeletion {
    /// The user has been deleted.
    Deleted,
    /// The user was gone before, or never was.
    NoSuchUser,
}

/// A name that a user had before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    /// Its [`key`](Username::key).
    pub key: String,
    /// Until when it is reserved for the user.
    pub reserved_until: Timestamp,
}
