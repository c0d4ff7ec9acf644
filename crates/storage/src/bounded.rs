//! Connections on which nothing waits for ever.
//!
//! A server that was stopped, or whose network is gone, does not answer, and its connections look well: the kernel
//! acknowledges what is sent, or tries for a quarter of an hour. The drivers wait.

use std::io;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IsolationLevel,
    QueryTrait, RuntimeErr, Select, SelectTwoRequired, TransactionOptions, TransactionTrait as _, sqlx,
};
use tokio::time::timeout;

use crate::executor::{Executor, Pair};

/// A connection, or a transaction, each of whose statements fails after so long.
#[derive(Debug, Clone)]
pub(crate) struct Bounded<C> {
    inner: C,
    max_wait: Duration,
}

impl<C> Bounded<C> {
    pub(crate) const fn new(inner: C, max_wait: Duration) -> Self {
        Self { inner, max_wait }
    }

    pub(crate) const fn unbounded(&self) -> &C {
        &self.inner
    }

    pub(crate) fn into_unbounded(self) -> C {
        self.inner
    }
}

impl Bounded<DatabaseConnection> {
    /// Begins a transaction. MySQL's own isolation level locks the gaps between rows, so that two who insert wait for each
    /// other; PostgreSQL has this one as it is.
    pub(crate) async fn begin(&self) -> Result<Bounded<DatabaseTransaction>, DbErr> {
        let is_mysql = self.inner.get_database_backend() == DbBackend::MySql;
        let isolation_level = is_mysql.then_some(IsolationLevel::ReadCommitted);
        let options = TransactionOptions { isolation_level, ..TransactionOptions::default() };
        let transaction = within(self.max_wait, self.inner.begin_with_options(options)).await?;
        Ok(Bounded::new(transaction, self.max_wait))
    }
}

impl Bounded<DatabaseTransaction> {
    /// Where this fails nobody knows whether it was committed.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        within(self.max_wait, self.inner.commit()).await
    }
}

async fn within<T>(max_wait: Duration, answer: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    timeout(max_wait, answer).await.unwrap_or_else(|_| {
        let late = io::Error::new(io::ErrorKind::TimedOut, "the database does not answer");
        Err(DbErr::Conn(RuntimeErr::SqlxError(sqlx::Error::Io(late).into())))
    })
}

impl<C: ConnectionTrait> Executor for Bounded<C> {
    async fn change(&self, change: &(impl QueryTrait + Sync)) -> Result<u64, DbErr> {
        let statement = change.build(self.inner.get_database_backend());
        Ok(within(self.max_wait, self.inner.execute_raw(statement)).await?.rows_affected())
    }

    async fn all<E: EntityTrait>(&self, select: Select<E>) -> Result<Vec<E::Model>, DbErr> {
        within(self.max_wait, select.all(&self.inner)).await
    }

    async fn pair<E: EntityTrait, F: EntityTrait>(
        &self,
        select: SelectTwoRequired<E, F>,
    ) -> Result<Option<Pair<E, F>>, DbErr> {
        within(self.max_wait, select.one(&self.inner)).await
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
