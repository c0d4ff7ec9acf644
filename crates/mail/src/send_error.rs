use std::io;

/// Why a mail was not taken. None shows the relay's words, an address or a password: only codes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The relay refuses the recipient or the mail for good.
    #[error("the relay refuses the mail ({code})")]
    Rejected {
        /// Of SMTP, 500 to 599 (RFC 5321 §4.2.3).
        code: u16,
    },
    /// The relay refuses the sender: every mail, until the setting or the relay is another.
    #[error("the relay refuses the sender ({code})")]
    SenderRejected {
        /// Of SMTP, 500 to 599.
        code: u16,
    },
    /// The relay refuses for now.
    #[error("the relay does not take the mail now ({code})")]
    Deferred {
        /// Of SMTP, 400 to 499.
        code: u16,
    },
    /// The relay does not talk to us at all: it refuses when it greets, or what a mail needs to begin.
    #[error("the relay refuses to talk to us ({code})")]
    Unwilling {
        /// Of SMTP, 500 to 599.
        code: u16,
    },
    /// The host is not known, nothing listens at the port, or there is no way there.
    #[error("the relay cannot be reached")]
    Unreachable,
    /// The relay hung up before it answered, or what it said is no answer of SMTP to what it was asked. Whether it has taken
    /// the mail is not known.
    #[error("the connection to the relay broke")]
    ConnectionLost,
    /// The mail was not taken within [`Relay::PATIENCE`](crate::Relay::PATIENCE). Whether the relay has it is not known.
    #[error("the relay did not answer in time")]
    TimedOut,
    /// The relay does not offer STARTTLS. It was told nothing but our host's name.
    #[error("the relay does not offer STARTTLS")]
    NoStartTls,
    /// The relay's certificate is from an authority that is not known, for another host, or out of date. Nothing was sent.
    #[error("the relay's certificate cannot be trusted")]
    Certificate,
    /// TLS cannot be agreed on, what answers does not speak it, or somebody has put words in between before it began. Nothing
    /// was sent.
    #[error("no TLS with the relay")]
    Tls,
    /// The relay does not take the user and the password, or wants some.
    #[error("the relay does not accept the log-in ({code})")]
    Authentication {
        /// Of SMTP, 500 to 599 (RFC 4954 §6).
        code: u16,
    },
    /// The relay offers no log-in, or none by password. It was not told the password.
    #[error("the relay offers no log-in with a password")]
    NoAuthentication,
    /// A file cannot be written into the folder.
    #[error("the folder for mails: {0}")]
    Folder(io::Error),
    /// The text of the mail was not written, as where a template fails.
    #[error("the text of the mail was not written")]
    Unwritten,
    /// The mail cannot be written as one.
    #[error("the mail cannot be written")]
    Unwritable,
}

/// Whether a mail that was not taken may be handed over again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It may be taken later, or once something is put right.
    Later,
    /// It will never be taken.
    Never,
}

impl SendError {
    /// Whether the mail may be handed over again. A refused mail never is: that would be the same again, and gives the
    /// sender a bad name. A refused sender, log-in or certificate is put right by the operator, and then the mails in
    /// the queue go out.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Rejected { .. } | Self::Unwritable => Retry::Never,
            Self::SenderRejected { .. }
            | Self::Deferred { .. }
            | Self::Unwilling { .. }
            | Self::Unreachable
            | Self::ConnectionLost
            | Self::TimedOut
            | Self::NoStartTls
            | Self::Certificate
            | Self::Tls
            | Self::Authentication { .. }
            | Self::NoAuthentication
            | Self::Folder(_)
            | Self::Unwritten => Retry::Later,
        }
    }

    /// What an operator does about it, in one line.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Rejected { .. } => {
                "the relay's log says why; the address may not exist, or the relay may not send for this machine"
            }
            Self::SenderRejected { .. } => "set `mail.from` to an address that the relay sends for",
            Self::Deferred { .. } => "wait; if it lasts, the relay's log says why",
            Self::Unwilling { .. } => "ask who runs the relay whether this machine may use it",
            Self::Unreachable => {
                "check the host and the port of `mail.url`, and that a firewall lets this machine reach them"
            }
            Self::ConnectionLost => "the relay's log says why; if it says nothing, check the port of `mail.url`",
            Self::TimedOut => {
                "if it lasts, check the port of `mail.url`: `smtps://` is for port 465, `smtp://` for 587 and 25"
            }
            Self::NoStartTls => "have the relay offer STARTTLS, or use `smtps://`",
            Self::Certificate => {
                "use the host that the relay's certificate names; give an authority of your own by `mail.ca_file`"
            }
            Self::Tls => {
                "check the port of `mail.url`: `smtps://` is for port 465, `smtp://` for 587; the relay needs TLS 1.2 or 1.3"
            }
            Self::Authentication { .. } => {
                "check the user and the password in `mail.url`; some relays want a password made for programs"
            }
            Self::NoAuthentication => {
                "leave the user and the password out of `mail.url`, or have the relay offer AUTH PLAIN"
            }
            Self::Folder(_) => "make the folder of `mail.url`, and let the user that the service runs as write to it",
            Self::Unwritten => "mend the template of this mail; the log says what is wrong with it",
            Self::Unwritable => "this is a defect; please report it",
        }
    }
}
