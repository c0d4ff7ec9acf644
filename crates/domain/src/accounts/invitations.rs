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
    /// Makes a link by which `uses` people may sign up, within `lifetime`.
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

    /// The invitation with this token, if it can still be used: one read, which changes nothing.
    ///
    /// # Errors
    /// [`LinkError::Expired`] if the invitation is unknown, used up or past its end. [`LinkError::Failed`].
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
    /// Creates a user, and uses up one use of the invitation, in one step; otherwise like [`sign_up`](Self::sign_up).
    ///
    /// An invalid invitation is refused before anything else is checked, and its refusal reveals nothing about the name. A form
    /// that a browser sends twice still creates one user, who uses up one use, and both requests return that user.
    ///
    /// # Errors
    /// [`SignUpError::InvitationExpired`], for the same invitations as [`find_invitation`](AuthService::find_invitation), or if
    /// others used it up first; otherwise as [`sign_up`](Self::sign_up). Nothing was stored, and nothing used up.
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
            Ok(()) => Ok(self.signed_up(*user, started_at)),
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
