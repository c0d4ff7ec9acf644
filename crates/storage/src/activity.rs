use doorward_domain::{Activity, ActivityId, ActivityRepository, StoreError, UserId};
use sea_orm::{
    Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::connect::SeaOrmStore;
use crate::entity::activity;
use crate::error::StorageError;
use crate::row;

impl ActivityRepository for SeaOrmStore {
    async fn record(&self, activity: &Activity) -> Result<(), StoreError> {
        Ok(insert(&self.writes, activity).await.map_err(StorageError::from)?)
    }

    async fn activity_of(
        &self,
        user: UserId,
        before: Option<ActivityId>,
        most: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let mut of_user = activity::Entity::find().filter(activity::COLUMN.user_id.eq(user.as_uuid()));
        if let Some(before) = before {
            of_user = of_user.filter(activity::COLUMN.id.lt(before.as_uuid()));
        }
        let newest = of_user.order_by_desc(activity::COLUMN.id).limit(u64::from(most));
        let rows = newest.all(&self.reads).await.map_err(StorageError::from)?;
        Ok(rows.iter().map(row::to_activity).collect::<Result<_, _>>()?)
    }

    async fn delete_activity(&self, kept_from: ActivityId, most: u32) -> Result<u32, StoreError> {
        let may_go =
            Condition::any().add(activity::COLUMN.id.lt(kept_from.as_uuid())).add(activity::COLUMN.user_id.is_null());
        let ids = activity::Entity::find()
            .filter(may_go)
            .select_only()
            .column(activity::Column::Id)
            .limit(u64::from(most))
            .into_tuple::<sea_orm::prelude::Uuid>()
            .all(&self.reads)
            .await
            .map_err(StorageError::from)?;
        let deleted = activity::Entity::delete_many().filter(activity::COLUMN.id.is_in(ids)).exec(&self.writes).await;
        Ok(row::count(deleted.map_err(StorageError::from)?.rows_affected))
    }
}

pub(crate) async fn insert(db: &impl ConnectionTrait, activity: &Activity) -> Result<(), DbErr> {
    activity::Entity::insert(row::from_activity(activity)).exec_without_returning(db).await?;
    Ok(())
}
