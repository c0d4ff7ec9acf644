//! The port for the languages of users.

use std::future::Future;

use super::StoreError;
use crate::language::Language;
use crate::user::UserId;

/// Saves which languages users choose. Only the use case of languages asks for it: every store keeps the one that a user is
/// [stored](crate::user::NewUser::language) with, and tells it with the user.
pub trait LanguageRepository: Send + Sync {
    /// Makes the language the user's, in the place of any other. Mails that wait stay in theirs. Harmless when the user is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn save_language(&self, user: UserId, language: &Language) -> impl Future<Output = Result<(), StoreError>> + Send;
}
