use std::collections::HashSet;

use doorward_domain::repository::{
    EmailChange, EmailGiving, EmailLinkUse, EmailSetting, EmailState, EmailUndo, EmailVerification, Emails, LinkUse,
    SetEmail, UserToImport,
};
use doorward_domain::user::NewUser;
use doorward_domain::{
    Activity, EmailAddress, EmailRepository, LinkHash, LinkPurpose, MailKind, StoreError, Timestamp, UserId, UserRecord,
};
use sea_orm::prelude::Uuid;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, DeleteMany, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, Select,
};

use crate::activity::record;
use crate::connect::SeaOrmStore;
use crate::database::Transaction;
use crate::entity::email::{ActiveModel, COLUMN, Entity};
use crate::entity::{AddressText, link, outbox, password, user};
use crate::error::StorageError;
use crate::known_devices::delete_devices;
use crate::links::{delete_links_for, good_link, insert_link};
use crate::outbox::queue;
use crate::row;
use crate::sessions::delete_sessions;
use crate::step::{lock_user, lock_user_in_session};
use crate::users::{delete_without_trace, is_taken, set_credentials_version};

impl EmailRepository for SeaOrmStore {
    async fn find_by_email(&self, address: &EmailAddress) -> Result<Option<UserRecord>, StoreError> {
        let found = by_verified(address).find_also_related(user::Entity);
        let Some((_, user)) = self.read(|db| async move { found.one(&db).await }).await? else { return Ok(None) };
        // An address has a user, by its foreign key.
        let user = user.ok_or(StorageError::CorruptRow { table: "emails", column: "user_id" })?;
        Ok(Some(row::to_user(&user)?))
    }

    async fn emails_of(&self, user: UserId) -> Result<Emails, StoreError> {
        let of_user = Entity::find_by_id(user.as_uuid());
        let row = self.read(|db| async move { of_user.one(&db).await }).await?;
        Ok(row.as_ref().map(row::to_emails).transpose()?.unwrap_or_default())
    }

