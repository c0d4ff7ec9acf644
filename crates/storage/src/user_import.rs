use std::collections::{HashMap, HashSet};

use doorward_domain::repository::{ImportBatch, ImportUsersError, UserToImport};
use doorward_domain::{
    Activity, EmailAddress, Event, ExistingUsers, ImportId, Imported, StoreError, Timestamp, UserId,
    UserImportRepository, Username,
};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use crate::connect::SeaOrmStore;
use crate::database::Transaction;
use crate::emails::{insert_imported_emails, verified_keys};
use crate::entity::{HashBytes, activity, import, known_device, link, password, reserved_name, session, user};
use crate::error::StorageError;
use crate::row;
use crate::users::is_taken;

/// How often a batch is tried if another user signs up for one of its names meanwhile, or verifies one of its
/// addresses. The next try finds that name or address taken.
const TRIES: usize = 5;

impl UserImportRepository for SeaOrmStore {
    async fn taken_names(&self, names: &[Username], now: Timestamp) -> Result<Vec<Username>, StoreError> {
        let keys: Vec<_> = names.iter().map(|name| name.key().to_owned()).collect();
        let read = self.read(move |db| async move {
            let (used, reserved) = (used_names(&db, &keys).await?, reserved_names(&db, &keys, now).await?);
            Ok((used, reserved))
        });
        let (used, reserved) = read.await?;
        let is_taken = |name: &&Username| used.contains_key(name.key()) || reserved.contains(name.key());
        Ok(names.iter().filter(is_taken).cloned().collect())
    }

    async fn taken_emails(&self, addresses: &[EmailAddress]) -> Result<Vec<EmailAddress>, StoreError> {
        let asked = addresses.to_vec();
        Ok(self.read(move |db| async move { taken_emails(&db, &asked).await }).await?)
    }

    async fn import_progress(&self, id: &ImportId) -> Result<Option<u64>, StoreError> {
        let progress = import::Entity::find_by_id(checksum(id));
        let row = self.read(|db| async move { progress.one(&db).await }).await?;
        Ok(row.map(|row| u64::try_from(row.done).unwrap_or_default()))
    }

    async fn import_users(&self, batch: &ImportBatch) -> Result<Imported, ImportUsersError> {
        for _ in 1..TRIES {
            match self.try_to_import(batch).await {
                Err(error) if is_taken(&error) => {}
                imported => return imported.map_err(StoreError::from)?,
            }
        }
        self.try_to_import(batch).await.map_err(StoreError::from)?
    }

    async fn end_import(&self, id: &ImportId) -> Result<(), StoreError> {
        self.change(import::Entity::delete_many().filter(import::COLUMN.checksum.eq(checksum(id)))).await?;
        Ok(())
    }
}

impl SeaOrmStore {
    async fn try_to_import(&self, batch: &ImportBatch) -> Result<Result<Imported, ImportUsersError>, StorageError> {
        let import = self.write(batch.clone(), |transaction, batch| async move {
            if advance(&transaction, &batch).await? == Advance::Overtaken {
                return Ok(Err(ImportUsersError::Overtaken));
            }
            let keys: Vec<_> = batch.users.iter().map(|import| import.user.username.key().to_owned()).collect();
            let used = used_names(&*transaction, &keys).await?;
            let now = batch.users.iter().map(|import| import.activity.at).min();
            let reserved = match now {
                Some(now) => reserved_names(&*transaction, &keys, now).await?,
                None => HashSet::new(),
            };
            let (taken, new): (Vec<_>, Vec<_>) = batch.users.iter().partition(|import| {
                let key = import.user.username.key();
                used.contains_key(key) || reserved.contains(key)
            });
            if batch.existing == ExistingUsers::Fail && !taken.is_empty() {
                let names = taken.into_iter().map(|import| import.user.username.clone());
                return Ok(Err(ImportUsersError::UsernamesTaken(names.collect())));
            }
            let emails: Vec<_> = new.iter().filter_map(|import| import.email.as_ref()?.verified().cloned()).collect();
            let taken_emails = taken_emails(&*transaction, &emails).await?;
            if !taken_emails.is_empty() {
                return Ok(Err(ImportUsersError::EmailsTaken(taken_emails)));
            }
            create(&transaction, &new).await?;
            let updated = match batch.existing {
                ExistingUsers::Fail | ExistingUsers::Skip => 0,
                ExistingUsers::UpdateHash => update_hashes(&transaction, &taken, &used).await?,
            };
            transaction.commit().await?;
            let skipped = (taken.len() - updated) as u64;
            Ok(Ok(Imported { created: new.len() as u64, updated: updated as u64, skipped }))
        });
        import.await
    }
}

/// Whether an import's progress was advanced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Advance {
    Made,
    /// Another number of entries is done.
    Overtaken,
}

async fn advance(transaction: &Transaction, batch: &ImportBatch) -> Result<Advance, DbErr> {
    let [before, after] = [batch.done_before, batch.done_after].map(|done| i64::try_from(done).unwrap_or(i64::MAX));
    let update = import::Entity::update_many()
        .col_expr(import::Column::Done, Expr::value(after))
        .filter(import::COLUMN.checksum.eq(checksum(&batch.id)))
        .filter(import::COLUMN.done.eq(before));
    if update.exec(&**transaction).await?.rows_affected == 1 {
        return Ok(Advance::Made);
    }
    let is_there = import::Entity::find_by_id(checksum(&batch.id)).one(&**transaction).await?.is_some();
    if is_there || before > 0 {
        return Ok(Advance::Overtaken);
    }
    // If two imports begin at once, the second one is refused, as for a name that is taken, and finds the row when it
    // tries again.
    let first = import::ActiveModel { checksum: Set(checksum(&batch.id)), done: Set(after) };
    import::Entity::insert(first).exec_without_returning(&**transaction).await?;
    Ok(Advance::Made)
}

