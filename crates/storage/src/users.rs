use doorward_domain::repository::InsertUserError;
use doorward_domain::user::{NewUser, StoredUser};
use doorward_domain::{PasswordHash, Standing, StoreError, UserId, UserRepository, Username};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, SqlErr, sea_query::Expr};

use crate::connect::SeaOrmStore;
use crate::entity::{session, user};
use crate::error::StorageError;
use crate::row;

impl UserRepository for SeaOrmStore {
    async fn insert(&self, user: &NewUser) -> Result<(), InsertUserError> {
        match user::Entity::insert(row::from_new_user(user)).exec_without_returning(&self.db).await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
                Err(InsertUserError::UsernameTaken)
            }
            Err(error) => Err(InsertUserError::Store(StorageError::from(error).into())),
        }
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<StoredUser>, StoreError> {
        let row = user::Entity::find()
            .filter(user::COLUMN.username_key.eq(username.key()))
            .one(&self.db)
            .await
            .map_err(StorageError::from)?;
        Ok(row.as_ref().map(row::to_stored_user).transpose()?)
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, Expr::value(row::from_password_hash(new)))
            .filter(user::COLUMN.id.eq(id.as_uuid()))
            .filter(user::COLUMN.password_hash.eq(row::from_password_hash(old)))
            .exec(&self.db)
            .await
            .map_err(StorageError::from)?;
        Ok(())
    }

    async fn close(&self, id: UserId) -> Result<(), StoreError> {
        let closed = async {
            let transaction = self.begin_writing().await?;
            set_standing(&transaction, id, Standing::Closed).await?;
            session::Entity::delete_many().filter(session::COLUMN.user_id.eq(id.as_uuid())).exec(&transaction).await?;
            transaction.commit().await
        };
        Ok(closed.await.map_err(StorageError::from)?)
    }

    async fn reopen(&self, id: UserId) -> Result<(), StoreError> {
        Ok(set_standing(&self.db, id, Standing::Active).await.map_err(StorageError::from)?)
    }
}

async fn set_standing(db: &impl ConnectionTrait, id: UserId, standing: Standing) -> Result<(), DbErr> {
    user::Entity::update_many()
        .col_expr(user::Column::Standing, Expr::value(row::from_standing(standing)))
        .filter(user::COLUMN.id.eq(id.as_uuid()))
        .exec(db)
        .await?;
    Ok(())
}
