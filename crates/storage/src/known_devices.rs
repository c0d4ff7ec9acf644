use doorward_domain::known_device::DeviceKey;
use doorward_domain::repository::{DeviceLogIn, ForgottenDevice};
use doorward_domain::{Activity, DeviceRepository, KnownDevice, KnownDeviceId, StoreError, Timestamp, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, DeleteMany, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use crate::activity::record;
use crate::connect::SeaOrmStore;
use crate::database::Change;
use crate::entity::known_device::{COLUMN, Column, Entity};
use crate::row;
use crate::step::{is_beyond, lock_user};

impl DeviceRepository for SeaOrmStore {
    async fn find_device(&self, keys: &[DeviceKey]) -> Result<Option<KnownDevice>, StoreError> {
        let keys = keys.iter().map(row::from_device_key);
        let found = latest_first(Entity::find().filter(Column::DeviceKey.is_in(keys)));
        let row = self.read(|db| async move { found.one(&db).await }).await?;
        Ok(row.as_ref().map(row::to_known_device).transpose()?)
    }

    async fn devices_of(&self, user: UserId, most: u32) -> Result<Vec<KnownDevice>, StoreError> {
        let latest = latest_of(user).limit(u64::from(most));
        let rows = self.read(|db| async move { latest.all(&db).await }).await?;
        Ok(rows.iter().map(row::to_known_device).collect::<Result<_, _>>()?)
    }

    async fn forget_device(
        &self,
        user: UserId,
        id: KnownDeviceId,
        activity: &Activity,
    ) -> Result<ForgottenDevice, StoreError> {
        let forget = self.write((user, id, activity.clone()), |transaction, (user, id, activity)| async move {
            // A step with several changes to a user's data locks the user first.
            lock_user(&transaction, user).await?;
            let one = delete_devices(user).filter(COLUMN.id.eq(id.as_uuid()));
            if one.exec(&*transaction).await?.rows_affected == 0 {
                return Ok(ForgottenDevice::NotFound);
            }
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(ForgottenDevice::Forgotten)
        });
        Ok(forget.await?)
    }

    async fn delete_devices(&self, until: Timestamp, most: u32) -> Result<u32, StoreError> {
        let may_go = COLUMN.last_log_in_at.lte(until.as_unix_micros());
        Ok(self.sweep::<Entity>(Column::Id, may_go, most).await?)
    }
}

/// Returns the changes that record a log-in with the device. The user's row is locked, so no other device is added
/// meanwhile.
pub(crate) fn remembering(log_in: &DeviceLogIn, activity: &Activity) -> Vec<Change> {
    let (device, key) = match log_in {
        DeviceLogIn::First { device, key } => (device, key),
        DeviceLogIn::Again { id, trusted_until } => {
            let trust = trusted_until.map(Timestamp::as_unix_micros);
            let again = Entity::update_many()
                .col_expr(Column::LastLogInAt, Expr::value(activity.at.as_unix_micros()))
                .col_expr(Column::Browser, Expr::value(row::from_browser(&activity.client)))
                .col_expr(Column::System, Expr::value(row::from_system(&activity.client)))
                .col_expr(Column::Address, Expr::value(row::from_address(activity.client.address)))
                .filter(COLUMN.id.eq(id.as_uuid()));
            let again = match trust {
                Some(until) => again.col_expr(Column::TrustedUntil, Expr::value(until)),
                None => again,
            };
            return vec![Change::of(again)];
        }
    };
    let beyond =
        delete_devices(device.user_id).filter(is_beyond(Column::Id, latest_of(device.user_id), KnownDevice::MOST));
    vec![Change::of(Entity::insert(row::from_known_device(device, key))), Change::of(beyond)]
}

/// Deletes all known devices of the user.
pub(crate) fn delete_devices(user: UserId) -> DeleteMany<Entity> {
    Entity::delete_many().filter(COLUMN.user_id.eq(user.as_uuid()))
}

fn latest_of(user: UserId) -> Select<Entity> {
    latest_first(Entity::find().filter(COLUMN.user_id.eq(user.as_uuid())))
}

fn latest_first(devices: Select<Entity>) -> Select<Entity> {
    devices.order_by_desc(COLUMN.last_log_in_at).order_by_desc(COLUMN.id)
}
