use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use doorward_domain::repository::{Admission, Settlement};
use doorward_domain::throttle::{Counter, CounterKey, Limit};
use doorward_domain::{StoreError, ThrottleRepository, Timestamp};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    UpdateMany,
};

use crate::connect::SeaOrmStore;
use crate::entity::attempt_counter::{self, COLUMN, Column, Entity};
use crate::error::{StorageError, gave_way};
use crate::row;

/// How often counting is begun anew because others came between. Each time somebody else was counted, so that few are left.
const TRIES: usize = 10;

impl ThrottleRepository for SeaOrmStore {
    async fn count_attempt(&self, counters: &[Counter], now: Timestamp) -> Result<Admission, StoreError> {
        // Everybody takes the rows in the same order: two who wait for each other would wait for ever.
        let mut counters = counters.to_vec();
        counters.sort_by_key(|counter| counter.key);
        let Some(first) = counters.first() else { return Ok(Admission::Counted) };
        for _ in 0..TRIES {
            let rows = find(&self.reads, &counters).await.map_err(StorageError::from)?;
            if let Some(wait) = longest_wait(&rows, now)? {
                return Ok(wait);
            }
            match self.try_to_count(&counters, &rows, now).await {
                Ok(true) => return Ok(Admission::Counted),
                Ok(false) => {}
                Err(error) if gave_way(&error) => {}
                Err(error) => return Err(StorageError::from(error).into()),
            }
        }
        Ok(Admission::WaitUntil { free_at: now, counter: first.key })
    }

    async fn settle_attempt(&self, settlement: &Settlement, now: Timestamp) -> Result<(), StoreError> {
        let settled = async {
            let transaction = self.begin_writing().await?;
            settle(&transaction, settlement, now).await?;
            transaction.commit().await
        };
        Ok(settled.await.map_err(StorageError::from)?)
    }

    async fn delete_counters(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let may_go = COLUMN.forgotten_at.lte(now.as_unix_micros());
        let found = Entity::find().filter(may_go.clone()).limit(u64::from(most)).all(&self.reads).await;
        let keys = found.map_err(StorageError::from)?.into_iter().map(|row| row.counter_key);
        let deleted =
            Entity::delete_many().filter(Column::CounterKey.is_in(keys)).filter(may_go).exec(&self.writes).await;
        Ok(row::count(deleted.map_err(StorageError::from)?.rows_affected))
    }
}

impl SeaOrmStore {
    /// Whether no other came between. Each counter changes in one statement, and only while it is free.
    async fn try_to_count(
        &self,
        counters: &[Counter],
        rows: &[attempt_counter::Model],
        now: Timestamp,
    ) -> Result<bool, DbErr> {
        let transaction = self.begin_writing().await?;
        let micros = now.as_unix_micros();
        if rows.iter().any(|row| row.forgotten_at <= micros) {
            delete(counters.iter().map(|counter| &counter.key))
                .filter(COLUMN.forgotten_at.lte(micros))
                .exec(&transaction)
                .await?;
        }
        let is_there =
            |key: &CounterKey| rows.iter().any(|row| row.counter_key == key.as_bytes() && row.forgotten_at > micros);
        let new: Vec<_> = counters.iter().filter(|counter| !is_there(&counter.key)).collect();
        if !new.is_empty() {
            begin(&transaction, &new, micros).await?;
        }
        for Counter { key, limit, .. } in counters {
            let counted = count(*limit, now)
                .filter(COLUMN.counter_key.eq(bytes_of(key)))
                .filter(COLUMN.free_at.lte(micros))
                .exec(&transaction)
                .await?;
            if counted.rows_affected != 1 {
                return Ok(false);
            }
        }
        transaction.commit().await?;
        Ok(true)
    }
}

/// Takes the rows in the order in which [`ThrottleRepository::count_attempt`] does.
pub(crate) async fn settle(db: &impl ConnectionTrait, settlement: &Settlement, now: Timestamp) -> Result<(), DbErr> {
    let Settlement { taken_back, forgotten } = settlement;
    let taken_back: BTreeMap<_, _> = taken_back.iter().map(|counter| (counter.key, counter.limit)).collect();
    let all: BTreeSet<_> = taken_back.keys().chain(forgotten).collect();
    for key in all {
        match taken_back.get(key).filter(|_| !forgotten.contains(key)) {
            Some(limit) => {
                take_back(*limit, now).filter(COLUMN.counter_key.eq(bytes_of(key))).exec(db).await?;
            }
            None => {
                delete([key]).exec(db).await?;
            }
        }
    }
    if !taken_back.is_empty() {
        delete(taken_back.keys()).filter(COLUMN.attempts.lte(0)).exec(db).await?;
    }
    Ok(())
}

