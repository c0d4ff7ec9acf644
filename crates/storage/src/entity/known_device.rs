use sea_orm::entity::prelude::*;

use super::HashBytes;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "known_devices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    #[sea_orm(unique)]
    pub device_key: HashBytes,
    pub browser: Option<String>,
    pub system: Option<String>,
    pub address: Option<String>,
    pub created_at: i64,
    pub last_log_in_at: i64,
    pub trusted_until: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
