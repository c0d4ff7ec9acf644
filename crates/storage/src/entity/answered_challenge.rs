use sea_orm::entity::prelude::*;

use super::HashBytes;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "answered_challenges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub challenge_hash: HashBytes,
    pub ends_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
