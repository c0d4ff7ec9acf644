//! Connections to the two kinds of database: a server, and an SQLite file. Other modules do not distinguish them.

use std::ops::Deref;

use doorward_domain::throttle::CounterKey;
use doorward_domain::{TokenHash, Username};
use sea_orm::sea_query::Values;
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, QueryTrait,
    Statement, StatementBuilder, TransactionOptions, TransactionTrait as _, sqlx,
};

use crate::entity::attempt_counter;
use crate::figures::Connections;
use crate::look_ups::{self, FoundSession, FoundUser, LookUps};
use crate::pool::Pool;
use crate::row;
use crate::sqlite::{Durability, SqliteFile, Turn};

/// The connections to a database. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    /// All connections to a server, or those that read an SQLite file.
    pub(crate) driver: Pool,
    /// The connections that write to an SQLite file.
    pub(crate) file: Option<SqliteFile>,
}

impl Database {
    /// Runs a read on the driver's connections, to its end even if the caller stops waiting.
    pub(crate) async fn read<T, F>(&self, ask: impl FnOnce(DatabaseConnection) -> F) -> Result<T, DbErr>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        self.file.as_ref().map_or(Ok(()), SqliteFile::was_in_place)?;
        self.driver.ask(ask).await
    }

    /// Runs a step in a transaction, to its end. The step has to commit it; otherwise nothing is changed. On a server,
    /// a committed transaction is on its disk with any `durability`.
    pub(crate) async fn write<T, F>(
        &self,
        durability: Durability,
        step: impl FnOnce(Transaction) -> F + Send + 'static,
    ) -> Result<T, DbErr>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        let database = self.clone();
        let step = async move |server| step(database.begin(server, durability).await?).await;
        self.driver.ask(step).await
    }

    async fn begin(&self, server: DatabaseConnection, durability: Durability) -> Result<Transaction, DbErr> {
        let Some(file) = &self.file else {
            // MySQL's default isolation level locks the gaps between rows, so that two inserts can wait for each other.
            // This level is PostgreSQL's default.
            let is_mysql = server.get_database_backend() == DbBackend::MySql;
            let isolation_level = is_mysql.then_some(IsolationLevel::ReadCommitted);
            let options = TransactionOptions { isolation_level, ..TransactionOptions::default() };
            return Ok(Transaction { begun: server.begin_with_options(options).await?, at_file: None });
        };
        let turn = file.turn().await?;
        Ok(Transaction { begun: file.begin(durability).await?, at_file: Some((file.look_ups.clone(), turn)) })
    }

    /// Runs a writing statement as a transaction of its own, and returns the number of affected rows.
    pub(crate) async fn execute(&self, statement: Statement) -> Result<u64, DbErr> {
        let file = self.file.clone();
        let execute = async move |server: DatabaseConnection| {
            let Some(file) = file else { return Ok(server.execute_raw(statement).await?.rows_affected()) };
            let turn = file.turn().await?;
            let done = file.writer(Durability::OnDisk).execute_raw(statement).await?;
            turn.end()?;
            Ok(done.rows_affected())
        };
        self.driver.ask(execute).await
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.driver.connections().get_database_backend()
    }

    /// Counts the driver's connections.
    pub(crate) fn connections(&self) -> Connections {
        fn of<DB: sqlx::Database>(pool: &sqlx::Pool<DB>) -> Connections {
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
            Connections { open: pool.size(), idle, most: pool.options().get_max_connections() }
        }
        let driver = self.driver.connections();
        match driver.get_database_backend() {
            DbBackend::Postgres => of(driver.get_postgres_connection_pool()),
            DbBackend::MySql => of(driver.get_mysql_connection_pool()),
            _ => of(driver.get_sqlite_connection_pool()),
        }
    }

    /// Reads from an SQLite file on the calling thread. Returns `None` if the read fails, and for a server.
    fn look_up<T>(&self, look_up: impl FnOnce(&LookUps) -> rusqlite::Result<T>) -> Result<Option<T>, DbErr> {
        let Some(file) = &self.file else { return Ok(None) };
        file.was_in_place()?;
        Ok(look_up(&file.look_ups).ok())
    }

    /// Finds the user with this name, with the password.
    pub(crate) async fn find_user(&self, name: &Username) -> Result<FoundUser, DbErr> {
        if let Some(found) = self.look_up(|look_ups| look_ups.user_by_name(name.key()))? {
            return Ok(found);
        }
        let found = look_ups::user_by_name(name.key());
        self.read(|db| async move { found.one(&db).await }).await
    }

    /// Finds the session whose current token this is, with its user.
    pub(crate) async fn find_session(&self, token: &TokenHash) -> Result<FoundSession, DbErr> {
        let token = row::from_token_hash(token);
        if let Some(found) = self.look_up(|look_ups| look_ups.session_by_token(&token))? {
            return Ok(found);
        }
        let found = look_ups::session_by_token(token);
        self.read(|db| async move { found.one(&db).await }).await
    }

    /// Finds those of these counters that exist.
    pub(crate) async fn find_counters(
        &self,
        keys: impl Iterator<Item = CounterKey> + Clone,
    ) -> Result<Vec<attempt_counter::Model>, DbErr> {
        if let Some(found) = self.look_up(|look_ups| look_ups.counters(keys.clone()))? {
            return Ok(found);
        }
        let found = look_ups::counters(keys);
        self.read(|db| async move { found.all(&db).await }).await
    }

    /// Checks that an SQLite file is still where it was opened.
    pub(crate) fn look(&self) -> Result<(), DbErr> {
        self.file.as_ref().map_or(Ok(()), SqliteFile::look)
    }

    /// Empties the write-ahead log of an SQLite file.
    pub(crate) async fn empty_log(&self) -> Result<(), DbErr> {
        let Some(file) = self.file.clone() else { return Ok(()) };
        self.driver.ask(async move |_| file.empty_log().await).await
    }

    /// Closes the connections once their statements are done. Waits at most `max_wait` for those that write to an SQLite
    /// file, and then at most `max_wait` for the driver's.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        if let Some(file) = self.file.clone() {
            self.driver.ask(async move |_| file.close().await).await?;
        }
        self.driver.close().await
    }
}

