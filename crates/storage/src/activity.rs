use doorward_domain::{Activity, ActivityId, ActivityRepository, StoreError, UserId};
use sea_orm::{Condition, EntityTrait as _, Insert, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use crate::connect::SeaOrmStore;
use crate::entity::activity;
use crate::row;

impl ActivityRepository for SeaOrmStore {
    async fn record(&self, activity: &Activity) -> Result<(), StoreError> {
        self.change(insertion(activity)).await?;
        Ok(())
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
        let rows = self.read(|db| async move { newest.all(&db).await }).await?;
        Ok(rows.iter().map(row::to_activity).collect::<Result<_, _>>()?)
    }

    async fn delete_activity(&self, kept_from: ActivityId, most: u32) -> Result<u32, StoreError> {
        let may_go =
            Condition::any().add(activity::COLUMN.id.lt(kept_from.as_uuid())).add(activity::COLUMN.user_id.is_null());
        let found = activity::Entity::find().filter(may_go).limit(u64::from(most));
        let found = self.read(|db| async move { found.all(&db).await }).await?;
        let ids = found.into_iter().map(|row| row.id);
        let delete = activity::Entity::delete_many().filter(activity::COLUMN.id.is_in(ids));
        Ok(row::count(self.change(delete).await?))
    }
}

pub(crate) fn insertion(activity: &Activity) -> Insert<activity::ActiveModel> {
    activity::Entity::insert(row::from_activity(activity))
}
