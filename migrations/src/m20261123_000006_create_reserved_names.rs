//! Names that were given up, which nobody else may have for a while.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, custom, string_len, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Compared byte for byte, as in the users' table.
        let mut key = match manager.get_database_backend() {
            DbBackend::MySql => custom("username_key", "varchar(64) CHARACTER SET ascii COLLATE ascii_bin"),
            _ => string_len("username_key", 64),
        };
        manager
            .create_table(
                Table::create()
                    .table("reserved_names")
                    .col(key.primary_key())
                    .col(uuid_null("user_id"))
                    .col(big_integer("reserved_until"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("reserved_names_user_id")
                            .from("reserved_names", "user_id")
                            .to("users", "id")
                            .on_delete(ForeignKeyAction::SetNull),
                    )
                    .to_owned(),
            )
            .await?;
        let by_user = Index::create().name("reserved_names_by_user").table("reserved_names").col("user_id").to_owned();
        manager.create_index(by_user).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("reserved_names").to_owned()).await
    }
}
