use super::mails::MailDraft;
use super::{AuthService, Failed, LinkError, Scope, Visit, may_be_throttled, may_fail};
use crate::activity::Event;
use crate::client::Client;
use crate::clock::{Clock, Timestamp};
use crate::email_address::{EmailAddress, EmailAddressError};
use crate::entropy::Entropy;
use crate::link::{LinkPurpose, LinkToken};
use crate::mail::{MailKind, Recipient};
use crate::repository::{
    ActivityRepository, EmailChange, EmailGiving, EmailLinkUse, EmailRepository, EmailSetting, EmailState, EmailUndo,
    EmailVerification, Emails, FoundLink, LinkRepository, LinkUse, NewLink, NewMail, OutboxRepository, SetEmail,
    StoreError, ThrottleRepository, UserRepository,
};
use crate::throttle::{ThrottleRules, Throttled};
use crate::user::{User, UserId};
use crate::username::Username;

impl<S: EmailRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The addresses of this user.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn emails_of_user(&self, id: UserId) -> Result<Emails, Failed> {
        Ok(self.store.emails_of(id).await?)
    }

    /// The addresses of these users, of those who have any, in no particular order: one read, however many users.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn emails_of_users(&self, users: &[UserId]) -> Result<Vec<(UserId, Emails)>, Failed> {
        Ok(self.store.emails_of_users(users).await?)
    }

    /// The user who has verified this address, as the recipient of a mail. Takes the same reads if there is no such user.
    pub(super) async fn owner_of(&self, address: &EmailAddress) -> Result<Option<Recipient>, StoreError> {
        let found = self.store.find_by_email(address).await?;
        let id = found.as_ref().map_or(UserId::nobody(), |user| user.id);
        let stored = self.store.emails_of(id).await?.verified;
        let owner = found.zip(stored);
        Ok(owner.map(|(user, address)| Recipient::new(user, address)))
    }
}

impl<S, C, E> Scope<'_, S, C, E>
where
    S: ActivityRepository + EmailRepository + OutboxRepository + ThrottleRepository,
    C: Clock,
    E: Entropy,
{
    /// Gives the account another address, which is pending until it is verified by the link in the mail to it. The verified address
    /// is told at once, and stays the verified one until then. Giving the pending address again sends its mail again.
    ///
    /// If another user has verified the address, the result does not tell: that user gets a mail.
    ///
    /// # Errors
    /// [`GiveEmailError::Unfit`]. [`GiveEmailError::NotRecent`]; ask for a reauthentication first. [`GiveEmailError::Ended`] when the
    /// session was ended meanwhile. [`GiveEmailError::Throttled`]: this account asked for too many mails. [`GiveEmailError::Failed`].
    pub async fn give_email(&self, visit: &Visit, typed: &str) -> Result<EmailGiven, GiveEmailError> {
        let address = EmailAddress::parse(typed).map_err(GiveEmailError::Unfit)?;
        if !self.has_recent_log_in(visit) {
            return Err(GiveEmailError::NotRecent);
        }
        let user_id = visit.user.id;
        let emails = self.store.emails_of(user_id).await?;
        if emails.verified.as_ref() == Some(&address) {
            return Ok(EmailGiven::Unchanged);
        }
        let ways = |throttle: &ThrottleRules| vec![throttle.for_mails_of(user_id)];
        self.count_attempt(ways, Some(user_id)).await?;
        let is_own = emails.pending.as_ref() == Some(&address);
        let owner = self.owner_of(&address).await?;
        let event = if is_own { Event::VerificationRequested } else { Event::EmailGiven };
        let activity = self.activity(Some(user_id), event)?;
        let to = |address: &EmailAddress| Recipient::new(visit.user.clone(), address.clone());
        let mail = self.mail_for_given(to(&address), owner, activity.at)?;
        if is_own {
            // The result does not tell whether the address has reached its limit of mails, as it may be another user's; the earlier
            // link stays valid until another one is sent.
            self.store.queue_mail(&mail, &activity).await?;
            return Ok(EmailGiven::Pending);
        }
        let former = emails.verified.as_ref();
        let mail_to_former = former.map(|former| self.undo_mail(self.client, to(former), activity.at)).transpose()?;
        let change = EmailChange { user_id, session_id: visit.session.id, address, mail, mail_to_former };
        match self.store.give_email(&change, &activity).await? {
            EmailGiving::Given => {}
            EmailGiving::SessionEnded => return Err(GiveEmailError::Ended),
        }
        tracing::info!(user.id = %user_id, session.id = %visit.session.id, client.network = %self.client.network(), "address given");
        Ok(EmailGiven::Pending)
    }
}

