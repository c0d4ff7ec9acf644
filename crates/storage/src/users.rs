use doorward_domain::repository::{InsertUserError, PasswordChange, RenameUserError, UsernameChange};
use doorward_domain::user::{NewUser, StoredUser};
use doorward_domain::{Activity, PasswordHash, Standing, StoreError, Timestamp, UserId, UserRepository, Username};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    SqlErr,
};

use crate::activity;
use crate::connect::SeaOrmStore;
use crate::entity::{reserved_name, session, user};
use crate::error::StorageError;
use crate::row;
use crate::sessions::{delete_sessions, give_token};

impl UserRepository for SeaOrmStore {
    async fn insert(&self, user: &NewUser) -> Result<(), InsertUserError> {
        let key = user.username.key();
        let inserted = async {
            let transaction = self.begin_writing().await?;
            user::Entity::insert(row::from_new_user(user)).exec_without_returning(&transaction).await?;
            // After the insert, which waits for whoever is giving the name up at this moment.
            if is_reserved(&transaction, key, None, user.created_at).await? {
                return Ok(false);
            }
            transaction.commit().await?;
            Ok(true)
        };
        match inserted.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(InsertUserError::UsernameTaken),
            Err(error) if is_taken(&error) => Err(InsertUserError::UsernameTaken),
            Err(error) => Err(InsertUserError::Store(StorageError::from(error).into())),
        }
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<StoredUser>, StoreError> {
        let row = if let Some(reader) = &self.reader
            && let Ok(row) = reader.find_user(username)
        {
            row
        } else {
            let named = user::Entity::find().filter(user::COLUMN.username_key.eq(username.key()));
            named.one(&self.reads).await.map_err(StorageError::from)?
        };
        Ok(row.as_ref().map(row::to_stored_user).transpose()?)
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<StoredUser>, StoreError> {
        let row = user::Entity::find_by_id(id.as_uuid()).one(&self.reads).await.map_err(StorageError::from)?;
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
            .exec(&self.writes)
            .await
            .map_err(StorageError::from)?;
        Ok(())
    }

    async fn change_password(&self, change: &PasswordChange<'_>, activity: &Activity) -> Result<bool, StoreError> {
        let changed = async {
            let transaction = self.begin_writing().await?;
            let user = user::Entity::update_many()
                .col_expr(user::Column::PasswordHash, Expr::value(row::from_password_hash(change.hash)))
                .col_expr(user::Column::PasswordVersion, Expr::value(change.old_version + 1))
                .filter(user::COLUMN.id.eq(change.user_id.as_uuid()))
                .filter(user::COLUMN.password_version.eq(change.old_version))
                .exec(&transaction)
                .await?;
            let session = give_token(change.session_id, change.token, activity.at)
                .col_expr(session::Column::ConfirmedAt, Expr::value(activity.at.as_unix_micros()))
                .filter(session::COLUMN.user_id.eq(change.user_id.as_uuid()))
                .exec(&transaction)
                .await?;
            if user.rows_affected + session.rows_affected != 2 {
                return Ok(false);
            }
            delete_sessions(change.user_id, Some(change.session_id)).exec(&transaction).await?;
            activity::insert(&transaction, activity).await?;
            transaction.commit().await?;
            Ok::<_, DbErr>(true)
        };
        Ok(changed.await.map_err(StorageError::from)?)
    }

    async fn change_username(&self, change: &UsernameChange<'_>, activity: &Activity) -> Result<(), RenameUserError> {
        let UsernameChange { user_id, username, reserved_until, session_id, token } = *change;
        let renamed = async {
            let transaction = self.begin_writing().await?;
            let old = user::Entity::find_by_id(user_id.as_uuid()).lock(LockType::Update).one(&transaction).await?;
            let session = give_token(session_id, token, activity.at)
                .filter(session::COLUMN.user_id.eq(user_id.as_uuid()))
                .exec(&transaction)
                .await?;
            let Some(old) = old.filter(|_| session.rows_affected == 1) else {
                return Ok(Err(RenameUserError::NotFound));
            };
            user::Entity::update_many()
                .col_expr(user::Column::Username, Expr::value(username.as_str()))
                .col_expr(user::Column::UsernameKey, Expr::value(username.key()))
                .filter(user::COLUMN.id.eq(user_id.as_uuid()))
                .exec(&transaction)
                .await?;
            if is_reserved(&transaction, username.key(), Some(user_id), activity.at).await? {
                return Ok(Err(RenameUserError::UsernameTaken));
            }
            reserved_name::Entity::delete_by_id(username.key()).exec(&transaction).await?;
            if old.username_key != username.key() {
                reserve(&transaction, &old.username_key, Some(user_id), reserved_until).await?;
            }
            activity::insert(&transaction, activity).await?;
            transaction.commit().await?;
            Ok(Ok(()))
        };
        match renamed.await {
            Ok(renamed) => renamed,
            Err(error) if is_taken(&error) => Err(RenameUserError::UsernameTaken),
            Err(error) => Err(RenameUserError::Store(StorageError::from(error).into())),
        }
    }

    async fn delete(&self, id: UserId, password_version: i64, reserved_until: Timestamp) -> Result<bool, StoreError> {
        let deleted = async {
            let transaction = self.begin_writing().await?;
            let verified = user::Entity::find_by_id(id.as_uuid())
                .filter(user::COLUMN.password_version.eq(password_version))
                .lock(LockType::Update);
            let Some(user) = verified.one(&transaction).await? else { return Ok(false) };
            // Sessions and activity go with it, and its reservations become nobody's.
            user::Entity::delete_by_id(id.as_uuid()).exec(&transaction).await?;
            reserve(&transaction, &user.username_key, None, reserved_until).await?;
            transaction.commit().await?;
            Ok::<_, DbErr>(true)
        };
        Ok(deleted.await.map_err(StorageError::from)?)
    }

    async fn close(&self, id: UserId) -> Result<(), StoreError> {
        let closed = async {
            let transaction = self.begin_writing().await?;
            set_standing(&transaction, id, Standing::Closed).await?;
            delete_sessions(id, None).exec(&transaction).await?;
            transaction.commit().await
        };
        Ok(closed.await.map_err(StorageError::from)?)
    }

    async fn reopen(&self, id: UserId) -> Result<(), StoreError> {
        Ok(set_standing(&self.writes, id, Standing::Active).await.map_err(StorageError::from)?)
    }

    async fn release_names(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let has_ended = reserved_name::COLUMN.reserved_until.lte(now.as_unix_micros());
        let ended =
            reserved_name::Entity::find().filter(has_ended.clone()).limit(u64::from(most)).all(&self.reads).await;
        let keys = ended.map_err(StorageError::from)?.into_iter().map(|row| row.username_key);
        let released = reserved_name::Entity::delete_many()
            .filter(reserved_name::COLUMN.username_key.is_in(keys))
            .filter(has_ended)
            .exec(&self.writes)
            .await;
        Ok(row::count(released.map_err(StorageError::from)?.rows_affected))
    }
}

fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Whether the name is kept for somebody else than `user`, or for nobody.
async fn is_reserved(
    db: &impl ConnectionTrait,
    key: &str,
    user: Option<UserId>,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let reserved = reserved_name::Entity::find_by_id(key)
        .filter(reserved_name::COLUMN.reserved_until.gt(now.as_unix_micros()))
        .one(db)
        .await?;
    Ok(reserved.is_some_and(|row| row.user_id.is_none() || row.user_id != user.map(UserId::as_uuid)))
}

async fn reserve(db: &impl ConnectionTrait, key: &str, user: Option<UserId>, until: Timestamp) -> Result<(), DbErr> {
    reserved_name::Entity::delete_by_id(key).exec(db).await?;
    let row = reserved_name::ActiveModel {
        username_key: Set(key.to_owned()),
        user_id: Set(user.map(UserId::as_uuid)),
        reserved_until: Set(until.as_unix_micros()),
    };
    reserved_name::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

async fn set_standing(db: &impl ConnectionTrait, id: UserId, standing: Standing) -> Result<(), DbErr> {
    user::Entity::update_many()
        .col_expr(user::Column::Standing, Expr::value(row::from_standing(standing)))
        .filter(user::COLUMN.id.eq(id.as_uuid()))
        .exec(db)
        .await?;
    Ok(())
}
