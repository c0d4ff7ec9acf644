use std::time::Duration;

use super::{AuthService, Failed};
use crate::activity::Event;
use crate::client::Client;
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
use crate::link::{LinkToken, MadeLink};
use crate::mail::{MailId, MailKind, Recipient};
use crate::repository::{
    Admission, EmailRepository, LinkRepository, NewLink, OutboxRepository, QueuedMail, Settlement, StoreError,
    StoreLinkError, ThrottleRepository, UserRepository,
};
use crate::throttle::{Counter, CounterKey};
use crate::user::Standing;

impl<S, C, E> AuthService<S, C, E>
where
    S: EmailRepository + LinkRepository + OutboxRepository + ThrottleRepository + UserRepository,
    C: Clock,
    E: Entropy,
{
    /// How long a mail is reserved for the caller that took it. Hand it over within half a minute, so that clocks that differ by
    /// half a minute do no harm.
    pub const MAIL_LEASE: Duration = Duration::from_mins(1);

    /// The next mail to be sent, with the secret of its link: call it again and again, from any number of instances, and report the
    /// outcome to [`mail_sent`](Self::mail_sent) or [`mail_failed`](Self::mail_failed). If no outcome is reported, as when the
    /// sender died, the mail is made again once its lease has ended: it is not lost, may arrive twice, and both links work.
    ///
    /// The secret is generated now, and its hash is stored before this returns: the secret itself is not stored. A mail is dropped
    /// if it is of no more use: it is past its end, its user is gone or closed or has another address, or a later link was asked
    /// for.
    ///
    /// # Errors
    /// [`Failed`]; a mail is tried again once its lease has ended.
    pub async fn next_mail(&self) -> Result<NextMail, Failed> {
        let Some(rules) = &self.mail else { return Ok(NextMail::Idle) };
        loop {
            let now = self.clock.now();
            let Some(claim) = self.store.claim_mail(now, now.plus(Self::MAIL_LEASE)).await? else {
                return Ok(NextMail::Idle);
            };
            if claim.mail.ends_at <= now {
                self.drop_mail(&claim, "a mail was dropped, as it could not be sent in time").await?;
                continue;
            }
            if let Admission::WaitUntil { free_at, .. } = self.store.count_attempt(&[self.sent()], now).await? {
                self.store.postpone_mail(&claim, claim.tries, free_at).await?;
                tracing::warn!(
                    mail.kind = claim.mail.kind.code(),
                    "mails wait, as too many were sent in the last hour"
                );
                return Ok(NextMail::WaitUntil(free_at));
            }
            let lifetime = rules.lifetime_of(claim.mail.kind);
            match self.make_letter(claim, now, lifetime).await? {
                Some(letter) => return Ok(NextMail::Letter(Box::new(letter))),
                None => self.take_back_sent().await,
            }
        }
    }

    /// The mail was handed over.
    ///
    /// # Errors
    /// [`Failed`]; it is sent once more.
    pub async fn mail_sent(&self, letter: &Letter) -> Result<(), Failed> {
        self.store.finish_mail(&letter.claim).await?;
        let waited_ms = self.millis_since(letter.claim.mail.queued_at);
        tracing::info!(mail.id = %letter.claim.mail.id, mail.kind = letter.kind.code(), mail.waited_ms = waited_ms, "mail sent");
        Ok(())
    }

    /// The mail was not handed over.
    ///
    /// # Errors
    /// [`Failed`]; it is tried again once its lease has ended.
    pub async fn mail_failed(&self, letter: &Letter, failure: MailFailure) -> Result<(), Failed> {
        self.take_back_sent().await;
        match failure {
            MailFailure::ForGood => {
                self.drop_mail(&letter.claim, "a mail was dropped, as it was refused for good").await
            }
            MailFailure::ForNow => {
                let tries = letter.claim.tries.saturating_add(1);
                let due_at = self.clock.now().plus(wait_after(tries));
                Ok(self.store.postpone_mail(&letter.claim, tries, due_at).await?)
            }
        }
    }

    /// The mail with its link, unless it is of no use any more and was dropped.
    async fn make_letter(
        &self,
        claim: QueuedMail,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<Option<Letter>, Failed> {
        let mail = claim.mail.clone();
        let Some(recipient) = mail.recipient else { return Ok(None) };
        let Some(purpose) = mail.kind.purpose() else {
            return Ok(Some(Letter::of(claim, recipient, None)));
        };
        let user = self.store.find_by_id(recipient.user_id).await?;
        let is_active = user.is_some_and(|stored| stored.user.standing == Standing::Active);
        let emails = self.store.emails_of(recipient.user_id).await?;
        if !is_active || !mail.kind.is_meant_for(&recipient.address, &emails) {
            self.store.finish_mail(&claim).await?;
            return Ok(None);
        }
        let (token, ends_at) = (LinkToken::generate(&self.entropy)?, now.plus(lifetime));
        let requested_at = mail.queued_at;
        let (user_id, address) = (recipient.user_id, Some(recipient.address.clone()));
        let link = NewLink { token: token.hash(), user_id, purpose, address, requested_at, ends_at };
        // A password must not be set unnoticed, even if an attacker reads the mailbox.
        let asked_for = match mail.kind {
            MailKind::ResetPassword => Some(self.activity_by(&mail.client, Some(user_id), Event::ResetRequested)?),
            _ => None,
        };
        match self.store.store_link(&link, asked_for.as_ref()).await {
            Ok(()) => Ok(Some(Letter::of(claim, recipient, Some(MadeLink { token, made_at: now, ends_at })))),
            Err(StoreLinkError::NoSuchUser | StoreLinkError::Superseded) => {
                self.store.finish_mail(&claim).await?;
                Ok(None)
            }
            Err(StoreLinkError::Store(error)) => Err(error.into()),
        }
    }

    async fn drop_mail(&self, claim: &QueuedMail, why: &str) -> Result<(), Failed> {
        self.store.finish_mail(claim).await?;
        let user_id = claim.mail.recipient.as_ref().map(|recipient| recipient.user_id);
        tracing::warn!(
            mail.id = %claim.mail.id, mail.kind = claim.mail.kind.code(), mail.tries = claim.tries,
            user.id = user_id.map(tracing::field::display), "{why}"
        );
        Ok(())
    }

    /// The mail was not sent after all. If this fails, other mails wait longer than necessary.
    async fn take_back_sent(&self) {
        let settlement = Settlement { taken_back: vec![self.sent()], forgotten: Vec::new() };
        if let Err(error) = self.store.settle_attempt(&settlement, self.clock.now()).await {
            tracing::warn!(%error, "a mail counts as sent, and was not");
        }
    }

    /// The counter of all mails.
    fn sent(&self) -> Counter {
        let limit = self.mail.as_ref().map(|rules| rules.sent);
        Counter::new(CounterKey::of("mails sent", &[]), limit.unwrap_or(crate::mail::MailRules::default().sent))
    }
}

impl<S: OutboxRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Up to `most` mails that wait, oldest first.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn queued_mails(&self, most: u32) -> Result<Vec<QueuedMail>, Failed> {
        Ok(self.store.queued_mails(most).await?)
    }

    /// Deletes the mails without a recipient, and returns how many. Call it when [`sweep`](Self::sweep) is called.
    ///
    /// # Errors
    /// [`StoreError`]; what was deleted before stays deleted.
    pub async fn sweep_mails(&self) -> Result<u64, StoreError> {
        super::sweep::in_batches(|| self.store.delete_mails_to_nobody(super::sweep::BATCH)).await
    }
}

