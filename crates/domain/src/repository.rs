//! The ports to a database. `doorward-storage` implements them for SQL; `testing::store_contract!` tests any other.
//!
//! All methods are `-> impl Future + Send`, so that generic code may be spawned; implement them with plain `async fn`.
//! None of them decides anything: rules are the domain's. What they promise instead is atomicity, spelled out at each.

use std::error::Error;
use std::future::Future;

use crate::clock::Timestamp;
use crate::password::PasswordHash;
use crate::session::{Session, SessionId};
use crate::token::TokenHash;
use crate::user::{NewUser, StoredUser, User, UserId};
use crate::username::Username;

/// Everything that [`AuthService`](crate::AuthService) keeps.
pub trait Store: UserRepository + SessionRepository {}

impl<S: UserRepository + SessionRepository> Store for S {}

/// Keeps users.
pub trait UserRepository: Send + Sync {
    /// Stores a new user, or nothing.
    ///
    /// # Errors
    /// [`InsertUserError::UsernameTaken`] when the username's key is in use, also when two callers race for it: exactly
    /// one of them gets it. [`InsertUserError::Store`] when the store fails.
    fn insert(&self, user: &NewUser) -> impl Future<Output = Result<(), InsertUserError>> + Send;

    /// The user whose username has this [`key`](Username::key), whatever the spelling and the standing.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_by_username(
        &self,
        username: &Username,
    ) -> impl Future<Output = Result<Option<StoredUser>, StoreError>> + Send;

    /// Puts `new` in the place of `old` where the user's hash still is `old`, in one step; else changes nothing, which
    /// is no error: somebody else was quicker.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Closes the account and ends all its sessions, in one step. Harmless when it is closed or gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn close(&self, id: UserId) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Lets the user log in again. Harmless when the account is open or gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn reopen(&self, id: UserId) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Keeps sessions.
pub trait SessionRepository: Send + Sync {
    /// In one step: checks that the user is (still) active, stores the session under `token`, and ends the session
    /// whose token is `replacing`. Where any of it fails, nothing has changed.
    ///
    /// # Errors
    /// [`StartSessionError::NotActive`] when the user is closed or gone. [`StartSessionError::Store`] when the store
    /// fails.
    fn start(
        &self,
        session: &Session,
        token: &TokenHash,
        replacing: Option<&TokenHash>,
    ) -> impl Future<Output = Result<(), StartSessionError>> + Send;

    /// The session that is stored under this token, with its user: one read, as every page asks it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_by_token(
        &self,
        token: &TokenHash,
    ) -> impl Future<Output = Result<Option<(Session, User)>, StoreError>> + Send;

    /// Moves the session's `last_seen_at` forward to `seen_at`; never back. Harmless when the session is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn touch(&self, id: SessionId, seen_at: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Ends the session that is stored under this token. Harmless when there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_by_token(&self, token: &TokenHash) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Why a user was not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InsertUserError {
    /// The username's key belongs to somebody.
    #[error("that username is already taken")]
    UsernameTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a session was not started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartSessionError {
    /// The user is closed or gone.
    #[error("the user may not log in")]
    NotActive,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The store failed: not a rule broken, but a database that did not do its work. The cause is for the log only.
#[derive(Debug, thiserror::Error)]
#[error("the store failed")]
pub struct StoreError {
    availability: Availability,
    source: Box<dyn Error + Send + Sync>,
}

/// Whether trying again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// The store could not be reached, or was too busy: the same request may succeed in a moment.
    Unavailable,
    /// The store answered, and the answer made no sense: trying again will not help.
    Broken,
}

impl StoreError {
    /// A store that cannot be reached or is too busy.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { availability: Availability::Unavailable, source: source.into() }
    }

    /// A store whose answer makes no sense.
    pub fn broken(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { availability: Availability::Broken, source: source.into() }
    }

    /// Whether trying again may help.
    #[must_use]
    pub const fn availability(&self) -> Availability {
        self.availability
    }
}
