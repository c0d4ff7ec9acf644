//! The history of Doorward's schema, and the lock under which it is brought up to date.
//!
//! Each step has a file of its own, which never changes once it is released. Steps spell out their tables and columns
//! and do not depend on the storage crate's entities, which only know today's schema.
//!
//! While instances are upgraded one after the other, those of the previous release run on the new schema. So a step
//! only adds tables, and columns that an `INSERT` may omit. What is no longer used is dropped one release later.

mod m20261126_000001_create_accounts;

use sea_orm::sea_query::{Expr, Func, Query};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait as _,
    SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager, seaql_migrations};

/// All steps, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20261126_000001_create_accounts::Migration)]
    }
}

/// Why the schema is not the one that this build needs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The database holds a step that this build does not know: a newer build made it.
    #[error("the database's schema is newer than this build: it has the step `{step}`")]
    Newer {
        /// The unknown step.
        step: String,
    },
    /// Steps of this build are missing from the database.
    #[error("the database's schema is out of date: {missing} step(s) to go")]
    Outdated {
        /// The number of missing steps.
        missing: usize,
    },
    /// The database failed, or another process held its lock for too long.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Brings the schema up to date in one transaction, completely or not at all. Only MySQL commits each change of the
/// schema by itself.
///
/// SeaORM's migrator takes no lock of its own (of six at once, five failed). Here, if several instances start at once,
/// one migrates; the others wait and then find nothing to do.
///
/// # Errors
/// [`SchemaError::Newer`], before anything is changed; [`SchemaError::Database`].
pub async fn migrate(db: &DatabaseConnection) -> Result<(), SchemaError> {
    let lock = lock(db).await?;
    let migrated = take_missing_steps(db).await;
    let unlocked = match lock {
        Some(lock) => unlock(lock).await,
        None => Ok(()),
    };
    migrated?;
    Ok(unlocked?)
}

async fn take_missing_steps(db: &DatabaseConnection) -> Result<(), SchemaError> {
    let as_writer = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(as_writer).await?;
    missing_steps(&transaction).await?;
    Migrator::up(&transaction, None).await?;
    Ok(transaction.commit().await?)
}

/// The key of the migrations' lock: `doorward` in ASCII.
const LOCK: i64 = 0x646f_6f72_7761_7264;

/// Keeps every other instance from migrating until [`unlock`]. SQLite needs no lock beside its writer's. The lock has a
/// connection of its own, as the migration has to be committed before the lock is released.
async fn lock(db: &DatabaseConnection) -> Result<Option<DatabaseTransaction>, DbErr> {
    let lock = match db.get_database_backend() {
        DbBackend::Postgres => Func::cust("pg_advisory_xact_lock").arg(LOCK),
        DbBackend::MySql => Func::cust("GET_LOCK").args([Expr::val("doorward"), Expr::val(60)]),
        _ => return Ok(None),
    };
    let holder = db.begin().await?;
    let answer = holder.query_one(&Query::select().expr(lock).to_owned()).await?;
    // MySQL answers 1 if it has the lock; PostgreSQL waits for it and answers nothing.
    let is_mysql = db.get_database_backend() == DbBackend::MySql;
    let has_it = match answer {
        Some(row) if is_mysql => row.try_get_by_index::<Option<i64>>(0)? == Some(1),
        _ => true,
    };
    let taken_by_another = || DbErr::Custom("another instance has been migrating for a minute".to_owned());
    has_it.then_some(Some(holder)).ok_or_else(taken_by_another)
}

/// Releases the lock. PostgreSQL's ends with the transaction, MySQL's outlives it.
async fn unlock(holder: DatabaseTransaction) -> Result<(), DbErr> {
    if holder.get_database_backend() == DbBackend::MySql {
        let unlock = Func::cust("RELEASE_LOCK").arg("doorward");
        holder.query_one(&Query::select().expr(unlock).to_owned()).await?;
    }
    holder.commit().await
}

/// Checks that the schema is the one that this build needs, and changes nothing.
///
/// # Errors
/// [`SchemaError::Newer`], [`SchemaError::Outdated`], [`SchemaError::Database`].
pub async fn check(db: &DatabaseConnection) -> Result<(), SchemaError> {
    match missing_steps(db).await? {
        0 => Ok(()),
        missing => Err(SchemaError::Outdated { missing }),
    }
}

async fn missing_steps<C>(db: &C) -> Result<usize, SchemaError>
where
    C: ConnectionTrait,
    for<'c> &'c C: sea_orm_migration::IntoSchemaManagerConnection<'c>,
{
    let known = Migrator::migrations();
    if !SchemaManager::new(db).has_table("seaql_migrations").await? {
        return Ok(known.len());
    }
    let applied = seaql_migrations::Entity::find().all(db).await?;
    if let Some(newer) = applied.iter().find(|step| known.iter().all(|ours| ours.name() != step.version)) {
        return Err(SchemaError::Newer { step: newer.version.clone() });
    }
    Ok(known.len() - applied.len())
}
