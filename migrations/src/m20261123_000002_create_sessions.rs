//! Sessions, which go with their user.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary_len, pk_uuid, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("sessions")
                    .col(pk_uuid("id"))
                    .col(uuid("user_id"))
                    .col(binary_len("token_hash", 32).unique_key())
                    .col(big_integer("created_at"))
                    .col(big_integer("last_seen_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("sessions_user_id")
                            .from("sessions", "user_id")
                            .to("users", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager.create_index(Index::create().name("sessions_by_user").table("sessions").col("user_id").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("sessions").to_owned()).await
    }
}
