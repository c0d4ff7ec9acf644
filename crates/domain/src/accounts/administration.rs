use super::{AuthService, Failed};
use crate::activity::Event;
use crate::client::Client;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{EndedSessions, Ending, SessionRepository, UserRepository};
use crate::user::{User, UserId};
use crate::username::Username;

/// What an administrator does to somebody else's account. Who is one is for the service to say.
impl<S: UserRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The user with this name, in any spelling.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn find_user(&self, username: &str) -> Result<Option<User>, Failed> {
        let Ok(username) = Username::parse(username) else { return Ok(None) };
        Ok(self.store.find_by_username(&username).await?.map(|stored| stored.user.into()))
    }

    /// Closes the account: its sessions end at once, everywhere, and nobody logs in to it. The name stays taken.
    /// Harmless when it is closed or gone.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn close_account(&self, id: UserId) -> Result<(), Failed> {
        self.store.close(id).await?;
        tracing::info!(user.id = %id, "account closed");
        Ok(())
    }

    /// Lets the user log in again. Harmless when the account is open or gone.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn reopen_account(&self, id: UserId) -> Result<(), Failed> {
        self.store.reopen(id).await?;
        tracing::info!(user.id = %id, "account reopened");
        Ok(())
    }
}

impl<S: SessionRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Ends all sessions of the user, everywhere; how many.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn end_all_sessions(&self, id: UserId) -> Result<u64, Failed> {
        let activity = self.activity_by(&Client::default(), Some(id), Event::SessionsEnded)?;
        let EndedSessions::Ended(ended) = self.store.end(id, Ending::All, &activity).await? else { return Ok(0) };
        tracing::info!(user.id = %id, sessions.ended = ended, "all sessions ended");
        Ok(ended)
    }
}

#[cfg(test)]
mod tests;
