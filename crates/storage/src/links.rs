use doorward_domain::repository::{FoundLink, LinkUse, NewLink, PasswordReset, StoreLinkError};
use doorward_domain::{Activity, Link, LinkHash, LinkPurpose, LinkRepository, Standing, StoreError, Timestamp, UserId};
use sea_orm::{ColumnTrait as _, DeleteMany, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select};

use crate::connect::SeaOrmStore;
use crate::entity::link::{COLUMN, Entity};
use crate::entity::user;
use crate::error::StorageError;
use crate::known_devices::delete_devices;
use crate::sessions::delete_sessions;
use crate::step::lock_user;
use crate::users::{set_credentials_version, set_or_add_password_hash};
use crate::{activity, row};

impl LinkRepository for SeaOrmStore {
    async fn store_link(&self, link: &NewLink, activity: &Activity) -> Result<(), StoreLinkError> {
        let store = self.write((link.clone(), activity.clone()), |transaction, (link, activity)| async move {
            let Some(user) = lock_user(&transaction, link.user_id).await? else {
                return Ok(Err(StoreLinkError::NoSuchUser));
            };
            let earlier = delete_links(link.user_id).filter(COLUMN.purpose.eq(link.purpose.code()));
            earlier.exec(&*transaction).await?;
            let insertion = Entity::insert(row::from_new_link(&link, user.credentials_version));
            insertion.exec_without_returning(&*transaction).await?;
            activity::insertion(&activity).exec_without_returning(&*transaction).await?;
            transaction.commit().await?;
            Ok(Ok(()))
        });
        store.await.map_err(|error| StoreLinkError::Store(error.into()))?
    }

    async fn find_link(&self, token: &LinkHash, purpose: LinkPurpose) -> Result<Option<FoundLink>, StoreError> {
        let found = by_token(token, purpose).find_also_related(user::Entity);
        let Some((link, user)) = self.read(|db| async move { found.one(&db).await }).await? else { return Ok(None) };
        // A link has a user, as the database sees to.
        let user = user.ok_or(StorageError::CorruptRow { table: "links", column: "user_id" })?;
        Ok(Some(row::to_found_link(&link, purpose, &user)?))
    }

    async fn reset_password(&self, reset: &PasswordReset, activity: &Activity) -> Result<LinkUse, StoreError> {
        let reset = self.write((reset.clone(), activity.clone()), |transaction, (reset, activity)| async move {
            let PasswordReset { user_id, link, hash } = reset;
            let user = lock_user(&transaction, user_id).await?;
            let Some(user) = user.filter(|user| user.standing == row::from_standing(Standing::Active)) else {
                return Ok(LinkUse::Expired);
            };
            let good = by_token(&link, LinkPurpose::ResetPassword)
                .filter(COLUMN.user_id.eq(user_id.as_uuid()))
                .filter(COLUMN.credentials_version.eq(user.credentials_version))
                .filter(COLUMN.ends_at.gt(activity.at.as_unix_micros()));
            if good.one(&*transaction).await?.is_none() {
                return Ok(LinkUse::Expired);
            }
            set_credentials_version(user_id, user.credentials_version + 1).exec(&*transaction).await?;
            set_or_add_password_hash(user_id, &hash).exec_without_returning(&*transaction).await?;
            delete_links(user_id).exec(&*transaction).await?;
            delete_sessions(user_id).exec(&*transaction).await?;
            delete_devices(user_id).exec(&*transaction).await?;
            activity::insertion(&activity).exec_without_returning(&*transaction).await?;
            transaction.commit().await?;
            Ok(LinkUse::Used)
        });
        Ok(reset.await?)
    }

    async fn links_of(&self, user: UserId) -> Result<Vec<Link>, StoreError> {
        let of_user = Entity::find().filter(COLUMN.user_id.eq(user.as_uuid()));
        let rows = self.read(|db| async move { of_user.all(&db).await }).await?;
        // Those of a newer release are for something that this one knows nothing of.
        let known = rows.iter().filter_map(|row| Some(row::to_link(row, LinkPurpose::from_code(&row.purpose)?)));
        Ok(known.collect())
    }

    async fn delete_links(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let has_ended = COLUMN.ends_at.lte(now.as_unix_micros());
        let found = Entity::find().filter(has_ended.clone()).limit(u64::from(most));
        let found = self.read(|db| async move { found.all(&db).await }).await?;
        let tokens = found.into_iter().map(|row| row.token_hash);
        let delete = Entity::delete_many().filter(COLUMN.token_hash.is_in(tokens)).filter(has_ended);
        Ok(row::count(self.change(delete).await?))
    }
}

fn by_token(token: &LinkHash, purpose: LinkPurpose) -> Select<Entity> {
    let for_it = Entity::find().filter(COLUMN.purpose.eq(purpose.code()));
    for_it.filter(COLUMN.token_hash.eq(row::from_link_hash(token)))
}

/// All links of the user.
fn delete_links(user: UserId) -> DeleteMany<Entity> {
    Entity::delete_many().filter(COLUMN.user_id.eq(user.as_uuid()))
}