impl<S: EmailRepository + LinkRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The address that this link proves, and its user. Changes nothing, however often it is called.
    ///
    /// # Errors
    /// [`LinkError::Expired`] if the link is unknown, used, replaced or past its end, its address is no longer the pending one, or
    /// the account is closed.
    /// [`LinkError::Failed`].
    pub async fn find_verification(&self, token: &LinkToken) -> Result<AddressOfUser, LinkError> {
        let (found, address) = self.find_link_to_address(token, LinkPurpose::VerifyEmail).await?;
        let emails = self.store.emails_of(found.user.id).await?;
        let is_pending = emails.pending.as_ref() == Some(&address);
        if is_pending {
            Ok(AddressOfUser { user: found.user.into(), address, emails })
        } else {
            Err(LinkError::Expired)
        }
    }

    /// The address that this link puts back, and its user. Changes nothing, however often it is called.
    ///
    /// # Errors
    /// [`LinkError::Expired`] if the link is unknown, used or past its end, or the account is closed. [`LinkError::Failed`].
    pub async fn find_undo(&self, token: &LinkToken) -> Result<AddressOfUser, LinkError> {
        let (found, address) = self.find_link_to_address(token, LinkPurpose::UndoEmail).await?;
        let emails = self.store.emails_of(found.user.id).await?;
        Ok(AddressOfUser { user: found.user.into(), address, emails })
    }

    async fn find_link_to_address(
        &self,
        token: &LinkToken,
        purpose: LinkPurpose,
    ) -> Result<(FoundLink, EmailAddress), LinkError> {
        let found = self.store.find_link(&token.hash(), purpose).await?;
        let good = found.filter(|found| found.is_good_at(self.clock.now())).ok_or(LinkError::Expired)?;
        let address = good.link.address.clone().ok_or(LinkError::Expired)?;
        Ok((good, address))
    }
}

impl<S: EmailRepository + LinkRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Proves the address by the link in the mail to it, and uses the link up. The former address is told, with a link to put it
    /// back.
    ///
    /// # Errors
    /// [`EmailLinkError::Expired`], for the same links as [`find_verification`](AuthService::find_verification).
    /// [`EmailLinkError::TakenByAnother`]: another user verified the same address first. [`EmailLinkError::Failed`]. Nothing has
    /// changed then.
    pub async fn verify_email(&self, token: &LinkToken) -> Result<User, EmailLinkError> {
        let AddressOfUser { user, address, emails } = self.find_verification(token).await?;
        let activity = self.activity(Some(user.id), Event::EmailVerified)?;
        let former = emails.verified;
        let to_former = former.as_ref().filter(|former| **former != address).map(|former| {
            let to = Recipient::new(user.clone(), former.clone());
            self.undo_mail(self.client, to, activity.at)
        });
        let mail_to_former = to_former.transpose()?;
        let verification = EmailVerification { user_id: user.id, link: token.hash(), address, former, mail_to_former };
        EmailLinkError::check(self.store.verify_email(&verification, &activity).await?)?;
        tracing::info!(user.id = %user.id, client.network = %self.client.network(), "address verified");
        Ok(user)
    }

    /// Removes the pending address from the account, at the request of a person who reads its mails and does not know the account.
    ///
    /// # Errors
    /// [`LinkError::Expired`], for the same links as [`find_verification`](AuthService::find_verification). [`LinkError::Failed`].
    pub async fn reject_email(&self, token: &LinkToken) -> Result<(), LinkError> {
        let AddressOfUser { user, .. } = self.find_verification(token).await?;
        let activity = self.activity(Some(user.id), Event::EmailRejected)?;
        match self.store.reject_email(user.id, &token.hash(), &activity).await? {
            LinkUse::Used => {}
            LinkUse::Expired => return Err(LinkError::Expired),
        }
        tracing::info!(user.id = %user.id, client.network = %self.client.network(), "address rejected");
        Ok(())
    }

    /// Puts back the address that the link went to, instead of any other, and revokes everything by which an attacker may be in the
    /// account: the password, all sessions, known devices, and all links but earlier ones that put back another address. Returns
    /// the token of a link to set another password, which the user has to do next: no password is valid until then.
    ///
    /// # Errors
    /// [`EmailLinkError::Expired`], for the same links as [`find_undo`](AuthService::find_undo).
    /// [`EmailLinkError::TakenByAnother`]: another user has the address by now. [`EmailLinkError::Failed`]. Nothing has changed
    /// then.
    pub async fn undo_email(&self, token: &LinkToken) -> Result<LinkToken, EmailLinkError> {
        let AddressOfUser { user, address, .. } = self.find_undo(token).await?;
        let activity = self.activity(Some(user.id), Event::EmailUndone)?;
        let (reset_token, lifetime) = (LinkToken::generate(&self.entropy)?, self.mail.as_ref());
        let lifetime = lifetime.map(|rules| rules.reset_lifetime).unwrap_or_default();
        let reset = NewLink {
            token: reset_token.hash(),
            user_id: user.id,
            purpose: LinkPurpose::ResetPassword,
            address: Some(address.clone()),
            requested_at: activity.at,
            ends_at: activity.at.plus(lifetime),
        };
        let undo = EmailUndo { user_id: user.id, link: token.hash(), address, reset };
        EmailLinkError::check(self.store.undo_email(&undo, &activity).await?)?;
        tracing::info!(user.id = %user.id, client.network = %self.client.network(), "address put back");
        Ok(reset_token)
    }
}

