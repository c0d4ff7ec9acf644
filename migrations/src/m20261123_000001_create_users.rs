//! Users.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, custom, pk_uuid, string_len, string_len_uniq};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Keys are compared byte for byte. MySQL's default collation would find `ada` under `àda` and `ada `.
        let mut key = match manager.get_database_backend() {
            DbBackend::MySql => custom("username_key", "varchar(64) CHARACTER SET ascii COLLATE ascii_bin"),
            _ => string_len_uniq("username_key", 64),
        };
        manager
            .create_table(
                Table::create()
                    .table("users")
                    .col(pk_uuid("id"))
                    .col(string_len("username", 64))
                    .col(key.unique_key())
                    .col(string_len("password_hash", 512))
                    .col(string_len("standing", 16))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("users").to_owned()).await
    }
}
