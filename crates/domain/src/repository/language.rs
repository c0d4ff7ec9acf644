//! The port for the languages of users.

use std::future::Future;

use super::StoreError;
use crate::language::Language;
use crate::user::UserId;

/// Saves which languages users choose. Only the use case of languages asks for it: every store keeps the language that a
/// user is [stored](crate::user::NewUser::language) with, and returns it with the user.
pub trait LanguageRepository: Send + Sync {
    /// Makes this the user's language, in place of any other. Waiting mails stay in theirs. Harmless when the user is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn save_language(&self, user: UserId, language: &Language) -> impl Future<Output = Result<(), StoreError>> + Send;
}
