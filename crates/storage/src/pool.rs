//! A driver's connections, and the time limit of steps on them.
//!
//! If a server hangs or its network drops, the TCP connection still looks healthy, and sqlx 0.9 waits for an answer
//! forever. So a caller waits at most `max_wait`. Two gaps of sqlx 0.9 shape the rest:
//!
//! - **A step runs to its end in a task of its own.** `begin` is not cancellation-safe: a caller that stops waiting, as any
//!   HTTP handler does when its client leaves, returns a connection to the pool that is inside a transaction sqlx does not
//!   know of, or whose next answer belongs to another statement (transact-rs/sqlx#4385, #4393). #4394 fixes PostgreSQL's
//!   `begin` after 0.9.0; the tasks can go when the release that has it fixes MySQL's as well.
//! - **A pool that gets no answers is replaced by another.** sqlx has no TCP keep-alive and no `tcp_user_timeout`
//!   (transact-rs/sqlx#3540, open; pull request #4355, open), so nothing else notices that a connection's network is gone.
//!   The generations of a pool can go when a release has one of the two.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use std::{fmt, io};

use sea_orm::{DatabaseConnection, DbErr, RuntimeErr, sqlx};
use tokio::task::spawn;
use tokio::time::{Instant, timeout};

use crate::error::has_no_connection;

/// Connections of a driver. All of them are replaced if the driver is silent for [`GIVEN_UP_AFTER`] times `max_wait`:
/// if one statement is unanswered for that time, or if no statement is answered and no connection is free. They are not
/// replaced again until the former ones are closed, so there are at most twice as many.
#[derive(Debug, Clone)]
pub(crate) struct Pool(Arc<Connections>);

struct Connections {
    /// Opens another set of connections.
    open: Box<dyn Fn() -> DatabaseConnection + Send + Sync>,
    current: Mutex<Arc<Generation>>,
    /// Alive until the connections that were replaced are closed.
    closing: Mutex<Weak<()>>,
    max_wait: Duration,
}

/// Connections that are replaced together.
#[derive(Debug)]
struct Generation {
    connections: DatabaseConnection,
    /// When the connections began to be silent: none was free, and no statement has been answered since.
    silent_since: Mutex<Option<Instant>>,
}

/// This is long because the server may only be waiting for a lock: it then keeps the replaced connections, beside the
/// new ones, until the lock is released.
const GIVEN_UP_AFTER: u32 = 6;

/// How long Linux tries to send to a network that is gone (`net.ipv4.tcp_retries2`). A connection that has already
/// sent its request waits for the answer forever; the pool does not wait for it.
const CLOSED_AFTER: Duration = Duration::from_mins(15);

impl Pool {
    /// Opens connections as they are needed.
    pub(crate) fn new(open: impl Fn() -> DatabaseConnection + Send + Sync + 'static, max_wait: Duration) -> Self {
        let current = Mutex::new(Arc::new(Generation::new(open())));
        Self(Arc::new(Connections { open: Box::new(open), current, closing: Mutex::default(), max_wait }))
    }

    fn generation(&self) -> MutexGuard<'_, Arc<Generation>> {
        self.0.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the current connections.
    pub(crate) fn connections(&self) -> DatabaseConnection {
        self.generation().connections.clone()
    }

    /// Runs a step on the connections, to its end even if the caller stops waiting.
    ///
    /// # Errors
    /// The errors of the step; a timeout if it is not done within `max_wait`.
    pub(crate) async fn ask<T, F>(&self, step: impl FnOnce(DatabaseConnection) -> F) -> Result<T, DbErr>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        let (pool, generation, max_wait) = (self.clone(), Arc::clone(&self.generation()), self.0.max_wait);
        let mut step = Box::pin(step(generation.connections.clone()));
        let watched = spawn(async move {
            match timeout(max_wait * GIVEN_UP_AFTER, step.as_mut()).await {
                Ok(Err(error)) if has_no_connection(&error) => {
                    if generation.silence() >= max_wait * GIVEN_UP_AFTER {
                        pool.give_up(&generation);
                    }
                    Err(error)
                }
                Ok(answer) => {
                    generation.is_answering();
                    answer
                }
                Err(_) => {
                    pool.give_up(&generation);
                    step.await
                }
            }
        });
        match timeout(max_wait, watched).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) if error.is_panic() => Err(DbErr::Custom("the driver panicked".to_owned())),
            // The runtime is being shut down.
            Ok(Err(_)) => Err(unavailable(sqlx::Error::PoolClosed)),
            Err(_) => Err(late("the database does not answer")),
        }
    }

    /// Closes the connections once their statements are done, and waits at most `max_wait` for that.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        let late = |_| DbErr::Custom("the connections are busy".to_owned());
        timeout(self.0.max_wait, self.connections().close_by_ref()).await.map_err(late)?
    }

    fn give_up(&self, generation: &Arc<Generation>) {
        let mut closing = self.0.closing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut current = self.generation();
        if closing.strong_count() == 0 && Arc::ptr_eq(&current, generation) {
            tracing::warn!("the database leaves statements unanswered: its connections are given up, and others made");
            let given_up = std::mem::replace(&mut *current, Arc::new(Generation::new((self.0.open)())));
            let is_closing = Arc::new(());
            *closing = Arc::downgrade(&is_closing);
            // They are closed once all their statements are answered.
            spawn(async move {
                let _closed_or_late = timeout(CLOSED_AFTER, given_up.connections.close_by_ref()).await;
                drop(is_closing);
            });
        }
    }
}

impl Generation {
    fn new(connections: DatabaseConnection) -> Self {
        Self { connections, silent_since: Mutex::default() }
    }

    fn is_answering(&self) {
        *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Returns how long no connection has been free and no statement answered. The first call begins to count.
    fn silence(&self) -> Duration {
        let mut silent_since = self.silent_since.lock().unwrap_or_else(PoisonError::into_inner);
        silent_since.get_or_insert_with(Instant::now).elapsed()
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("max_wait", &self.max_wait).finish_non_exhaustive()
    }
}

fn unavailable(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

/// The error of a step that took too long.
pub(crate) fn late(what: &'static str) -> DbErr {
    unavailable(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, what)))
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use doorward_domain::StoreError;
    use doorward_domain::repository::Availability;

    use super::*;
    use crate::error::StorageError;

    #[tokio::test]
    async fn a_database_that_does_not_answer_is_unavailable() {
        let pool = Pool::new(DatabaseConnection::default, Duration::from_millis(1));
        let late = pool.ask(|_| pending::<Result<(), DbErr>>()).await.unwrap_err();
        assert_eq!(StoreError::from(StorageError::from(late)).availability(), Availability::Unavailable);
    }
}