impl<S: EmailRepository + UserRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The user with this name, in any spelling; if there is none, the user with this verified address.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn find_user_by_login(&self, login: &str) -> Result<Option<User>, Failed> {
        if let Some(user) = self.find_user(login).await? {
            return Ok(Some(user));
        }
        let Ok(address) = EmailAddress::parse(login) else { return Ok(None) };
        Ok(self.store.find_by_email(&address).await?.map(User::from))
    }

    /// Gives a user an address, for an administrator: a verified one at their word, or one to be verified, for which a mail is sent
    /// if the service sends any. The address that was verified before is told. If the new one is verified, no link can put the
    /// earlier one back any more: the user who asked for help may have lost it to an attacker.
    ///
    /// # Errors
    /// [`SetEmailError::Unfit`]. [`SetEmailError::TakenByAnother`]: another user has verified it, or has it as the username.
    /// [`SetEmailError::NoSuchUser`]. [`SetEmailError::Failed`]. Nothing has changed then.
    pub async fn set_email(&self, user: &User, typed: &str, state: EmailState) -> Result<(), SetEmailError> {
        let address = EmailAddress::parse(typed).map_err(SetEmailError::Unfit)?;
        if let Ok(name) = Username::parse(address.as_str()) {
            let namesake = self.store.find_by_username(&name).await?;
            if namesake.is_some_and(|namesake| namesake.user.id != user.id) {
                return Err(SetEmailError::TakenByAnother);
            }
        }
        let by_operator = Client::default();
        let activity = self.activity_by(&by_operator, Some(user.id), Event::EmailSetByOperator)?;
        let mail = match (self.mail.is_some(), state) {
            (false, _) | (true, EmailState::Verified) => None,
            (true, EmailState::Pending) => {
                let recipient = Some(Recipient::new(user.clone(), address.clone()));
                let draft = MailDraft { kind: MailKind::VerifyEmail, recipient, queued_at: activity.at };
                Some(self.new_mail(&by_operator, draft)?)
            }
        };
        let setting = EmailSetting { user_id: user.id, address, state, mail };
        match self.store.set_email(&setting, &activity).await? {
            SetEmail::Set => {}
            SetEmail::NoSuchUser => return Err(SetEmailError::NoSuchUser),
            SetEmail::TakenByAnother => return Err(SetEmailError::TakenByAnother),
        }
        tracing::info!(user.id = %user.id, "address set");
        Ok(())
    }
}

impl<S, C: Clock, E: Entropy> AuthService<S, C, E> {
    fn undo_mail(&self, client: &Client, to: Recipient, queued_at: Timestamp) -> Result<NewMail, Failed> {
        let draft = MailDraft { kind: MailKind::UndoEmail, recipient: Some(to), queued_at };
        Ok(self.new_mail(client, draft)?)
    }
}

/// An address that a link is about.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AddressOfUser {
    /// The user of the account.
    pub user: User,
    /// The address that the link went to.
    pub address: EmailAddress,
    /// The present addresses of the account.
    pub emails: Emails,
}

/// The outcome of giving an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailGiven {
    /// It is to be verified, by a mail.
    Pending,
    /// It is the verified one already.
    Unchanged,
}

/// Why an address was not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GiveEmailError {
    /// It breaks a rule.
    #[error(transparent)]
    Unfit(EmailAddressError),
    /// The user proved who they are too long ago: ask for that first.
    #[error("this asks for a recent log-in")]
    NotRecent,
    /// The session ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// Too many mails were asked for lately.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(GiveEmailError);
may_be_throttled!(GiveEmailError);

/// Why a link about an address had no effect.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmailLinkError {
    /// The link is no longer valid, or never was: callers cannot tell which.
    #[error("the link has expired or has been used")]
    Expired,
    /// Another user has verified the address.
    #[error("that address belongs to another account")]
    TakenByAnother,
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(EmailLinkError);

impl EmailLinkError {
    const fn check(link_use: EmailLinkUse) -> Result<(), Self> {
        match link_use {
            EmailLinkUse::Used => Ok(()),
            EmailLinkUse::TakenByAnother => Err(Self::TakenByAnother),
            EmailLinkUse::Expired => Err(Self::Expired),
        }
    }
}

impl From<LinkError> for EmailLinkError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Expired => Self::Expired,
            LinkError::Failed(error) => Self::Failed(error),
        }
    }
}

/// Why an address that an administrator gave was not set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetEmailError {
    /// It breaks a rule.
    #[error(transparent)]
    Unfit(EmailAddressError),
    /// Another user has verified it, or has it as the username.
    #[error("that address belongs to another account")]
    TakenByAnother,
    /// The user is gone, or never was.
    #[error("there is no such user")]
    NoSuchUser,
    /// Not the caller's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(SetEmailError);

#[cfg(test)]
mod tests;
