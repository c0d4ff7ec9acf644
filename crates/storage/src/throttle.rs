use doorward_domain::repository::{Admission, Settlement};
use doorward_domain::throttle::{Counter, CounterKey, CounterState};
use doorward_domain::{StoreError, ThrottleRepository, Timestamp};
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::connect::SeaOrmStore;
use crate::database::{Change, OtherWriters, Transaction};
use crate::entity::attempt_counter::{self, COLUMN, Column, Entity};
use crate::error::{StorageError, gave_way};
use crate::sqlite::Durability;
use crate::step::persistently;
use crate::{look_ups, row};

/// The columns of a counter that change.
const STATE: [Column; 3] = [Column::Attempts, Column::FreeAt, Column::ForgottenAt];

impl ThrottleRepository for SeaOrmStore {
    async fn count_attempt(&self, counters: &[Counter], now: Timestamp) -> Result<Admission, StoreError> {
        let Some(first) = counters.first() else { return Ok(Admission::Counted) };
        // An attempt that has to wait does not queue up to write.
        let rows =
            self.db.find_counters(counters.iter().map(|counter| counter.key)).await.map_err(StorageError::from)?;
        if let Err(wait) = Admission::count_all(counters, |key| state_of(key, &rows), now) {
            return Ok(wait);
        }
        let count = || {
            let counters = counters.to_vec();
            self.db.write(Durability::InOrder, move |transaction| try_to_count(transaction, counters, now))
        };
        match persistently(count).await {
            Err(error) if gave_way(&error) => Ok(Admission::WaitUntil { free_at: now, counter: first.key }),
            counted => Ok(counted.map_err(StorageError::from)?),
        }
    }

    async fn settle_attempt(&self, settlement: &Settlement, now: Timestamp) -> Result<(), StoreError> {
        let settle = self.write(settlement.clone(), move |transaction, settlement| async move {
            let changes = settling(&transaction, &settlement, now).await?;
            transaction.change_all(changes).await?;
            transaction.commit().await
        });
        Ok(settle.await?)
    }

    async fn delete_counters(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let may_go = COLUMN.forgotten_at.lte(now.as_unix_micros());
        Ok(self.sweep::<Entity>(Column::CounterKey, may_go, most).await?)
    }
}

/// Counts an attempt. The commit need not wait for the disk: the outcome of the attempt is written after it, and takes
/// it along.
async fn try_to_count(transaction: Transaction, counters: Vec<Counter>, now: Timestamp) -> Result<Admission, DbErr> {
    let there = lock_unchanged(&transaction, counters.iter().map(|counter| counter.key)).await?;
    let rows = lock_missing(&transaction, &counters, there, now).await?;
    match Admission::count_all(&counters, |key| state_of(key, &rows), now) {
        Ok(counted) => {
            write(&transaction, counted, STATE).await?;
            transaction.commit().await?;
            Ok(Admission::Counted)
        }
        Err(wait) => Ok(wait),
    }
}

/// Counts within a step, with either outcome: if one of the counters is at its limit, all are written back unchanged,
/// so that both cost the same.
pub(crate) async fn count_within(
    transaction: &Transaction,
    counters: &[Counter],
    now: Timestamp,
) -> Result<Admission, DbErr> {
    if counters.is_empty() {
        return Ok(Admission::Counted);
    }
    // Another mail of this step may have been counted before.
    let there = lock(transaction, counters.iter().map(|counter| counter.key)).await?;
    let rows = lock_missing(transaction, counters, there, now).await?;
    let (states, admission) = match Admission::count_all(counters, |key| state_of(key, &rows), now) {
        Ok(counted) => (counted, Admission::Counted),
        Err(wait) => {
            let keys: Vec<_> = counters.iter().map(|counter| counter.key).collect();
            (states_of(&keys, &rows), wait)
        }
    };
    write(transaction, states, STATE).await?;
    Ok(admission)
}

