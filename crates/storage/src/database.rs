//! The two kinds of database: a server, and an SQLite file. Nothing outside of this file asks which it is.

use doorward_domain::{TokenHash, Username};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait, QueryFilter as _, QueryTrait, Select, SelectTwo,
    TryIntoModel,
};

use crate::bounded::{Bounded, Pool};
use crate::entity::{password, session, user};
use crate::executor::{Executor, Pair};
use crate::row;
use crate::sqlite::{Durability, SqliteFile, SqliteTransaction};

/// Connections to a database, or a transaction on one of them.
#[derive(Debug, Clone)]
pub(crate) enum Database<Server, File> {
    Server(Server),
    SqliteFile(File),
}

pub(crate) type Connections = Database<Pool, SqliteFile>;
pub(crate) type Transaction = Database<Bounded<DatabaseTransaction>, SqliteTransaction>;

impl Connections {
    /// Begins a transaction. A server's is on its disk once it is committed, whatever is asked for here.
    pub(crate) async fn begin(&self, durability: Durability) -> Result<Transaction, DbErr> {
        Ok(match self {
            Self::Server(server) => Database::Server(server.begin().await?),
            Self::SqliteFile(file) => Database::SqliteFile(file.begin(durability).await?),
        })
    }

    /// The user with this name, and the password.
    pub(crate) async fn find_user(
        &self,
        name: &Username,
    ) -> Result<Option<Pair<user::Entity, password::Entity>>, DbErr> {
        match self {
            Self::Server(server) => {
                let found = user::Entity::find().filter(user::COLUMN.username_key.eq(name.key()));
                server.pair(found.find_also_related(password::Entity)).await
            }
            Self::SqliteFile(file) => file.find_user(name).await,
        }
    }

    /// The session whose current token this is, with its user.
    pub(crate) async fn find_session(
        &self,
        token: &TokenHash,
    ) -> Result<Option<Pair<session::Entity, user::Entity>>, DbErr> {
        match self {
            Self::Server(server) => {
                let found = session::Entity::find().filter(session::COLUMN.token_hash.eq(row::from_token_hash(token)));
                server.pair(found.find_also_related(user::Entity)).await
            }
            Self::SqliteFile(file) => file.find_session(token).await,
        }
    }

    /// Looks whether an SQLite file is still where it was opened.
    pub(crate) fn look(&self) -> Result<(), DbErr> {
        match self {
            Self::Server(_) => Ok(()),
            Self::SqliteFile(file) => file.look(),
        }
    }

    /// Empties the log of an SQLite file.
    pub(crate) async fn empty_log(&self) -> Result<(), DbErr> {
        match self {
            Self::Server(_) => Ok(()),
            Self::SqliteFile(file) => file.empty_log().await,
        }
    }

    /// Closes the connections to an SQLite file; those of a server are the driver's.
    pub(crate) async fn close(&self) {
        if let Self::SqliteFile(file) = self {
            file.close().await;
        }
    }
}

/// Who may write while a transaction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OtherWriters {
    /// Nobody until it ends.
    Wait,
    /// Others, to rows that it has not locked.
    GoOn,
}

impl Transaction {
    /// What others do meanwhile.
    pub(crate) const fn other_writers(&self) -> OtherWriters {
        match self {
            Self::Server(_) => OtherWriters::GoOn,
            Self::SqliteFile(_) => OtherWriters::Wait,
        }
    }

    /// Where this fails nobody knows whether it was committed.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        match self {
            Self::Server(transaction) => transaction.commit().await,
            Self::SqliteFile(transaction) => transaction.commit().await,
        }
    }
}

impl<Server: Executor, File: Executor> Executor for Database<Server, File> {
    async fn change(&self, change: &(impl QueryTrait + Sync)) -> Result<u64, DbErr> {
        match self {
            Self::Server(server) => server.change(change).await,
            Self::SqliteFile(file) => file.change(change).await,
        }
    }

    async fn all<E>(&self, select: Select<E>) -> Result<Vec<E::Model>, DbErr>
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
    {
        match self {
            Self::Server(server) => server.all(select).await,
            Self::SqliteFile(file) => file.all(select).await,
        }
    }

    async fn pair<E, F>(&self, select: SelectTwo<E, F>) -> Result<Option<Pair<E, F>>, DbErr>
    where
        E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
        F: EntityTrait<ActiveModel: TryIntoModel<F::Model>>,
    {
        match self {
            Self::Server(server) => server.pair(select).await,
            Self::SqliteFile(file) => file.pair(select).await,
        }
    }
}
