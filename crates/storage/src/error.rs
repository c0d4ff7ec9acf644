//! Errors of databases, and what they become for the domain.

use doorward_domain::StoreError;
use sea_orm::error::ConnAcquireErr;
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::mysql::MySqlDatabaseError;
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// A failure of the database. It becomes an opaque [`StoreError`] at this crate's edge.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error("the column `{column}` of a row in `{table}` makes no sense")]
    CorruptRow { table: &'static str, column: &'static str },
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        match &error {
            StorageError::Database(cause) if may_pass(cause) => Self::unavailable(error),
            StorageError::Database(_) | StorageError::CorruptRow { .. } => Self::broken(error),
        }
    }
}

/// A step fails with a [`DbErr`], so this error becomes one within it.
impl From<StorageError> for DbErr {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Database(error) => error,
            StorageError::CorruptRow { .. } => Self::Custom(error.to_string()),
        }
    }
}

/// Returns the driver's error.
fn driver_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause),
        _ => None,
    }
}

/// Returns the error that the database itself reported.
pub(crate) fn database_error(error: &DbErr) -> Option<&dyn DatabaseError> {
    driver_error(error)?.as_database_error()
}

/// Whether the same statement may succeed in a moment: no connection was free, say, or a lock was held too long.
fn may_pass(error: &DbErr) -> bool {
    let Some(cause) = driver_error(error) else { return matches!(error, DbErr::ConnectionAcquire(_)) };
    match cause {
        // A server that goes away in the middle of an answer causes a protocol error.
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(cause) => match cause.try_downcast_ref::<MySqlDatabaseError>() {
            Some(cause) => is_mysql_busy(cause.number()),
            None => cause.code().is_some_and(|code| is_sqlite_busy(&code) || is_postgres_busy(&code)),
        },
        _ => false,
    }
}

/// Whether no statement was sent, as no connection was free in time.
pub(crate) fn has_no_connection(error: &DbErr) -> bool {
    matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
        || matches!(driver_error(error), Some(sqlx::Error::PoolTimedOut))
}

/// Whether the database rolled the transaction back in favour of another one, as it does in a deadlock. A new attempt
/// may succeed.
pub(crate) fn gave_way(error: &DbErr) -> bool {
    let Some(cause) = database_error(error) else { return false };
    match cause.try_downcast_ref::<MySqlDatabaseError>() {
        Some(cause) => cause.number() == 1213,
        None => cause.code().is_some_and(|code| code == "40P01" || code == "40001"),
    }
}

/// Matches SQLSTATE classes: connection exceptions (08), a transaction rolled back, for example by a deadlock (40),
/// insufficient resources, such as a full disk and too many connections (53), and the operator's intervention, such as
/// a shutdown (57). Also matches a lock that was not available (55P03) and a read-only transaction (25006, a standby).
fn is_postgres_busy(code: &str) -> bool {
    code.len() == 5 && (matches!(code.get(..2), Some("08" | "40" | "53" | "57")) || matches!(code, "55P03" | "25006"))
}

/// Matches too many connections (1040, 1203), a full disk or table (1021, 1114), a shutdown (1053), a cluster node that
/// is not ready (1047), a killed connection (1927), a statement that was interrupted or took too long (1317, 1969,
/// 3024), a lock wait timeout and a deadlock (1205, 1213), and a read-only server (1290, 1836).
const fn is_mysql_busy(number: u16) -> bool {
    matches!(number, 1021 | 1040 | 1047 | 1053 | 1114 | 1203 | 1205 | 1213 | 1290 | 1317 | 1836 | 1927 | 1969 | 3024)
}

/// Matches `SQLITE_BUSY` (5) and `SQLITE_LOCKED` (6), with their extended forms in the higher bits, and a full disk. An
/// SQLSTATE may be all digits as well, but has five characters; these codes have fewer.
fn is_sqlite_busy(code: &str) -> bool {
    let is_locked = |code: u32| matches!(code & 0xff, 5 | 6);
    code.len() < 5 && (is_sqlite_full(code) || code.parse().is_ok_and(is_locked))
}

/// Matches `SQLITE_FULL` (13), and `SQLITE_IOERR_SHMSIZE` (4874): the file beside the database cannot grow, which has
/// no other cause.
fn is_sqlite_full(code: &str) -> bool {
    matches!(code, "13" | "4874")
}

/// Whether the disk of an SQLite file is full.
pub(crate) fn is_disk_full(error: &DbErr) -> bool {
    database_error(error).and_then(DatabaseError::code).is_some_and(|code| is_sqlite_full(&code))
}

#[cfg(test)]
mod tests {
    use doorward_domain::repository::Availability;

    use super::*;

    #[test]
    fn a_busy_database_may_be_tried_again() {
        for code in ["5", "6", "13", "261", "517", "773", "4874"] {
            assert!(is_sqlite_busy(code), "{code}");
        }
        for code in ["1", "10", "19", "2067", "8", "778", "23505", "42501", "22021", ""] {
            assert!(!is_sqlite_busy(code), "{code}");
        }
        for code in ["08006", "40001", "40P01", "53100", "53300", "57P01", "55P03", "25006"] {
            assert!(is_postgres_busy(code) && !is_sqlite_busy(code), "{code}");
        }
        for code in ["23505", "42P01", "22001", "5", "", "08"] {
            assert!(!is_postgres_busy(code), "{code}");
        }
        assert!(is_mysql_busy(1213) && is_mysql_busy(1927) && !is_mysql_busy(1062));
    }

    #[test]
    fn a_pool_without_a_connection_may_be_tried_again() {
        let error = StorageError::from(DbErr::Conn(RuntimeErr::SqlxError(sqlx::Error::PoolTimedOut.into())));
        assert_eq!(StoreError::from(error).availability(), Availability::Unavailable);
    }

    #[test]
    fn a_row_that_makes_no_sense_is_broken() {
        let error = StorageError::CorruptRow { table: "users", column: "username" };
        assert_eq!(StoreError::from(error).availability(), Availability::Broken);
    }
}
