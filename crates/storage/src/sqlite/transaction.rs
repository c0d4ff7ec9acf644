use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use sea_orm::{DbBackend, DbErr, EntityTrait, QueryTrait, Select, SelectTwo, TryIntoModel};
use tokio::sync::OwnedMutexGuard;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::connection::{Durability, Slot};
use super::failure::{closed, late};
use super::files::Files;
use super::statement;
use crate::executor::{Executor, Pair};

/// A transaction that writes, rolled back when it is dropped.
#[derive(Debug)]
pub(crate) struct SqliteTransaction {
    open: Open,
    files: Arc<Files>,
    max_wait: Duration,
}

/// The writer's connection, until the transaction has ended.
#[derive(Debug)]
struct Open {
    writer: Arc<Slot>,
    /// Given back last.
    turn: OwnedMutexGuard<Durability>,
}

impl SqliteTransaction {
    /// One that was begun on this connection.
    pub(super) const fn begun(
        writer: Arc<Slot>,
        turn: OwnedMutexGuard<Durability>,
        files: Arc<Files>,
        max_wait: Duration,
    ) -> Self {
        Self { open: Open { writer, turn }, files, max_wait }
    }

    /// Where this fails nobody knows whether it was committed. Where it does not, it was, to a file that was still in its place
    /// afterwards.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        let Self { open, files, max_wait } = self;
        match *open.turn {
            Durability::InOrder => open.commit()?,
            // It goes on to its end where nobody waits for it any more, and only then comes the next.
            Durability::OnDisk => {
                timeout(max_wait, spawn_blocking(|| open.commit()))
                    .await
                    .map_err(|_| late())?
                    .map_err(|_| closed())??;
            }
        }
        files.look()
    }
}

impl Open {
    fn commit(self) -> Result<(), DbErr> {
        self.writer.ask(|writer| statement::run(writer, "COMMIT"))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let roll_back =
            |writer: &Connection| if writer.is_autocommit() { Ok(()) } else { statement::run(writer, "ROLLBACK") };
        if let Err(error) = self.writer.ask(roll_back) {
            tracing::warn!(%error, "a transaction was not rolled back");
        }
    }
}

impl Executor for SqliteTransaction {
    async fn change(&self, change: &(impl QueryTrait + Sync)) -> Result<u64, DbErr> {
        self.open.writer.ask(|writer| statement::change(writer, &change.build(DbBackend::Sqlite)))
    }

    async fn all<E>(&self, select: Select<E>) -> Result<Vec<E::Model>, DbErr>
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
    {
        self.open.writer.ask(|writer| statement::all::<E>(writer, &select.build(DbBackend::Sqlite)))
    }

    async fn pair<E, F>(&self, select: SelectTwo<E, F>) -> Result<Option<Pair<E, F>>, DbErr>
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
        F: EntityTrait<ActiveModel: TryIntoModel<F::Model>>,
    {
        self.open.writer.ask(|writer| statement::pair::<E, F>(writer, &select.build(DbBackend::Sqlite)))
    }
}
