//! The two statements that are asked more often than all others: every page finds a session, every log-in a user. Building
//! one anew each time takes SeaORM longer than the answer takes SQLite, so they are built once.

use std::sync::Arc;

use doorward_domain::{TokenHash, Username};
use sea_orm::sea_query::Values;
use sea_orm::{
    ColumnTrait as _, DbBackend, DbErr, EntityTrait as _, QueryFilter as _, QueryTrait as _, Statement, Value,
};

use super::{SqliteFile, statement};
use crate::entity::{HashBytes, password, session, user};
use crate::executor::Pair;
use crate::row;

#[derive(Debug, Clone)]
pub(super) struct LookUps {
    session_by_token: Arc<Statement>,
    user_by_name: Arc<Statement>,
}

impl LookUps {
    pub(super) fn build() -> Self {
        let by_token = session::COLUMN.token_hash.eq(HashBytes(Vec::new()));
        let session = session::Entity::find().filter(by_token).find_also_related(user::Entity);
        let user = user::Entity::find().filter(user::COLUMN.username_key.eq("")).find_also_related(password::Entity);
        Self {
            session_by_token: Arc::new(session.build(DbBackend::Sqlite)),
            user_by_name: Arc::new(user.build(DbBackend::Sqlite)),
        }
    }
}

impl SqliteFile {
    /// The session whose current token this is, with its user.
    pub(crate) async fn find_session(
        &self,
        token: &TokenHash,
    ) -> Result<Option<Pair<session::Entity, user::Entity>>, DbErr> {
        let statement = with_value(&self.look_ups.session_by_token, row::from_token_hash(token));
        self.read(|reader| statement::pair::<session::Entity, user::Entity>(reader, &statement)).await
    }

    /// The user with this name, and the password.
    pub(crate) async fn find_user(
        &self,
        name: &Username,
    ) -> Result<Option<Pair<user::Entity, password::Entity>>, DbErr> {
        let statement = with_value(&self.look_ups.user_by_name, name.key());
        self.read(|reader| statement::pair::<user::Entity, password::Entity>(reader, &statement)).await
    }
}

fn with_value(statement: &Statement, value: impl Into<Value>) -> Statement {
    Statement { values: Some(Values(vec![value.into()])), ..statement.clone() }
}
