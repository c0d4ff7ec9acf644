//! The devices that are known to accounts, which go with their user.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary_len, pk_uuid, string_len, string_len_null, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("known_devices")
                    .col(pk_uuid("id"))
                    .col(uuid("user_id"))
                    .col(binary_len("device_key", 32).unique_key())
                    .col(string_len("device", 64))
                    .col(string_len_null("address", 45))
                    .col(big_integer("created_at"))
                    .col(big_integer("last_log_in_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("known_devices_user_id")
                            .from("known_devices", "user_id")
                            .to("users", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        for (name, column) in
            [("known_devices_by_user", "user_id"), ("known_devices_by_last_log_in_at", "last_log_in_at")]
        {
            manager.create_index(Index::create().name(name).table("known_devices").col(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("known_devices").to_owned()).await
    }
}
