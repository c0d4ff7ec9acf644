use doorward_domain::repository::StartSessionError;
use doorward_domain::{Session, SessionId, SessionRepository, Standing, StoreError, Timestamp, TokenHash, User};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use crate::connect::SeaOrmStore;
use crate::entity::{session, user};
use crate::error::StorageError;
use crate::row;

impl SessionRepository for SeaOrmStore {
    async fn start(
        &self,
        session: &Session,
        token: &TokenHash,
        replacing: Option<&TokenHash>,
    ) -> Result<(), StartSessionError> {
        let started = async {
            let transaction = self.begin_writing().await?;
            // The lock keeps the user's row as it is read until the session is in; SQLite's one writer needs none.
            let user =
                user::Entity::find_by_id(session.user_id.as_uuid()).lock(LockType::Share).one(&transaction).await?;
            if user.is_none_or(|user| user.standing != row::from_standing(Standing::Active)) {
                return Ok(Err(StartSessionError::NotActive));
            }
            if let Some(replaced) = replacing {
                delete(replaced).exec(&transaction).await?;
            }
            session::Entity::insert(row::from_session(session, token)).exec_without_returning(&transaction).await?;
            transaction.commit().await?;
            Ok::<_, DbErr>(Ok(()))
        };
        started.await.map_err(|error| StartSessionError::Store(StorageError::from(error).into()))?
    }

    async fn find_by_token(&self, token: &TokenHash) -> Result<Option<(Session, User)>, StoreError> {
        let found = session::Entity::find()
            .filter(session::COLUMN.token_hash.eq(row::from_token_hash(token)))
            .find_also_related(user::Entity)
            .one(&self.db)
            .await
            .map_err(StorageError::from)?;
        let Some((session, Some(user))) = found else { return Ok(None) };
        Ok(Some((row::to_session(&session), row::to_user(&user)?)))
    }

    async fn touch(&self, id: SessionId, seen_at: Timestamp) -> Result<(), StoreError> {
        let seen_at = seen_at.as_unix_micros();
        session::Entity::update_many()
            .col_expr(session::Column::LastSeenAt, Expr::value(seen_at))
            .filter(session::COLUMN.id.eq(id.as_uuid()))
            .filter(session::COLUMN.last_seen_at.lt(seen_at))
            .exec(&self.db)
            .await
            .map_err(StorageError::from)?;
        Ok(())
    }

    async fn delete_by_token(&self, token: &TokenHash) -> Result<(), StoreError> {
        delete(token).exec(&self.db).await.map_err(StorageError::from)?;
        Ok(())
    }
}

fn delete(token: &TokenHash) -> sea_orm::DeleteMany<session::Entity> {
    session::Entity::delete_many().filter(session::COLUMN.token_hash.eq(row::from_token_hash(token)))
}
