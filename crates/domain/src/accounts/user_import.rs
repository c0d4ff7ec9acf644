use super::{AuthService, Failed, may_fail};
use crate::activity::Event;
use crate::client::{BrowserId, Client};
use crate::clock::{Clock, Timestamp};
use crate::email_address::EmailAddress;
use crate::entropy::{Entropy, EntropyError};
use crate::id::UserId;
use crate::password::PasswordHash;
use crate::repository::{ImportBatch, UserImportRepository, UserToImport};
use crate::user::{NewUser, Standing};
use crate::user_import::{ExistingUsers, ImportId, Imported, ImportedEmail, ImportedUser, UnfitUserError};
use crate::username::Username;

impl<S, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Reads a user of another system. `created_at` is now if the other system does not know. Names that are
    /// [official](crate::official_names) are accepted, as only the operator imports users.
    ///
    /// # Errors
    /// [`UnfitUserError`]: the first rule that is broken.
    pub fn read_imported_user(
        &self,
        username: &str,
        password_hash: Option<PasswordHash>,
        email: Option<ImportedEmail>,
        created_at: Option<Timestamp>,
        standing: Standing,
    ) -> Result<ImportedUser, UnfitUserError> {
        let now = self.clock.now();
        let username = Username::parse(username)?;
        if password_hash.as_ref().is_some_and(|hash| !hash.is_verifiable()) {
            return Err(UnfitUserError::PasswordHash);
        }
        let created_at = created_at.unwrap_or(now);
        if created_at > now {
            return Err(UnfitUserError::CreatedInFuture);
        }
        Ok(ImportedUser { username, password_hash, email, created_at, standing })
    }

    fn user_to_import(&self, imported: &ImportedUser) -> Result<UserToImport, EntropyError> {
        let ImportedUser { username, password_hash, email, created_at, standing } = imported.clone();
        let id = UserId::new(created_at, &self.entropy)?;
        let signed_up_in: Option<BrowserId> = None;
        let activity = self.activity_by(&Client::default(), Some(id), Event::AccountImported)?;
        let user = NewUser { id, username, password_hash, created_at, signed_up_in, language: None, email: None };
        Ok(UserToImport { user, email, standing, activity })
    }
}

impl<S: UserImportRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The most users to import at once: the store is blocked while they are written.
    pub const IMPORTED_AT_ONCE: usize = 500;

    /// Those of these names that a user has, or that are reserved.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn taken_names(&self, names: &[Username]) -> Result<Vec<Username>, Failed> {
        Ok(self.store.taken_names(names, self.clock.now()).await?)
    }

    /// Those of these addresses that a user has verified, or has as the username: no new user gets one of them as a verified one.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn taken_emails(&self, addresses: &[EmailAddress]) -> Result<Vec<EmailAddress>, Failed> {
        Ok(self.store.taken_emails(addresses).await?)
    }

    /// How many entries of this import are done; `None` if it has not begun, or has ended.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn import_progress(&self, id: &ImportId) -> Result<Option<u64>, Failed> {
        Ok(self.store.import_progress(id).await?)
    }

    /// Imports `users`, of which no two have the same name or the same verified address. They are read from the `read` entries of
    /// the import that follow the first `done`. Call it again for the entries that follow, and [`end_import`](Self::end_import)
    /// after the last.
    ///
    /// # Errors
    /// [`ImportUsersError::UsernamesTaken`], for [`ExistingUsers::Fail`]. [`ImportUsersError::EmailsTaken`], for verified addresses
    /// of new users. [`ImportUsersError::Overtaken`] if the import is not at `done`: ask for the [progress](Self::import_progress).
    /// [`ImportUsersError::Failed`]. Nothing of the batch was imported.
    pub async fn import_users(
        &self,
        id: &ImportId,
        done: u64,
        read: u64,
        users: &[ImportedUser],
        existing: ExistingUsers,
    ) -> Result<Imported, ImportUsersError> {
        let users = users.iter().map(|user| self.user_to_import(user)).collect::<Result<_, _>>()?;
        let batch = ImportBatch { id: *id, done_before: done, done_after: done.saturating_add(read), users, existing };
        let imported = self.store.import_users(&batch).await.map_err(|error| match error {
            crate::repository::ImportUsersError::UsernamesTaken(names) => ImportUsersError::UsernamesTaken(names),
            crate::repository::ImportUsersError::EmailsTaken(addresses) => ImportUsersError::EmailsTaken(addresses),
            crate::repository::ImportUsersError::Overtaken => ImportUsersError::Overtaken,
            crate::repository::ImportUsersError::Store(error) => error.into(),
        })?;
        let Imported { created, updated, skipped } = imported;
        tracing::debug!(import.created = created, import.updated = updated, import.skipped = skipped, "users imported");
        Ok(imported)
    }

    /// Ends the import: if the same is imported again, it starts over.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn end_import(&self, id: &ImportId) -> Result<(), Failed> {
        Ok(self.store.end_import(id).await?)
    }
}

/// Why users were not imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportUsersError {
    /// Other users have these names, or they are reserved.
    #[error("{} of the usernames are already taken", .0.len())]
    UsernamesTaken(Vec<Username>),
    /// Other users have verified these addresses, or have them as the username.
    #[error("{} of the e-mail addresses belong to other accounts", .0.len())]
    EmailsTaken(Vec<EmailAddress>),
    /// The import is past the given entry, or has not reached it.
    #[error("another import of the same users is running")]
    Overtaken,
    /// Not the caller's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(ImportUsersError);

#[cfg(test)]
mod tests;
