use super::mails::MailDraft;
use super::{AuthService, Failed, Scope, may_fail};
use crate::activity::Event;
use crate::client::Client;
use crate::clock::Clock;
use crate::email_address::EmailAddress;
use crate::entropy::Entropy;
use crate::mail::{MailKind, Recipient};
use crate::repository::{EmailRepository, OutboxRepository, UserRepository};
use crate::typed::trimmed;
use crate::user::{Standing, User, UserId, UserRecord};
use crate::username::Username;

impl<S: EmailRepository + OutboxRepository + UserRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Queues a mail with a link to set a password, to the verified address of the account with this username or this address.
    ///
    /// It costs the same, and writes the same amount, whether or not there is such an account, it is closed, its address is
    /// verified, or too many mails were asked for lately: give every visitor the same answer.
    ///
    /// # Errors
    /// [`Failed`]; no mail is queued then.
    pub async fn request_reset(&self, login: &str) -> Result<(), Failed> {
        let (name, address) = (Username::parse(login).ok(), EmailAddress::parse(login).ok());
        let by_name = self.store.find_by_username(name.as_ref().unwrap_or(&Username::stand_in())).await?;
        let by_name = by_name.filter(|_| name.is_some()).map(|stored| stored.user);
        let by_address = self.store.find_by_email(address.as_ref().unwrap_or(&EmailAddress::stand_in())).await?;
        let by_address = by_address.filter(|_| address.is_some());
        let [by_name, by_address] = [self.recipient(by_name).await?, self.recipient(by_address).await?];
        // A user whose name is an address may have verified another one: this address belongs to the user who verified it.
        let recipient = by_address.or(by_name);
        let typed = trimmed(login).to_ascii_lowercase();
        let counted_for = recipient.as_ref().map_or(typed, |recipient| recipient.address.key().to_owned());
        // The account is told when the mail is sent: telling it here would cost more than a request for no account.
        let activity = self.activity(None, Event::ResetRequested)?;
        let draft = MailDraft { kind: MailKind::ResetPassword, recipient, queued_at: activity.at };
        self.store.queue_mail(&self.wanted_mail(draft, &counted_for)?, &activity).await?;
        tracing::info!(client.network = %self.client.network(), "a link to set a password was asked for");
        Ok(())
    }

    /// The recipient of a link for this account. Takes the same read if there is no account.
    async fn recipient(&self, user: Option<UserRecord>) -> Result<Option<Recipient>, Failed> {
        let user = user.filter(|user| user.standing == Standing::Active);
        let id = user.as_ref().map_or(UserId::nobody(), |user| user.id);
        let verified = self.store.emails_of(id).await?.verified;
        Ok(user.zip(verified).map(|(user, address)| Recipient::new(user, address)))
    }
}

impl<S: EmailRepository + OutboxRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Queues a mail with a link to set a password, to this user's verified address, for an administrator. It counts towards no
    /// limit but that of the service.
    ///
    /// # Errors
    /// [`MailResetError::NoMail`]. [`MailResetError::Closed`]. [`MailResetError::NoAddress`]. [`MailResetError::Failed`]. No mail
    /// is queued then.
    pub async fn mail_reset_link(&self, user: &User) -> Result<(), MailResetError> {
        if self.mail.is_none() {
            return Err(MailResetError::NoMail);
        }
        if user.standing == Standing::Closed {
            return Err(MailResetError::Closed);
        }
        let address = self.store.emails_of(user.id).await?.verified.ok_or(MailResetError::NoAddress)?;
        let client = Client::default();
        let activity = self.activity_by(&client, Some(user.id), Event::ResetLinkMade)?;
        let recipient = Some(Recipient::new(user.clone(), address));
        let draft = MailDraft { kind: MailKind::ResetPassword, recipient, queued_at: activity.at };
        self.store.queue_mail(&self.new_mail(&client, draft)?, &activity).await?;
        tracing::info!(user.id = %user.id, "a reset link is mailed");
        Ok(())
    }
}

/// Why no link was mailed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailResetError {
    /// The service sends no mails.
    #[error("this service sends no mails")]
    NoMail,
    /// The account is closed, and a link to set its password would not work.
    #[error("the account is closed; reopen it first")]
    Closed,
    /// The user has no verified address.
    #[error("the account has no verified e-mail address")]
    NoAddress,
    /// Not the caller's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(MailResetError);

#[cfg(test)]
mod tests;
