use std::time::Duration;

use super::{AuthService, Failed, Scope, may_be_throttled, may_fail};
use crate::activity::Event;
use crate::client::Client;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::link::{LinkPurpose, LinkToken, MadeLink};
use crate::password::PasswordError;
use crate::repository::{
    ActivityRepository, LinkRepository, LinkUse, NewLink, PasswordReset, StoreLinkError, ThrottleRepository,
};
use crate::throttle::{ThrottleRules, Throttled};
use crate::user::{User, UserId};

impl<S: LinkRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Makes a link by which this user sets a password, for an administrator to hand over. It works once, within `lifetime`, for
    /// which [`Link::RESET_BY_OPERATOR`](crate::Link::RESET_BY_OPERATOR) will do, and until the password is changed otherwise.
    /// Earlier links end. The link of a closed account works only once the account is reopened.
    ///
    /// # Errors
    /// [`MakeLinkError::NoSuchUser`]. [`MakeLinkError::Superseded`]. [`MakeLinkError::Failed`]. The earlier links are unchanged
    /// then.
    pub async fn make_reset_link(&self, user_id: UserId, lifetime: Duration) -> Result<MadeLink, MakeLinkError> {
        let token = LinkToken::generate(&self.entropy)?;
        let activity = self.activity_by(&Client::default(), Some(user_id), Event::ResetLinkMade)?;
        let ends_at = activity.at.plus(lifetime);
        let (purpose, requested_at) = (LinkPurpose::ResetPassword, activity.at);
        let link = NewLink { token: token.hash(), user_id, purpose, address: None, requested_at, ends_at };
        self.store.store_link(&link, Some(&activity)).await.map_err(|error| match error {
            StoreLinkError::NoSuchUser => MakeLinkError::NoSuchUser,
            StoreLinkError::Superseded => MakeLinkError::Superseded,
            StoreLinkError::Store(error) => error.into(),
        })?;
        tracing::info!(user.id = %user_id, "reset link made");
        Ok(MadeLink { token, made_at: requested_at, ends_at })
    }

    /// The user whose password this link sets: one read, which changes nothing, however often it is called.
    ///
    /// # Errors
    /// [`LinkError::Expired`] if the link is unknown, used, replaced or past its end, or its user has changed the password since or
    /// was closed. [`LinkError::Failed`].
    pub async fn find_reset(&self, token: &LinkToken) -> Result<User, LinkError> {
        let found = self.store.find_link(&token.hash(), LinkPurpose::ResetPassword).await?;
        let good = found.filter(|found| found.is_good_at(self.clock.now()));
        good.map(|found| found.user.into()).ok_or(LinkError::Expired)
    }
}

impl<S: ActivityRepository + LinkRepository + ThrottleRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Sets the password by a link, and uses the link up. All sessions of the user end, and all their links but those to
    /// [put an address back](LinkPurpose::UndoEmail), and no device is known any more. No session begins. If several requests race,
    /// one succeeds.
    ///
    /// An invalid link costs one read. A new password counts before it is judged, as elsewhere, and a refused one leaves the link
    /// as it is.
    ///
    /// # Errors
    /// [`ResetPasswordError::Expired`], for the same links as [`find_reset`](AuthService::find_reset).
    /// [`ResetPasswordError::Unfit`] says what is wrong with the password. [`ResetPasswordError::Throttled`]: too many passwords
    /// were judged for this network. [`ResetPasswordError::Failed`]. Nothing has changed then.
    pub async fn reset_password(&self, token: &LinkToken, new: &str) -> Result<User, ResetPasswordError> {
        let user = self.find_reset(token).await.map_err(|error| match error {
            LinkError::Expired => ResetPasswordError::Expired,
            LinkError::Failed(error) => ResetPasswordError::Failed(error),
        })?;
        let new = self.parse_new_password(new).map_err(ResetPasswordError::Unfit)?;
        let ways = |throttle: &ThrottleRules| vec![throttle.for_new_password(self.client.address)];
        let attempt = self.count_attempt(ways, Some(user.id)).await?;
        let hash = self.judge_and_hash(&attempt, &new, &user.username).await?.map_err(ResetPasswordError::Unfit)?;
        let activity = self.activity(Some(user.id), Event::PasswordReset)?;
        let reset = PasswordReset { user_id: user.id, link: token.hash(), hash };
        match self.store.reset_password(&reset, &activity).await? {
            LinkUse::Used => {}
            LinkUse::Expired => return Err(ResetPasswordError::Expired),
        }
        tracing::info!(user.id = %user.id, client.network = %self.client.network(), "password reset");
        Ok(user)
    }
}

/// Why a link was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MakeLinkError {
    /// The user is gone, or never was.
    #[error("there is no such user")]
    NoSuchUser,
    /// Another link was asked for later, for example by a clock that is ahead.
    #[error("another link was asked for later")]
    Superseded,
    /// Not the caller's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(MakeLinkError);

/// Why a link does not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The link is no longer valid, or never was: callers cannot tell which.
    #[error("the link has expired or has been used")]
    Expired,
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(LinkError);

/// Why a password was not set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResetPasswordError {
    /// The link is no longer valid, or never was: callers cannot tell which.
    #[error("the link has expired or has been used")]
    Expired,
    /// The password broke a rule. The link is still valid.
    #[error("the password breaks a rule")]
    Unfit(PasswordError),
    /// Too many passwords were judged lately: this one was not.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(ResetPasswordError);
may_be_throttled!(ResetPasswordError);

#[cfg(test)]
mod tests;
