use doorward_domain::{Language, LanguageRepository, StoreError, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait as _, QueryFilter as _};

use crate::connect::SeaOrmStore;
use crate::entity::user::{COLUMN, Column, Entity};

impl LanguageRepository for SeaOrmStore {
    async fn save_language(&self, user: UserId, language: &Language) -> Result<(), StoreError> {
        let save = Entity::update_many()
            .col_expr(Column::Language, Expr::value(language.as_str()))
            .filter(COLUMN.id.eq(user.as_uuid()));
        self.change(save).await?;
        Ok(())
    }
}