async fn find(db: &impl ConnectionTrait, counters: &[Counter]) -> Result<Vec<attempt_counter::Model>, DbErr> {
    let keys = counters.iter().map(|counter| bytes_of(&counter.key));
    Entity::find().filter(Column::CounterKey.is_in(keys)).all(db).await
}

fn longest_wait(rows: &[attempt_counter::Model], now: Timestamp) -> Result<Option<Admission>, StorageError> {
    let micros = now.as_unix_micros();
    let waiting = rows.iter().filter(|row| row.forgotten_at > micros && row.free_at > micros);
    let Some(row) = waiting.max_by_key(|row| (row.free_at, &row.counter_key)) else { return Ok(None) };
    let key = row.counter_key.as_slice().try_into();
    let key = key.map_err(|_| StorageError::CorruptRow { table: "attempt_counters", column: "counter_key" })?;
    let (free_at, counter) = (Timestamp::from_unix_micros(row.free_at), CounterKey::from_bytes(key));
    Ok(Some(Admission::WaitUntil { free_at, counter }))
}

/// Rows of counters that have counted nothing yet. One that somebody else has begun meanwhile stays as it is.
async fn begin(db: &impl ConnectionTrait, counters: &[&Counter], now: i64) -> Result<(), DbErr> {
    let rows = counters.iter().map(|counter| attempt_counter::ActiveModel {
        counter_key: Set(bytes_of(&counter.key)),
        attempts: Set(0),
        free_at: Set(now),
        forgotten_at: Set(now),
    });
    let unchanged = OnConflict::column(Column::CounterKey).update_column(Column::CounterKey).to_owned();
    Entity::insert_many(rows).on_conflict(unchanged).exec_without_returning(db).await?;
    Ok(())
}

/// [`Limit::count`], of a counter that is free. MySQL sees the new values of the columns that were set before: each is made
/// of those that are set after it.
fn count(limit: Limit, now: Timestamp) -> UpdateMany<Entity> {
    let update = Entity::update_many();
    let update = match limit {
        Limit::Backoff { .. } => update
            .col_expr(Column::FreeAt, by_attempts(limit, |attempts| now.plus(limit.wait_after(attempts))))
            .col_expr(Column::ForgottenAt, by_attempts(limit, |attempts| now.plus(limit.memory_after(attempts)))),
        Limit::Rate { .. } => {
            let (interval, tolerance) = (micros(limit.interval()), micros(limit.tolerance()));
            update
                .col_expr(Column::FreeAt, Expr::col(Column::ForgottenAt).add(interval).sub(tolerance))
                .col_expr(Column::ForgottenAt, Expr::col(Column::ForgottenAt).add(interval))
        }
    };
    update.col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
}

/// What follows from one attempt more than the row has.
fn by_attempts(limit: Limit, then: impl Fn(u32) -> Timestamp) -> Expr {
    let longest = limit.attempts_to_longest_wait();
    let is_step = |attempts: &u32| limit.wait_after(*attempts) > limit.wait_after(attempts - 1);
    let steps = std::iter::once(longest).chain((1..longest).rev().filter(is_step));
    let value = |attempts| Expr::val(then(attempts).as_unix_micros());
    let from = |attempts: u32| Expr::col(Column::Attempts).gte(attempts.saturating_sub(1));
    let case = steps.fold(CaseStatement::new(), |case, attempts| case.case(from(attempts), value(attempts)));
    case.finally(value(0)).into()
}

/// [`Limit::take_back`].
fn take_back(limit: Limit, now: Timestamp) -> UpdateMany<Entity> {
    let update = Entity::update_many().col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1));
    match limit {
        Limit::Backoff { .. } => {
            let now = now.as_unix_micros();
            let is_free = Expr::col(Column::FreeAt).lte(now);
            let earlier = CaseStatement::new().case(is_free, Expr::col(Column::FreeAt)).finally(now);
            update.col_expr(Column::FreeAt, earlier.into())
        }
        Limit::Rate { .. } => {
            let interval = micros(limit.interval());
            update
                .col_expr(Column::FreeAt, Expr::col(Column::FreeAt).sub(interval))
                .col_expr(Column::ForgottenAt, Expr::col(Column::ForgottenAt).sub(interval))
        }
    }
}

fn delete<'k>(keys: impl IntoIterator<Item = &'k CounterKey>) -> sea_orm::DeleteMany<Entity> {
    Entity::delete_many().filter(Column::CounterKey.is_in(keys.into_iter().map(bytes_of)))
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

fn bytes_of(key: &CounterKey) -> Vec<u8> {
    key.as_bytes().to_vec()
}
