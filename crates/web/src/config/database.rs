use std::fmt;
use std::path::PathBuf;

use doorward_storage::{ConnectError, StorageConfig};

use super::settings::path;

/// Where users and sessions are kept. A URL may hold a password: neither `Debug` nor `Display` shows it.
#[derive(Clone)]
pub enum Database {
    /// An SQLite file; by default, the one in the data directory.
    File(PathBuf),
    /// The database at this URL.
    Url(String),
}

impl Database {
    /// Parses a database named on a command line: a URL, the path of an SQLite file, or `env:` and the name of an
    /// environment variable that holds a URL, as every user of the machine can read a command line.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        match text.strip_prefix("env:") {
            #[expect(clippy::disallowed_methods, reason = "a variable that somebody names on the command line")]
            Some(variable) => database_url(&std::env::var(variable).ok()?),
            None if text.contains("://") || text.starts_with("sqlite:") => database_url(text),
            None => path(text).map(Self::File),
        }
    }

    /// The configuration to open it.
    #[must_use]
    pub fn storage(&self) -> StorageConfig {
        match self {
            Self::Url(url) => StorageConfig::new(url),
            Self::File(path) => StorageConfig::sqlite_file(path),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the database {}", path.display()),
            Self::Url(_) => f.write_str("the database of DOORWARD_DATABASE_URL"),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({self})")
    }
}

pub(super) fn database_url(text: &str) -> Option<Database> {
    let (scheme, rest) = text.split_once(':')?;
    let is_known = matches!(scheme, "sqlite" | "postgres" | "postgresql" | "mysql" | "mariadb");
    let is_fit = is_known && !rest.is_empty();
    let is_understood = || !matches!(StorageConfig::new(text).check(), Err(ConnectError::UnfitUrl));
    (is_fit && is_understood()).then(|| Database::Url(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_by_its_url_or_its_path() {
        let named = |text: &str| {
            Database::named(text).map(|database| match database {
                Database::File(path) => format!("the file {}", path.display()),
                Database::Url(url) => url,
            })
        };
        assert_eq!(named("data/doorward.sqlite3").unwrap(), "the file data/doorward.sqlite3");
        for url in ["sqlite:data/db", "postgres://ada@host/db", "mysql://ada@host/db"] {
            assert_eq!(named(url).unwrap(), url);
        }
        for text in ["", "oracle://host/db", "env:NO_SUCH_VARIABLE", "env:PATH", "sqlite:"] {
            assert_eq!(named(text), None, "{text}");
        }
    }
}
