use super::{Failed, Scope, Visit, may_be_throttled, may_fail};
use crate::activity::Event;
use crate::clock::Clock;
use crate::email_address::EmailAddress;
use crate::entropy::Entropy;
use crate::repository::{
    ActivityRepository, EmailRepository, RenameUserError, ThrottleRepository, UserRepository, UsernameChange,
};
use crate::throttle::{ThrottleRules, Throttled};
use crate::token::SessionToken;
use crate::username::{Username, UsernameError};

impl<S: ActivityRepository + ThrottleRepository + UserRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Gives the user another spelling of the name, or another name. An old name that is not just another spelling stays reserved
    /// for this user for [`Rules::name_reservation`](crate::rules::Rules::name_reservation). This session gets the token that is
    /// returned, and its old one is invalid from then on; the user's other sessions stay. `None` if the user has that name already,
    /// in the same spelling.
    ///
    /// # Errors
    /// [`ChangeUsernameError::NotRecent`]; ask for a reauthentication first. [`ChangeUsernameError::Unfit`] and
    /// [`ChangeUsernameError::UsernameTaken`] as at sign-up. [`ChangeUsernameError::Ended`] when the session was ended
    /// meanwhile. [`ChangeUsernameError::Throttled`]. [`ChangeUsernameError::Failed`]. Nothing has changed then.
    pub async fn change_username(
        &self,
        visit: &Visit,
        typed: &str,
    ) -> Result<Option<SessionToken>, ChangeUsernameError> {
        self.rename(visit, typed, None).await
    }

    async fn rename(
        &self,
        visit: &Visit,
        typed: &str,
        own: Option<&EmailAddress>,
    ) -> Result<Option<SessionToken>, ChangeUsernameError> {
        let username = match self.rules.read_new_username(typed) {
            // A user who has an official name keeps it, in any spelling.
            Err(UsernameError::Official) if Username::parse(typed).as_ref() == Ok(&visit.user.username) => {
                Username::parse(typed)
            }
            read => read,
        };
        let username = username.map_err(ChangeUsernameError::Unfit)?;
        if !self.has_recent_log_in(visit) {
            return Err(ChangeUsernameError::NotRecent);
        }
        let id = visit.user.id;
        if username.as_str() == visit.user.username.as_str() {
            return Ok(None);
        }
        if username != visit.user.username {
            self.check_ownership(&username, own).map_err(ChangeUsernameError::Unfit)?;
        }
        let for_name = |throttle: &ThrottleRules| vec![throttle.for_name(self.client.address)];
        self.count_attempt(for_name, Some(id)).await?;
        let activity = self.activity(Some(id), Event::UsernameChanged)?;
        let token = SessionToken::generate(&self.entropy)?;
        let change = UsernameChange {
            user_id: id,
            username,
            reserved_until: activity.at.plus(self.rules.name_reservation),
            session_id: visit.session.id,
            token: token.hash(),
        };
        match self.store.change_username(&change, &activity).await {
            Ok(()) => {}
            Err(RenameUserError::UsernameTaken) => return Err(ChangeUsernameError::UsernameTaken),
            Err(RenameUserError::SessionEnded) => return Err(ChangeUsernameError::Ended),
            Err(RenameUserError::Store(error)) => return Err(error.into()),
        }
        tracing::info!(
            user.id = %id, session.id = %visit.session.id, client.network = %self.client.network(), "username changed"
        );
        Ok(Some(token))
    }
}

impl<S, C, E> Scope<'_, S, C, E>
where
    S: ActivityRepository + EmailRepository + ThrottleRepository + UserRepository,
    C: Clock,
    E: Entropy,
{
    /// Like [`change_username`](Self::change_username), except that the new name may be the account's own verified address. In a
    /// service that [sends no mails](super::AuthService::mail) it is the same as `change_username`.
    ///
    /// # Errors
    /// Those of [`change_username`](Self::change_username).
    pub async fn change_username_by_email(
        &self,
        visit: &Visit,
        typed: &str,
    ) -> Result<Option<SessionToken>, ChangeUsernameError> {
        if self.mail.is_none() {
            return self.change_username(visit, typed).await;
        }
        let own = self.store.emails_of(visit.user.id).await?.verified;
        self.rename(visit, typed, own.as_ref()).await
    }
}

/// Why a username was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeUsernameError {
    /// The user proved who they are too long ago: ask for that first.
    #[error("this asks for a recent log-in")]
    NotRecent,
    /// The new name breaks a rule.
    #[error(transparent)]
    Unfit(UsernameError),
    /// Another user has the new name, or it is reserved.
    #[error("that username is already taken")]
    UsernameTaken,
    /// The session ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// Too many names were asked for from this network lately.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(ChangeUsernameError);
may_be_throttled!(ChangeUsernameError);

#[cfg(test)]
mod tests;
