//! What statements are run on. SeaORM builds them; the driver of a server runs them, or [`sqlite`](crate::sqlite) does.

use sea_orm::{DbErr, EntityTrait, QuerySelect as _, QueryTrait, Select, SelectTwo, TryIntoModel};

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
