use sea_orm::entity::prelude::*;

use super::HashBytes;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "attempt_counters")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub counter_key: HashBytes,
    pub attempts: i64,
    pub free_at: i64,
    pub forgotten_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
