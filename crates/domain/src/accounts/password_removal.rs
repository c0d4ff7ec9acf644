use super::{AuthService, Failed, Scope, Visit, may_be_throttled, may_fail};
use crate::activity::Event;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{
    ActivityRepository, PasskeyRepository, PasswordRemoval, RemovedPassword, SecondFactorRepository,
    ThrottleRepository, UserRepository,
};
use crate::throttle::Throttled;
use crate::token::SessionToken;
use crate::user::UserId;

impl<S: UserRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Whether this user has a password; `false` if the user is gone.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn has_password(&self, user: UserId) -> Result<bool, Failed> {
        Ok(self.store.find_by_id(user).await?.is_some_and(|stored| stored.password_hash.is_some()))
    }
}

impl<
    S: ActivityRepository + PasskeyRepository + SecondFactorRepository + ThrottleRepository + UserRepository,
    C: Clock,
    E: Entropy,
> Scope<'_, S, C, E>
{
    /// Removes the password of an account with two passkeys, or with one and recovery codes: every password is refused from then
    /// on, like a wrong one and at the same cost. A link to set a password gives the account one again. The session gets a new
    /// token; the others end. Needs a recent log-in, and, in a session that has
    /// [not proved a second factor](crate::authentication::AuthenticationMethods::prove_second_factor), `proof`: a code of the app,
    /// or a recovery code. Any other session ignores `proof`.
    ///
    /// # Errors
    /// [`RemovePasswordError`]. Nothing has changed then.
    pub async fn remove_password(&self, visit: &Visit, proof: &str) -> Result<SessionToken, RemovePasswordError> {
        if !self.has_recent_log_in(visit) {
            return Err(RemovePasswordError::NotRecent);
        }
        let stored = self.store.find_by_id(visit.user.id).await?.ok_or(RemovePasswordError::Ended)?;
        if stored.user.second_factors.is_empty() {
            return Err(RemovePasswordError::LastWayIn);
        }
        let used = if visit.session.authentication.methods.prove_second_factor() {
            None
        } else {
            Some(self.prove(visit.user.id, proof).await?.ok_or(RemovePasswordError::Wrong)?)
        };
        let token = SessionToken::generate(&self.entropy)?;
        let removed = RemovedPassword {
            user_id: stored.user.id,
            credentials_version: stored.credentials_version,
            used,
            session_id: visit.session.id,
            token: token.hash(),
        };
        let activity = self.activity(Some(stored.user.id), Event::PasswordRemoved)?;
        match self.store.remove_password(&removed, &activity).await? {
            PasswordRemoval::Removed => {}
            PasswordRemoval::NoneSet => return Err(RemovePasswordError::NoneSet),
            PasswordRemoval::SessionEnded => return Err(RemovePasswordError::Ended),
            PasswordRemoval::CredentialsChanged => return Err(RemovePasswordError::Superseded),
            PasswordRemoval::AlreadyUsed => return Err(RemovePasswordError::Wrong),
            PasswordRemoval::LastWayIn => return Err(RemovePasswordError::LastWayIn),
        }
        tracing::info!(
            user.id = %visit.user.id, session.id = %visit.session.id, client.network = %self.client.network(),
            "password removed"
        );
        Ok(token)
    }
}

/// Why a password was not removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemovePasswordError {
    /// The user proved who they are too long ago: ask for that first.
    #[error("that needs a recent log-in")]
    NotRecent,
    /// The code is wrong, or was used before.
    #[error("that is not the code")]
    Wrong,
    /// Too many attempts at codes lately; nothing was looked at.
    #[error(transparent)]
    Throttled(Throttled),
    /// The account has no password.
    #[error("the account has no password")]
    NoneSet,
    /// The account has neither two passkeys, nor one and a recovery code.
    #[error("it is the last way to log in")]
    LastWayIn,
    /// The session ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// The user's credentials changed meanwhile.
    #[error("the credentials have changed")]
    Superseded,
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(RemovePasswordError);
may_be_throttled!(RemovePasswordError);

#[cfg(test)]
mod tests;
