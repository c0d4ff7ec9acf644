use std::num::NonZeroU32;
use std::time::Duration;

use super::sign_up::Applicant;
use super::{AuthService, Failed, LinkError, Scope, SignUp, SignUpError};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::invitation::Invitation;
use crate::link::{LinkToken, MadeLink};
use crate::repository::{
    ActivityRepository, InsertInvitedError, InvitationRepository, NewInvitation, ThrottleRepository, UserRepository,
};
use crate::user::User;

impl<S: InvitationRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// A link by which so many people may sign up, within `lifetime`.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn make_invitation(&self, uses: NonZeroU32, lifetime: Duration) -> Result<MadeLink, Failed> {
        let (token, made_at) = (LinkToken::generate(&self.entropy)?, self.clock.now());
        let ends_at = made_at.plus(lifetime);
        self.store.store_invitation(&NewInvitation { token: token.hash(), uses, ends_at }).await?;
        tracing::info!(invitation.uses = uses, "invitation made");
        Ok(MadeLink { token, made_at, ends_at })
    }

    /// The invitation with this token, where somebody may sign up by it: one read, which changes nothing.
    ///
    /// # Errors
    /// [`LinkError::Expired`] for one that is unknown, used up or past its end. [`LinkError::Failed`].
    pub async fn find_invitation(&self, token: &LinkToken) -> Result<Invitation, LinkError> {
        let found = self.store.find_invitation(&token.hash()).await?;
        found.filter(|found| found.is_good_at(self.clock.now())).ok_or(LinkError::Expired)
    }
}

impl<S, C, E> Scope<'_, S, C, E>
where
    S: ActivityRepository + InvitationRepository + ThrottleRepository + UserRepository,
    C: Clock,
    E: Entropy,
{
    /// Creates a user by an invitation, of which one use is used up by it, in one step; else as [`sign_up`](Self::sign_up).
    ///
    /// An invitation that is good for nothing is found out before anything else, and tells nothing of the name. It is no
    /// hindrance to a form that a browser sends twice: it ends twice in the one user, who uses up one use.
    ///
    /// # Errors
    /// [`SignUpError::InvitationExpired`], as [`find_invitation`](AuthService::find_invitation) has it, or when others were
    /// quicker; otherwise as [`sign_up`](Self::sign_up). Nothing was stored, and nothing used up.
    pub async fn sign_up_invited<'t>(
        &self,
        sign_up: impl Into<SignUp<'t>> + Send,
        invitation: &LinkToken,
    ) -> Result<User, SignUpError> {
        let sign_up = sign_up.into();
        let started_at = self.clock.now();
        match self.find_invitation(invitation).await {
            Ok(_) => {}
            Err(LinkError::Expired) => {
                let refusal = SignUpError::InvitationExpired;
                let Ok(username) = self.rules.read_new_username(sign_up.username()) else { return Err(refusal) };
                return self.sent_before(&username, refusal).await;
            }
            Err(LinkError::Failed(error)) => return Err(SignUpError::Failed(error)),
        }
        let user = match self.admit(sign_up).await? {
            Applicant::New(user) => user,
            Applicant::SignedUp(user) => return Ok(user),
        };
        match self.store.insert_invited(&user, &invitation.hash()).await {
            Ok(()) => Ok(self.signed_up(user, started_at)),
            Err(InsertInvitedError::InvitationExpired) => {
                self.sent_before(&user.username, SignUpError::InvitationExpired).await
            }
            Err(InsertInvitedError::UsernameTaken) => {
                self.sent_before(&user.username, SignUpError::UsernameTaken).await
            }
            Err(InsertInvitedError::Store(error)) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests;
