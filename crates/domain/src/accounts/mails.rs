use std::time::Duration;

use super::{AuthService, Scope};
use crate::client::Client;
use crate::clock::{Clock, Timestamp};
use crate::email_address::EmailAddress;
use crate::entropy::{Entropy, EntropyError};
use crate::link::LinkPurpose;
use crate::mail::{Mail, MailId, MailKind, MailRules, Recipient};
use crate::repository::{Emails, NewMail};
use crate::throttle::Counter;

/// Shared by the use cases that queue mails.
impl<S, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// A mail that counts towards no limit but that of the service.
    pub(super) fn new_mail(&self, client: &Client, mail: MailDraft) -> Result<NewMail, EntropyError> {
        let MailDraft { kind, recipient, queued_at } = mail;
        let lifetime = self.mail.as_ref().map_or(Duration::ZERO, |rules| rules.lifetime_of(kind));
        let (id, ends_at) = (MailId::new(queued_at, &self.entropy)?, queued_at.plus(lifetime));
        let recipient = recipient.map(|recipient| recipient.or_reading(client.language.as_ref()));
        let mail = Mail { id, kind, recipient, client: client.clone(), queued_at, ends_at };
        Ok(NewMail { mail, limits: Vec::new() })
    }
}

impl<S, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// A mail that a visitor asks for: it counts towards the limits of the network and of the address, or of the typed text if
    /// there is no address.
    pub(super) fn wanted_mail(&self, mail: MailDraft, counted_for: &str) -> Result<NewMail, EntropyError> {
        Ok(NewMail { limits: self.limits_of_mail(counted_for), ..self.new_mail(self.client, mail)? })
    }

    /// The mail that is sent when this address is given for this user.
    ///
    /// If another user has verified it, that user is told, at the address as it is stored: the visitor who gave it sees no
    /// difference.
    pub(super) fn mail_for_given(
        &self,
        to: Recipient,
        owner: Option<Recipient>,
        queued_at: Timestamp,
    ) -> Result<NewMail, EntropyError> {
        let counted_for = to.address.key().to_owned();
        let (kind, to) = match owner {
            Some(owner) if owner.user_id != to.user_id => (MailKind::AccountExists, owner),
            _ => (MailKind::VerifyEmail, to),
        };
        self.wanted_mail(MailDraft { kind, recipient: Some(to), queued_at }, &counted_for)
    }

    fn limits_of_mail(&self, counted_for: &str) -> Vec<Counter> {
        let throttle = self.rules.throttle.as_ref();
        throttle.map(|throttle| throttle.for_mail(counted_for, self.client.address)).unwrap_or_default()
    }
}

/// The parts of a mail that differ between use cases.
pub(super) struct MailDraft {
    pub(super) kind: MailKind,
    pub(super) recipient: Option<Recipient>,
    pub(super) queued_at: Timestamp,
}

impl MailRules {
    pub(super) const fn lifetime_of(&self, kind: MailKind) -> Duration {
        match kind {
            MailKind::VerifyEmail => self.verification_lifetime,
            MailKind::ResetPassword => self.reset_lifetime,
            MailKind::UndoEmail => self.undo_lifetime,
            MailKind::AccountExists | MailKind::Notice(_) => self.notice_lifetime,
        }
    }
}

impl MailKind {
    /// The purpose of the link in the mail; `None` if it has none.
    pub(super) const fn purpose(self) -> Option<LinkPurpose> {
        match self {
            Self::VerifyEmail => Some(LinkPurpose::VerifyEmail),
            Self::ResetPassword => Some(LinkPurpose::ResetPassword),
            Self::UndoEmail => Some(LinkPurpose::UndoEmail),
            Self::AccountExists | Self::Notice(_) => None,
        }
    }

    /// Whether the mail is still of use, for a user with these addresses: a link is sent to the address that it was meant for, or
    /// not at all.
    pub(super) fn is_meant_for(self, address: &EmailAddress, emails: &Emails) -> bool {
        match self {
            Self::VerifyEmail => emails.pending.as_ref() == Some(address),
            Self::ResetPassword => emails.verified.as_ref() == Some(address),
            Self::UndoEmail | Self::AccountExists | Self::Notice(_) => true,
        }
    }
}