/// A writing transaction. It is rolled back when it is dropped.
#[derive(Debug)]
pub(crate) struct Transaction {
    begun: DatabaseTransaction,
    /// Set for an SQLite file. The turn is released last.
    at_file: Option<(LookUps, Turn)>,
}

/// An insertion, update or deletion.
pub(crate) struct Change(Box<dyn StatementBuilder + Send>);

impl Change {
    pub(crate) fn of(change: impl QueryTrait<QueryStatement: Send + 'static>) -> Self {
        Self(Box::new(change.into_query()))
    }
}

/// Joins two statements into one text, which SQLite runs one after the other.
fn one_text(first: Statement, second: Statement) -> Statement {
    let values = first.values.into_iter().chain(second.values).flat_map(|Values(values)| values).collect();
    let sql = format!("{}; {}", first.sql, second.sql);
    Statement { sql, values: Some(Values(values)), db_backend: first.db_backend }
}

/// Whether others can write during a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OtherWriters {
    /// All others wait until it ends.
    Wait,
    /// Others can write to rows that it has not locked.
    GoOn,
}

impl Transaction {
    /// Makes changes one after the other, without returning numbers of rows. An SQLite file gets them as one text:
    /// passing a statement to its thread, and the answer back, costs about 100 µs of a core.
    pub(crate) async fn change_all(&self, changes: impl IntoIterator<Item = Change>) -> Result<(), DbErr> {
        let backend = self.begun.get_database_backend();
        let mut statements: Vec<_> = changes.into_iter().map(|Change(change)| change.build(&backend)).collect();
        if self.at_file.is_some() {
            statements = statements.into_iter().reduce(one_text).into_iter().collect();
        }
        for statement in statements {
            self.begun.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// Reads from an SQLite file on the calling thread; no other writer changes the file until the transaction ends.
    /// Returns `None` if the read fails, and for a server. It does not see what the transaction has changed.
    pub(crate) fn look_up_committed<T>(&self, look_up: impl FnOnce(&LookUps) -> rusqlite::Result<T>) -> Option<T> {
        self.at_file.as_ref().and_then(|(look_ups, _)| look_up(look_ups).ok())
    }

    /// Whether other writers wait for this transaction.
    pub(crate) const fn other_writers(&self) -> OtherWriters {
        if self.at_file.is_some() { OtherWriters::Wait } else { OtherWriters::GoOn }
    }

    /// On error, the outcome is unknown: the transaction may have been committed.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        self.begun.commit().await?;
        self.at_file.map_or(Ok(()), |(_, turn)| turn.end())
    }
}

impl Deref for Transaction {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.begun
    }
}
