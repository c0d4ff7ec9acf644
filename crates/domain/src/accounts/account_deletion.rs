use super::{Failed, OwnPassword, Scope, Visit, may_be_throttled, may_fail};
use crate::activity::Event;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{AccountChange, ActivityRepository, ThrottleRepository, UserRepository};
use crate::throttle::Throttled;

impl<S: ActivityRepository + ThrottleRepository + UserRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Deletes the account of a logged-in user, with everything of theirs: sessions, activity, and the rows of other tables in the
    /// store that refer to the user. The name cannot be taken for
    /// [`Rules::name_reservation`](crate::rules::Rules::name_reservation).
    ///
    /// # Errors
    /// [`DeleteAccountError::Refused`] for a wrong password, which is recorded as a failed attempt. [`DeleteAccountError::Ended`]
    /// if the session was ended meanwhile. [`DeleteAccountError::Throttled`]. [`DeleteAccountError::Failed`]. Nothing has changed
    /// then.
    pub async fn delete_account(&self, visit: &Visit, password: &str) -> Result<(), DeleteAccountError> {
        match self.verify_password_of(visit, password).await? {
            OwnPassword::Right(stored) => self.delete(visit, stored.credentials_version).await,
            OwnPassword::Wrong => Err(DeleteAccountError::Refused),
            OwnPassword::Gone => Err(DeleteAccountError::Ended),
        }
    }

    /// Deletes the account of a logged-in user who has no password, as [`delete_account`](Self::delete_account) does for all other
    /// users. A recent log-in is needed instead of the password.
    ///
    /// # Errors
    /// [`DeleteAccountError::NotRecent`]. [`DeleteAccountError::Refused`] where the account has a password.
    /// [`DeleteAccountError::Ended`] when the session was ended meanwhile. [`DeleteAccountError::Failed`]. Nothing has changed then.
    pub async fn delete_passwordless_account(&self, visit: &Visit) -> Result<(), DeleteAccountError> {
        if !self.has_recent_log_in(visit) {
            return Err(DeleteAccountError::NotRecent);
        }
        let stored = self.store.find_by_id(visit.user.id).await?.ok_or(DeleteAccountError::Ended)?;
        if stored.password_hash.is_some() {
            return Err(DeleteAccountError::Refused);
        }
        self.delete(visit, stored.credentials_version).await
    }

    async fn delete(&self, visit: &Visit, credentials_version: i64) -> Result<(), DeleteAccountError> {
        let reserved_until = self.clock.now().plus(self.rules.name_reservation);
        let (user, session) = (visit.user.id, visit.session.id);
        let activity = self.activity(Some(user), Event::AccountDeleted)?;
        match self.store.delete(user, session, credentials_version, reserved_until, &activity).await? {
            AccountChange::Made => {}
            AccountChange::SessionEnded => return Err(DeleteAccountError::Ended),
            // Another request changed the credentials first: the proof may no longer count.
            AccountChange::CredentialsChanged => return Err(DeleteAccountError::Refused),
        }
        tracing::info!(user.id = %visit.user.id, client.network = %self.client.network(), "account deleted");
        Ok(())
    }
}

/// Why an account was not deleted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeleteAccountError {
    /// The password is not the user's (any more), or there is one and none was asked for.
    #[error("that is not the password")]
    Refused,
    /// The account has no password, and its user proved who they are too long ago: ask for that first.
    #[error("that needs a recent log-in")]
    NotRecent,
    /// The session ended meanwhile, perhaps with the account.
    #[error("the session has ended")]
    Ended,
    /// Too many attempts lately; the password was not looked at.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(DeleteAccountError);
may_be_throttled!(DeleteAccountError);

#[cfg(test)]
mod tests;
