use sea_orm::entity::prelude::*;

use super::HashBytes;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: HashBytes,
    pub uses_left: i64,
    pub ends_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
