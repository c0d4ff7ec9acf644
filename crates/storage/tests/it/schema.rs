//! What the database itself enforces, asked of its catalog, and how the schema comes and goes.

use doorward_domain::authentication::AuthenticationMethods;
use doorward_domain::passkey::{CredentialId, PasskeyName, PublicKey, Transports, UserHandle};
use doorward_migrations::{Migrator, SchemaError};
use doorward_storage::SeaOrmStore;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use sea_orm_migration::MigratorTrait as _;

use crate::databases::{Kind, TestDatabase, on_every_database};

async fn texts(store: &SeaOrmStore, sql: &str) -> Vec<String> {
    let db = store.connection();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let mut texts: Vec<_> = rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect();
    // Each kind has an order of its own.
    texts.sort();
    texts
}

/// What each catalog is asked, in its own SQL; the answers are the same.
struct Catalog {
    unique: &'static str,
    foreign_keys: &'static str,
    optional: &'static str,
    lengths: &'static str,
    tables: &'static str,
}

const SQLITE: Catalog = Catalog {
    unique: "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_index_list(t.name) i \
             JOIN pragma_index_info(i.name) c WHERE t.type = 'table' AND i.\"unique\" AND i.origin <> 'pk'",
    foreign_keys: "SELECT t.name || ' ' || k.\"table\" || '.' || k.\"to\" || ' ' || k.on_delete FROM sqlite_schema t \
                   JOIN pragma_foreign_key_list(t.name) k WHERE t.type = 'table'",
    optional: "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' \
               AND t.name <> 'seaql_migrations' AND NOT c.\"notnull\" AND NOT c.pk",
    lengths: "SELECT t.name || '.' || c.name || ' ' || trim(c.type, 'varch()') FROM sqlite_schema t \
              JOIN pragma_table_info(t.name) c \
              WHERE t.type = 'table' AND t.name <> 'seaql_migrations' AND c.type LIKE '%char%'",
    tables: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'seaql_migrations'",
};

const POSTGRES: Catalog = Catalog {
    unique: "SELECT t.relname || '.' || a.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey) \
             WHERE i.indisunique AND NOT i.indisprimary AND t.relnamespace = 'public'::regnamespace",
    foreign_keys: "SELECT c.conrelid::regclass || ' ' || c.confrelid::regclass || '.' || a.attname || ' ' || \
                   CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END \
                   FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = ANY (c.confkey) \
                   WHERE c.contype = 'f'",
    optional: "SELECT table_name || '.' || column_name FROM information_schema.columns \
               WHERE table_schema = 'public' AND table_name <> 'seaql_migrations' AND is_nullable = 'YES'",
    lengths: "SELECT table_name || '.' || column_name || ' ' || character_maximum_length FROM information_schema.columns \
              WHERE table_schema = 'public' AND table_name <> 'seaql_migrations' \
              AND data_type = 'character varying'",
    tables: "SELECT table_name::text FROM information_schema.tables \
             WHERE table_schema = 'public' AND table_name <> 'seaql_migrations'",
};

const MARIADB: Catalog = Catalog {
    unique: "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.statistics \
             WHERE table_schema = DATABASE() AND non_unique = 0 AND index_name <> 'PRIMARY'",
    foreign_keys: "SELECT CONCAT(k.table_name, ' ', k.referenced_table_name, '.', k.referenced_column_name, ' ', \
                   r.delete_rule) FROM information_schema.key_column_usage k \
                   JOIN information_schema.referential_constraints r USING (constraint_schema, constraint_name) \
                   WHERE k.constraint_schema = DATABASE() AND k.referenced_table_name IS NOT NULL",
    optional: "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns \
               WHERE table_schema = DATABASE() AND table_name <> 'seaql_migrations' AND is_nullable = 'YES'",
    lengths: "SELECT CONCAT(table_name, '.', column_name, ' ', character_maximum_length) \
              FROM information_schema.columns WHERE table_schema = DATABASE() \
              AND table_name <> 'seaql_migrations' AND data_type = 'varchar'",
    tables: "SELECT table_name FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_name <> 'seaql_migrations'",
};

fn catalog_of(store: &SeaOrmStore) -> &'static Catalog {
    match store.connection().get_database_backend() {
        DbBackend::Postgres => &POSTGRES,
        DbBackend::MySql => &MARIADB,
        _ => &SQLITE,
    }
}

