use super::{Failed, OwnPassword, Scope, Visit, may_be_throttled, may_fail};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{Confirmation, Store};
use crate::throttle::Throttled;
use crate::token::SessionToken;

impl<S: Store, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Asks somebody who is logged in for the password once more. From then on the session has a recent log-in, and a
    /// new token, which goes to the browser; `None` where another confirmation at the same moment brings it one.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] for a wrong password, which is written down as a failed attempt.
    /// [`ConfirmError::Ended`] when the session was ended meanwhile. [`ConfirmError::Throttled`]. [`ConfirmError::Failed`].
    pub async fn confirm(&self, visit: &Visit, password: &str) -> Result<Option<SessionToken>, ConfirmError> {
        match self.verify_password_of(visit, password).await? {
            OwnPassword::Right(_) => {}
            OwnPassword::Wrong => return Err(ConfirmError::Refused),
            OwnPassword::Gone => return Err(ConfirmError::Ended),
        }
        let new = SessionToken::generate(&self.entropy)?;
        let now = self.clock.now();
        match self.store.confirm(&visit.session, &visit.token, &new.hash(), now).await? {
            Confirmation::Renewed => {
                tracing::info!(
                    user.id = %visit.user.id, session.id = %visit.session.id, client.network = %self.client.network(),
                    confirmation.outcome = "success", "confirmed"
                );
                Ok(Some(new))
            }
            Confirmation::RenewedByAnother => Ok(None),
            Confirmation::Ended => Err(ConfirmError::Ended),
        }
    }
}

/// Why a confirmation was turned away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmError {
    /// The password is not the user's.
    #[error("that is not the password")]
    Refused,
    /// The session ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// Too many attempts lately; the password was not looked at.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(ConfirmError);
may_be_throttled!(ConfirmError);

#[cfg(test)]
mod tests;
