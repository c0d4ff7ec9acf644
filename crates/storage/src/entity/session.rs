use sea_orm::entity::prelude::*;

use super::HashBytes;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    #[sea_orm(unique)]
    pub token_hash: HashBytes,
    #[sea_orm(unique)]
    pub former_token_hash: Option<HashBytes>,
    pub former_token_until: Option<i64>,
    pub kind: String,
    pub browser: Option<String>,
    pub system: Option<String>,
    pub address: Option<String>,
    pub browser_id: Option<Uuid>,
    pub created_at: i64,
    pub authenticated_at: i64,
    pub methods: String,
    pub renewed_at: i64,
    pub last_seen_at: i64,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
