//! Copies the whole content of one database into another, between any two kinds.

use std::collections::HashSet;
use std::fmt;

use sea_orm::sea_query::Value;
use sea_orm::{
    ActiveModelTrait, ColumnTrait as _, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel, Iterable as _,
    ModelTrait, PaginatorTrait, QueryFilter as _,
};
use sha2::{Digest as _, Sha256};

use crate::connect::SeaOrmStore;
use crate::entity::{
    activity, answered_challenge, attempt_counter, email, import, invitation, known_device, link, outbox, passkey,
    password, pending_log_in, recovery_code, reserved_name, session, totp_secret, user, user_handle,
};

/// Number of rows read and written at once. It is low enough for every database's limit of parameters (a session has
/// 15, and SQLite takes 32766), and for an interrupted copy to repeat little.
const ROWS_AT_ONCE: u64 = 1_000;

/// The progress of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyProgress {
    /// The current step.
    pub step: CopyStep,
    /// The table that the step is at.
    pub table: &'static str,
    /// Number of rows that are done.
    pub done: u64,
    /// Number of rows in all, counted when the step came to this table.
    pub of: u64,
}

/// The steps of a copy, in order. Each is taken for one table after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyStep {
    /// Compares the rows that the second database already has with the first.
    Compare,
    /// Writes the rows that are missing.
    Write,
    /// Reads both databases once more, in full, and compares them.
    Verify,
}

/// The content of a table: its number of rows, and a checksum of them all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TableContent {
    /// The number of rows.
    pub rows: u64,
    /// The SHA-256 of each row, combined by exclusive or, so that neither the kind of database nor the order of rows
    /// matters. It finds faults, not forgeries.
    pub checksum: [u8; 32],
}

impl fmt::Display for TableContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows with the checksum ", self.rows)?;
        self.checksum.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TableContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TableContent({self})")
    }
}

/// Copies users, passwords, sessions, activity, known devices, addresses, one-time links, second factors, pending
/// log-ins, passkeys, queued mails, invitations, the progress of imports, reserved names and the counters of attempts
/// from one database into another. Compares both at the end, and returns the content of each table. Both must have
/// today's schema, and nothing may write to either during the copy.
///
/// Rows that the second database already has, from an interrupted copy, stay as they are: nothing is ever overwritten
/// or deleted. So a copy can be started again any number of times.
///
/// # Errors
/// [`CopyError`].
pub async fn copy(
    from: &SeaOrmStore,
    to: &SeaOrmStore,
    mut report: impl FnMut(CopyProgress) + Send,
) -> Result<Vec<(&'static str, TableContent)>, CopyError> {
    let mut copy = Copy { from: &from.connection(), to: &to.connection(), report: &mut report };
    // All are compared before anything is written.
    each_table!(table => copy.compare(table).await?);
    each_table!(table => copy.write(table).await?);
    let mut contents = Vec::new();
    each_table!(table => contents.push(copy.verify(table).await?));
    Ok(contents)
}

/// A table, and the column that identifies its rows.
struct Table<E: EntityTrait> {
    name: &'static str,
    key: E::Column,
}

/// Runs an expression for each table, users first, as other tables refer to them. The tables have different types, so a
/// loop cannot do this.
macro_rules! each_table {
    ($table:ident => $does:expr) => {
        each_table!(@of $table => $does,
            "users" user Id, "passwords" password UserId, "sessions" session Id, "activity" activity Id,
            "known_devices" known_device Id, "emails" email UserId, "links" link TokenHash,
            "totp_secrets" totp_secret UserId, "recovery_codes" recovery_code CodeHash,
            "pending_log_ins" pending_log_in TokenHash, "user_handles" user_handle UserId, "passkeys" passkey Id,
            "answered_challenges" answered_challenge ChallengeHash, "outbox" outbox Id, "invitations" invitation TokenHash,
            "imports" import Checksum, "reserved_names" reserved_name UsernameKey,
            "attempt_counters" attempt_counter CounterKey);
    };
    (@of $table:ident => $does:expr, $($name:literal $entity:ident $key:ident),+) => {$({
        let $table = Table::<$entity::Entity> { name: $name, key: $entity::Column::$key };
        $does;
    })+};
}
use each_table;

struct Copy<'c, R> {
    from: &'c DatabaseConnection,
    to: &'c DatabaseConnection,
    report: &'c mut R,
}

