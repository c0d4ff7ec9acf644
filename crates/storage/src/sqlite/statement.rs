//! Statements as SeaORM builds them, run on a connection.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, Error, Row};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{ColumnType, Value};
use sea_orm::{
    ActiveModelBehavior as _, ActiveModelTrait as _, ColumnTrait, EntityTrait, Iterable as _, Statement, TryIntoModel,
};

use crate::executor::Pair;

/// Runs one without values and without an answer.
pub(super) fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.raw_execute().map(drop)
}

/// Inserts, updates or deletes; how many rows.
pub(super) fn change(connection: &Connection, statement: &Statement) -> rusqlite::Result<u64> {
    let changed = prepare(connection, statement)?.raw_execute()?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

/// All rows that are found.
pub(super) fn all<E>(connection: &Connection, statement: &Statement) -> rusqlite::Result<Vec<E::Model>>
where
    E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
{
    let mut statement = prepare(connection, statement)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Cells { row, next: 0 }.model::<E>()?);
    }
    Ok(found)
}

/// The first row that is found, with the one that is joined to it.
pub(super) fn pair<E, F>(connection: &Connection, statement: &Statement) -> rusqlite::Result<Option<Pair<E, F>>>
where
    E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
    F: EntityTrait<ActiveModel: TryIntoModel<F::Model>>,
{
    let mut statement = prepare(connection, statement)?;
    let mut rows = statement.raw_query();
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut cells = Cells { row, next: 0 };
    Ok(Some((cells.model::<E>()?, cells.joined::<F>()?)))
}

fn prepare<'c>(connection: &'c Connection, statement: &Statement) -> rusqlite::Result<CachedStatement<'c>> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let values = statement.values.iter().flat_map(|values| &values.0);
    for (place, value) in values.enumerate() {
        prepared.raw_bind_parameter(place + 1, cell_of(value)?)?;
    }
    Ok(prepared)
}

/// A value as the driver writes it, of the kinds that there are columns of.
fn cell_of(value: &Value) -> rusqlite::Result<ToSqlOutput<'_>> {
    let cell = match value {
        Value::BigInt(Some(number)) => ValueRef::Integer(*number),
        // Nothing is in an empty list: SeaORM says so by comparing two numbers.
        Value::Int(Some(number)) => ValueRef::Integer(i64::from(*number)),
        Value::BigUnsigned(Some(number)) => ValueRef::Integer(i64::try_from(*number).map_err(unfit)?),
        Value::String(Some(text)) => ValueRef::Text(text.as_bytes()),
        Value::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
        Value::Uuid(Some(id)) => ValueRef::Blob(id.as_bytes()),
        Value::BigInt(None) | Value::String(None) | Value::Bytes(None) | Value::Uuid(None) => ValueRef::Null,
        _ => return Err(unfit("there is no column of this kind")),
    };
    Ok(ToSqlOutput::Borrowed(cell))
}

fn unfit(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::ToSqlConversionFailure(cause.into())
}

/// The cells of a row, one after the other.
struct Cells<'r> {
    row: &'r Row<'r>,
    next: usize,
}

impl Cells<'_> {
    /// A model, whose columns come in the order in which the entity has them, which is that of the statement.
    fn model<E>(&mut self) -> rusqlite::Result<E::Model>
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
    {
        let first = self.next;
        let corrupt = |cause| Error::FromSqlConversionFailure(first, rusqlite::types::Type::Null, Box::new(cause));
        let mut model = E::ActiveModel::new();
        for column in E::Column::iter() {
            model.try_set(column, self.value(column)?).map_err(corrupt)?;
        }
        model.try_into_model().map_err(corrupt)
    }

    /// The same of a row that is joined, and has nothing in its key where there is none.
    fn joined<E>(&mut self) -> rusqlite::Result<Option<E::Model>>
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
    {
        if self.row.get_ref(self.next)? == ValueRef::Null { Ok(None) } else { self.model::<E>().map(Some) }
    }

    fn value(&mut self, column: impl ColumnTrait) -> rusqlite::Result<Value> {
        let cell = self.row.get_ref(self.next)?;
        self.next += 1;
        Ok(match cell {
            ValueRef::Integer(number) => Value::BigInt(Some(number)),
            ValueRef::Text(text) => Value::String(Some(str::from_utf8(text)?.to_owned())),
            ValueRef::Blob(bytes) => match column.def().get_column_type() {
                ColumnType::Uuid => Value::Uuid(Some(Uuid::from_slice(bytes).map_err(unfit)?)),
                _ => Value::Bytes(Some(bytes.to_owned())),
            },
            ValueRef::Null => match column.def().get_column_type() {
                ColumnType::Uuid => Value::Uuid(None),
                ColumnType::BigInteger => Value::BigInt(None),
                ColumnType::String(_) => Value::String(None),
                _ => Value::Bytes(None),
            },
            ValueRef::Real(_) => return Err(unfit("there is no column of this kind")),
        })
    }
}
