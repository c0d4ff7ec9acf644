use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use doorward_domain::{
    AuthService, Clock, EmailRepository, Entropy, Letter, LinkRepository, MailFailure, MailKind, NextMail,
    OutboxRepository, ThrottleRepository, UserRepository,
};
use tokio::select;
use tokio::time::{sleep, timeout};

use crate::message::Message;
use crate::relay::Relay;
use crate::send_error::{Retry, SendError};
use crate::sender::Sender;

/// The text of a mail.
#[derive(Clone)]
pub struct Written {
    /// The subject, in one line.
    pub subject: String,
    /// The body, in plain text.
    pub text: String,
}

/// The outcome of an attempt to hand over a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The relay has it.
    HandedOver,
    /// The mail will be tried again.
    Postponed,
    /// The mail will not be tried again.
    Dropped,
}

/// Called with the outcome for a mail of this kind.
pub type Report = Box<dyn Fn(MailKind, Delivery) + Send + Sync>;

/// Takes mails out of the outbox, has them written, and hands them over to the relay, one after the other.
///
/// Any number of instances may have one. A mail is handed over within [`Relay::PATIENCE`], which is less than the
/// [lease](AuthService::MAIL_LEASE) of a mail, so that none goes out twice while its courier lives.
pub struct Courier<S, C, E, W> {
    /// The core whose outbox it empties.
    pub auth: Arc<AuthService<S, C, E>>,
    /// Where mails are handed over.
    pub relay: Relay,
    /// The sender of all mails.
    pub sender: Sender,
    /// The host in a mail's `Message-ID`: that of the site.
    pub host: String,
    /// Writes a mail; `None` if that fails. Such a mail is tried again, like one that the relay defers.
    pub write: W,
    /// Called with each mail's outcome, for metrics.
    pub report: Report,
}

/// How long a courier waits after it has found no mail. A second more is not noticed by the recipient.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a courier waits after the store has failed, or while mails have to wait.
const LONG_PAUSE: Duration = Duration::from_secs(10);

/// How long the current mail may take after a stop is requested.
const FAREWELL: Duration = Duration::from_secs(10);

impl<S, C, E, W> Courier<S, C, E, W>
where
    S: EmailRepository + LinkRepository + OutboxRepository + ThrottleRepository + UserRepository,
    C: Clock,
    E: Entropy,
    W: Fn(&Letter) -> Option<Written>,
{
    /// Works until `stop` is ready: then it finishes the current mail, for 10 seconds at most. A mail that was cut off is sent by
    /// another courier, or at the next start, once its lease has ended.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        loop {
            let mut round = pin!(self.take_round());
            let pause = select! {
                pause = round.as_mut() => pause,
                () = stop.as_mut() => {
                    if timeout(FAREWELL, round).await.is_err() {
                        tracing::warn!("stopped while a mail was being handed over");
                    }
                    return;
                }
            };
            select! {
                () = sleep(pause) => {}
                () = stop.as_mut() => return,
            }
        }
    }

    /// Sends one mail if there is one. Returns how long to wait before the next round.
    async fn take_round(&self) -> Duration {
        match self.auth.next_mail().await {
            Ok(NextMail::Letter(letter)) => self.deliver(&letter).await,
            Ok(NextMail::Idle) => PAUSE,
            Ok(_) => LONG_PAUSE,
            Err(error) => {
                tracing::warn!(%error, cause = ?std::error::Error::source(&error), "the outbox cannot be read");
                LONG_PAUSE
            }
        }
    }

    async fn deliver(&self, letter: &Letter) -> Duration {
        let told = match self.hand_over(letter).await {
            Ok(()) => {
                (self.report)(letter.kind, Delivery::HandedOver);
                self.auth.mail_sent(letter).await
            }
            Err(error) => {
                tracing::warn!(
                    mail.id = %letter.id, mail.kind = letter.kind.code(), mail.tries = letter.tries(), %error,
                    advice = error.advice(), "a mail was not handed over"
                );
                let (failure, delivery) = match error.retry() {
                    Retry::Later => (MailFailure::ForNow, Delivery::Postponed),
                    Retry::Never => (MailFailure::ForGood, Delivery::Dropped),
                };
                (self.report)(letter.kind, delivery);
                self.auth.mail_failed(letter, failure).await
            }
        };
        match told {
            Ok(()) => Duration::ZERO,
            Err(error) => {
                tracing::warn!(mail.id = %letter.id, %error, "what became of a mail was not written down");
                LONG_PAUSE
            }
        }
    }

    async fn hand_over(&self, letter: &Letter) -> Result<(), SendError> {
        let Some(Written { subject, text }) = (self.write)(letter) else { return Err(SendError::Unwritten) };
        let micros = u64::try_from(letter.at.as_unix_micros()).unwrap_or_default();
        let message = Message {
            from: self.sender.clone(),
            to: letter.to.address.clone(),
            id: format!("{}@{}", letter.id, self.host),
            at: SystemTime::UNIX_EPOCH + Duration::from_micros(micros),
            subject,
            text,
        };
        self.relay.send(&message).await
    }
}
