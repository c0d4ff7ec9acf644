//! What the database itself enforces, asked of its catalog, and how the schema comes and goes.

use doorward_domain::repository::TokenRole;
use doorward_domain::{Client, Session, SessionKind, SessionRepository as _, SessionToken, Timestamp};
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
         JOIN pragma_index_info(i.name) c WHERE t.type = 'table' AND i.\"unique\" AND i.origin <> 'pk' ORDER BY 1",
    )
    .await;
    assert_eq!(unique, ["sessions.former_token_hash", "sessions.token_hash", "users.username_key"]);
}

#[tokio::test]
async fn what_belongs_to_a_user_goes_with_them_and_their_reservations_become_nobodys() {
    let store = sqlite::fresh().await;
    let actions = texts(
        &store,
        "SELECT t.name || ' ' || k.\"table\" || '.' || k.\"to\" || ' ' || k.on_delete FROM sqlite_schema t \
         JOIN pragma_foreign_key_list(t.name) k WHERE t.type = 'table' ORDER BY 1",
    )
    .await;
    assert_eq!(actions, ["activity users.id CASCADE", "reserved_names users.id SET NULL", "sessions users.id CASCADE"]);
    assert_eq!(texts(&store, "SELECT '' || foreign_keys FROM pragma_foreign_keys").await, ["1"]);
}

#[tokio::test]
async fn every_column_must_have_a_value_but_those_that_may_be_unknown() {
    let store = sqlite::fresh().await;
    let optional = texts(
        &store,
        "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name <> 'seaql_migrations' AND NOT c.\"notnull\" AND NOT c.pk ORDER BY 1",
    )
    .await;
    assert_eq!(
        optional,
        [
            "activity.address",
            "activity.user_id",
            "reserved_names.user_id",
            "sessions.address",
            "sessions.former_token_hash",
            "sessions.former_token_until",
        ]
    );
}

#[tokio::test]
async fn text_columns_have_the_domains_lengths() {
    let store = sqlite::fresh().await;
    let lengths = texts(
        &store,
        "SELECT t.name || '.' || c.name || ' ' || c.type FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name <> 'seaql_migrations' AND c.type LIKE '%char%' ORDER BY 1",
    )
    .await;
    let (name, hash) = (doorward_domain::Username::MAX_CHARS, doorward_domain::PasswordHash::MAX_CHARS);
    let device = doorward_domain::client::DeviceName::MAX_CHARS;
    assert_eq!(
        lengths,
        [
            "activity.address varchar(45)".to_owned(),
            format!("activity.device varchar({device})"),
            "activity.event varchar(32)".to_owned(),
            format!("reserved_names.username_key varchar({name})"),
            "sessions.address varchar(45)".to_owned(),
            format!("sessions.device varchar({device})"),
            "sessions.kind varchar(16)".to_owned(),
            format!("users.password_hash varchar({hash})"),
            "users.standing varchar(16)".to_owned(),
            format!("users.username varchar({name})"),
            format!("users.username_key varchar({name})"),
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
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'seaql_migrations'";
    assert_eq!(texts(&store, tables).await, Vec::<String>::new());
    doorward_migrations::migrate(store.connection()).await.unwrap();
    assert_eq!(texts(&store, tables).await.len(), 5);
}

#[tokio::test]
async fn an_empty_database_is_out_of_date_and_checking_it_changes_nothing() {
    let store = sqlite::blank().await;
    let outdated = doorward_migrations::check(store.connection()).await;
    assert!(matches!(outdated, Err(SchemaError::Outdated { missing: 7 })), "{outdated:?}");
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
    assert_eq!(texts(&store, "SELECT '' || count(*) FROM seaql_migrations").await, ["8"]);
}

#[tokio::test]
async fn who_was_logged_in_before_an_upgrade_still_is() {
    let store = sqlite::blank().await;
    Migrator::up(store.connection(), Some(2)).await.unwrap();
    let token = SessionToken::parse(&"A".repeat(SessionToken::CHARS)).unwrap();
    let hex = token.hash().as_bytes().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let id = "x'01890a5dac96774bbcceb302099a8057'";
    for insert in [
        format!("INSERT INTO users VALUES ({id}, 'Ada', 'ada', '$x', 'active', 5)"),
        format!("INSERT INTO sessions VALUES ({id}, {id}, x'{hex}', 7, 9)"),
    ] {
        store.connection().execute_unprepared(&insert).await.unwrap();
    }
    doorward_migrations::migrate(store.connection()).await.unwrap();
    let found = store.find_by_token(&token.hash()).await.unwrap().unwrap();
    let Session { kind, client, created_at, confirmed_at, renewed_at, last_seen_at, .. } = found.session;
    assert_eq!((kind, client, found.token), (SessionKind::Ordinary, Client::default(), TokenRole::Only));
    let times = [created_at, confirmed_at, renewed_at, last_seen_at];
    assert_eq!(times.map(Timestamp::as_unix_micros), [7, 7, 7, 9]);
}
