//! The two statements that are asked more often than all others: every page finds a session, every log-in a user. Building
//! one anew each time takes SeaORM longer than the answer takes SQLite, so they are built once.

use std::sync::Arc;

use doorward_domain::{TokenHash, Username};
use sea_orm::sea_query::Values;
use sea_orm::{ColumnTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, QueryTrait as _, Statement, Value};

use crate::entity::{HashBytes, password, session, user};
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

    /// Finds the session whose current token this is, with its user.
    pub(super) fn session_by_token(&self, token: &TokenHash) -> Statement {
        with_value(&self.session_by_token, row::from_token_hash(token))
    }

    /// Finds the user with this name, and the password.
    pub(super) fn user_by_name(&self, name: &Username) -> Statement {
        with_value(&self.user_by_name, name.key())
    }
}

fn with_value(statement: &Statement, value: impl Into<Value>) -> Statement {
    Statement { values: Some(Values(vec![value.into()])), ..statement.clone() }
}
