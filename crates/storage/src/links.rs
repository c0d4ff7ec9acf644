use doorward_domain::repository::{FoundLink, LinkUse, NewLink, PasswordReset, StoreLinkError};
use doorward_domain::{Activity, Link, LinkHash, LinkPurpose, LinkRepository, StoreError, Timestamp, UserId};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait as _, Condition, DbErr, DeleteMany, EntityTrait as _, QueryFilter as _, Select};

use crate::activity::record;
use crate::connect::SeaOrmStore;
use crate::database::Transaction;
use crate::emails::{drop_pending_beside_verified, emails_in};
use crate::entity::link::{COLUMN, Column, Entity};
use crate::entity::user;
use crate::error::StorageError;
use crate::known_devices::delete_devices;
use crate::row;
use crate::sessions::delete_sessions;
use crate::step::lock_user;
use crate::users::{set_credentials_version, set_or_add_password_hash};

impl LinkRepository for SeaOrmStore {
    async fn store_link(&self, link: &NewLink, activity: Option<&Activity>) -> Result<(), StoreLinkError> {
        let store = self.write((link.clone(), activity.cloned()), |transaction, (link, activity)| async move {
            let Some(user) = lock_user(&transaction, link.user_id).await? else {
                return Ok(Err(StoreLinkError::NoSuchUser));
            };
            if link.purpose.ends_with_a_later_one() && end_earlier(&transaction, &link).await? == Rank::Superseded {
                return Ok(Err(StoreLinkError::Superseded));
            }
            insert_link(&transaction, &link, user.credentials_version).await?;
            if let Some(activity) = activity {
                record(&transaction, &activity).await?;
            }
            transaction.commit().await?;
            Ok(Ok(()))
        });
        store.await.map_err(|error| StoreLinkError::Store(error.into()))?
    }

    async fn find_link(&self, token: &LinkHash, purpose: LinkPurpose) -> Result<Option<FoundLink>, StoreError> {
        let found = by_token(token, purpose).find_also_related(user::Entity);
        let Some((link, user)) = self.read(|db| async move { found.one(&db).await }).await? else { return Ok(None) };
        // A link has a user, by its foreign key.
        let user = user.ok_or(StorageError::CorruptRow { table: "links", column: "user_id" })?;
        Ok(Some(row::to_found_link(&link, purpose, &user)?))
    }

    async fn reset_password(&self, reset: &PasswordReset, activity: &Activity) -> Result<LinkUse, StoreError> {
        let reset = self.write((reset.clone(), activity.clone()), |transaction, (reset, activity)| async move {
            let PasswordReset { user_id, link, hash } = reset;
            let Some(user) = lock_user(&transaction, user_id).await? else { return Ok(LinkUse::Expired) };
            let link = good_link(&transaction, &link, LinkPurpose::ResetPassword, &user, activity.at).await?;
            let Some(link) = link else { return Ok(LinkUse::Expired) };
            if link.address.is_some() && link.address != emails_in(&transaction, user_id).await?.verified {
                return Ok(LinkUse::Expired);
            }
            set_credentials_version(user_id, user.credentials_version + 1).exec(&*transaction).await?;
            set_or_add_password_hash(user_id, &hash).exec_without_returning(&*transaction).await?;
            drop_pending_beside_verified(&transaction, user_id).await?;
            let but_undo = delete_links(user_id).filter(COLUMN.purpose.ne(LinkPurpose::UndoEmail.code()));
            but_undo.exec(&*transaction).await?;
            delete_sessions(user_id).exec(&*transaction).await?;
            delete_devices(user_id).exec(&*transaction).await?;
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(LinkUse::Used)
        });
        Ok(reset.await?)
    }

    async fn links_of(&self, user: UserId) -> Result<Vec<Link>, StoreError> {
        let of_user = Entity::find().filter(COLUMN.user_id.eq(user.as_uuid()));
        let rows = self.read(|db| async move { of_user.all(&db).await }).await?;
        // Links of a newer release may have purposes that this one does not know.
        let known = rows.iter().filter_map(|row| Some(row::to_link(row, LinkPurpose::from_code(&row.purpose)?)));
        Ok(known.collect::<Result<_, _>>()?)
    }

    async fn delete_links(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let has_ended = COLUMN.ends_at.lte(now.as_unix_micros());
        Ok(self.sweep::<Entity>(Column::TokenHash, has_ended, most).await?)
    }
}

/// The rank of a link among those of its purpose and user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rank {
    /// No link was requested later.
    Latest,
    Superseded,
}

/// Ends the earlier links of the same purpose and user, unless one was requested later. For a link with an address,
/// those that answer the same request stay.
async fn end_earlier(transaction: &Transaction, link: &NewLink) -> Result<Rank, DbErr> {
    let requested_at = link.requested_at.as_unix_micros();
    let of_both = COLUMN.user_id.eq(link.user_id.as_uuid()).and(COLUMN.purpose.eq(link.purpose.code()));
    let later = Entity::find().filter(of_both.clone()).filter(COLUMN.requested_at.gt(requested_at));
    if later.one(&**transaction).await?.is_some() {
        return Ok(Rank::Superseded);
    }
    let answers_another = link.address.as_ref().map(|_| COLUMN.requested_at.ne(requested_at));
    let earlier = Entity::delete_many().filter(Condition::all().add(of_both).add_option(answers_another));
    earlier.exec(&**transaction).await?;
    Ok(Rank::Latest)
}

fn by_token(token: &LinkHash, purpose: LinkPurpose) -> Select<Entity> {
    let for_it = Entity::find().filter(COLUMN.purpose.eq(purpose.code()));
    for_it.filter(COLUMN.token_hash.eq(row::from_link_hash(token)))
}

/// Finds the link if it is for this purpose and this user, whose row is locked, and is
/// [good](doorward_domain::repository::FoundLink::is_good_at) at this time.
pub(crate) async fn good_link(
    transaction: &Transaction,
    token: &LinkHash,
    purpose: LinkPurpose,
    user: &user::Model,
    now: Timestamp,
) -> Result<Option<Link>, DbErr> {
    let of_user = by_token(token, purpose).filter(COLUMN.user_id.eq(user.id));
    let Some(row) = of_user.one(&**transaction).await? else { return Ok(None) };
    let found = row::to_found_link(&row, purpose, user)?;
    Ok(found.is_good_at(now).then_some(found.link))
}

/// Stores a link that is good for this version of the user's credentials.
pub(crate) async fn insert_link(
    transaction: &Transaction,
    link: &NewLink,
    credentials_version: i64,
) -> Result<(), DbErr> {
    Entity::insert(row::from_new_link(link, credentials_version)).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Deletes all links of the user.
pub(crate) fn delete_links(user: UserId) -> DeleteMany<Entity> {
    Entity::delete_many().filter(COLUMN.user_id.eq(user.as_uuid()))
}

/// Deletes the user's links for these purposes.
pub(crate) fn delete_links_for(user: UserId, purposes: &[LinkPurpose]) -> DeleteMany<Entity> {
    delete_links(user).filter(COLUMN.purpose.is_in(purposes.iter().map(|purpose| purpose.code())))
}