async fn keys_and_token_hashes_are_unique(store: TestDatabase) {
    let unique = texts(&store, catalog_of(&store).unique).await;
    assert_eq!(
        unique,
        [
            "emails.verified_key",
            "known_devices.device_key",
            "passkeys.credential_id",
            "sessions.former_token_hash",
            "sessions.token_hash",
            "user_handles.handle",
            "users.username_key"
        ]
    );
}

async fn rows_of_a_user_are_deleted_with_them_and_reservations_stay_without_a_user(store: TestDatabase) {
    let actions = texts(&store, catalog_of(&store).foreign_keys).await;
    assert_eq!(
        actions,
        [
            "activity users.id CASCADE",
            "emails users.id CASCADE",
            "known_devices users.id CASCADE",
            "links users.id CASCADE",
            "passkeys users.id CASCADE",
            "passwords users.id CASCADE",
            "pending_log_ins users.id CASCADE",
            "recovery_codes users.id CASCADE",
            "reserved_names users.id SET NULL",
            "sessions users.id CASCADE",
            "totp_secrets users.id CASCADE",
            "user_handles users.id CASCADE",
        ]
    );
}

async fn every_column_must_have_a_value_but_those_that_may_be_unknown(store: TestDatabase) {
    let optional = texts(&store, catalog_of(&store).optional).await;
    assert_eq!(
        optional,
        [
            "activity.address",
            "activity.browser",
            "activity.system",
            "activity.user_id",
            "emails.pending",
            "emails.verified",
            "emails.verified_key",
            "emails.verify_by",
            "known_devices.address",
            "known_devices.browser",
            "known_devices.system",
            "known_devices.trusted_until",
            "links.address",
            "outbox.address",
            "outbox.browser",
            "outbox.client_address",
            "outbox.language",
            "outbox.system",
            "outbox.user_id",
            "outbox.username",
            "passkeys.aaguid",
            "passkeys.browser",
            "passkeys.last_used_at",
            "passkeys.name",
            "passkeys.system",
            "pending_log_ins.browser_id",
            "pending_log_ins.finished_at",
            "reserved_names.user_id",
            "sessions.address",
            "sessions.browser",
            "sessions.browser_id",
            "sessions.former_token_hash",
            "sessions.former_token_until",
            "sessions.system",
            "users.language",
            "users.signed_up_in",
        ]
    );
}

async fn text_columns_have_the_domains_lengths(store: TestDatabase) {
    let lengths = texts(&store, catalog_of(&store).lengths).await;
    let (name, hash) = (doorward_domain::Username::MAX_CHARS, doorward_domain::PasswordHash::MAX_CHARS);
    let (methods, address) = (AuthenticationMethods::MAX_CHARS, doorward_domain::EmailAddress::MAX_CHARS);
    let language = doorward_domain::Language::MAX_CHARS;
    assert_eq!(
        lengths,
        [
            "activity.address 45".to_owned(),
            "activity.browser 32".to_owned(),
            "activity.event 32".to_owned(),
            "activity.system 32".to_owned(),
            format!("emails.pending {address}"),
            format!("emails.verified {address}"),
            format!("emails.verified_key {address}"),
            "known_devices.address 45".to_owned(),
            "known_devices.browser 32".to_owned(),
            "known_devices.system 32".to_owned(),
            format!("links.address {address}"),
            "links.purpose 32".to_owned(),
            format!("outbox.address {address}"),
            "outbox.browser 32".to_owned(),
            "outbox.client_address 45".to_owned(),
            "outbox.kind 32".to_owned(),
            format!("outbox.language {language}"),
            "outbox.system 32".to_owned(),
            format!("outbox.username {name}"),
            "passkeys.backup 16".to_owned(),
            "passkeys.browser 32".to_owned(),
            format!("passkeys.name {}", PasskeyName::MAX_CHARS),
            "passkeys.rp_id 253".to_owned(),
            "passkeys.system 32".to_owned(),
            format!("passkeys.transports {}", Transports::MAX_CHARS),
            format!("passwords.password_hash {hash}"),
            "pending_log_ins.kind 16".to_owned(),
            format!("reserved_names.username_key {name}"),
            "sessions.address 45".to_owned(),
            "sessions.browser 32".to_owned(),
            "sessions.kind 16".to_owned(),
            format!("sessions.methods {methods}"),
            "sessions.system 32".to_owned(),
            format!("users.language {language}"),
            format!("users.second_factors {methods}"),
            "users.standing 16".to_owned(),
            format!("users.username {name}"),
            format!("users.username_key {name}"),
        ]
    );
}

