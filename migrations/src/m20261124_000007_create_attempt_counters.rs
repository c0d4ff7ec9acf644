//! Counters of attempts, which throttle them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary_len};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("attempt_counters")
                    .col(binary_len("counter_key", 32).primary_key())
                    .col(big_integer("attempts"))
                    .col(big_integer("free_at"))
                    .col(big_integer("forgotten_at"))
                    .to_owned(),
            )
            .await?;
        let by_end = Index::create()
            .name("attempt_counters_by_forgotten_at")
            .table("attempt_counters")
            .col("forgotten_at")
            .to_owned();
        manager.create_index(by_end).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("attempt_counters").to_owned()).await
    }
}
