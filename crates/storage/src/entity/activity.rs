use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "activity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Option<Uuid>,
    pub event: String,
    pub happened_at: i64,
    pub browser: Option<String>,
    pub system: Option<String>,
    pub address: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
