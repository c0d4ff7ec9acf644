use sea_orm::entity::prelude::*;

use super::HashBytes;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recovery_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_hash: HashBytes,
    pub user_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
