use sea_orm::entity::prelude::*;

use super::SealedBytes;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "totp_secrets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub sealed: SealedBytes,
    pub last_step: i64,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
