use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "passkeys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    #[sea_orm(unique)]
    pub credential_id: Vec<u8>,
    pub rp_id: String,
    pub algorithm: i64,
    pub public_key: Vec<u8>,
    pub counter: i64,
    pub backup: String,
    pub transports: String,
    pub aaguid: Option<Uuid>,
    pub name: Option<String>,
    pub browser: Option<String>,
    pub system: Option<String>,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
