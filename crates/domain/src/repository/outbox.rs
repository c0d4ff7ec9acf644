//! The port for mails that wait to be sent.

use std::future::Future;

use super::StoreError;
use crate::activity::Activity;
use crate::clock::Timestamp;
use crate::mail::Mail;
use crate::throttle::Counter;

/// Keeps mails until they are sent. Only the use cases of mail ask for it. Other methods queue a mail in the same step as the
/// change that it is about: see [`Activity::notice`], [`NewUser::email`](crate::user::NewUser::email) and
/// [`EmailRepository`](super::EmailRepository).
pub trait OutboxRepository: Send + Sync {
    /// In one step: [queues](NewMail) the mail, and records the activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn queue_mail(
        &self,
        mail: &NewMail,
        activity: &Activity,
    ) -> impl Future<Output = Result<Queueing, StoreError>> + Send;

    /// Leases the mail that has been due longest, of those with a recipient that are due by `now`: it is due again at `until`. Of
    /// several concurrent calls, one gets it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn claim_mail(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<Option<QueuedMail>, StoreError>> + Send;

    /// Postpones the mail until `due_at`, and sets the number of its tries, if it is still leased as `claim` has it.
    /// Harmless otherwise.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn postpone_mail(
        &self,
        claim: &QueuedMail,
        tries: u32,
        due_at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Deletes the mail, if it is still leased as `claim` has it. Harmless otherwise.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn finish_mail(&self, claim: &QueuedMail) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Up to `most` waiting mails with a recipient, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn queued_mails(&self, most: u32) -> impl Future<Output = Result<Vec<QueuedMail>, StoreError>> + Send;

    /// Deletes up to `most` mails without a recipient; returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_mails_to_nobody(&self, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// A mail about to be queued. It is counted on all its limits at [`queued_at`](Mail::queued_at), and stored as due then. If one of
/// the limits has to wait, nothing is counted, and the mail is stored without a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// The mail.
    pub mail: Mail,
    /// The counters that it counts on.
    pub limits: Vec<Counter>,
}

/// A mail that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMail {
    /// The mail.
    pub mail: Mail,
    /// How often it was tried.
    pub tries: u32,
    /// When it may be tried next. No other worker can lease it before.
    pub due_at: Timestamp,
}

/// The outcome of queueing a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queueing {
    /// It waits to be sent.
    Queued,
    /// It has no recipient, as too many mails were queued lately.
    Limited {
        /// When the next one may be sent.
        free_at: Timestamp,
    },
}
