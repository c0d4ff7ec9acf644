//! What goes wrong with an SQLite file, in the form in which the drivers say it.

use std::borrow::Cow;
use std::error::Error;
use std::{fmt, io};

use rusqlite::ffi;
use sea_orm::sqlx::error::{DatabaseError, ErrorKind};
use sea_orm::{DbErr, RuntimeErr, sqlx};

use crate::error::database_error;

/// An error of SQLite. What it says names tables and columns, and no values.
#[derive(Debug)]
struct SqliteError {
    cause: rusqlite::Error,
    message: String,
}

impl SqliteError {
    /// SQLite's extended result code.
    fn code(&self) -> i32 {
        self.cause.sqlite_error().map_or(ffi::SQLITE_ERROR, |failure| failure.extended_code)
    }
}

pub(super) fn failed(cause: rusqlite::Error) -> DbErr {
    let message = cause.to_string();
    from_driver(sqlx::Error::Database(Box::new(SqliteError { cause, message })))
}

pub(super) fn closed() -> DbErr {
    from_driver(sqlx::Error::PoolClosed)
}

/// It took longer than it may.
pub(super) fn late() -> DbErr {
    from_driver(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the database file is in use")))
}

/// Another file is where the database was, or none.
pub(super) fn displaced() -> DbErr {
    let gone = "the database was deleted or replaced while it is open";
    from_driver(sqlx::Error::Io(io::Error::new(io::ErrorKind::NotFound, gone)))
}

fn from_driver(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

/// Whether another connection holds a lock.
pub(super) fn is_locked(error: &DbErr) -> bool {
    let failure = database_error(error).and_then(|error| error.try_downcast_ref::<SqliteError>());
    failure.is_some_and(|failure| failure.code() & 0xff == ffi::SQLITE_BUSY)
}

impl fmt::Display for SqliteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(code: {}) {}", self.code(), self.message)
    }
}

impl Error for SqliteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

impl DatabaseError for SqliteError {
    fn message(&self) -> &str {
        &self.message
    }

    /// As with the driver.
    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code().to_string().into())
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        match self.code() {
            ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE => ErrorKind::UniqueViolation,
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ErrorKind::ForeignKeyViolation,
            _ => ErrorKind::Other,
        }
    }
}
