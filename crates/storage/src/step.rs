//! Steps: changes that are made together or not at all.
//!
//! A step that makes several changes to a user's data locks the user's row first, so that no two steps wait for each
//! other. Where that is not possible, as in a sweep, which deletes sessions of many users, the database rolls one of the
//! two back, and that one is started again.

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

/// How often a step is tried if it has to give way to others. Each time another one succeeded, so few are left.
const TRIES: usize = 10;

impl SeaOrmStore {
    /// Reads rows.
    pub(crate) async fn read<T, F>(&self, ask: impl FnOnce(DatabaseConnection) -> F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        Ok(self.db.read(ask).await?)
    }

    /// Runs a step with what it is given, in a transaction that is on the disk once it is committed. The step has to
    /// commit it; otherwise nothing is changed.
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

    /// Runs a step of a single inserting, updating or deleting statement, and returns the number of affected rows.
    pub(crate) async fn change(&self, change: impl QueryTrait) -> Result<u64, StorageError> {
        let statement = change.build(self.db.backend());
        Ok(persistently(|| self.db.execute(statement.clone())).await?)
    }

    /// Deletes at most `most` of the rows that may go, and returns their number. Their primary keys are read before,
    /// without a lock.
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

/// Runs a step again if it had to give way, [`TRIES`] times in all.
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

/// How many surplus rows are deleted at once: all of them, unless an earlier release had no limit.
const ENDED_AT_ONCE: u64 = 1_000;

/// Whether a row is one of `rows`, and comes after the first `most` of them.
pub(crate) fn is_beyond<E: EntityTrait>(id: E::Column, rows: Select<E>, most: u32) -> SimpleExpr {
    let beyond = rows.select_only().column(id).offset(u64::from(most)).limit(ENDED_AT_ONCE).into_query();
    // MySQL takes a limit only in a nested subquery.
    id.in_subquery(Query::select().column(id).from_subquery(beyond, "beyond").take())
}

/// Locks and returns the user's row, which nothing else changes until the transaction ends. The transaction must not
/// have changed it before. SQLite's one writer needs no lock.
pub(crate) async fn lock_user(transaction: &Transaction, id: UserId) -> Result<Option<user::Model>, DbErr> {
    if let Some(found) = transaction.look_up_committed(|look_ups| look_ups.user_by_id(id)) {
        return Ok(found);
    }
    look_ups::user_by_id(id).lock(LockType::Update).one(&**transaction).await
}

/// Locks and returns the user's row, if this session of theirs still exists. The session is locked as well.
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