    async fn emails_of_users(&self, users: &[UserId]) -> Result<Vec<(UserId, Emails)>, StoreError> {
        let of_users = Entity::find().filter(COLUMN.user_id.is_in(users.iter().map(|user| user.as_uuid())));
        let rows = self.read(|db| async move { of_users.all(&db).await }).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let emails = row::to_emails(row)?;
            if emails != Emails::default() {
                found.push((UserId::from_uuid(row.user_id), emails));
            }
        }
        Ok(found)
    }

    async fn give_email(&self, change: &EmailChange, activity: &Activity) -> Result<EmailGiving, StoreError> {
        let give = self.write((change.clone(), activity.clone()), |transaction, (change, activity)| async move {
            let EmailChange { user_id, session_id, address, mail, mail_to_former } = change;
            if lock_user_in_session(&transaction, user_id, session_id).await?.is_none() {
                return Ok(EmailGiving::SessionEnded);
            }
            set_pending(&transaction, user_id, Some(&address)).await?;
            delete_links_for(user_id, &[LinkPurpose::VerifyEmail]).exec(&*transaction).await?;
            record(&transaction, &activity).await?;
            queue(&transaction, &mail).await?;
            if let Some(mail) = mail_to_former {
                queue(&transaction, &mail).await?;
            }
            transaction.commit().await?;
            Ok(EmailGiving::Given)
        });
        Ok(give.await?)
    }

    async fn verify_email(
        &self,
        verification: &EmailVerification,
        activity: &Activity,
    ) -> Result<EmailLinkUse, StoreError> {
        let given = (verification.clone(), activity.clone());
        let verify = self.write(given, |transaction, (verification, activity)| async move {
            let EmailVerification { user_id, link, address, former, mail_to_former } = verification;
            let Some(user) = lock_user(&transaction, user_id).await? else { return Ok(EmailLinkUse::Expired) };
            let link = good_link(&transaction, &link, LinkPurpose::VerifyEmail, &user, activity.at).await?;
            let emails = emails_in(&transaction, user_id).await?;
            let is_this_one = link.is_some_and(|link| link.address.as_ref() == Some(&address));
            if !is_this_one || emails.pending.as_ref() != Some(&address) || emails.verified != former {
                return Ok(EmailLinkUse::Expired);
            }
            if is_another_users(&transaction, &address, user_id).await? {
                return Ok(EmailLinkUse::TakenByAnother);
            }
            set_verified(&transaction, user_id, &address).await?;
            let links = delete_links_for(user_id, &[LinkPurpose::VerifyEmail, LinkPurpose::ResetPassword]);
            links.exec(&*transaction).await?;
            record(&transaction, &activity).await?;
            if let Some(mail) = mail_to_former {
                queue(&transaction, &mail).await?;
            }
            transaction.commit().await?;
            Ok(EmailLinkUse::Used)
        });
        match verify.await {
            Err(error) if is_taken(&error) => Ok(EmailLinkUse::TakenByAnother),
            verified => Ok(verified?),
        }
    }

    async fn reject_email(&self, user: UserId, link: &LinkHash, activity: &Activity) -> Result<LinkUse, StoreError> {
        let reject = self.write((user, *link, activity.clone()), |transaction, (id, link, activity)| async move {
            let Some(user) = lock_user(&transaction, id).await? else { return Ok(LinkUse::Expired) };
            if good_link(&transaction, &link, LinkPurpose::VerifyEmail, &user, activity.at).await?.is_none() {
                return Ok(LinkUse::Expired);
            }
            set_pending(&transaction, id, None).await?;
            delete_links_for(id, &[LinkPurpose::VerifyEmail]).exec(&*transaction).await?;
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(LinkUse::Used)
        });
        Ok(reject.await?)
    }

    async fn undo_email(&self, undo: &EmailUndo, activity: &Activity) -> Result<EmailLinkUse, StoreError> {
        let undo = self.write((undo.clone(), activity.clone()), |transaction, (undo, activity)| async move {
            let EmailUndo { user_id, link, address, reset } = undo;
            let Some(user) = lock_user(&transaction, user_id).await? else { return Ok(EmailLinkUse::Expired) };
            let link = good_link(&transaction, &link, LinkPurpose::UndoEmail, &user, activity.at).await?;
            let Some(link) = link.filter(|link| link.address.as_ref() == Some(&address)) else {
                return Ok(EmailLinkUse::Expired);
            };
            if is_another_users(&transaction, &address, user_id).await? {
                return Ok(EmailLinkUse::TakenByAnother);
            }
            set_verified(&transaction, user_id, &address).await?;
            password::Entity::delete_by_id(user_id.as_uuid()).exec(&*transaction).await?;
            let version = user.credentials_version + 1;
            set_credentials_version(user_id, version).exec(&*transaction).await?;
            end_what_an_undo_ends(&transaction, user_id, &address, link.requested_at).await?;
            delete_sessions(user_id).exec(&*transaction).await?;
            delete_devices(user_id).exec(&*transaction).await?;
            insert_link(&transaction, &reset, version).await?;
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(EmailLinkUse::Used)
        });
        match undo.await {
            Err(error) if is_taken(&error) => Ok(EmailLinkUse::TakenByAnother),
            undone => Ok(undone?),
        }
    }

    async fn set_email(&self, setting: &EmailSetting, activity: &Activity) -> Result<SetEmail, StoreError> {
        let set = self.write((setting.clone(), activity.clone()), |transaction, (setting, activity)| async move {
            let EmailSetting { user_id, address, state, mail } = setting;
            if lock_user(&transaction, user_id).await?.is_none() {
                return Ok(SetEmail::NoSuchUser);
            }
            if is_another_users(&transaction, &address, user_id).await? {
                return Ok(SetEmail::TakenByAnother);
            }
            // The verified address is still the former one, so the notice goes there.
            record(&transaction, &activity).await?;
            let ended: &[_] = match state {
                EmailState::Pending => {
                    set_pending(&transaction, user_id, Some(&address)).await?;
                    &[LinkPurpose::VerifyEmail]
                }
                EmailState::Verified => {
                    set_verified(&transaction, user_id, &address).await?;
                    delete_undo_mails(user_id).exec(&*transaction).await?;
                    &[LinkPurpose::VerifyEmail, LinkPurpose::ResetPassword, LinkPurpose::UndoEmail]
                }
            };
            delete_links_for(user_id, ended).exec(&*transaction).await?;
            if let Some(mail) = mail {
                queue(&transaction, &mail).await?;
            }
            transaction.commit().await?;
            Ok(SetEmail::Set)
        });
        match set.await {
            Err(error) if is_taken(&error) => Ok(SetEmail::TakenByAnother),
            set => Ok(set?),
        }
    }

    async fn delete_unverified(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let late = Entity::find().filter(is_late(now)).limit(u64::from(most));
        let late = self.read(|db| async move { late.all(&db).await }).await?;
        let mut deleted = 0;
        for user in late.into_iter().map(|row| row.user_id) {
            deleted += self.delete_where_late(user, now).await?;
        }
        if deleted > 0 {
            self.forget_deleted().await;
        }
        Ok(deleted)
    }
}

