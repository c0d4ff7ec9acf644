use sea_orm::entity::prelude::*;

use super::AddressText;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub user_id: Option<Uuid>,
    pub username: Option<String>,
    pub address: Option<AddressText>,
    pub language: Option<String>,
    pub browser: Option<String>,
    pub system: Option<String>,
    pub client_address: Option<String>,
    pub queued_at: i64,
    pub ends_at: i64,
    pub due_at: i64,
    pub tries: i64,
}

impl ActiveModelBehavior for ActiveModel {}
