//! The port for what whoever runs a service does to accounts.

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
    /// Up to `most` of the users whom the filter lets through, in the order that the store gives to names' keys, after the one with
    /// this name. Sessions that have reached one of the limits do not count.
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

    /// Gives the user another username, and records the activity, in one step. The sessions go on. Reservations are as
    /// [`UserRepository::change_username`](super::UserRepository::change_username) has them.
    ///
    /// # Errors
    /// [`UserRenameError::NoSuchUser`]. [`UserRenameError::UsernameTaken`] when somebody else has the new key, or it is reserved
    /// for another beyond the activity's time, also in a race. [`UserRenameError::Store`] when the store fails. Nothing has changed
    /// then.
    fn rename_user(
        &self,
        rename: &UserRename,
        activity: &Activity,
    ) -> impl Future<Output = Result<(), UserRenameError>> + Send;

    /// Deletes the user with everything of theirs, and reserves the name for nobody until `reserved_until`, in one step. As with
    /// [`UserRepository::delete`](super::UserRepository::delete), the activity is written nowhere, and the mail that tells of it is
    /// queued.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn delete_user(
        &self,
        id: UserId,
        reserved_until: Timestamp,
        activity: &Activity,
    ) -> impl Future<Output = Result<UserDeletion, StoreError>> + Send;

    /// How far those of these counters are that have a state: one read. [`Limit`](crate::throttle::Limit) says what it is worth.
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
    /// Those of this standing; `None` for each.
    pub standing: Option<Standing>,
    /// Those whose name's [`key`](Username::key) has this in it; nothing for each. Give it in lower case: what
    /// another spelling finds is not said.
    pub part_of_key: String,
}

/// A user in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSummary {
    /// The user.
    pub user: UserRecord,
    /// By what the user can log in.
    pub methods: AuthenticationMethods,
    /// How many sessions there are.
    pub sessions: u32,
    /// When the user was last there, as far as sessions and what happened are kept: the latest
    /// [`last_seen_at`](crate::Session::last_seen_at), or the latest activity of theirs
    /// ([`Event::is_by_user`](crate::Event::is_by_user)).
    pub last_seen_at: Option<Timestamp>,
}

/// Another username, given by whoever runs the service.
#[derive(Debug, Clone)]
pub struct UserRename {
    /// Whose.
    pub user_id: UserId,
    /// The name.
    pub username: Username,
    /// Until when the old one is nobody else's.
    pub reserved_until: Timestamp,
}

/// Why a user was not renamed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UserRenameError {
    /// The user is gone, or never was.
    #[error("there is no such user")]
    NoSuchUser,
    /// The username's key belongs to somebody, or is reserved.
    #[error("that username is already taken")]
    UsernameTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of deleting a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserDeletion {
    /// The user is no more.
    Deleted,
    /// The user was gone before, or never was.
    NoSuchUser,
}

/// A name that a user had before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    /// Its [`key`](Username::key).
    pub key: String,
    /// Until when it is nobody else's.
    pub reserved_until: Timestamp,
}
