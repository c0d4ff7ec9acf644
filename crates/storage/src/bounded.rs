//! Connections on which nothing waits for ever, and nothing is left half said.
//!
//! A server that was stopped, or whose network is gone, does not answer, and its connections look well: the kernel
//! acknowledges what is sent, or tries for a quarter of an hour. The drivers wait, so here whoever asks waits for so long and
//! no longer. What they asked goes on all the same, as a task of its own, until it is answered: a driver that is interrupted
//! leaves its connection in the middle of a transaction that it does not know of yet, or with an answer that the
//! next to ask takes for theirs, and the pool lends it on. Whoever serves by hyper is interrupted whenever a client goes away.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IsolationLevel,
    QueryTrait, RuntimeErr, Select, SelectTwoRequired, TransactionOptions, TransactionTrait as _, sqlx,
};
use tokio::task::spawn;
use tokio::time::timeout;

use crate::executor::{Executor, Pair};

/// A connection, or a transaction, each of whose statements fails after so long.
#[derive(Debug, Clone)]
pub(crate) struct Bounded<C> {
    inner: Arc<C>,
    max_wait: Duration,
}

impl<C> Bounded<C> {
    pub(crate) fn new(inner: C, max_wait: Duration) -> Self {
        Self { inner: Arc::new(inner), max_wait }
    }

    pub(crate) fn unbounded(&self) -> &C {
        &self.inner
    }
}

impl Bounded<DatabaseConnection> {
    /// Begins a transaction. MySQL's own isolation level locks the gaps between rows, so that two who insert wait for each
    /// other; PostgreSQL has this one as it is.
    pub(crate) async fn begin(&self) -> Result<Bounded<DatabaseTransaction>, DbErr> {
        let is_mysql = self.inner.get_database_backend() == DbBackend::MySql;
        let isolation_level = is_mysql.then_some(IsolationLevel::ReadCommitted);
        let options = TransactionOptions { isolation_level, ..TransactionOptions::default() };
        let connection = Arc::clone(&self.inner);
        let begun = within(self.max_wait, async move { connection.begin_with_options(options).await });
        Ok(Bounded::new(begun.await?, self.max_wait))
    }
}

/// Rolled back once nobody has it any more: whoever waits for it, and what was asked of it and is not answered yet.
impl Bounded<DatabaseTransaction> {
    /// Where this fails nobody knows whether it was committed.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        let unanswered = || DbErr::Custom("a statement of the transaction was not answered".to_owned());
        let transaction = Arc::into_inner(self.inner).ok_or_else(unanswered)?;
        within(self.max_wait, transaction.commit()).await
    }
}

/// Waits for so long for something that goes on until it is answered.
async fn within<T: Send + 'static>(
    max_wait: Duration,
    answer: impl Future<Output = Result<T, DbErr>> + Send + 'static,
) -> Result<T, DbErr> {
    match timeout(max_wait, spawn(answer)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) if error.is_panic() => Err(DbErr::Custom("the driver panicked".to_owned())),
        // The runtime is being shut down.
        Ok(Err(_)) => Err(unavailable(sqlx::Error::PoolClosed)),
        Err(_) => {
            let late = io::Error::new(io::ErrorKind::TimedOut, "the database does not answer");
            Err(unavailable(sqlx::Error::Io(late)))
        }
    }
}

fn unavailable(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

impl<C: ConnectionTrait + Send + 'static> Executor for Bounded<C> {
    async fn change(&self, change: &(impl QueryTrait + Sync)) -> Result<u64, DbErr> {
        let (connection, statement) = (Arc::clone(&self.inner), change.build(self.inner.get_database_backend()));
        Ok(within(self.max_wait, async move { connection.execute_raw(statement).await }).await?.rows_affected())
    }

    async fn all<E: EntityTrait>(&self, select: Select<E>) -> Result<Vec<E::Model>, DbErr> {
        let connection = Arc::clone(&self.inner);
        within(self.max_wait, async move { select.all(&*connection).await }).await
    }

    async fn pair<E: EntityTrait, F: EntityTrait>(
        &self,
        select: SelectTwoRequired<E, F>,
    ) -> Result<Option<Pair<E, F>>, DbErr> {
        let connection = Arc::clone(&self.inner);
        within(self.max_wait, async move { select.one(&*connection).await }).await
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use doorward_domain::StoreError;
    use doorward_domain::repository::Availability;

    use super::*;
    use crate::error::StorageError;

    #[tokio::test]
    async fn what_does_not_answer_is_unavailable() {
        let late = within(Duration::from_millis(1), pending::<Result<(), DbErr>>()).await.unwrap_err();
        assert_eq!(StoreError::from(StorageError::from(late)).availability(), Availability::Unavailable);
    }
}
