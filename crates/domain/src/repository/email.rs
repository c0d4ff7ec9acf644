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
/// A user has at most one verified address and one pending. No two users have the same verified one, by its
/// [`key`](EmailAddress::key); a pending one may be many users', and grants nothing.
pub trait EmailRepository: Send + Sync {
    /// The user whose verified address this is, of any standing.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; never instead of `None`.
    fn find_by_email(
        &self,
        address: &EmailAddress,
    ) -> impl Future<Output = Result<Option<UserRecord>, StoreError>> + Send;

    /// The user's addresses; none if the user is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn emails_of(&self, user: UserId) -> impl Future<Output = Result<Emails, StoreError>> + Send;

    /// The addresses of each of these users who has any, in no particular order, in one read for any number of users. So a whole
    /// list of users can be shown with their addresses.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn emails_of_users(
        &self,
        users: &[UserId],
    ) -> impl Future<Output = Result<Vec<(UserId, Emails)>, StoreError>> + Send;

    /// In one step, and only if the session still exists: makes the address the user's pending one, ends the user's links for
    /// [`VerifyEmail`](crate::LinkPurpose::VerifyEmail), [queues](NewMail) both mails, and records the activity.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn give_email(
        &self,
        change: &EmailChange,
        activity: &Activity,
    ) -> impl Future<Output = Result<EmailGiving, StoreError>> + Send;

    /// In one step, and only if the link is this user's, is for [`VerifyEmail`](crate::LinkPurpose::VerifyEmail) and this address,
    /// and is [good](super::FoundLink::is_good_at) at the activity's time, the address is the user's pending one, and the verified
    /// one is still `former`: makes the address the verified one, leaves none pending, ends the user's links to verify an address
    /// and to set a password, queues the mail to the former one, and records the activity. Of several concurrent calls, also for
    /// several users, one gets the address.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn verify_email(
        &self,
        verification: &EmailVerification,
        activity: &Activity,
    ) -> impl Future<Output = Result<EmailLinkUse, StoreError>> + Send;

    /// In one step, and only if the link is this user's, is for [`VerifyEmail`](crate::LinkPurpose::VerifyEmail), and is
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

    /// In one step, and only if the link is this user's, is for [`UndoEmail`](crate::LinkPurpose::UndoEmail) and this address, and
    /// is [good](super::FoundLink::is_good_at) at the activity's time: makes the address the verified one, leaves none pending,
    /// leaves the user without a password, increments the version of the credentials, ends all the user's sessions and links,
    /// forgets all devices that are known to the user, stores the link to set a password, and records the activity. Of several
    /// concurrent calls, one uses the link.
    ///
    /// Links for [`UndoEmail`](crate::LinkPurpose::UndoEmail) that were [asked for](crate::Link::requested_at) before this one and are
    /// about another address stay: they put an earlier address back. The user's waiting mails of the kind
    /// [`UndoEmail`](crate::MailKind::UndoEmail) are deleted, as the change that they could undo has been undone, except for those that
    /// were queued before this link was asked for and go to another address.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn undo_email(
        &self,
        undo: &EmailUndo,
        activity: &Activity,
    ) -> impl Future<Output = Result<EmailLinkUse, StoreError>> + Send;

    /// In one step: records the activity, whose notice goes to the verified address before the change, and gives the user the
    /// address in this state; ends the user's links to verify an address; if it is verified, leaves none pending, ends the links
    /// to set a password and to put an address back, and deletes the waiting mails with one of these links; and queues the mail.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing has changed then.
    fn set_email(
        &self,
        setting: &EmailSetting,
        activity: &Activity,
    ) -> impl Future<Output = Result<SetEmail, StoreError>> + Send;

    /// Deletes up to `most` users who have no verified address and had to have one by `now`
    /// ([`NewEmail::verify_by`](crate::user::NewEmail::verify_by)), with all their data; returns how many. Their names are free
    /// again.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delete_unverified(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// The addresses of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Emails {
    /// The address that is proved: it gets mails, and its owner may set a password by one.
    pub verified: Option<EmailAddress>,
    /// The address that was given, and is not proved: it grants nothing.
    pub pending: Option<EmailAddress>,
}

/// Whether an address is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailState {
    /// It was given, and is not proved.
    Pending,
    /// It is proved.
    Verified,
}

/// Another address, given in a session.
#[derive(Debug, Clone)]
pub struct EmailChange {
    /// The user.
    pub user_id: UserId,
    /// The session that asks for it.
    pub session_id: SessionId,
    /// The address.
    pub address: EmailAddress,
    /// The mail to it.
    pub mail: NewMail,
    /// The mail to the verified one, if there is one.
    pub mail_to_former: Option<NewMail>,
}

/// The outcome of giving an address.
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
    /// The user.
    pub user_id: UserId,
    /// The hash of the link's token.
    pub link: LinkHash,
    /// The address that the link's mail went to.
    pub address: EmailAddress,
    /// The verified address that it replaces.
    pub former: Option<EmailAddress>,
    /// The mail to that one.
    pub mail_to_former: Option<NewMail>,
}

/// An address that a link puts back.
#[derive(Debug, Clone)]
pub struct EmailUndo {
    /// The user.
    pub user_id: UserId,
    /// The hash of the link's token.
    pub link: LinkHash,
    /// The address that the link's mail went to.
    pub address: EmailAddress,
    /// The link by which the user sets a password afterwards.
    pub reset: NewLink,
}

/// The outcome of using a link that is about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailLinkUse {
    /// It was used, and is gone.
    Used,
    /// It was not used: another user has verified the address.
    TakenByAnother,
    /// It was not used: it is no longer good, or never was.
    Expired,
}

/// An address given by the operator.
#[derive(Debug, Clone)]
pub struct EmailSetting {
    /// The user.
    pub user_id: UserId,
    /// The address.
    pub address: EmailAddress,
    /// Whether it is proved.
    pub state: EmailState,
    /// The mail that asks to verify it.
    pub mail: Option<NewMail>,
}

/// The outcome of giving a user an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetEmail {
    /// The user has it.
    Set,
    /// Nothing was done: the user is gone, or never was.
    NoSuchUser,
    /// Nothing was done: another user has verified the address.
    TakenByAnother,
}
