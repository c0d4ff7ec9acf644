use std::iter;

use doorward_domain::repository::{
    AccountChange, InsertUserError, PasswordChange, RenameUserError, StandingChange, UserRename, UsernameChange,
};
use doorward_domain::user::{NewUser, StoredUser};
use doorward_domain::{
    Activity, PasswordHash, SessionId, Standing, StoreError, Timestamp, UserId, UserRepository, Username,
};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DbErr, DeleteMany, EntityTrait as _, Insert, QueryFilter as _, UpdateMany,
};

use crate::activity::record;
use crate::connect::SeaOrmStore;
use crate::database::Transaction;
use crate::emails::insert_emails;
use crate::entity::{password, pending_log_in, reserved_name, user};
use crate::error::{StorageError, database_error};
use crate::known_devices::delete_devices;
use crate::look_ups::FoundUser;
use crate::outbox::{delete_mails_about, notice_of};
use crate::row;
use crate::sessions::{authenticate, delete_other_sessions, delete_sessions, give_token};
use crate::step::{lock_user, lock_user_in_session};

impl UserRepository for SeaOrmStore {
    async fn insert(&self, user: &NewUser) -> Result<(), InsertUserError> {
        let insert = self.write(user.clone(), |transaction, user| async move {
            let insertion = insert_user(&transaction, &user).await?;
            if insertion == Insertion::Inserted {
                transaction.commit().await?;
            }
            Ok(insertion)
        });
        match insert.await {
            Ok(Insertion::Inserted) => Ok(()),
            Ok(Insertion::NameReserved) => Err(InsertUserError::UsernameTaken),
            Err(error) if is_taken(&error) => Err(InsertUserError::UsernameTaken),
            Err(error) => Err(InsertUserError::Store(error.into())),
        }
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<StoredUser>, StoreError> {
        stored_user(self.db.find_user(username).await.map_err(StorageError::from)?)
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<StoredUser>, StoreError> {
        let found = user::Entity::find_by_id(id.as_uuid()).find_also_related(password::Entity);
        stored_user(self.read(|db| async move { found.one(&db).await }).await?)
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        let replace =
            set_password_hash(id, new).filter(password::COLUMN.password_hash.eq(row::from_password_hash(old)));
        self.change(replace).await?;
        Ok(())
    }

    async fn change_password(&self, change: &PasswordChange, activity: &Activity) -> Result<AccountChange, StoreError> {
        let change = self.write((change.clone(), activity.clone()), |transaction, (change, activity)| async move {
            let PasswordChange { user_id, session_id, .. } = change;
            match lock_user_in_session(&transaction, user_id, session_id).await? {
                None => return Ok(AccountChange::SessionEnded),
                Some(user) if user.credentials_version != change.credentials_version => {
                    return Ok(AccountChange::CredentialsChanged);
                }
                Some(_) => {}
            }
            set_credentials_version(user_id, change.credentials_version + 1).exec(&*transaction).await?;
            set_password_hash(user_id, &change.hash).exec(&*transaction).await?;
            give_token(session_id, &change.token, activity.at).exec(&*transaction).await?;
            authenticate(session_id, &change.authentication).exec(&*transaction).await?;
            delete_other_sessions(user_id, session_id).exec(&*transaction).await?;
            delete_devices(user_id).exec(&*transaction).await?;
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(AccountChange::Made)
        });
        Ok(change.await?)
    }

    async fn change_username(&self, change: &UsernameChange, activity: &Activity) -> Result<(), RenameUserError> {
        let rename = self.write((change.clone(), activity.clone()), |transaction, (change, activity)| async move {
            let UsernameChange { user_id, username, reserved_until, session_id, token } = change;
            let Some(old) = lock_user_in_session(&transaction, user_id, session_id).await? else {
                return Ok(Err(RenameUserError::SessionEnded));
            };
            give_token(session_id, &token, activity.at).exec(&*transaction).await?;
            let rename = UserRename { user_id, username, reserved_until };
            if rename_user(&transaction, &old, &rename, activity.at).await? == Renaming::NameReserved {
                return Ok(Err(RenameUserError::UsernameTaken));
            }
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(Ok(()))
        });
        match rename.await {
            Ok(renamed) => renamed,
            Err(error) if is_taken(&error) => Err(RenameUserError::UsernameTaken),
            Err(error) => Err(RenameUserError::Store(error.into())),
        }
    }

    async fn delete(
        &self,
        id: UserId,
        session: SessionId,
        credentials_version: i64,
        reserved_until: Timestamp,
        activity: &Activity,
    ) -> Result<AccountChange, StoreError> {
        let given = (id, session, credentials_version, reserved_until, activity.clone());
        let delete = self.write(given, |transaction, given| async move {
            let (id, session, credentials_version, reserved_until, activity) = given;
            let Some(user) = lock_user_in_session(&transaction, id, session).await? else {
                return Ok(AccountChange::SessionEnded);
            };
            if user.credentials_version != credentials_version {
                return Ok(AccountChange::CredentialsChanged);
            }
            delete_user(&transaction, &user, reserved_until, &activity).await?;
            transaction.commit().await?;
            Ok(AccountChange::Made)
        });
        let deleted = delete.await?;
        if deleted == AccountChange::Made {
            self.forget_deleted().await;
        }
        Ok(deleted)
    }

    async fn close(&self, id: UserId, activity: &Activity) -> Result<StandingChange, StoreError> {
        let close = self.write((id, activity.clone()), |transaction, (id, activity)| async move {
            let change = set_standing(&transaction, id, Standing::Closed, &activity).await?;
            if change == StandingChange::Made {
                delete_sessions(id).exec(&*transaction).await?;
                delete_devices(id).exec(&*transaction).await?;
                delete_log_ins(id).exec(&*transaction).await?;
                transaction.commit().await?;
            }
            Ok(change)
        });
        Ok(close.await?)
    }

    async fn reopen(&self, id: UserId, activity: &Activity) -> Result<StandingChange, StoreError> {
        let reopen = self.write((id, activity.clone()), |transaction, (id, activity)| async move {
            let change = set_standing(&transaction, id, Standing::Active, &activity).await?;
            transaction.commit().await?;
            Ok(change)
        });
        Ok(reopen.await?)
    }

    async fn release_names(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let has_ended = reserved_name::COLUMN.reserved_until.lte(now.as_unix_micros());
        Ok(self.sweep::<reserved_name::Entity>(reserved_name::Column::UsernameKey, has_ended, most).await?)
    }
}

pub(crate) fn stored_user(found: FoundUser) -> Result<Option<StoredUser>, StoreError> {
    Ok(found.map(|(user, password)| row::to_stored_user(&user, password.as_ref())).transpose()?)
}

/// The outcome of inserting a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Insertion {
    Inserted,
    /// The user was inserted, and must not be committed: the name is reserved.
    NameReserved,
}

/// Inserts the user, the password and the address, and queues the mail to it. The database [refuses](is_taken) a name
/// that a user has.
pub(crate) async fn insert_user(transaction: &Transaction, user: &NewUser) -> Result<Insertion, DbErr> {
    user::Entity::insert(row::from_new_user(user)).exec_without_returning(&**transaction).await?;
    if let Some(hash) = &user.password_hash {
        let password = password::Entity::insert(row::from_new_password(user.id, hash));
        password.exec_without_returning(&**transaction).await?;
    }
    // This comes after the insert, which waits for a transaction that is releasing the name at this moment.
    let is_reserved = is_reserved(transaction, user.username.key(), None, user.created_at).await?;
    if is_reserved {
        return Ok(Insertion::NameReserved);
    }
    insert_emails(transaction, iter::once(user)).await?;
    Ok(Insertion::Inserted)
}

/// The outcome of renaming a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renaming {
    Renamed,
    /// The user was renamed, and must not be committed: the name is reserved, and not for this user.
    NameReserved,
}

