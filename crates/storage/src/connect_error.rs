use std::io;
use std::path::{Path, PathBuf};

use sea_orm::DbErr;

use crate::error::is_disk_full;

/// Why a database was not opened. No variant shows the URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL names no database that this build supports. An SQLite database in memory is not supported, as it would
    /// be gone with its last idle connection.
    #[error("the URL names neither an SQLite file nor a PostgreSQL, MySQL or MariaDB database")]
    Unsupported,
    /// The URL names a database, but another part of it cannot be parsed. It is not shown, as it may hold a password.
    #[error(
        "a part of the URL after its scheme cannot be understood; in a name and a password, what is special in a URL has to be \
         percent-encoded"
    )]
    UnfitUrl,
    /// An SQLite file cannot be inspected or created.
    #[error("{}: {source}", path.display())]
    File {
        /// The file, or its directory.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// Others can write to an SQLite file, or put another one in its place.
    #[error("{} has mode {mode:o}, so that others can write to it; `chmod go-w` takes that from them", path.display())]
    Exposed {
        /// The file, its directory, or a file that SQLite keeps beside it.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// We cannot write to an SQLite file.
    #[error(
        "{user}, as whom this runs, cannot write to {}, which belongs to {owner} and has mode {mode:o}: {source}",
        path.display()
    )]
    NotWritable {
        /// The file, its directory, or a file that SQLite keeps beside it.
        path: PathBuf,
        /// The owner of this path.
        owner: String,
        /// The user that this process runs as.
        user: String,
        /// Its permissions.
        mode: u32,
        /// The operating system's error.
        source: io::Error,
    },
    /// The disk of an SQLite file is full.
    #[error("the disk of {} is full", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl ConnectError {
    /// Turns the error of a full disk into [`Self::DiskFull`]: SQLite's own text may only report a disk I/O error.
    pub(crate) fn of_full_disk(self, path: &Path) -> Self {
        match &self {
            Self::Database(error) if is_disk_full(error) => Self::DiskFull { path: path.to_owned() },
            Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Self::DiskFull { path: path.to_owned() }
            }
            _ => self,
        }
    }
}
