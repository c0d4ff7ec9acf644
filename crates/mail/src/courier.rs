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

/// What a mail says, once it is written.
#[derive(Clone)]
pub struct Written {
    /// In one line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// What became of a mail that was to be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The relay has it.
    HandedOver,
    /// It is tried again.
    Postponed,
    /// It is not tried again.
    Dropped,
}

/// Is told what became of a mail of this kind.
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
    /// Who sends.
    pub sender: Sender,
    /// The host in what names a mail (`Message-ID`): that of the site.
    pub host: String,
    /// Writes a mail. `None` where that fails, which is tried again as a relay is that does not take it.
    pub write: W,
    /// Is told of each mail, for whoever counts them.
    pub report: Report,
}

/// How long after it found nothing a courier looks again. Nobody waits for a mail that takes a second longer.
const PAUSE: Duration = Duration::from_secs(1);

/// How long after the store failed, or mails have to wait.
const LONG_PAUSE: Duration = Duration::from_secs(10);

/// How long the mail in hand may take once a stop was asked for.
const FAREWELL: Duration = Duration::from_secs(10);

impl<S, C, E, W> Courier<S, C, E, W>
where
    S: EmailRepository + LinkRepository + OutboxRepository + ThrottleRepository + UserRepository,
    C: Clock,
    E: Entropy,
    W: Fn(&Letter) -> Option<Written>,
{
    /// Works until `stop` is ready: then it finishes the mail in hand, for 10 seconds at most. A mail that was cut off is sent by
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

    /// Sends one mail where there is one; how long to wait before the next round.
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
