use sea_orm::entity::prelude::*;

use super::{AddressText, HashBytes};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: HashBytes,
    pub user_id: Uuid,
    pub purpose: String,
    pub address: Option<AddressText>,
    pub credentials_version: i64,
    pub requested_at: i64,
    pub ends_at: i64,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