async fn migrations_go_up_and_down_and_up_again(store: TestDatabase) {
    let tables = catalog_of(&store).tables;
    Migrator::down(&store.connection(), None).await.unwrap();
    assert_eq!(texts(&store, tables).await, Vec::<String>::new());
    doorward_migrations::migrate(&store.connection()).await.unwrap();
    assert_eq!(texts(&store, tables).await.len(), 18);
    doorward_migrations::check(&store.connection()).await.unwrap();
}

async fn a_newer_schema_is_refused_by_both_and_left_alone(store: TestDatabase) {
    let insert = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_fly', 0)";
    store.connection().execute_unprepared(insert).await.unwrap();
    for refusal in
        [doorward_migrations::check(&store.connection()).await, doorward_migrations::migrate(&store.connection()).await]
    {
        assert!(matches!(&refusal, Err(SchemaError::Newer { step }) if step == "m29991231_000001_fly"), "{refusal:?}");
    }
    let versions = texts(&store, "SELECT version FROM seaql_migrations").await;
    assert_eq!(versions.len(), Migrator::migrations().len() + 1);
}

on_every_database!(
    fresh: keys_and_token_hashes_are_unique,
    rows_of_a_user_are_deleted_with_them_and_reservations_stay_without_a_user,
    every_column_must_have_a_value_but_those_that_may_be_unknown,
    text_columns_have_the_domains_lengths,
    migrations_go_up_and_down_and_up_again,
    a_newer_schema_is_refused_by_both_and_left_alone,
);

/// MySQL's default collation would find `ada` under `àda` and `ada `.
#[tokio::test]
async fn mariadb_compares_keys_byte_for_byte() {
    let Some(store) = TestDatabase::fresh(Kind::MariaDb).await else { return };
    let collations = "SELECT CONCAT(table_name, '.', column_name, ' ', collation_name) FROM information_schema.columns \
                      WHERE table_schema = DATABASE() AND column_name IN ('username_key', 'verified_key', 'rp_id')";
    let expected = [
        "emails.verified_key ascii_bin",
        "passkeys.rp_id ascii_bin",
        "reserved_names.username_key ascii_bin",
        "users.username_key ascii_bin",
    ];
    assert_eq!(texts(&store, collations).await, expected);
}

/// Lengths of passkeys are in bytes, as in the domain's types.
#[tokio::test]
async fn mariadb_keeps_as_many_bytes_of_a_passkey_as_there_may_be() {
    let Some(store) = TestDatabase::fresh(Kind::MariaDb).await else { return };
    let lengths = "SELECT CONCAT(table_name, '.', column_name, ' ', column_type) FROM information_schema.columns \
                   WHERE table_schema = DATABASE() AND column_name IN ('credential_id', 'public_key', 'handle')";
    let expected = [
        format!("passkeys.credential_id varbinary({})", CredentialId::MAX_BYTES),
        format!("passkeys.public_key varbinary({})", PublicKey::MAX_BYTES),
        format!("user_handles.handle binary({})", UserHandle::BYTES),
    ];
    assert_eq!(texts(&store, lengths).await, expected);
}

#[tokio::test]
async fn sqlite_keeps_foreign_keys() {
    let store = TestDatabase::fresh(Kind::Sqlite).await.unwrap();
    assert_eq!(texts(&store, "SELECT '' || foreign_keys FROM pragma_foreign_keys").await, ["1"]);
}

#[tokio::test]
async fn acknowledged_writes_are_on_the_disk() {
    let store = TestDatabase::fresh(Kind::Sqlite).await.unwrap();
    assert_eq!(texts(&store, "SELECT journal_mode FROM pragma_journal_mode").await, ["wal"]);
    assert_eq!(texts(&store, "SELECT '' || synchronous FROM pragma_synchronous").await, ["2"], "2 is FULL");
    assert_eq!(texts(&store, "SELECT '' || timeout FROM pragma_busy_timeout").await, ["5000"]);
}

#[tokio::test]
async fn an_empty_database_is_out_of_date_and_checking_it_changes_nothing() {
    let store = TestDatabase::blank(Kind::Sqlite).await.unwrap();
    let outdated = doorward_migrations::check(&store.connection()).await;
    assert!(matches!(outdated, Err(SchemaError::Outdated { missing: 1 })), "{outdated:?}");
    assert_eq!(texts(&store, "SELECT name FROM sqlite_schema").await, Vec::<String>::new());
}
