use sea_orm::entity::prelude::*;

use super::AddressText;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "emails")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub verified: Option<AddressText>,
    #[sea_orm(unique)]
    pub verified_key: Option<AddressText>,
    pub pending: Option<AddressText>,
    pub verify_by: Option<i64>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