impl SeaOrmStore {
    /// Deletes the user unless an address was verified meanwhile. Returns the number of deleted users.
    async fn delete_where_late(&self, user: Uuid, now: Timestamp) -> Result<u32, StorageError> {
        let delete = self.write(user, move |transaction, id| async move {
            let Some(user) = lock_user(&transaction, UserId::from_uuid(id)).await? else { return Ok(0) };
            if Entity::find_by_id(id).filter(is_late(now)).one(&*transaction).await?.is_none() {
                return Ok(0);
            }
            delete_without_trace(&transaction, &user).await?;
            transaction.commit().await?;
            Ok(1)
        });
        delete.await
    }
}

/// Stores the addresses of those new users who have given one, and queues the mails to them.
pub(crate) async fn insert_emails(
    transaction: &Transaction,
    users: impl Iterator<Item = &NewUser>,
) -> Result<(), DbErr> {
    let new: Vec<_> = users.filter_map(|user| Some((user.id, user.email.as_ref()?))).collect();
    if new.is_empty() {
        return Ok(());
    }
    let rows = new.iter().map(|(user, email)| row::from_new_email(*user, email));
    Entity::insert_many(rows).exec_without_returning(&**transaction).await?;
    for (_, email) in new {
        queue(transaction, &email.mail).await?;
    }
    Ok(())
}

