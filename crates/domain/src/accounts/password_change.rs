use super::{Failed, OwnPassword, Scope, Visit, may_be_throttled, may_fail};
use crate::activity::Event;
use crate::authentication::{Authentication, AuthenticationMethod};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::password::PasswordError;
use crate::repository::{AccountChange, ActivityRepository, PasswordChange, ThrottleRepository, UserRepository};
use crate::throttle::{ThrottleRules, Throttled};
use crate::token::SessionToken;

impl<S: ActivityRepository + ThrottleRepository + UserRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Changes the password: all other sessions of the user end, and this one gets the token that is returned; its old token is
    /// invalid from then on. If two changes race, one succeeds.
    ///
    /// The new password is checked for being easily guessed only if the current one was right, and is counted before that check.
    ///
    /// # Errors
    /// [`ChangePasswordError::Refused`] says what is wrong with either password, or both as far as that can be told at once. A
    /// wrong current one is recorded as a failed attempt. [`ChangePasswordError::Ended`] if the session was ended meanwhile.
    /// [`ChangePasswordError::Throttled`]. [`ChangePasswordError::Failed`]. Nothing has changed then.
    pub async fn change_password(
        &self,
        visit: &Visit,
        current: &str,
        new: &str,
    ) -> Result<SessionToken, ChangePasswordError> {
        let verified = self.verify_password_of(visit, current).await?;
        let new = self.parse_new_password(new);
        let (stored, new) = match (verified, new) {
            (OwnPassword::Right(stored), Ok(new)) => (stored, new),
            (OwnPassword::Right(_), Err(new)) => {
                return Err(ChangePasswordError::Refused { current: None, new: Some(new) });
            }
            (OwnPassword::Wrong, new) => {
                return Err(ChangePasswordError::Refused { current: Some(WrongPassword), new: new.err() });
            }
            (OwnPassword::Gone, _) => return Err(ChangePasswordError::Ended),
        };
        let ways = |throttle: &ThrottleRules| vec![throttle.for_new_password(self.client.address)];
        let attempt = self.count_attempt(ways, Some(visit.user.id)).await?;
        let hash = match self.judge_and_hash(&attempt, &new, &visit.user.username).await? {
            Ok(hash) => hash,
            Err(refusal) => return Err(ChangePasswordError::Refused { current: None, new: Some(refusal) }),
        };
        let token = SessionToken::generate(&self.entropy)?;
        let activity = self.activity(Some(visit.user.id), Event::PasswordChanged)?;
        let change = PasswordChange {
            user_id: visit.user.id,
            credentials_version: stored.credentials_version,
            hash,
            session_id: visit.session.id,
            authentication: Authentication::by(AuthenticationMethod::Password, activity.at),
            token: token.hash(),
        };
        match self.store.change_password(&change, &activity).await? {
            AccountChange::Made => {}
            AccountChange::SessionEnded => return Err(ChangePasswordError::Ended),
            // Another request changed the credentials first: the verified password may no longer be the user's.
            AccountChange::CredentialsChanged => {
                return Err(ChangePasswordError::Refused { current: Some(WrongPassword), new: None });
            }
        }
        tracing::info!(
            user.id = %visit.user.id, session.id = %visit.session.id, client.network = %self.client.network(),
            "password changed"
        );
        Ok(token)
    }
}

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangePasswordError {
    /// One of the passwords, or both, cannot be accepted.
    #[error("the current password is wrong, or the new one breaks a rule")]
    Refused {
        /// Set when the current password is not the user's.
        current: Option<WrongPassword>,
        /// What is wrong with the new one.
        new: Option<PasswordError>,
    },
    /// The session ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// Too many attempts lately: the password was not looked at, or the new one not judged.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(ChangePasswordError);
may_be_throttled!(ChangePasswordError);

/// The password is not the user's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not the password")]
pub struct WrongPassword;

#[cfg(test)]
mod tests;
