//! The port for the addresses of users.

use std::future::Future;

use super::{LinkUse, NewLink, NewMail, StoreError};
use crate::activity::Activity;
use crate::clock::Timestamp;
use crate::email_address::EmailAddress;
use crate::link::LinkHash;
use crate::session::SessionId;
use crate::user::{UserId, UserRecord};

/// Keeps users' e-mail addresses. Only the use cases of e-mail ask for it.
///
/// A user has at the most one verified address and one pending. Nobody else has the same verified one, by its
/// [`key`](EmailAddress::key); a pending one may be many users', and is worth nothing.
pub trait EmailRepository: Send + Sync {
    /// The user whose verified address this is, whatever the standing.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_by_email(
        &self,
        address: &EmailAddress,
    ) -> impl Future<Output = Result<Option<UserRecord>, StoreError>> + Send;

    /// The user's addresses; none of a user who is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn emails_of(&self, user: UserId) -> impl Future<Output = Result<Emails, StoreError>> + Send;

    /// The addresses of each of these users who has any, in no order: one read, however many users. So a whole list of users can be
    /// shown with their addresses.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn emails_of_users(
        &self,
        users: &[UserId],
    ) -> impl Future<Output = Result<Vec<(UserId, Emails)>, StoreError>> + Send;

    /// In one step, and only where the session is still there: makes the address the user's pending one, ends the user's links for
    /// [`VerifyEmail`](crate::LinkPurpose::VerifyEmail), [queues](NewMail) both mails, and records the activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn give_email(
        &self,
        change: &EmailChange,
        activity: &Activity,
    ) -> impl Future<Output = Result<EmailGiving, StoreError>> + Send;

    /// In one step, and only where the link is this user's, for [`VerifyEmail`](crate::LinkPurpose::VerifyEmail) and this address,
    /// [good](super::FoundLink::is_good_at) at the activity's time, the address the user's pending one, and the verified one still
    /// `former`: makes the address the verified one, leaves none pending, ends the user's links to verify an address and to
    /// set a password, queues the mail to the former one, and records the activity. Of several at once, and of several users, one
    /// gets the address.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn verify_email(
        &self,
        verification: &EmailVerification,
        activity: &Activity,
    ) -> impl Future<Output = Result<EmailLinkUse, StoreError>> + Send;

    /// In one step, and only where the link is this user's, for [`VerifyEmail`](crate::LinkPurpose::VerifyEmail), and
    /// [good](super::FoundLink::is_good_at) at the activity's time: leaves no address pending, ends the user's links to verify one,
    /// and records the activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn reject_email(
        &self,
        user: UserId,
        link: &LinkHash,
        activity: &Activity,
    ) -> impl Future<Output = Result<LinkUse, StoreError>> + Send;

    /// In one step, and only where the link is this user's, for [`UndoEmail`](crate::LinkPurpose::UndoEmail) and this address, and
    /// [good](super::FoundLink::is_good_at) at the activity's time: makes the address the verified one, leaves none pending,
    /// leaves the user without a password, makes the version of the credentials one more, ends all the user's sessions and links,
    /// forgets all devices that are known to the user, stores the link to set a password, and records the activity. Of several at
    /// once one uses the link.
    ///
    /// Of the links for [`UndoEmail`](crate::LinkPurpose::UndoEmail) those stay that were [asked for](crate::Link::requested_at) before
    /// this one and are about another address: they put back what was before. And the user's mails of the kind
    /// [`UndoEmail`](crate::MailKind::UndoEmail) that wait are deleted, but for those that were queued before this link was asked for and
    /// go to another address: what they would put back was undone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn undo_email(
        &self,
        undo: &EmailUndo,
        activity: &Activity,
    ) -> impl Future<Output = Result<EmailLinkUse, StoreError>> + Send;

    /// In one step: records the activity, whose notice goes to the verified address before, and gives the user the address in this
    /// state; ends the user's links to verify an address, and where it is verified leaves none pending and ends those to set a
    /// password and to put an address back, and deletes the mails with one of these that wait; queues the mail.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn set_email(
        &self,
        setting: &EmailSetting,
        activity: &Activity,
    ) -> impl Future<Output = Result<SetEmail, StoreError>> + Send;

    /// Deletes up to `most` users who have no verified address and had to have one by `now`
    /// ([`NewEmail::verify_by`](crate::user::NewEmail::verify_by)), with everything of theirs; how many. Their names are anybody's.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_unverified(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// The addresses of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Emails {
    /// The one that is proved: it gets mails, and its owner may set a password by one.
    pub verified: Option<EmailAddress>,
    /// The one that was given, and is not proved: it grants nothing.
    pub pending: Option<EmailAddress>,
}

/// Whether an address is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailState {
    /// Somebody has said so.
    Pending,
    /// It is.
    Verified,
}

/// Another address, given in a session.
#[derive(Debug, Clone)]
pub struct EmailChange {
    /// Whose.
    pub user_id: UserId,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// The address.
    pub address: EmailAddress,
    /// The mail to it.
    pub mail: NewMail,
    /// The mail to the verified one, where there is one.
    pub mail_to_former: Option<NewMail>,
}

/// What became of giving an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailGiving {
    /// It is pending.
    Given,
    /// Nothing was done: the session had been ended before, perhaps with the user.
    SessionEnded,
}

/// An address that a link proves.
#[derive(Debug, Clone)]
pub struct EmailVerification {
    /// Whose.
    pub user_id: UserId,
    /// The hash of the link's token.
    pub link: LinkHash,
    /// The address that the link's mail went to.
    pub address: EmailAddress,
    /// The verified address in whose place it comes.
    pub former: Option<EmailAddress>,
    /// The mail to that one.
    pub mail_to_former: Option<NewMail>,
}

/// An address that a link puts back.
#[derive(Debug, Clone)]
pub struct EmailUndo {
    /// Whose.
    pub user_id: UserId,
    /// The hash of the link's token.
    pub link: LinkHash,
    /// The address that the link's mail went to.
    pub address: EmailAddress,
    /// The link by which the user sets a password afterwards.
    pub reset: NewLink,
}

/// What became of using a link that is about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailLinkUse {
    /// It was used, and is no more.
    Used,
    /// It was not: somebody else has verified the address.
    TakenByAnother,
    /// It was not: it is good no longer, or never was.
    Expired,
}

/// An address given by whoever runs the service.
#[derive(Debug, Clone)]
pub struct EmailSetting {
    /// Whose.
    pub user_id: UserId,
    /// The address.
    pub address: EmailAddress,
    /// Whether it is proved.
    pub state: EmailState,
    /// The mail that asks to verify it.
    pub mail: Option<NewMail>,
}

/// What became of giving a user an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetEmail {
    /// The user has it.
    Set,
    /// Nothing was done: the user is gone, or never was.
    NoSuchUser,
    /// Nothing was done: somebody else has verified the address.
    TakenByAnother,
}