/// Renames the user, whose row is locked. The database [refuses](is_taken) a name that another user has.
pub(crate) async fn rename_user(
    transaction: &Transaction,
    old: &user::Model,
    rename: &UserRename,
    now: Timestamp,
) -> Result<Renaming, DbErr> {
    let UserRename { user_id, username, reserved_until } = rename;
    let update = user::Entity::update_many()
        .col_expr(user::Column::Username, Expr::value(username.as_str()))
        .col_expr(user::Column::UsernameKey, Expr::value(username.key()))
        .filter(user::COLUMN.id.eq(user_id.as_uuid()));
    update.exec(&**transaction).await?;
    if is_reserved(transaction, username.key(), Some(*user_id), now).await? {
        return Ok(Renaming::NameReserved);
    }
    release(username.key()).exec(&**transaction).await?;
    if old.username_key != username.key() {
        reserve(transaction, &old.username_key, Some(*user_id), *reserved_until).await?;
    }
    Ok(Renaming::Renamed)
}

/// Deletes the user, whose row is locked, reserves the name for no user, and queues the notice of it.
pub(crate) async fn delete_user(
    transaction: &Transaction,
    user: &user::Model,
    reserved_until: Timestamp,
    activity: &Activity,
) -> Result<(), DbErr> {
    delete_mails_about(user).exec(&**transaction).await?;
    transaction.change_all(notice_of(transaction, activity).await?).await?;
    delete_row(transaction, user).await?;
    reserve(transaction, &user.username_key, None, reserved_until).await
}

