use super::{Failed, OwnPassword, Scope, Visit, may_be_throttled, may_fail};
use crate::authentication::{Authentication, AuthenticationMethod};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{ActivityRepository, Reauthentication, SessionRepository, ThrottleRepository, UserRepository};
use crate::throttle::Throttled;
use crate::token::SessionToken;

impl<S: ActivityRepository + SessionRepository + ThrottleRepository + UserRepository, C: Clock, E: Entropy>
    Scope<'_, S, C, E>
{
    /// Checks the password of a logged-in user once more. From then on the session has a recent log-in, and a new token, which goes
    /// to the browser; `None` if another reauthentication at the same moment brings it one. A second factor that the session had
    /// proved before has to be proved again if one is needed: that proof is too old.
    ///
    /// # Errors
    /// [`ReauthenticateError::Refused`] for a wrong password, which is recorded as a failed attempt. [`ReauthenticateError::Ended`]
    /// if the session was ended meanwhile. [`ReauthenticateError::Throttled`]. [`ReauthenticateError::Failed`].
    pub async fn reauthenticate(
        &self,
        visit: &Visit,
        password: &str,
    ) -> Result<Option<SessionToken>, ReauthenticateError> {
        match self.verify_password_of(visit, password).await? {
            OwnPassword::Right(_) => {}
            OwnPassword::Wrong => return Err(ReauthenticateError::Refused),
            OwnPassword::Gone => return Err(ReauthenticateError::Ended),
        }
        let new = SessionToken::generate(&self.entropy)?;
        let authentication = Authentication::by(AuthenticationMethod::Password, self.clock.now());
        match self.store.reauthenticate(&visit.session, &visit.token, &new.hash(), &authentication).await? {
            Reauthentication::Renewed => {
                tracing::info!(
                    user.id = %visit.user.id, session.id = %visit.session.id, client.network = %self.client.network(),
                    reauthentication.outcome = "success", "reauthenticated"
                );
                Ok(Some(new))
            }
            Reauthentication::RenewedByAnother => Ok(None),
            Reauthentication::Ended => Err(ReauthenticateError::Ended),
        }
    }
}

/// Why a reauthentication was turned away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReauthenticateError {
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

may_fail!(ReauthenticateError);
may_be_throttled!(ReauthenticateError);

#[cfg(test)]
mod tests;
