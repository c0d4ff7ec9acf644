//! Connections on which nothing waits for ever.
//!
//! A server that was stopped, or whose network is gone, does not answer, and its connections look well: the kernel
//! acknowledges what is sent, or tries for a quarter of an hour. The drivers wait.

use std::io;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, TransactionOptions, TransactionTrait as _, sqlx,
};
use tokio::time::timeout;

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
    pub(crate) async fn begin(&self, options: TransactionOptions) -> Result<Bounded<DatabaseTransaction>, DbErr> {
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

#[async_trait::async_trait]
impl<C: ConnectionTrait> ConnectionTrait for Bounded<C> {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        within(self.max_wait, self.inner.execute_raw(statement)).await
    }

    /// Refused: statements are built, and not written by hand.
    async fn execute_unprepared(&self, _sql: &str) -> Result<ExecResult, DbErr> {
        Err(DbErr::Custom("a statement that nobody built".to_owned()))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        within(self.max_wait, self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        within(self.max_wait, self.inner.query_all_raw(statement)).await
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
