//! Copies all that is in one database into another, of whichever kinds.

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

/// Rows read and written at once: few enough that no kind of database runs out of parameters (15 a session, and SQLite takes
/// 32766), and that little is done again after a copy was interrupted.
const ROWS_AT_ONCE: u64 = 1_000;

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyProgress {
    /// What is done now.
    pub step: CopyStep,
    /// The table.
    pub table: &'static str,
    /// Rows that are done.
    pub done: u64,
    /// Rows to do in all, as they were counted at first.
    pub of: u64,
}

/// What a copy does, to one table after the other, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyStep {
    /// What the second database has already is compared with the first.
    Compare,
    /// What is missing is written.
    Write,
    /// Both are read once more, whole.
    Verify,
}

/// What a table holds: how many rows, and a checksum of them all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TableContent {
    /// How many there are.
    pub rows: u64,
    /// The SHA-256 of each row, combined by exclusive or: the same in each kind of database, whatever its order of rows. It finds faults, not
    /// forgeries.
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

/// Copies users, passwords, sessions, activity, known devices, addresses, one-time links, second factors, log-ins that wait, passkeys, mails that wait, invitations, how far
/// imports are, reserved names and the counters of attempts from one database into another, and compares both at the end; gives what each table holds. Both have today's schema, and nobody writes to either meanwhile.
///
/// Rows that the second has already, from a copy that was interrupted, stay as they are; nothing is ever overwritten or
/// deleted. So it may be begun again as often as need be.
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

/// A table, and the column that tells its rows apart.
struct Table<E: EntityTrait> {
    name: &'static str,
    key: E::Column,
}

/// Does something to each table: users first, as others refer to them. The types of the tables differ, so that no loop can.
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
    /// Every row that is there already is one of the first database, and the same.
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

/// The rows of a table in the order of their keys, as this database has it.
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

/// The rows with the keys of these.
async fn find<E>(db: &DatabaseConnection, key: E::Column, rows: &[E::Model]) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + Sync,
{
    E::find().filter(key.is_in(rows.iter().map(|row| row.get(key)))).all(db).await
}

/// Of a row's values, each with its kind and its length before it.
fn checksum<M: ModelTrait>(row: &M) -> [u8; 32] {
    let mut sum = Sha256::new();
    for column in <M::Entity as EntityTrait>::Column::iter() {
        match row.get(column) {
            Value::Uuid(Some(id)) => feed(&mut sum, 1, id.as_bytes()),
            Value::String(Some(text)) => feed(&mut sum, 2, text.as_bytes()),
            Value::BigInt(Some(number)) => feed(&mut sum, 3, &number.to_be_bytes()),
            Value::Bytes(Some(bytes)) => feed(&mut sum, 4, &bytes),
            // There are no columns of other kinds.
            _ => feed(&mut sum, 0, &[]),
        }
    }
    sum.finalize().into()
}

fn feed(sum: &mut Sha256, kind: u8, bytes: &[u8]) {
    sum.update([kind]);
    sum.update(bytes.len().to_be_bytes());
    sum.update(bytes);
}

/// Why a copy was not made. What was written stays; begin again once the cause is gone.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The second database has rows that the first has not, or has otherwise: it is in use, or was copied from elsewhere.
    /// Nothing was written.
    #[error("the table `{table}` of the second database has rows that the first has not; copy into an empty database")]
    Foreign {
        /// The table with such rows.
        table: &'static str,
    },
    /// The databases differ after the copy: somebody wrote to one of them meanwhile.
    #[error("`{table}` differs after the copy: {from} in the first database, {to} in the second; is the site stopped?")]
    Different {
        /// The first table that does.
        table: &'static str,
        /// What the first database has.
        from: TableContent,
        /// What the second has.
        to: TableContent,
    },
    /// One of the databases failed.
    #[error("a database failed: {0}")]
    Database(#[from] DbErr),
}
