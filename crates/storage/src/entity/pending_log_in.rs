use sea_orm::entity::prelude::*;

use super::HashBytes;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pending_log_ins")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: HashBytes,
    pub user_id: Uuid,
    pub credentials_version: i64,
    pub kind: String,
    pub browser_id: Option<Uuid>,
    pub tries: i64,
    pub ends_at: i64,
    pub finished_at: Option<i64>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
