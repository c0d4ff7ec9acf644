use super::{AuthService, Failed};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::language::Language;
use crate::repository::LanguageRepository;
use crate::user::UserId;

impl<S: LanguageRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Makes the language the one that the user has chosen: mails that are queued from then on are for somebody who reads it. Which
    /// languages there are is for the service to say. Harmless when the user is gone.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn save_language(&self, user: UserId, language: &Language) -> Result<(), Failed> {
        Ok(self.store.save_language(user, language).await?)
    }
}

#[cfg(test)]
mod tests;
