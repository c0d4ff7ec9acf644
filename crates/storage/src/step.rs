//! A step: what is written together or not at all.
//!
//! Whoever changes something of a user locks the user's row first, so that nobody waits for somebody who waits for them. Where
//! that cannot be had, as in a sweep, which takes sessions of many users, the database has one of two give way, and that one
//! begins anew.

use doorward_domain::{SessionId, UserId};
use sea_orm::sea_query::{IntoCondition, LockType, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, DbErr, EntityTrait, PrimaryKeyTrait, QueryFilter as _, QuerySelect as _,
    QueryTrait, Select, TryGetable, Value,
};

use crate::connect::SeaOrmStore;
use crate::database::Transaction;
use crate::entity::{session, user};
use crate::error::{StorageError, gave_way};
use crate::look_ups;
use crate::sqlite::Durability;

/// How often a step is begun because it had to give way. Each time another one went through, so that few are left.
const TRIES: usize = 10;

impl SeaOrmStore {
    /// Asks for rows.
    pub(crate) async fn read<T, F>(&self, ask: impl FnOnce(DatabaseConnection) -> F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        Ok(self.db.read(ask).await?)
    }

    /// Takes a step with what it is given, in a transaction that is on the disk when it is committed. The step commits it; one
    /// that ends without that has changed nothing.
    pub(crate) async fn write<G, T, F>(
        &self,
        given: G,
        step: impl Fn(Transaction, G) -> F + Copy + Send + 'static,
    ) -> Result<T, StorageError>
    where
        G: Clone + Send + 'static,
        T: Send + 'static,
        F: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        let write = || {
            let given = given.clone();
            self.db.write(Durability::OnDisk, move |transaction| step(transaction, given))
        };
        Ok(persistently(write).await?)
    }

    /// Takes a step of a single statement: inserts, updates or deletes; how many rows.
    pub(crate) async fn change(&self, change: impl QueryTrait) -> Result<u64, StorageError> {
        let statement = change.build(self.db.backend());
        Ok(persistently(|| self.db.execute(statement.clone())).await?)
    }

    /// Deletes rows that may go, at most so many; how many. They are found first, by their primary key, and none is locked meanwhile.
    pub(crate) async fn sweep<E>(
        &self,
        key: E::Column,
        may_go: impl IntoCondition,
        most: u32,
    ) -> Result<u32, StorageError>
    where
        E: EntityTrait<PrimaryKey: PrimaryKeyTrait<ValueType: TryGetable + Into<Value> + 'static>>,
    {
        let may_go = may_go.into_condition();
        let found = E::find().select_only().column(key).filter(may_go.clone()).limit(u64::from(most));
        let found = found.into_tuple::<<E::PrimaryKey as PrimaryKeyTrait>::ValueType>();
        let keys = self.read(|db| async move { found.all(&db).await }).await?;
        let deleted = self.change(E::delete_many().filter(key.is_in(keys)).filter(may_go)).await?;
        Ok(u32::try_from(deleted).unwrap_or(u32::MAX))
    }
}

/// Begins what had to give way anew, for so often.
pub(crate) async fn persistently<T, F>(step: impl Fn() -> F) -> Result<T, DbErr>
where
    F: Future<Output = Result<T, DbErr>>,
{
    for _ in 1..TRIES {
        match step().await {
            Err(error) if gave_way(&error) => {}
            done => return done,
        }
    }
    step().await
}

/// Of rows that are too many, how many go at once: all, unless an earlier release knew no bound.
const ENDED_AT_ONCE: u64 = 1_000;

/// Whether a row is one of these, and comes after the first `most` of them.
pub(crate) fn is_beyond<E: EntityTrait>(id: E::Column, rows: Select<E>, most: u32) -> SimpleExpr {
    let beyond = rows.select_only().column(id).offset(u64::from(most)).limit(ENDED_AT_ONCE).into_query();
    // MySQL takes a limit only one level deeper.
    id.in_subquery(Query::select().column(id).from_subquery(beyond, "beyond").take())
}

/// The user's row, which nobody else changes until the transaction ends. It is asked for before the transaction changes it. SQLite's
/// one writer needs no lock.
pub(crate) async fn lock_user(transaction: &Transaction, id: UserId) -> Result<Option<user::Model>, DbErr> {
    if let Some(found) = transaction.look_up_committed(|look_ups| look_ups.user_by_id(id)) {
        return Ok(found);
    }
    look_ups::user_by_id(id).lock(LockType::Update).one(&**transaction).await
}

/// The user's row, locked, where this session of theirs is still there, which then stays as well.
pub(crate) async fn lock_user_in_session(
    transaction: &Transaction,
    id: UserId,
    session: SessionId,
) -> Result<Option<user::Model>, DbErr> {
    let Some(user) = lock_user(transaction, id).await? else { return Ok(None) };
    let session = session::Entity::find_by_id(session.as_uuid())
        .filter(session::COLUMN.user_id.eq(id.as_uuid()))
        .lock(LockType::Update);
    Ok(session.one(&**transaction).await?.map(|_| user))
}
