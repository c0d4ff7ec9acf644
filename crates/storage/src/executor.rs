//! What statements are run on. SeaORM builds them; the driver of a server runs them, or [`sqlite`](crate::sqlite) does.

use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, QuerySelect as _, QueryTrait, Select, SelectTwo, TryIntoModel};

use crate::bounded::{Bounded, Pool};
use crate::sqlite::{SqliteFile, SqliteTransaction};

/// Runs statements. A change outside of a transaction is one by itself.
pub(crate) trait Executor: Sync {
    /// Inserts, updates or deletes; how many rows.
    fn change(&self, change: &(impl QueryTrait + Sync)) -> impl Future<Output = Result<u64, DbErr>> + Send;

    /// All rows that are found.
    fn all<E>(&self, select: Select<E>) -> impl Future<Output = Result<Vec<E::Model>, DbErr>> + Send
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>;

    /// The first row that is found.
    fn one<E>(&self, select: Select<E>) -> impl Future<Output = Result<Option<E::Model>, DbErr>> + Send
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
    {
        async { Ok(self.all(select.limit(1)).await?.into_iter().next()) }
    }

    /// The first row that is found, with the one that is joined to it, if there is one.
    fn pair<E, F>(&self, select: SelectTwo<E, F>) -> impl Future<Output = Result<Option<Pair<E, F>>, DbErr>> + Send
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
        F: EntityTrait<ActiveModel: TryIntoModel<F::Model>>;
}

/// A row, and the one that is joined to it.
pub(crate) type Pair<E, F> = (<E as EntityTrait>::Model, Option<<F as EntityTrait>::Model>);

/// Connections to a database, or a transaction on one of them.
#[derive(Debug, Clone)]
pub(crate) enum Database<Server, File> {
    Server(Server),
    SqliteFile(File),
}

pub(crate) type Connections = Database<Pool, SqliteFile>;
pub(crate) type Transaction = Database<Bounded<DatabaseTransaction>, SqliteTransaction>;

impl Transaction {
    /// Where this fails nobody knows whether it was committed.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        match self {
            Self::Server(transaction) => transaction.commit().await,
            Self::SqliteFile(transaction) => transaction.commit().await,
        }
    }
}

impl<Server: Executor, File: Executor> Executor for Database<Server, File> {
    async fn change(&self, change: &(impl QueryTrait + Sync)) -> Result<u64, DbErr> {
        match self {
            Self::Server(server) => server.change(change).await,
            Self::SqliteFile(file) => file.change(change).await,
        }
    }

    async fn all<E>(&self, select: Select<E>) -> Result<Vec<E::Model>, DbErr>
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
    {
        match self {
            Self::Server(server) => server.all(select).await,
            Self::SqliteFile(file) => file.all(select).await,
        }
    }

    async fn pair<E, F>(&self, select: SelectTwo<E, F>) -> Result<Option<Pair<E, F>>, DbErr>
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
        F: EntityTrait<ActiveModel: TryIntoModel<F::Model>>,
    {
        match self {
            Self::Server(server) => server.pair(select).await,
            Self::SqliteFile(file) => file.pair(select).await,
        }
    }
}
