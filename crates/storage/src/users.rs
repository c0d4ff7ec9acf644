use doorward_domain::repository::{AccountChange, InsertUserError, PasswordChange, RenameUserError, UsernameChange};
use doorward_domain::user::{NewUser, StoredUser};
use doorward_domain::{
    Activity, PasswordHash, SessionId, Standing, StoreError, Timestamp, UserId, UserRepository, Username,
};
use sea_orm::sea_query::Expr;
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DbErr, DeleteMany, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    UpdateMany,
};

use crate::activity;
use crate::connect::SeaOrmStore;
use crate::database::Transaction;
use crate::entity::{password, reserved_name, session, user};
use crate::error::{StorageError, database_error};
use crate::executor::{Executor as _, Pair};
use crate::known_devices::delete_devices;
use crate::row;
use crate::sessions::{authenticate, delete_sessions, give_token};
use crate::step::lock_user_in_session;

impl UserRepository for SeaOrmStore {
    async fn insert(&self, user: &NewUser) -> Result<(), InsertUserError> {
        let key = user.username.key();
        let inserted = self.write(|transaction| async move {
            transaction.change(&user::Entity::insert(row::from_new_user(user))).await?;
            if let Some(hash) = &user.password_hash {
                transaction.change(&password::Entity::insert(row::from_new_password(user.id, hash))).await?;
            }
            // After the insert, which waits for whoever is giving the name up at this moment.
            if is_reserved(&transaction, key, None, user.created_at).await? {
                return Ok(false);
            }
            transaction.commit().await?;
            Ok(true)
        });
        match inserted.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(InsertUserError::UsernameTaken),
            Err(error) if is_taken(&error) => Err(InsertUserError::UsernameTaken),
            Err(error) => Err(InsertUserError::Store(StorageError::from(error).into())),
        }
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<StoredUser>, StoreError> {
        stored_user(self.db.find_user(username).await)
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<StoredUser>, StoreError> {
        let found = user::Entity::find_by_id(id.as_uuid()).find_also_related(password::Entity);
        stored_user(self.db.pair(found).await)
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        let replace =
            set_password_hash(id, new).filter(password::COLUMN.password_hash.eq(row::from_password_hash(old)));
        self.change(&replace).await.map_err(StorageError::from)?;
        Ok(())
    }

    async fn change_password(
        &self,
        change: &PasswordChange<'_>,
        activity: &Activity,
    ) -> Result<AccountChange, StoreError> {
        let PasswordChange { user_id, session_id, .. } = *change;
        let changed = self.write(|transaction| async move {
            match lock_user_in_session(&transaction, user_id, session_id).await? {
                None => return Ok(AccountChange::SessionEnded),
                Some(user) if user.credentials_version != change.credentials_version => {
                    return Ok(AccountChange::CredentialsChanged);
                }
                Some(_) => {}
            }
            let user = user::Entity::update_many()
                .col_expr(user::Column::CredentialsVersion, Expr::value(change.credentials_version + 1))
                .filter(user::COLUMN.id.eq(user_id.as_uuid()));
            transaction.change(&user).await?;
            transaction.change(&set_password_hash(user_id, change.hash)).await?;
            transaction.change(&give_token(session_id, change.token, activity.at)).await?;
            transaction.change(&authenticate(session_id, &change.authentication)).await?;
            let others = delete_sessions(user_id).filter(session::COLUMN.id.ne(session_id.as_uuid()));
            transaction.change(&others).await?;
            transaction.change(&delete_devices(user_id)).await?;
            transaction.change(&activity::insertion(activity)).await?;
            transaction.commit().await?;
            Ok(AccountChange::Made)
        });
        Ok(changed.await.map_err(StorageError::from)?)
    }

    async fn change_username(&self, change: &UsernameChange<'_>, activity: &Activity) -> Result<(), RenameUserError> {
        let UsernameChange { user_id, username, reserved_until, session_id, token } = *change;
        let renamed = self.write(|transaction| async move {
            let Some(old) = lock_user_in_session(&transaction, user_id, session_id).await? else {
                return Ok(Err(RenameUserError::SessionEnded));
            };
            transaction.change(&give_token(session_id, token, activity.at)).await?;
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
        });
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
        credentials_version: i64,
        reserved_until: Timestamp,
    ) -> Result<AccountChange, StoreError> {
        let deleted = self.write(|transaction| async move {
            let Some(user) = lock_user_in_session(&transaction, id, session).await? else {
                return Ok(AccountChange::SessionEnded);
            };
            if user.credentials_version != credentials_version {
                return Ok(AccountChange::CredentialsChanged);
            }
            // Its password, sessions, devices and activity go with it, and its reservations become nobody's.
            transaction.change(&user::Entity::delete_many().filter(user::COLUMN.id.eq(id.as_uuid()))).await?;
            reserve(&transaction, &user.username_key, None, reserved_until).await?;
            transaction.commit().await?;
            Ok(AccountChange::Made)
        });
        let deleted = deleted.await.map_err(StorageError::from)?;
        if deleted == AccountChange::Made {
            self.forget_deleted().await;
        }
        Ok(deleted)
    }

    async fn close(&self, id: UserId) -> Result<(), StoreError> {
        let closed = self.write(|transaction| async move {
            transaction.change(&set_standing(id, Standing::Closed)).await?;
            transaction.change(&delete_sessions(id)).await?;
            transaction.change(&delete_devices(id)).await?;
            transaction.commit().await
        });
        Ok(closed.await.map_err(StorageError::from)?)
    }

    async fn reopen(&self, id: UserId) -> Result<(), StoreError> {
        self.change(&set_standing(id, Standing::Active)).await.map_err(StorageError::from)?;
        Ok(())
    }

    async fn release_names(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let has_ended = reserved_name::COLUMN.reserved_until.lte(now.as_unix_micros());
        let ended = reserved_name::Entity::find().filter(has_ended.clone()).limit(u64::from(most));
        let keys = self.driver.all(ended).await.map_err(StorageError::from)?.into_iter().map(|row| row.username_key);
        let release = reserved_name::Entity::delete_many()
            .filter(reserved_name::COLUMN.username_key.is_in(keys))
            .filter(has_ended);
        Ok(row::count(self.change(&release).await.map_err(StorageError::from)?))
    }
}

fn stored_user(
    found: Result<Option<Pair<user::Entity, password::Entity>>, DbErr>,
) -> Result<Option<StoredUser>, StoreError> {
    let found = found.map_err(StorageError::from)?;
    Ok(found.map(|(user, password)| row::to_stored_user(&user, password.as_ref())).transpose()?)
}

fn set_password_hash(id: UserId, hash: &PasswordHash) -> UpdateMany<password::Entity> {
    password::Entity::update_many()
        .col_expr(password::Column::PasswordHash, Expr::value(row::from_password_hash(hash)))
        .filter(password::COLUMN.user_id.eq(id.as_uuid()))
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