impl<R: FnMut(CopyProgress) + Send> Copy<'_, R> {
    /// Fails unless every row of the second database is in the first one too, and the same.
    async fn compare<E>(&mut self, table: Table<E>) -> Result<(), CopyError>
    where
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E> + Sync,
    {
        let (mut batches, mut progress) =
            (Batches::<E>::of(self.to, table.key), self.begin(CopyStep::Compare, &table, self.to).await?);
        while let Some(rows) = batches.next().await? {
            let originals = find::<E>(self.from, table.key, &rows).await?;
            let originals: HashSet<_> = originals.iter().map(checksum).collect();
            if rows.iter().any(|row| !originals.contains(&checksum(row))) {
                return Err(CopyError::Foreign { table: table.name });
            }
            self.advance(&mut progress, rows.len());
        }
        Ok(())
    }

    async fn write<E, A>(&mut self, table: Table<E>) -> Result<(), CopyError>
    where
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E> + IntoActiveModel<A> + Sync,
        A: ActiveModelTrait<Entity = E> + Send,
    {
        let (mut batches, mut progress) =
            (Batches::<E>::of(self.from, table.key), self.begin(CopyStep::Write, &table, self.from).await?);
        while let Some(rows) = batches.next().await? {
            let there: HashSet<_> = find::<E>(self.to, table.key, &rows).await?.iter().map(checksum).collect();
            let count = rows.len();
            let missing: Vec<_> = rows.into_iter().filter(|row| !there.contains(&checksum(row))).collect();
            if !missing.is_empty() {
                let missing = missing.into_iter().map(|row| row.into_active_model().reset_all());
                E::insert_many(missing).exec_without_returning(self.to).await?;
            }
            self.advance(&mut progress, count);
        }
        Ok(())
    }

    async fn verify<E>(&mut self, table: Table<E>) -> Result<(&'static str, TableContent), CopyError>
    where
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E> + Sync,
    {
        let from = self.content(&table, self.from).await?;
        let to = self.content(&table, self.to).await?;
        if from == to { Ok((table.name, to)) } else { Err(CopyError::Different { table: table.name, from, to }) }
    }

    async fn content<E>(&mut self, table: &Table<E>, db: &DatabaseConnection) -> Result<TableContent, CopyError>
    where
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E> + Sync,
    {
        let (mut batches, mut progress) =
            (Batches::<E>::of(db, table.key), self.begin(CopyStep::Verify, table, db).await?);
        let mut content = TableContent { rows: 0, checksum: [0; 32] };
        while let Some(rows) = batches.next().await? {
            for row in &rows {
                content.rows += 1;
                content.checksum.iter_mut().zip(checksum(row)).for_each(|(sum, byte)| *sum ^= byte);
            }
            self.advance(&mut progress, rows.len());
        }
        Ok(content)
    }

    async fn begin<E>(
        &mut self,
        step: CopyStep,
        table: &Table<E>,
        db: &DatabaseConnection,
    ) -> Result<CopyProgress, CopyError>
    where
        E: EntityTrait,
        E::Model: Sync,
    {
        let progress = CopyProgress { step, table: table.name, done: 0, of: E::find().count(db).await? };
        (self.report)(progress);
        Ok(progress)
    }

    fn advance(&mut self, progress: &mut CopyProgress, rows: usize) {
        progress.done += u64::try_from(rows).unwrap_or(u64::MAX);
        (self.report)(*progress);
    }
}

/// Reads the rows of a table in batches, in the order of their keys in this database.
struct Batches<'c, E: EntityTrait> {
    db: &'c DatabaseConnection,
    key: E::Column,
    last: Option<Value>,
}

impl<'c, E: EntityTrait> Batches<'c, E>
where
    E::Model: ModelTrait<Entity = E> + Sync,
{
    const fn of(db: &'c DatabaseConnection, key: E::Column) -> Self {
        Self { db, key, last: None }
    }

    async fn next(&mut self) -> Result<Option<Vec<E::Model>>, DbErr> {
        let mut rows = E::find().cursor_by(self.key);
        if let Some(last) = &self.last {
            rows.after(last.clone());
        }
        let rows = rows.first(ROWS_AT_ONCE).all(self.db).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        self.last = Some(last.get(self.key));
        Ok(Some(rows))
    }
}

/// Finds the rows that have the same keys as `rows`.
async fn find<E>(db: &DatabaseConnection, key: E::Column, rows: &[E::Model]) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + Sync,
{
    E::find().filter(key.is_in(rows.iter().map(|row| row.get(key)))).all(db).await
}

/// Hashes the values of a row, each preceded by its kind and its length.
fn checksum<M: ModelTrait>(row: &M) -> [u8; 32] {
    let mut bytes = Vec::new();
    let mut feed = |kind: u8, value: &[u8]| {
        bytes.push(kind);
        bytes.extend(value.len().to_be_bytes());
        bytes.extend(value);
    };
    for column in <M::Entity as EntityTrait>::Column::iter() {
        match row.get(column) {
            Value::Uuid(Some(id)) => feed(1, id.as_bytes()),
            Value::String(Some(text)) => feed(2, text.as_bytes()),
            Value::BigInt(Some(number)) => feed(3, &number.to_be_bytes()),
            Value::Bytes(Some(bytes)) => feed(4, &bytes),
            // There are no columns of other kinds.
            _ => feed(0, &[]),
        }
    }
    Sha256::digest(bytes).into()
}

/// Why a copy failed. The rows written until then stay; start again once the cause is gone.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The second database has rows that the first lacks, or that differ there: it is in use, or was copied from
    /// another one. Nothing was written.
    #[error("the table `{table}` of the second database has rows that the first has not; copy into an empty database")]
    Foreign {
        /// The table with such rows.
        table: &'static str,
    },
    /// The databases differ after the copy: one of them was written to during it.
    #[error("`{table}` differs after the copy: {from} in the first database, {to} in the second; is the site stopped?")]
    Different {
        /// The first table that differs.
        table: &'static str,
        /// Its content in the first database.
        from: TableContent,
        /// Its content in the second.
        to: TableContent,
    },
    /// One of the databases failed.
    #[error("a database failed: {0}")]
    Database(#[from] DbErr),
}
