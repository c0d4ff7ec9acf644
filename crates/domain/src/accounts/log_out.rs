use super::{Failed, Scope};
use crate::activity::Event;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{EndedSessions, Ending, SessionRepository};
use crate::token::SessionToken;

impl<S: SessionRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Ends the session of `token` in the store, so that no copy of the cookie is valid. Does nothing if there is none.
    ///
    /// # Errors
    /// [`Failed`]; the session may live on.
    pub async fn log_out(&self, token: &SessionToken) -> Result<(), Failed> {
        let token = token.hash();
        let Some(found) = self.store.find_by_token(&token).await? else { return Ok(()) };
        let user = found.user.id;
        let activity = self.activity(Some(user), Event::LoggedOut)?;
        if self.store.end(user, Ending::OfToken(token), &activity).await? == EndedSessions::Ended(1) {
            tracing::info!(
                user.id = %user, session.id = %found.session.id, client.network = %self.client.network(), "logged out"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
