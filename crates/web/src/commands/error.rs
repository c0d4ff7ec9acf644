use std::error::Error;
use std::io;
use std::iter;
use std::path::PathBuf;

use doorward_domain::{
    CreateUserError, EmailAddressError, EntropyError, Failed, ImportUsersError, MailResetError, MakeLinkError,
    ReadEmailError, RenameUserError, SetEmailError,
};
use doorward_mail::SendError;
use doorward_migrations::SchemaError;
use doorward_storage::{ConnectError, CopyError};
use doorward_web::SiteError;
use doorward_web::config::{ListenerError, SettingError};
use doorward_web::server::ServeError;

/// Why a command failed, in one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Listener(#[from] ListenerError),
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error(
        "{place} names no database: a URL, the path of an SQLite file, or env:NAME with a URL in the variable NAME"
    )]
    NoDatabase { place: &'static str },
    #[error("FROM and TO are the same database")]
    SameDatabase,
    #[error("{place} cannot be opened: {error}")]
    Open { place: &'static str, error: ConnectError },
    #[error("{place}: {error}")]
    Unprepared { place: &'static str, error: SchemaError },
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error("the runtime cannot be started: {0}")]
    Runtime(io::Error),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("no user has the name {name:?}")]
    NoSuchUser { name: String },
    #[error(transparent)]
    Create(#[from] CreateUserError),
    #[error(transparent)]
    Rename(#[from] RenameUserError),
    #[error(transparent)]
    Link(MakeLinkError),
    #[error(transparent)]
    Address(EmailAddressError),
    #[error(transparent)]
    ReadEmail(#[from] ReadEmailError),
    #[error(transparent)]
    SetEmail(#[from] SetEmailError),
    #[error(transparent)]
    MailReset(MailResetError),
    #[error("this site sends no mails; set DOORWARD_MAIL__URL and DOORWARD_MAIL__FROM")]
    NoMail,
    #[error("there is no relay to try, as this site sends no mails; set DOORWARD_MAIL__URL and DOORWARD_MAIL__FROM")]
    NoRelay,
    #[error("{error}; {}", error.advice())]
    Mail { error: SendError },
    #[error(transparent)]
    Import(#[from] ImportUsersError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error(transparent)]
    Failed(#[from] Failed),
    #[error("standard input cannot be read: {0}")]
    Input(io::Error),
    #[error("standard output cannot be written: {0}")]
    Output(io::Error),
    /// The other end of the pipe is closed.
    #[error("nobody reads the standard output")]
    NobodyReads,
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// Other users can read the file that standard output is redirected to.
    #[error(
        "standard output is a file with mode {mode:o}, so that others can read the hashes; name FILE instead, or begin with \
         `umask 077`"
    )]
    ReadableOutput { mode: u32 },
    #[error(
        "the password is read from standard input, and would be seen at a terminal; without --password-stdin there is a link"
    )]
    PasswordAtTerminal,
    #[error("standard input has no password in UTF-8 in its first line, or more than {most} bytes")]
    UnreadablePassword { most: usize },
    #[error("{name} was not deleted: confirm it at a terminal, or say --yes")]
    Unconfirmed { name: String },
    #[error("the second factor of {name} was not removed: confirm it at a terminal, or say --yes")]
    UnconfirmedRemoval { name: String },
    #[error("{name} was not deleted: another name was typed")]
    OtherNameTyped { name: String },
    #[error("nothing was imported: {bad} of the {lines} lines are bad; --skip-bad leaves them out")]
    BadLines { bad: u64, lines: u64 },
    #[error("line {line} is not as it was read before: the file has changed; what was imported before that line stays")]
    FileChanged { line: u64 },
    #[error("{failed} of the checks failed")]
    Unwell { failed: usize },
}

/// A missing relay is the same error for every command.
impl From<MailResetError> for CommandError {
    fn from(error: MailResetError) -> Self {
        match error {
            MailResetError::NoMail => Self::NoMail,
            error => Self::MailReset(error),
        }
    }
}

impl CommandError {
    /// The error with its causes, except those that its text already contains.
    pub(super) fn in_full(&self) -> String {
        let causes = iter::successors(self.source(), |error: &&(dyn Error + 'static)| (**error).source())
            .map(ToString::to_string);
        causes
            .fold(self.to_string(), |text, cause| if text.contains(&cause) { text } else { format!("{text}: {cause}") })
    }

    /// The error of a failed write to standard output.
    pub(super) fn of_output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::NobodyReads } else { Self::Output(error) }
    }

    /// The exit code of the program: 1 for a failure, 3 for an unknown user, 4 if a rule forbids the command. clap uses 2,
    /// for wrong usage.
    pub(super) const fn exit_code(&self) -> u8 {
        match self {
            Self::NoSuchUser { .. }
            | Self::Rename(RenameUserError::NoSuchUser)
            | Self::SetEmail(SetEmailError::NoSuchUser) => 3,
            Self::Create(CreateUserError::Failed(_))
            | Self::Rename(RenameUserError::Failed(_))
            | Self::ReadEmail(ReadEmailError::Failed(_))
            | Self::SetEmail(SetEmailError::Failed(_))
            | Self::MailReset(MailResetError::Failed(_))
            | Self::Import(ImportUsersError::Failed(_) | ImportUsersError::Overtaken) => 1,
            Self::Create(_)
            | Self::Rename(_)
            | Self::Address(_)
            | Self::ReadEmail(_)
            | Self::SetEmail(_)
            | Self::MailReset(_)
            | Self::NoMail
            | Self::Import(_)
            | Self::ReadableOutput { .. }
            | Self::PasswordAtTerminal
            | Self::UnreadablePassword { .. }
            | Self::Unconfirmed { .. }
            | Self::UnconfirmedRemoval { .. }
            | Self::OtherNameTyped { .. }
            | Self::BadLines { .. } => 4,
            _ => 1,
        }
    }
}
