//! The port for users of another system.

use std::future::Future;

use super::StoreError;
use crate::activity::Activity;
use crate::clock::Timestamp;
use crate::email_address::EmailAddress;
use crate::user::{NewUser, Standing};
use crate::user_import::{ExistingUsers, ImportId, Imported, ImportedEmail};
use crate::username::Username;

/// Takes in users of another system. Only the use cases of the import ask for it.
pub trait UserImportRepository: Send + Sync {
    /// Those of these names that are in use, or reserved beyond this time: one read or two, however many names.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn taken_names(
        &self,
        names: &[Username],
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Username>, StoreError>> + Send;

    /// Those of these addresses that somebody has verified, or has as the username: one read or two, however many addresses. A store
    /// without addresses has none of them.
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

    /// In one step, and only where as many entries of the import are done as the batch says: stores the users with their addresses, and
    /// writes down how many entries are done then. No mail is queued, and nobody has to verify an address in time. A name that is in use
    /// or reserved beyond the time of the user's activity is dealt with as [`ExistingUsers`] says; where a hash is put in the place of
    /// another one, or of none, the version of the credentials is one more, and the user's sessions, links and known devices end. The
    /// addresses of who is there already stay as they are. The activity is recorded of each user who was created or got another hash.
    ///
    /// # Errors
    /// [`ImportUsersError::UsernamesTaken`], where [`ExistingUsers::Fail`] was asked for. [`ImportUsersError::EmailsTaken`] for
    /// verified addresses of new users that are [taken](Self::taken_emails). [`ImportUsersError::Overtaken`] when another number of
    /// entries is done: somebody else is importing the same. [`ImportUsersError::Store`] when the store fails. Nothing has changed then.
    fn import_users(&self, batch: &ImportBatch) -> impl Future<Output = Result<Imported, ImportUsersError>> + Send;

    /// Forgets how far the import is. Harmless when that is not known.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn end_import(&self, id: &ImportId) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Users that are taken in together.
#[derive(Debug, Clone)]
pub struct ImportBatch {
    /// Of which import.
    pub id: ImportId,
    /// How many of its entries are done before.
    pub done_before: u64,
    /// How many are done then.
    pub done_after: u64,
    /// The users; of one name there is one, and of one verified address.
    pub users: Vec<UserToImport>,
    /// What becomes of those whose name is taken.
    pub existing: ExistingUsers,
}

/// A user about to be taken in.
#[derive(Debug, Clone)]
pub struct UserToImport {
    /// The user, as of a sign-up without an [address](NewUser::email).
    pub user: NewUser,
    /// The address, for who has one. No mail is sent to it.
    pub email: Option<ImportedEmail>,
    /// Whether the user may log in.
    pub standing: Standing,
    /// What is written down of a user who is created. Of one who gets another hash, the same of
    /// [`Event::PasswordImported`](crate::Event::PasswordImported).
    pub activity: Activity,
}

/// Why users were not taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportUsersError {
    /// These belong to somebody, or are reserved.
    #[error("{} of the usernames are already taken", .0.len())]
    UsernamesTaken(Vec<Username>),
    /// Somebody has verified these, or has them as the username.
    #[error("{} of the e-mail addresses belong to other accounts", .0.len())]
    EmailsTaken(Vec<EmailAddress>),
    /// Another number of entries is done.
    #[error("somebody else is importing the same")]
    Overtaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
