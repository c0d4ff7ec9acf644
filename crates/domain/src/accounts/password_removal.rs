use super::{AuthService, Failed, Scope, Visit, may_fail};
use crate::activity::Event;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{PasskeyRepository, PasswordRemoval, RemovedPassword, UserRepository};
use crate::token::SessionToken;
use crate::user::UserId;

impl<S: UserRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Whether this user has a password; not, where the user is gone.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn has_password(&self, user: UserId) -> Result<bool, Failed> {
        Ok(self.store.find_by_id(user).await?.is_some_and(|stored| stored.password_hash.is_some()))
    }
}

impl<S: PasskeyRepository + UserRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Removes the password of an account with two passkeys, or with one and recovery codes: every password is refused from then on, like
    /// a wrong one and at the same cost. A link to set a password gives the account one again. The session has a new token; the others
    /// stay. Needs a recent log-in.
    ///
    /// # Errors
    /// [`RemovePasswordError`]. Nothing has changed then.
    pub async fn remove_password(&self, visit: &Visit) -> Result<SessionToken, RemovePasswordError> {
        if !self.has_recent_log_in(visit) {
            return Err(RemovePasswordError::NotRecent);
        }
        let stored = self.store.find_by_id(visit.user.id).await?.ok_or(RemovePasswordError::Ended)?;
        let token = SessionToken::generate(&self.entropy)?;
        let removed = RemovedPassword {
            user_id: stored.user.id,
            credentials_version: stored.credentials_version,
            session_id: visit.session.id,
            token: token.hash(),
        };
        let activity = self.activity(Some(stored.user.id), Event::PasswordRemoved)?;
        match self.store.remove_password(&removed, &activity).await? {
            PasswordRemoval::Removed => {}
            PasswordRemoval::NoneSet => return Err(RemovePasswordError::NoneSet),
            PasswordRemoval::SessionEnded => return Err(RemovePasswordError::Ended),
            PasswordRemoval::CredentialsChanged => return Err(RemovePasswordError::Superseded),
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
    /// There is none.
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

#[cfg(test)]
mod tests;
