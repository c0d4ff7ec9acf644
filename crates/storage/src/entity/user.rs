use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub username: String,
    #[sea_orm(unique)]
    pub username_key: String,
    pub standing: String,
    pub language: Option<String>,
    pub created_at: i64,
    pub signed_up_in: Option<Uuid>,
    pub credentials_version: i64,
    pub second_factors: String,
    #[sea_orm(has_one)]
    pub password: HasOne<super::password::Entity>,
    #[sea_orm(has_one)]
    pub handle: HasOne<super::user_handle::Entity>,
    #[sea_orm(has_many)]
    pub sessions: HasMany<super::session::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
