//! Which limits a session has, where it is, when its user was last asked for the password, and the token before.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary_len_null, string_len, string_len_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// With what the sessions that are there get.
fn columns() -> [ColumnDef; 7] {
    [
        string_len("kind", 16).default("ordinary").to_owned(),
        string_len("device", 64).default("Unknown device").to_owned(),
        string_len_null("address", 45),
        big_integer("authenticated_at").default(0).to_owned(),
        big_integer("renewed_at").default(0).to_owned(),
        binary_len_null("former_token_hash", 32),
        big_integer_null("former_token_until"),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in columns() {
            manager.alter_table(Table::alter().table("sessions").add_column(column).to_owned()).await?;
        }
        let as_at_log_in = Query::update()
            .table("sessions")
            .value("authenticated_at", Expr::col("created_at"))
            .value("renewed_at", Expr::col("created_at"))
            .to_owned();
        manager.execute(as_at_log_in).await?;
        let by_former_token = Index::create()
            .name("sessions_by_former_token")
            .table("sessions")
            .col("former_token_hash")
            .unique()
            .to_owned();
        manager.create_index(by_former_token).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("sessions_by_former_token").table("sessions").to_owned()).await?;
        for column in columns() {
            let drop = Table::alter().table("sessions").drop_column(column.get_column_name()).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
