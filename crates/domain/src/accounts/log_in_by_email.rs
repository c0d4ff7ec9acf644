use std::fmt::Write as _;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

#[cfg(feature = "passkeys")]
use super::passkey_log_in::PasskeyLogIn;
use super::{AuthService, Failed, LinkError, LogIn, LogInError, LogInStep, Scope};
#[cfg(feature = "passkeys")]
use super::{LogInByPasskey, ProvePasskeyError};
use crate::activity::Event;
use crate::clock::Clock;
use crate::email_address::EmailAddress;
use crate::entropy::Entropy;
use crate::link::{LinkPurpose, LinkToken};
use crate::mail::{Addresses, MailRules, Recipient};
use crate::repository::{EmailRepository, Emails, LinkRepository, NewLink, OutboxRepository, Store, StoreLinkError};
#[cfg(feature = "passkeys")]
use crate::repository::{PasskeyRepository, SecondFactorRepository};
use crate::user::{User, UserId};
use crate::username::Username;

/// How long after a right password the mail that verifies the account's address can be sent again.
const RESEND_WITHIN: Duration = Duration::from_hours(1);

impl<S: EmailRepository + LinkRepository + Store, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Like [`log_in`](Scope::log_in), by the username or by the verified address: a text with an `@` that is no user's name is
    /// taken for an address. If [addresses are required](Addresses::Required), a user whose address was never verified cannot log
    /// in. In a service that [sends no mails](AuthService::mail) it is the same as `log_in`.
    ///
    /// An attempt counts for the account, whichever of the two was typed.
    ///
    /// # Errors
    /// Those of [`log_in`](Scope::log_in).
    pub async fn log_in_by_email(&self, log_in: LogIn<'_>) -> Result<LogInStep, LogInError> {
        let Some(mail) = &self.mail else { return self.log_in(log_in).await };
        let name = self.username_of(log_in.credentials.username).await?;
        let named = name.as_deref().unwrap_or(log_in.credentials.username);
        let log_in = log_in.named(named);
        let proved = self.prove_password(&log_in).await?;
        let user_id = proved.stored.user.id;
        if self.lacks_address(mail, user_id).await? {
            self.forgive(&proved.attempt).await;
            return self.hold_back(user_id).await?.ok_or(LogInError::Refused);
        }
        self.begin(&log_in, proved).await
    }

    /// Whether the user has to verify an address first.
    async fn lacks_address(&self, mail: &MailRules, user_id: UserId) -> Result<bool, Failed> {
        let Addresses::Required { .. } = mail.addresses else { return Ok(false) };
        Ok(self.store.emails_of(user_id).await?.verified.is_none())
    }

    /// The username of the account whose address was typed; `None` if the text is to be looked up as a username itself. An address
    /// that no user has becomes a name that no user has, so that it is counted like one.
    async fn username_of(&self, typed: &str) -> Result<Option<String>, Failed> {
        let Ok(address) = EmailAddress::parse(typed) else { return Ok(None) };
        let by_address = self.store.find_by_email(&address).await?;
        let as_name = Username::parse(typed).ok();
        let by_name = self.store.find_by_username(as_name.as_ref().unwrap_or(&Username::stand_in())).await?;
        if as_name.is_some() && (by_name.is_some() || by_address.is_none()) {
            return Ok(None);
        }
        Ok(Some(by_address.map_or_else(|| name_of_nobody(&address), |user| user.username.as_str().to_owned())))
    }

    /// Stores a token to have the mail sent again; `None` if the user is gone, or a later token is stored.
    async fn hold_back(&self, user_id: UserId) -> Result<Option<LogInStep>, Failed> {
        tracing::info!(
            log_in.outcome = "address_unverified", user.id = %user_id, client.network = %self.client.network(),
            "the address has to be verified first"
        );
        let (token, now) = (LinkToken::generate(&self.entropy)?, self.clock.now());
        let link = NewLink {
            token: token.hash(),
            user_id,
            purpose: LinkPurpose::ResendVerification,
            address: None,
            requested_at: now,
            ends_at: now.plus(RESEND_WITHIN),
        };
        match self.store.store_link(&link, None).await {
            Ok(()) => Ok(Some(LogInStep::AddressUnverified(token))),
            Err(StoreLinkError::NoSuchUser | StoreLinkError::Superseded) => Ok(None),
            Err(StoreLinkError::Store(error)) => Err(error.into()),
        }
    }
}