async fn create(transaction: &Transaction, new: &[&UserToImport]) -> Result<(), DbErr> {
    if new.is_empty() {
        return Ok(());
    }
    let users = new.iter().map(|import| user::ActiveModel {
        standing: Set(row::from_standing(import.standing).to_owned()),
        ..row::from_new_user(&import.user)
    });
    user::Entity::insert_many(users).exec_without_returning(&**transaction).await?;
    let with_hash =
        |import: &&UserToImport| Some(row::from_new_password(import.user.id, import.user.password_hash.as_ref()?));
    let passwords: Vec<_> = new.iter().filter_map(with_hash).collect();
    if !passwords.is_empty() {
        password::Entity::insert_many(passwords).exec_without_returning(&**transaction).await?;
    }
    insert_imported_emails(transaction, new).await?;
    record(transaction, new.iter().map(|import| &import.activity)).await
}

/// Gives existing users, by the ids of `used`, the imported hashes that differ from theirs. Returns the number of
/// changed users.
async fn update_hashes(
    transaction: &Transaction,
    taken: &[&UserToImport],
    used: &HashMap<String, Uuid>,
) -> Result<usize, DbErr> {
    let ids: Vec<_> = used.values().copied().collect();
    // A step locks the users whose data it changes, and all steps lock several users in the same order.
    let users = user::Entity::find().filter(user::COLUMN.id.is_in(ids.clone())).order_by_asc(user::COLUMN.id);
    users.lock(LockType::Update).all(&**transaction).await?;
    let there = password::Entity::find().filter(password::COLUMN.user_id.is_in(ids)).all(&**transaction).await?;
    let there: HashMap<_, _> = there.into_iter().map(|row| (row.user_id, row.password_hash)).collect();
    let mut changed = Vec::new();
    for import in taken {
        let (id, hash) = (used.get(import.user.username.key()), &import.user.password_hash);
        let (Some(id), Some(hash)) = (id, hash) else { continue };
        if there.get(id) != Some(&row::from_password_hash(hash)) {
            changed.push((UserId::from_uuid(*id), hash, &import.activity));
        }
    }
    if changed.is_empty() {
        return Ok(0);
    }
    let ids = || changed.iter().map(|(id, ..)| id.as_uuid());
    let passwords = changed.iter().map(|(id, hash, _)| row::from_new_password(*id, hash));
    let set = OnConflict::column(password::Column::UserId).update_column(password::Column::PasswordHash).to_owned();
    password::Entity::insert_many(passwords).on_conflict(set).exec_without_returning(&**transaction).await?;
    let version = Expr::col(user::Column::CredentialsVersion).add(1_i64);
    let users = user::Entity::update_many().col_expr(user::Column::CredentialsVersion, version);
    users.filter(user::COLUMN.id.is_in(ids())).exec(&**transaction).await?;
    session::Entity::delete_many().filter(session::COLUMN.user_id.is_in(ids())).exec(&**transaction).await?;
    link::Entity::delete_many().filter(link::COLUMN.user_id.is_in(ids())).exec(&**transaction).await?;
    known_device::Entity::delete_many().filter(known_device::COLUMN.user_id.is_in(ids())).exec(&**transaction).await?;
    let activity: Vec<_> = changed
        .iter()
        .map(|(id, _, activity)| Activity { user_id: Some(*id), event: Event::PasswordImported, ..(*activity).clone() })
        .collect();
    record(transaction, activity.iter()).await?;
    Ok(changed.len())
}

/// Stores these activities; none of them queues a notice.
async fn record(transaction: &Transaction, activity: impl Iterator<Item = &Activity>) -> Result<(), DbErr> {
    let rows = activity::Entity::insert_many(activity.map(row::from_activity));
    rows.exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Returns those of these addresses that a user has verified, or has as the username.
async fn taken_emails(db: &impl ConnectionTrait, addresses: &[EmailAddress]) -> Result<Vec<EmailAddress>, DbErr> {
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<_> = addresses.iter().map(|address| address.key().to_owned()).collect();
    let (verified, names) = (verified_keys(db, addresses).await?, used_names(db, &keys).await?);
    let is_taken = |address: &&EmailAddress| verified.contains(address.key()) || names.contains_key(address.key());
    Ok(addresses.iter().filter(is_taken).cloned().collect())
}

/// Returns those of these names that a user has, with the user's id.
async fn used_names(db: &impl ConnectionTrait, keys: &[String]) -> Result<HashMap<String, Uuid>, DbErr> {
    let users = user::Entity::find().filter(user::COLUMN.username_key.is_in(keys)).all(db).await?;
    Ok(users.into_iter().map(|user| (user.username_key, user.id)).collect())
}

/// Returns those of these names that are reserved beyond this time.
async fn reserved_names(db: &impl ConnectionTrait, keys: &[String], now: Timestamp) -> Result<HashSet<String>, DbErr> {
    let reserved = reserved_name::Entity::find()
        .filter(reserved_name::COLUMN.username_key.is_in(keys))
        .filter(reserved_name::COLUMN.reserved_until.gt(now.as_unix_micros()));
    Ok(reserved.all(db).await?.into_iter().map(|row| row.username_key).collect())
}

fn checksum(id: &ImportId) -> HashBytes {
    HashBytes(id.as_bytes().to_vec())
}
