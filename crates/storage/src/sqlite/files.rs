//! The files of an SQLite database: whether they may be opened, and whether they are still in place.

use std::ffi::OsString;
use std::fs::{self, Metadata, OpenOptions};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{io, path};

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{AccessFlags, Uid, User, faccessat, geteuid};
use tokio::time::sleep;

use crate::connect_error::ConnectError;
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// The suffixes of the files that SQLite keeps beside an open database. SQLite creates missing ones.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// How often the files are checked, besides by each write.
const INTERVAL: Duration = Duration::from_secs(1);

/// What to do if the file is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Creation {
    IfMissing,
    Never,
}

/// Creates a missing file for its owner alone, if `creation` allows it. Checks that this process, and no other user, can
/// write to the file, its directory and the files beside it. In a directory that others can write to, they could
/// replace the file.
pub(super) fn prepare(file: &Path, creation: Creation) -> Result<(), ConnectError> {
    // No existing file is opened: closing it again would release all locks that this process has on it (fcntl(2)),
    // including those of an open store.
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    check(folder, &metadata(folder)?)?;
    if creation == Creation::IfMissing {
        make_private(file).map_err(|source| ConnectError::File { path: file.to_owned(), source })?;
    }
    check(file, &metadata(file)?)?;
    for beside in BESIDE.map(|suffix| beside(file, suffix)) {
        match metadata(&beside) {
            Err(ConnectError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            found => check(&beside, &found?)?,
        }
    }
    Ok(())
}

/// Creates the file if it is missing. SQLite would make it readable for all users.
fn make_private(file: &Path) -> io::Result<()> {
    match OpenOptions::new().create_new(true).append(true).mode(0o600).open(file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

fn metadata(path: &Path) -> Result<Metadata, ConnectError> {
    fs::metadata(path).map_err(|source| ConnectError::File { path: path.to_owned(), source })
}

fn check(path: &Path, found: &Metadata) -> Result<(), ConnectError> {
    let mode = found.mode() & 0o7777;
    if mode & 0o022 != 0 {
        return Err(ConnectError::Exposed { path: path.to_owned(), mode });
    }
    // The operating system decides, as it knows read-only file systems, access lists and capabilities.
    faccessat(AT_FDCWD, path, AccessFlags::W_OK, AtFlags::AT_EACCESS).map_err(|errno| ConnectError::NotWritable {
        path: path.to_owned(),
        owner: account(Uid::from_raw(found.uid())),
        user: account(geteuid()),
        mode,
        source: errno.into(),
    })
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut path = OsString::from(file);
    path.push(suffix);
    path.into()
}

/// Describes a user of the operating system: the name, if there is one, and the number.
fn account(id: Uid) -> String {
    match User::from_uid(id) {
        Ok(Some(user)) => format!("{} (user {id})", user.name),
        _ => format!("user {id}"),
    }
}

/// The opened files, each under the path at which the next start will look for it. While a path is missing or leads to
/// another file, what is written would be lost.
#[derive(Debug)]
pub(super) struct Files {
    opened: Vec<(PathBuf, Identity)>,
    is_displaced: AtomicBool,
}

/// The device and the inode of a file.
type Identity = (u64, u64);

impl Files {
    /// Records the files of an opened database, and checks them regularly from now on.
    pub(super) fn watch(file: &Path) -> io::Result<Arc<Self>> {
        // The path as it was given leads to the file; SQLite keeps the others beside the path's present target.
        let target = fs::canonicalize(file)?;
        let paths = [path::absolute(file)?].into_iter().chain(BESIDE.map(|suffix| beside(&target, suffix)));
        let opened = paths.map(|path| identity(&path).map(|identity| (path, identity)));
        let files = Arc::new(Self { opened: opened.collect::<io::Result<_>>()?, is_displaced: AtomicBool::new(false) });
        let watched = Arc::downgrade(&files);
        tokio::spawn(async move {
            while let Some(files) = watched.upgrade() {
                let _said_in_the_log = files.look();
                drop(files);
                sleep(INTERVAL).await;
            }
        });
        Ok(files)
    }

    /// Checks that the files are still in place.
    ///
    /// # Errors
    /// An error if they are not. It is logged as well, once until they are back.
    pub(super) fn look(&self) -> Result<(), DbErr> {
        let gone = self.opened.iter().find(|(path, opened)| identity(path).ok() != Some(*opened));
        let was_displaced = self.is_displaced.swap(gone.is_some(), Ordering::Relaxed);
        let Some((path, _)) = gone else {
            if was_displaced {
                tracing::info!("the database is back in its place");
            }
            return Ok(());
        };
        if !was_displaced {
            tracing::error!(
                file = ?path,
                "the database was deleted or replaced while it is open: nothing is read from it or written until it is back; a \
                 restart takes what is there then"
            );
        }
        Err(displaced())
    }

    /// Returns the result of the last check, which is enough for a read.
    pub(super) fn were_in_place(&self) -> Result<(), DbErr> {
        if self.is_displaced.load(Ordering::Relaxed) { Err(displaced()) } else { Ok(()) }
    }
}

fn identity(path: &Path) -> io::Result<Identity> {
    fs::metadata(path).map(|found| (found.dev(), found.ino()))
}

/// The error for a database file that is missing or was replaced.
fn displaced() -> DbErr {
    let gone = io::Error::new(io::ErrorKind::NotFound, "the database was deleted or replaced while it is open");
    DbErr::Query(RuntimeErr::SqlxError(sqlx::Error::Io(gone).into()))
}