#[cfg(feature = "passkeys")]
impl<S: EmailRepository + LinkRepository + PasskeyRepository + SecondFactorRepository + Store, C: Clock, E: Entropy>
    Scope<'_, S, C, E>
{
    /// Like [`log_in_by_passkey`](Scope::log_in_by_passkey). If [addresses are required](Addresses::Required), a user whose address
    /// was never verified cannot log in. In a service that [sends no mails](AuthService::mail) it is the same as
    /// `log_in_by_passkey`.
    ///
    /// # Errors
    /// Those of [`log_in_by_passkey`](Scope::log_in_by_passkey).
    pub async fn log_in_by_passkey_by_email(&self, log_in: LogInByPasskey<'_>) -> Result<LogInStep, ProvePasskeyError> {
        let Some(mail) = &self.mail else { return self.log_in_by_passkey(log_in).await };
        let proved = match self.prove_log_in(&log_in).await? {
            PasskeyLogIn::Proved(proved) => proved,
            PasskeyLogIn::Overtaken(user_id) => return Ok(self.overtaken(user_id)),
        };
        if self.lacks_address(mail, proved.user_id()).await? {
            return self.hold_back(proved.user_id()).await?.ok_or(ProvePasskeyError::Refused);
        }
        self.begin_by_passkey(&log_in, *proved).await
    }
}

/// A well-formed name for an address that is too long to be one: 64 hexadecimal digits.
fn name_of_nobody(address: &EmailAddress) -> String {
    Sha256::digest(address.key()).iter().fold(String::new(), |mut name, byte| {
        let _always_fits = write!(name, "{byte:02x}");
        name
    })
}

impl<S: EmailRepository + LinkRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The user whose log-in was held back with this token ([`LogInStep::AddressUnverified`]), and the addresses of the account.
    ///
    /// # Errors
    /// [`LinkError::Expired`] if the token is unknown or past its end, or its user has changed the password since or was closed.
    /// [`LinkError::Failed`].
    pub async fn find_unverified(&self, token: &LinkToken) -> Result<(User, Emails), LinkError> {
        let found = self.store.find_link(&token.hash(), LinkPurpose::ResendVerification).await?;
        let good = found.filter(|found| found.is_good_at(self.clock.now())).ok_or(LinkError::Expired)?;
        let emails = self.store.emails_of(good.user.id).await?;
        Ok((good.user.into(), emails))
    }
}

impl<S: EmailRepository + LinkRepository + OutboxRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Sends the mail again that verifies the pending address of a user who was held back, unless too many were asked for lately:
    /// the result does not tell.
    ///
    /// # Errors
    /// [`LinkError::Expired`], for the same tokens as [`find_unverified`](AuthService::find_unverified). [`LinkError::Failed`].
    pub async fn resend_verification(&self, token: &LinkToken) -> Result<(), LinkError> {
        let (user, emails) = self.find_unverified(token).await?;
        let Some(address) = emails.pending else { return Ok(()) };
        let owner = self.owner_of(&address).await?;
        let activity = self.activity(Some(user.id), Event::VerificationRequested)?;
        let mail = self.mail_for_given(Recipient::new(user, address), owner, activity.at)?;
        self.store.queue_mail(&mail, &activity).await?;
        Ok(())
    }
}

impl<S: EmailRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Deletes the users who had to verify an address in time, and have not; returns how many. Only if
    /// [addresses are required](Addresses::Required). Call it when [`sweep`](Self::sweep) is called.
    ///
    /// # Errors
    /// [`StoreError`](crate::StoreError); users deleted before stay deleted.
    pub async fn sweep_unverified(&self) -> Result<u64, crate::StoreError> {
        let Some(MailRules { addresses: Addresses::Required { .. }, .. }) = self.mail else { return Ok(0) };
        let now = self.clock.now();
        super::sweep::in_batches(|| self.store.delete_unverified(now, super::sweep::BATCH)).await
    }
}

#[cfg(test)]
mod tests;
