use std::io;
use std::path::{Path, PathBuf};

use sea_orm::DbErr;

use crate::error::is_disk_full;

/// Why a database was not opened. Neither shows the URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL names no database that this build knows; an SQLite database in memory would be gone with its last idle
    /// connection.
    #[error("the URL names neither an SQLite file nor a PostgreSQL, MySQL or MariaDB database")]
    Unsupported,
    /// The URL names a database, and something else in it cannot be understood. It is not shown, as it may hold a password.
    #[error(
        "a part of the URL after its scheme cannot be understood; in a name and a password, what is special in a URL has to be \
         percent-encoded"
    )]
    UnfitUrl,
    /// An SQLite file cannot be looked at or made.
    #[error("{}: {source}", path.display())]
    File {
        /// The file, or its directory.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Others can write to an SQLite file, or put another one in its place.
    #[error("{} has mode {mode:o}, so that others can write to it; `chmod go-w` takes that from them", path.display())]
    Exposed {
        /// The file, its directory, or what SQLite keeps beside it.
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
        /// The file, its directory, or what SQLite keeps beside it.
        path: PathBuf,
        /// Whose it is.
        owner: String,
        /// As whom this runs.
        user: String,
        /// Its permissions.
        mode: u32,
        /// What the operating system says.
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
    /// Says that the disk is full where that is the reason: SQLite speaks of an error of the disk.
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
