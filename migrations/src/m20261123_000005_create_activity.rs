//! What happened to accounts; it goes with its user. Rows without one are attempts at names that nobody has.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, pk_uuid, string_len, string_len_null, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("activity")
                    .col(pk_uuid("id"))
                    .col(uuid_null("user_id"))
                    .col(string_len("event", 32))
                    .col(big_integer("happened_at"))
                    .col(string_len("device", 64))
                    .col(string_len_null("address", 45))
                    .foreign_key(
                        ForeignKey::create()
                            .name("activity_user_id")
                            .from("activity", "user_id")
                            .to("users", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        // Ids sort by time, so this is each user's newest first.
        let by_user = Index::create().name("activity_by_user").table("activity").col("user_id").col("id").to_owned();
        manager.create_index(by_user).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("activity").to_owned()).await
    }
}
