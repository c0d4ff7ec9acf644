use doorward_domain::repository::{InsertUserError, PasswordChange, RenameUserError, UsernameChange};
use doorward_domain::user::{NewUser, StoredUser};
use doorward_domain::{
    Activity, PasswordHash, SessionId, Standing, StoreError, Timestamp, UserId, UserRepository, Username,
};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DbErr, DeleteMany, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    UpdateMany,
};

use crate::activity;
use crate::connect::SeaOrmStore;
use crate::entity::{reserved_name, session, user};
use crate::error::{StorageError, database_error};
use crate::executor::{Database, Executor as _, Transaction};
use crate::row;
use crate::sessions::{delete_sessions, give_token};

impl UserRepository for SeaOrmStore {
    async fn insert(&self, user: &NewUser) -> Result<(), InsertUserError> {
        let key = user.username.key();
        let inserted = async {
            let transaction = self.begin_writing().await?;
            transaction.change(&user::Entity::insert(row::from_new_user(user))).await?;
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
        let row = match &self.db {
            Database::SqliteFile(file) => file.find_user(username).await,
            Database::Server(server) => {
                server.one(user::Entity::find().filter(user::COLUMN.username_key.eq(username.key()))).await
            }
        };
        Ok(row.map_err(StorageError::from)?.as_ref().map(row::to_stored_user).transpose()?)
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<StoredUser>, StoreError> {
        let row = self.db.one(user::Entity::find_by_id(id.as_uuid())).await.map_err(StorageError::from)?;
        Ok(row.as_ref().map(row::to_stored_user).transpose()?)
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        let replace = user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, Expr::value(row::from_password_hash(new)))
            .filter(user::COLUMN.id.eq(id.as_uuid()))
            .filter(user::COLUMN.password_hash.eq(row::from_password_hash(old)));
        self.db.change(&replace).await.map_err(StorageError::from)?;
        Ok(())
    }

    async fn change_password(&self, change: &PasswordChange<'_>, activity: &Activity) -> Result<bool, StoreError> {
        let changed = async {
            let transaction = self.begin_writing().await?;
            let user = user::Entity::update_many()
                .col_expr(user::Column::PasswordHash, Expr::value(row::from_password_hash(change.hash)))
                .col_expr(user::Column::PasswordVersion, Expr::value(change.old_version + 1))
                .filter(user::COLUMN.id.eq(change.user_id.as_uuid()))
                .filter(user::COLUMN.password_version.eq(change.old_version));
            let session = give_token(change.session_id, change.token, activity.at)
                .col_expr(session::Column::ConfirmedAt, Expr::value(activity.at.as_unix_micros()))
                .filter(session::COLUMN.user_id.eq(change.user_id.as_uuid()));
            if transaction.change(&user).await? + transaction.change(&session).await? != 2 {
                return Ok(false);
            }
            transaction.change(&delete_sessions(change.user_id, Some(change.session_id))).await?;
            transaction.change(&activity::insertion(activity)).await?;
            transaction.commit().await?;
            Ok::<_, DbErr>(true)
        };
        Ok(changed.await.map_err(StorageError::from)?)
    }

    async fn change_username(&self, change: &UsernameChange<'_>, activity: &Activity) -> Result<(), RenameUserError> {
        let UsernameChange { user_id, username, reserved_until, session_id, token } = *change;
        let renamed = async {
            let transaction = self.begin_writing().await?;
            let old = user::Entity::find_by_id(user_id.as_uuid()).lock(LockType::Update);
            let old = transaction.one(old).await?;
            let session =
                give_token(session_id, token, activity.at).filter(session::COLUMN.user_id.eq(user_id.as_uuid()));
            let sessions = transaction.change(&session).await?;
            let Some(old) = old.filter(|_| sessions == 1) else {
                return Ok(Err(RenameUserError::NotFound));
            };
            let rename = user::Entity::update_many()
                .col_expr(user::Column::Username, Expr::value(username.as_str()))
                .col_expr(user::Column::UsernameKey, Expr::value(username.key()))
                .filter(user::COLUMN.id.eq(user_id.as_uuid()));
            transaction.change(&rename).await?;
            if is_reserved(&transaction, username.key(), Some(user_id), activity.at).await? {
                return Ok(Err(RenameUserError::UsernameTaken));
            }
            transaction.change(&release(username.key())).await?;
            if old.username_key != username.key() {
                reserve(&transaction, &old.username_key, Some(user_id), reserved_until).await?;
            }
            transaction.change(&activity::insertion(activity)).await?;
            transaction.commit().await?;
            Ok(Ok(()))
        };
        match renamed.await {
            Ok(renamed) => renamed,
            Err(error) if is_taken(&error) => Err(RenameUserError::UsernameTaken),
            Err(error) => Err(RenameUserError::Store(StorageError::from(error).into())),
        }
    }

    async fn delete(
        &self,
        id: UserId,
        session: SessionId,
        password_version: i64,
        reserved_until: Timestamp,
    ) -> Result<bool, StoreError> {
        let deleted = async {
            let transaction = self.begin_writing().await?;
            let verified = user::Entity::find_by_id(id.as_uuid())
                .filter(user::COLUMN.password_version.eq(password_version))
                .lock(LockType::Update);
            let Some(user) = transaction.one(verified).await? else { return Ok(false) };
            let living =
                session::Entity::find_by_id(session.as_uuid()).filter(session::COLUMN.user_id.eq(id.as_uuid()));
            if transaction.one(living).await?.is_none() {
                return Ok(false);
            }
            // Sessions and activity go with it, and its reservations become nobody's.
            transaction.change(&user::Entity::delete_many().filter(user::COLUMN.id.eq(id.as_uuid()))).await?;
            reserve(&transaction, &user.username_key, None, reserved_until).await?;
            transaction.commit().await?;
            Ok::<_, DbErr>(true)
        };
        Ok(deleted.await.map_err(StorageError::from)?)
    }

    async fn close(&self, id: UserId) -> Result<(), StoreError> {
        let closed = async {
            let transaction = self.begin_writing().await?;
            transaction.change(&set_standing(id, Standing::Closed)).await?;
            transaction.change(&delete_sessions(id, None)).await?;
            transaction.commit().await
        };
        Ok(closed.await.map_err(StorageError::from)?)
    }

    async fn reopen(&self, id: UserId) -> Result<(), StoreError> {
        self.db.change(&set_standing(id, Standing::Active)).await.map_err(StorageError::from)?;
        Ok(())
    }

    async fn release_names(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let has_ended = reserved_name::COLUMN.reserved_until.lte(now.as_unix_micros());
        let ended = reserved_name::Entity::find().filter(has_ended.clone()).limit(u64::from(most));
        let keys = self.driver.all(ended).await.map_err(StorageError::from)?.into_iter().map(|row| row.username_key);
        let release = reserved_name::Entity::delete_many()
            .filter(reserved_name::COLUMN.username_key.is_in(keys))
            .filter(has_ended);
        Ok(row::count(self.db.change(&release).await.map_err(StorageError::from)?))
    }
}

fn is_taken(error: &DbErr) -> bool {
    database_error(error).is_some_and(DatabaseError::is_unique_violation)
}

/// Whether the name is kept for somebody else than `user`, or for nobody.
async fn is_reserved(db: &Transaction, key: &str, user: Option<UserId>, now: Timestamp) -> Result<bool, DbErr> {
    let reserved =
        reserved_name::Entity::find_by_id(key).filter(reserved_name::COLUMN.reserved_until.gt(now.as_unix_micros()));
    let reserved = db.one(reserved).await?;
    Ok(reserved.is_some_and(|row| row.user_id.is_none() || row.user_id != user.map(UserId::as_uuid)))
}

async fn reserve(db: &Transaction, key: &str, user: Option<UserId>, until: Timestamp) -> Result<(), DbErr> {
    db.change(&release(key)).await?;
    let row = reserved_name::ActiveModel {
        username_key: Set(key.to_owned()),
        user_id: Set(user.map(UserId::as_uuid)),
        reserved_until: Set(until.as_unix_micros()),
    };
    db.change(&reserved_name::Entity::insert(row)).await?;
    Ok(())
}

fn release(key: &str) -> DeleteMany<reserved_name::Entity> {
    reserved_name::Entity::delete_many().filter(reserved_name::COLUMN.username_key.eq(key))
}

fn set_standing(id: UserId, standing: Standing) -> UpdateMany<user::Entity> {
    user::Entity::update_many()
        .col_expr(user::Column::Standing, Expr::value(row::from_standing(standing)))
        .filter(user::COLUMN.id.eq(id.as_uuid()))
}
