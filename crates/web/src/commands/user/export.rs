use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use doorward_domain::repository::Emails;
use doorward_domain::user::StoredUser;
use doorward_domain::{PasswordHash, Username};
use rustix::fs::{FileType, fstat};
use serde::Serialize;
use tempfile::NamedTempFile;

use super::user_data::{Lately, UserData, standing_code};
use crate::commands::CommandError;
use crate::commands::operator::{Site, at_the_site};
use crate::commands::time::Time;

#[derive(clap::Args)]
pub(in crate::commands) struct Export {
    /// A file that is made, with mode 0600; without it, standard output
    file: Option<PathBuf>,
    /// With the password hashes, so that the users keep their passwords where they are imported
    #[arg(long, conflicts_with = "user")]
    with_hashes: bool,
    /// All that is kept about this user alone: sessions, activity, addresses, known devices
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
}

/// A user as `import` reads one.
#[derive(Serialize)]
struct ExportedUser<'a> {
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    created_at: Time,
    standing: &'static str,
}

/// Whether hashes are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hashes {
    With,
    Without,
}

impl Export {
    /// Writes the users, one JSON object a line.
    pub(super) fn run(self) -> Result<(), CommandError> {
        let hashes = if self.with_hashes { Hashes::With } else { Hashes::Without };
        at_the_site("user export", async |site| {
            let mut sink = Sink::open(self.file.as_deref(), hashes)?;
            match &self.user {
                Some(name) => {
                    let user = site.user(name).await?;
                    let data = UserData::read(site, user, Lately::All).await?;
                    sink.write(&data)?;
                }
                None => write_all(site, hashes, &mut sink).await?,
            }
            sink.finish()
        })
    }
}

/// Writes all users page by page, so that any number of users needs the same memory.
async fn write_all(site: &Site, hashes: Hashes, sink: &mut Sink) -> Result<(), CommandError> {
    const PAGE: u32 = 500;
    let mut after: Option<Username> = None;
    loop {
        let users = site.auth.stored_users(after.as_ref(), PAGE).await?;
        let ids: Vec<_> = users.iter().map(|stored| stored.user.id).collect();
        let emails: HashMap<_, _> = site.auth.emails_of_users(&ids).await?.into_iter().collect();
        users
            .iter()
            .try_for_each(|stored| sink.write(&ExportedUser::of(stored, emails.get(&stored.user.id), hashes)))?;
        if users.len() < PAGE as usize {
            return Ok(());
        }
        after = users.last().map(|last| last.user.username.clone());
    }
}

impl<'a> ExportedUser<'a> {
    fn of(stored: &'a StoredUser, emails: Option<&'a Emails>, hashes: Hashes) -> Self {
        let password_hash = match hashes {
            Hashes::With => stored.password_hash.as_ref().map(PasswordHash::expose_secret),
            Hashes::Without => None,
        };
        // The verified address if there are two: the pending one grants nothing.
        let verified = emails.and_then(|emails| emails.verified.as_ref()).map(|address| (address, true));
        let email = verified.or_else(|| emails?.pending.as_ref().map(|address| (address, false)));
        Self {
            username: stored.user.username.as_str(),
            password_hash,
            email: email.map(|(address, _)| address.as_str()),
            email_verified: email.map(|(_, is_verified)| is_verified),
            created_at: Time(stored.user.created_at),
            standing: standing_code(stored.user.standing),
        }
    }
}

/// The destination of an export: standard output, or a new file that appears whole, is readable by its owner only, and
/// replaces no other file.
enum Sink {
    Stdout(BufWriter<io::Stdout>),
    File { path: PathBuf, written: BufWriter<NamedTempFile> },
}

impl Sink {
    fn open(file: Option<&Path>, hashes: Hashes) -> Result<Self, CommandError> {
        let Some(path) = file else {
            refuse_readable_output(hashes)?;
            return Ok(Self::Stdout(BufWriter::new(io::stdout())));
        };
        let failed = |source| CommandError::File { path: path.to_owned(), source };
        if path.symlink_metadata().is_ok() {
            return Err(failed(io::Error::new(io::ErrorKind::AlreadyExists, "there is such a file already")));
        }
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let written = NamedTempFile::with_prefix_in(".doorward-export-", folder).map_err(failed)?;
        Ok(Self::File { path: path.to_owned(), written: BufWriter::new(written) })
    }

    fn write(&mut self, value: &impl Serialize) -> Result<(), CommandError> {
        let mut line = serde_json::to_vec(value).map_err(|error| CommandError::Output(error.into()))?;
        line.push(b'\n');
        match self {
            Self::Stdout(stdout) => stdout.write_all(&line).map_err(CommandError::of_output),
            Self::File { path, written } => {
                written.write_all(&line).map_err(|source| CommandError::File { path: path.clone(), source })
            }
        }
    }

    fn finish(self) -> Result<(), CommandError> {
        match self {
            Self::Stdout(mut stdout) => stdout.flush().map_err(CommandError::of_output),
            Self::File { path, written } => {
                let persisted = (|| {
                    let file = written.into_inner().map_err(io::IntoInnerError::into_error)?;
                    file.as_file().sync_all()?;
                    file.persist_noclobber(&path).map_err(|error| error.error)
                })();
                persisted.map(drop).map_err(|source| CommandError::File { path, source })
            }
        }
    }
}

/// Refuses to write hashes to a file that other users can read. The shell created the file that standard output is redirected to.
fn refuse_readable_output(hashes: Hashes) -> Result<(), CommandError> {
    let status = fstat(io::stdout()).map_err(|error| CommandError::Output(error.into()))?;
    let mode = status.st_mode & 0o777;
    let is_readable_file = FileType::from_raw_mode(status.st_mode) == FileType::RegularFile && mode & 0o077 != 0;
    if hashes == Hashes::With && is_readable_file { Err(CommandError::ReadableOutput { mode }) } else { Ok(()) }
}
