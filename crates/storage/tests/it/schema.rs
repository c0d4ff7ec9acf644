//! What the database itself enforces, asked of its catalog, and how the schema comes and goes.

use doorward_migrations::{Migrator, SchemaError};
use doorward_storage::SeaOrmStore;
use sea_orm::{ConnectionTrait as _, Statement};
use sea_orm_migration::MigratorTrait as _;

use crate::sqlite;

async fn texts(store: &SeaOrmStore, sql: &str) -> Vec<String> {
    let db = store.connection();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
}

#[tokio::test]
async fn keys_and_token_hashes_are_unique() {
    let store = sqlite::fresh().await;
    let unique = texts(
        &store,
        "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_index_list(t.name) i \
         JOIN pragma_index_info(i.name) c WHERE t.type = 'table' AND i.\"unique\" AND i.origin = 'u' ORDER BY 1",
    )
    .await;
    assert_eq!(unique, ["sessions.token_hash", "users.username_key"]);
}

#[tokio::test]
async fn sessions_go_with_their_user() {
    let store = sqlite::fresh().await;
    let actions =
        texts(&store, "SELECT \"table\" || '.' || \"to\" || ' ' || on_delete FROM pragma_foreign_key_list('sessions')")
            .await;
    assert_eq!(actions, ["users.id CASCADE"]);
    assert_eq!(texts(&store, "SELECT '' || foreign_keys FROM pragma_foreign_keys").await, ["1"]);
}

#[tokio::test]
async fn every_column_must_have_a_value() {
    let store = sqlite::fresh().await;
    let optional = texts(
        &store,
        "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name IN ('users', 'sessions') AND NOT c.\"notnull\" AND NOT c.pk",
    )
    .await;
    assert_eq!(optional, Vec::<String>::new());
}

#[tokio::test]
async fn text_columns_have_the_domains_lengths() {
    let store = sqlite::fresh().await;
    let lengths =
        texts(&store, "SELECT name || ' ' || type FROM pragma_table_info('users') WHERE type LIKE '%char%' ORDER BY 1")
            .await;
    let (name, hash) = (doorward_domain::Username::MAX_CHARS, doorward_domain::PasswordHash::MAX_CHARS);
    assert_eq!(
        lengths,
        [
            format!("password_hash varchar({hash})"),
            "standing varchar(16)".to_owned(),
            format!("username varchar({name})"),
            format!("username_key varchar({name})"),
        ]
    );
}

#[tokio::test]
async fn what_is_acknowledged_is_on_the_disk() {
    let store = sqlite::fresh().await;
    assert_eq!(texts(&store, "SELECT journal_mode FROM pragma_journal_mode").await, ["wal"]);
    assert_eq!(texts(&store, "SELECT '' || synchronous FROM pragma_synchronous").await, ["2"], "2 is FULL");
    assert_eq!(texts(&store, "SELECT '' || timeout FROM pragma_busy_timeout").await, ["5000"]);
}

#[tokio::test]
async fn migrations_go_up_and_down_and_up_again() {
    let store = sqlite::fresh().await;
    Migrator::down(store.connection(), None).await.unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('users', 'sessions')";
    assert_eq!(texts(&store, tables).await, Vec::<String>::new());
    doorward_migrations::migrate(store.connection()).await.unwrap();
    assert_eq!(texts(&store, tables).await.len(), 2);
}

#[tokio::test]
async fn an_empty_database_is_out_of_date_and_checking_it_changes_nothing() {
    let store = sqlite::blank().await;
    let outdated = doorward_migrations::check(store.connection()).await;
    assert!(matches!(outdated, Err(SchemaError::Outdated { missing: 2 })), "{outdated:?}");
    assert_eq!(texts(&store, "SELECT name FROM sqlite_schema").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_both_and_left_alone() {
    let store = sqlite::fresh().await;
    let insert = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_fly', 0)";
    store.connection().execute_unprepared(insert).await.unwrap();
    for refusal in
        [doorward_migrations::check(store.connection()).await, doorward_migrations::migrate(store.connection()).await]
    {
        assert!(matches!(&refusal, Err(SchemaError::Newer { step }) if step == "m29991231_000001_fly"), "{refusal:?}");
    }
    assert_eq!(texts(&store, "SELECT '' || count(*) FROM seaql_migrations").await, ["3"]);
}
