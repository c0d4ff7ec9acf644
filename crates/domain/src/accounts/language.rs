use super::{AuthService, Failed};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::language::Language;
use crate::repository::LanguageRepository;
use crate::user::UserId;

impl<S: LanguageRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Saves the language that the user has chosen: mails that are queued from then on are written in it. The service decides which
    /// languages there are. Does nothing if the user is gone.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn save_language(&self, user: UserId, language: &Language) -> Result<(), Failed> {
        Ok(self.store.save_language(user, language).await?)
    }
}

#[cfg(test)]
mod tests;