/// How long a mail waits after this number of tries: 1, 5, 15 and 60 minutes, and then an hour each time.
const fn wait_after(tries: u32) -> Duration {
    Duration::from_mins(match tries {
        0 | 1 => 1,
        2 => 5,
        3 => 15,
        _ => 60,
    })
}

/// The next mail to send, if there is one.
#[derive(Debug)]
#[non_exhaustive]
pub enum NextMail {
    /// This mail is next.
    Letter(Box<Letter>),
    /// There is no mail for now. Ask again in a second.
    Idle,
    /// No mail may be sent before this time, as the service has sent too many.
    WaitUntil(Timestamp),
}

/// A mail to be written and handed over.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Letter {
    /// The id of the mail, which is the same if the mail is sent again.
    pub id: MailId,
    /// What the mail says.
    pub kind: MailKind,
    /// The recipient.
    pub to: Recipient,
    /// The client that asked for it.
    pub client: Client,
    /// The time of the event that it reports, or of the request for it.
    pub at: Timestamp,
    /// The link, if the mail has one.
    pub link: Option<MadeLink>,
    claim: QueuedMail,
}

impl Letter {
    fn of(claim: QueuedMail, to: Recipient, link: Option<MadeLink>) -> Self {
        let mail = claim.mail.clone();
        Self { id: mail.id, kind: mail.kind, to, client: mail.client, at: mail.queued_at, link, claim }
    }

    /// How many times it was tried before.
    #[must_use]
    pub const fn tries(&self) -> u32 {
        self.claim.tries
    }
}

/// Why a mail was not handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFailure {
    /// The server may accept it later: it cannot be reached, or says so.
    ForNow,
    /// The server will never accept it.
    ForGood,
}

#[cfg(test)]
mod tests;