/// Deletes the user, whose row is locked. Nothing but reservations of former names stays.
pub(crate) async fn delete_without_trace(transaction: &Transaction, user: &user::Model) -> Result<(), DbErr> {
    delete_mails_about(user).exec(&**transaction).await?;
    delete_row(transaction, user).await
}

/// Deletes the row, and with it the password, factors, addresses, sessions, devices, links and activity. Reservations
/// of former names stay, without a user.
async fn delete_row(transaction: &Transaction, user: &user::Model) -> Result<(), DbErr> {
    user::Entity::delete_by_id(user.id).exec(&**transaction).await?;
    Ok(())
}

pub(crate) fn set_credentials_version(id: UserId, version: i64) -> UpdateMany<user::Entity> {
    user::Entity::update_many()
        .col_expr(user::Column::CredentialsVersion, Expr::value(version))
        .filter(user::COLUMN.id.eq(id.as_uuid()))
}

/// Sets the password of a user who may have none.
pub(crate) fn set_or_add_password_hash(id: UserId, hash: &PasswordHash) -> Insert<password::ActiveModel> {
    let set = OnConflict::column(password::Column::UserId).update_column(password::Column::PasswordHash).to_owned();
    password::Entity::insert(row::from_new_password(id, hash)).on_conflict(set)
}

fn set_password_hash(id: UserId, hash: &PasswordHash) -> UpdateMany<password::Entity> {
    password::Entity::update_many()
        .col_expr(password::Column::PasswordHash, Expr::value(row::from_password_hash(hash)))
        .filter(password::COLUMN.user_id.eq(id.as_uuid()))
}

pub(crate) fn is_taken(error: &StorageError) -> bool {
    let StorageError::Database(error) = error else { return false };
    database_error(error).is_some_and(DatabaseError::is_unique_violation)
}

/// Whether the name is reserved for another user than `user`, or for no user.
async fn is_reserved(db: &Transaction, key: &str, user: Option<UserId>, now: Timestamp) -> Result<bool, DbErr> {
    let reserved =
        reserved_name::Entity::find_by_id(key).filter(reserved_name::COLUMN.reserved_until.gt(now.as_unix_micros()));
    let reserved = reserved.one(&**db).await?;
    Ok(reserved.is_some_and(|row| row.user_id.is_none() || row.user_id != user.map(UserId::as_uuid)))
}

async fn reserve(db: &Transaction, key: &str, user: Option<UserId>, until: Timestamp) -> Result<(), DbErr> {
    release(key).exec(&**db).await?;
    let row = reserved_name::ActiveModel {
        username_key: Set(key.to_owned()),
        user_id: Set(user.map(UserId::as_uuid)),
        reserved_until: Set(until.as_unix_micros()),
    };
    reserved_name::Entity::insert(row).exec_without_returning(&**db).await?;
    Ok(())
}

fn release(key: &str) -> DeleteMany<reserved_name::Entity> {
    reserved_name::Entity::delete_many().filter(reserved_name::COLUMN.username_key.eq(key))
}

/// Deletes the user's pending log-ins: there are some if any of the services over the database asks for a second
/// factor.
pub(crate) fn delete_log_ins(user: UserId) -> DeleteMany<pending_log_in::Entity> {
    pending_log_in::Entity::delete_many().filter(pending_log_in::COLUMN.user_id.eq(user.as_uuid()))
}

/// Gives the user this standing and stores the activity, unless the user has it already.
async fn set_standing(
    transaction: &Transaction,
    id: UserId,
    standing: Standing,
    activity: &Activity,
) -> Result<StandingChange, DbErr> {
    let standing = row::from_standing(standing);
    match lock_user(transaction, id).await? {
        None => return Ok(StandingChange::NoSuchUser),
        Some(user) if user.standing == standing => return Ok(StandingChange::AlreadySo),
        Some(_) => {}
    }
    let set = user::Entity::update_many().col_expr(user::Column::Standing, Expr::value(standing));
    set.filter(user::COLUMN.id.eq(id.as_uuid())).exec(&**transaction).await?;
    record(transaction, activity).await?;
    Ok(StandingChange::Made)
}
