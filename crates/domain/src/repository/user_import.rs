//! The port for users of another system.

use std::future::Future;

use super::StoreError;
use crate::activity::Activity;
use crate::clock::Timestamp;
use crate::email_address::EmailAddress;
use crate::user::{NewUser, Standing};
use crate::user_import::{ExistingUsers, ImportId, Imported, ImportedEmail};
use crate::username::Username;

/// Imports users of another system. Only the use cases of the import ask for it.
pub trait UserImportRepository: Send + Sync {
    /// Those of these names that are in use, or reserved beyond this time, in one read or two for any number of names.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn taken_names(
        &self,
        names: &[Username],
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Username>, StoreError>> + Send;

    /// Those of these addresses that a user has verified, or has as the username, in one read or two for any number of addresses. A
    /// store without addresses returns none.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn taken_emails(
        &self,
        addresses: &[EmailAddress],
    ) -> impl Future<Output = Result<Vec<EmailAddress>, StoreError>> + Send;

    /// How many entries of this import are done; `None` for one that has not begun, or has ended.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn import_progress(&self, id: &ImportId) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// In one step, and only if the number of entries of the import that are done is the one that the batch names: stores the users with
    /// their addresses, and the number of entries that are done then. No mail is queued, and no user has to verify an address in time.
    /// [`ExistingUsers`] says what becomes of a name that is in use or reserved beyond the time of the user's activity. If a hash is
    /// stored in place of another one, or of none, the version of the credentials is incremented, and the user's sessions, links and
    /// known devices end. Existing users keep their addresses. The activity is recorded for each user who was created or got another
    /// hash.
    ///
    /// # Errors
    /// [`ImportUsersError::UsernamesTaken`], if [`ExistingUsers::Fail`] was asked for. [`ImportUsersError::EmailsTaken`] for verified
    /// addresses of new users that are [taken](Self::taken_emails). [`ImportUsersError::Overtaken`] when another number of entries is
    /// done, as the same import is running elsewhere. [`ImportUsersError::Store`] when the store fails. Nothing has changed then.
    fn import_users(&self, batch: &ImportBatch) -> impl Future<Output = Result<Imported, ImportUsersError>> + Send;

    /// Forgets how far the import is. Harmless when that is not known.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn end_import(&self, id: &ImportId) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Users that are imported together.
#[derive(Debug, Clone)]
pub struct ImportBatch {
    /// The import.
    pub id: ImportId,
    /// How many of its entries are done before it.
    pub done_before: u64,
    /// How many are done after it.
    pub done_after: u64,
    /// The users, of which no two have the same name or the same verified address.
    pub users: Vec<UserToImport>,
    /// What becomes of a user whose name is taken.
    pub existing: ExistingUsers,
}

/// A user about to be imported.
#[derive(Debug, Clone)]
pub struct UserToImport {
    /// The user, as of a sign-up without an [address](NewUser::email).
    pub user: NewUser,
    /// The address, if the user has one. No mail is sent to it.
    pub email: Option<ImportedEmail>,
    /// Whether the user may log in.
    pub standing: Standing,
    /// The activity to record if the user is created. If an existing user gets another hash, it is recorded as an
    /// [`Event::PasswordImported`](crate::Event::PasswordImported).
    pub activity: Activity,
}

/// Why users were not imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportUsersError {
    /// These names are in use, or reserved.
    #[error("{} of the usernames are already taken", .0.len())]
    UsernamesTaken(Vec<Username>),
    /// Other users have verified these addresses, or have them as the username.
    #[error("{} of the e-mail addresses belong to other accounts", .0.len())]
    EmailsTaken(Vec<EmailAddress>),
    /// Another number of entries is done.
    #[error("another import of the same users is running")]
    Overtaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