/// Stores the addresses of those imported users who have one.
pub(crate) async fn insert_imported_emails(transaction: &Transaction, users: &[&UserToImport]) -> Result<(), DbErr> {
    let rows = users.iter().filter_map(|import| Some(row::from_imported_email(import.user.id, import.email.as_ref()?)));
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

/// Returns the keys of those of these addresses that any user has verified.
pub(crate) async fn verified_keys(
    db: &impl ConnectionTrait,
    addresses: &[EmailAddress],
) -> Result<HashSet<String>, DbErr> {
    let verified = Entity::find().filter(COLUMN.verified_key.is_in(addresses.iter().map(row::from_email_key)));
    Ok(verified.all(db).await?.into_iter().filter_map(|row| Some(row.verified_key?.0)).collect())
}

/// Ends the links of the user, whose row is locked, and drops the queued mails with undo links. Undo links and mails
/// stay if they were requested before this undo was, and restore another address.
async fn end_what_an_undo_ends(
    transaction: &Transaction,
    user: UserId,
    address: &EmailAddress,
    asked_for_at: Timestamp,
) -> Result<(), DbErr> {
    let is_another = |text: &AddressText| EmailAddress::parse(&text.0).is_ok_and(|other| other != *address);
    let links = link::Entity::find().filter(link::COLUMN.user_id.eq(user.as_uuid())).all(&**transaction).await?;
    let ended = links.into_iter().filter(|link| {
        let is_kept = link.purpose == LinkPurpose::UndoEmail.code()
            && link.requested_at < asked_for_at.as_unix_micros()
            && link.address.as_ref().is_some_and(is_another);
        !is_kept
    });
    let ended = link::Entity::delete_many().filter(link::COLUMN.token_hash.is_in(ended.map(|link| link.token_hash)));
    ended.exec(&**transaction).await?;
    let mails = undo_mails(user).all(&**transaction).await?;
    let dropped = mails.into_iter().filter(|mail| {
        let is_kept = mail.queued_at < asked_for_at.as_unix_micros() && mail.address.as_ref().is_some_and(is_another);
        !is_kept
    });
    let dropped = outbox::Entity::delete_many().filter(outbox::COLUMN.id.is_in(dropped.map(|mail| mail.id)));
    dropped.exec(&**transaction).await?;
    Ok(())
}

/// Selects the queued mails to the user that have an undo link.
fn undo_mails(user: UserId) -> Select<outbox::Entity> {
    let of_user = outbox::Entity::find().filter(outbox::COLUMN.user_id.eq(user.as_uuid()));
    of_user.filter(outbox::COLUMN.kind.eq(MailKind::UndoEmail.code()))
}

fn delete_undo_mails(user: UserId) -> DeleteMany<outbox::Entity> {
    let of_user = outbox::Entity::delete_many().filter(outbox::COLUMN.user_id.eq(user.as_uuid()));
    of_user.filter(outbox::COLUMN.kind.eq(MailKind::UndoEmail.code()))
}

/// Drops the pending address of the user, whose row is locked, if there is a verified one.
pub(crate) async fn drop_pending_beside_verified(transaction: &Transaction, user: UserId) -> Result<(), DbErr> {
    let none = ActiveModel { pending: Set(None), ..ActiveModel::default() };
    let beside = Entity::update_many().set(none).filter(COLUMN.user_id.eq(user.as_uuid()));
    beside.filter(COLUMN.verified_key.is_not_null()).exec(&**transaction).await?;
    Ok(())
}

/// Returns the addresses of the user, whose row is locked.
pub(crate) async fn emails_in(transaction: &Transaction, user: UserId) -> Result<Emails, DbErr> {
    let row = Entity::find_by_id(user.as_uuid()).one(&**transaction).await?;
    Ok(row.as_ref().map(row::to_emails).transpose()?.unwrap_or_default())
}

async fn is_another_users(transaction: &Transaction, address: &EmailAddress, user: UserId) -> Result<bool, DbErr> {
    let another = by_verified(address).filter(COLUMN.user_id.ne(user.as_uuid()));
    Ok(another.one(&**transaction).await?.is_some())
}

async fn set_pending(transaction: &Transaction, user: UserId, pending: Option<&EmailAddress>) -> Result<(), DbErr> {
    let pending = pending.map(row::from_email);
    set(transaction, user, ActiveModel { pending: Set(pending), ..ActiveModel::default() }).await
}

/// Makes this the verified address, and leaves none pending. The database [refuses](is_taken) one that another user
/// has.
async fn set_verified(transaction: &Transaction, user: UserId, address: &EmailAddress) -> Result<(), DbErr> {
    let all = ActiveModel {
        user_id: NotSet,
        verified: Set(Some(row::from_email(address))),
        verified_key: Set(Some(row::from_email_key(address))),
        pending: Set(None),
        verify_by: Set(None),
    };
    set(transaction, user, all).await
}

/// Updates the addresses of the user, whose row is locked, or inserts them for a user without any. In a single
/// statement, MySQL would update the row of another user who has the key.
async fn set(transaction: &Transaction, user: UserId, emails: ActiveModel) -> Result<(), DbErr> {
    let there = Entity::update_many().set(emails.clone()).filter(COLUMN.user_id.eq(user.as_uuid()));
    if there.exec(&**transaction).await?.rows_affected == 0 {
        let new = Entity::insert(ActiveModel { user_id: Set(user.as_uuid()), ..emails });
        new.exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

fn by_verified(address: &EmailAddress) -> Select<Entity> {
    Entity::find().filter(COLUMN.verified_key.eq(row::from_email_key(address)))
}

/// Whether an address had to be verified by now, and none is.
fn is_late(now: Timestamp) -> Condition {
    Condition::all().add(COLUMN.verified_key.is_null()).add(COLUMN.verify_by.lte(now.as_unix_micros()))
}
