use std::io;

/// Why a mail was not taken. No message shows the relay's words, an address or a password; only codes are shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The relay refuses the recipient or the mail permanently.
    #[error("the relay refuses the mail ({code})")]
    Rejected {
        /// The SMTP code, 500 to 599 (RFC 5321 §4.2.3).
        code: u16,
    },
    /// The relay refuses the sender, and so every mail, until the setting or the relay is changed.
    #[error("the relay refuses the sender ({code})")]
    SenderRejected {
        /// The SMTP code, 500 to 599.
        code: u16,
    },
    /// The relay refuses temporarily.
    #[error("the relay does not take the mail now ({code})")]
    Deferred {
        /// The SMTP code, 400 to 499.
        code: u16,
    },
    /// The relay refuses the connection in its greeting, or a command that precedes a mail.
    #[error("the relay refuses to talk to us ({code})")]
    Unwilling {
        /// The SMTP code, 500 to 599.
        code: u16,
    },
    /// The host is unknown, no server listens at the port, or there is no route to it.
    #[error("the relay cannot be reached")]
    Unreachable,
    /// The relay closed the connection before it answered, or its answer is not valid SMTP for the command. Whether it has
    /// taken the mail is unknown.
    #[error("the connection to the relay broke")]
    ConnectionLost,
    /// The mail was not taken within [`Relay::PATIENCE`](crate::Relay::PATIENCE). Whether the relay has it is unknown.
    #[error("the relay did not answer in time")]
    TimedOut,
    /// The relay does not offer STARTTLS. It was sent nothing but our host's name.
    #[error("the relay does not offer STARTTLS")]
    NoStartTls,
    /// The relay's certificate is from an authority that is not known, for another host, or out of date. Nothing was sent.
    #[error("the relay's certificate cannot be trusted")]
    Certificate,
    /// The TLS handshake failed, the server does not use TLS, or an attacker injected answers before it began. No mail was
    /// sent.
    #[error("no TLS with the relay")]
    Tls,
    /// The relay refuses the user and the password, or requires a log-in.
    #[error("the relay does not accept the log-in ({code})")]
    Authentication {
        /// The SMTP code, 500 to 599 (RFC 4954 §6).
        code: u16,
    },
    /// The relay offers no log-in, or none by password. It was not sent the password.
    #[error("the relay offers no log-in with a password")]
    NoAuthentication,
    /// A file cannot be written into the folder.
    #[error("the folder for mails: {0}")]
    Folder(io::Error),
    /// The text of the mail was not written, for example because a template failed.
    #[error("the text of the mail was not written")]
    Unwritten,
    /// The mail cannot be put into the format of mails.
    #[error("the mail cannot be written")]
    Unwritable,
}

/// Whether a mail that was not taken may be handed over again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The relay may take it later, or once the operator has corrected something.
    Later,
    /// The relay will never take it.
    Never,
}

impl SendError {
    /// Whether the mail may be handed over again. A refused mail may not: it would be refused again, and harm the sender's
    /// reputation. The operator can correct a refused sender, log-in or certificate, and then the mails in the queue go
    /// out.
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

    /// Returns what an operator can do about it, in one line.
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