/// Returns the rows of all counters, which nothing else can change until the transaction ends. Those in `there` are
/// locked already.
async fn lock_missing(
    transaction: &Transaction,
    counters: &[Counter],
    there: Vec<attempt_counter::Model>,
    now: Timestamp,
) -> Result<Vec<attempt_counter::Model>, DbErr> {
    let keys = || counters.iter().map(|counter| counter.key);
    let new: Vec<_> = keys().filter(|key| state_of(key, &there).is_none()).collect();
    // A row that does not exist cannot be locked, and other writers that do not wait could insert it meanwhile.
    if new.is_empty() || transaction.other_writers() == OtherWriters::Wait {
        return Ok(there);
    }
    let nothing = CounterState { attempts: 0, free_at: now, forgotten_at: now };
    write(transaction, new.into_iter().map(|key| (key, nothing)), [Column::CounterKey]).await?;
    lock(transaction, keys()).await
}

/// Returns the changes that settle an attempt, and locks its counters, of which the transaction has changed none.
pub(crate) async fn settling(db: &Transaction, settlement: &Settlement, now: Timestamp) -> Result<Vec<Change>, DbErr> {
    if settlement.is_empty() {
        return Ok(Vec::new());
    }
    let rows = lock_unchanged(db, settlement.keys()).await?;
    let (mut earlier, mut ended) = (Vec::new(), Vec::new());
    for (key, state) in settlement.settle(|key| state_of(key, &rows), now) {
        match state {
            Some(state) => earlier.push((key, state)),
            None => ended.push(key),
        }
    }
    let mut changes = Vec::from_iter(writing(earlier, STATE));
    if !ended.is_empty() {
        let ended = Entity::delete_many().filter(Column::CounterKey.is_in(ended.iter().map(row::from_counter_key)));
        changes.push(Change::of(ended));
    }
    Ok(changes)
}

/// Returns the states of those of these counters that have a row.
pub(crate) fn states_of(keys: &[CounterKey], rows: &[attempt_counter::Model]) -> Vec<(CounterKey, CounterState)> {
    keys.iter().filter_map(|key| Some((*key, state_of(key, rows)?))).collect()
}

/// Locks and returns the rows that exist, until the transaction ends. All transactions lock them in the same order;
/// otherwise two could wait for each other forever.
async fn lock(db: &Transaction, keys: impl Iterator<Item = CounterKey>) -> Result<Vec<attempt_counter::Model>, DbErr> {
    look_ups::counters(keys).order_by_asc(Column::CounterKey).lock(LockType::Update).all(&**db).await
}

/// Like [`lock`], for counters of which the transaction has changed none. SQLite's one writer needs no lock.
async fn lock_unchanged(
    db: &Transaction,
    keys: impl Iterator<Item = CounterKey> + Clone,
) -> Result<Vec<attempt_counter::Model>, DbErr> {
    match db.look_up_committed(|look_ups| look_ups.counters(keys.clone())) {
        Some(found) => Ok(found),
        None => lock(db, keys).await,
    }
}

/// Inserts rows, and changes these columns of rows that exist.
async fn write(
    db: &Transaction,
    states: impl IntoIterator<Item = (CounterKey, CounterState)>,
    changed: impl IntoIterator<Item = Column>,
) -> Result<(), DbErr> {
    db.change_all(writing(states, changed)).await
}

/// Returns the change that [`write`] makes, also in the order of the keys; `None` for no rows.
fn writing(
    states: impl IntoIterator<Item = (CounterKey, CounterState)>,
    changed: impl IntoIterator<Item = Column>,
) -> Option<Change> {
    let mut states: Vec<_> = states.into_iter().collect();
    if states.is_empty() {
        return None;
    }
    states.sort_by_key(|(key, _)| *key);
    let rows = states.iter().map(|(key, state)| attempt_counter::ActiveModel {
        counter_key: Set(row::from_counter_key(key)),
        attempts: Set(i64::from(state.attempts)),
        free_at: Set(state.free_at.as_unix_micros()),
        forgotten_at: Set(state.forgotten_at.as_unix_micros()),
    });
    let there = OnConflict::column(Column::CounterKey).update_columns(changed).to_owned();
    Some(Change::of(Entity::insert_many(rows).on_conflict(there)))
}

fn state_of(key: &CounterKey, rows: &[attempt_counter::Model]) -> Option<CounterState> {
    let row = rows.iter().find(|row| row.counter_key.0 == key.as_bytes())?;
    Some(CounterState {
        attempts: u32::try_from(row.attempts.max(0)).unwrap_or(u32::MAX),
        free_at: Timestamp::from_unix_micros(row.free_at),
        forgotten_at: Timestamp::from_unix_micros(row.forgotten_at),
    })
}
