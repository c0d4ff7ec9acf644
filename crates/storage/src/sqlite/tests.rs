use std::time::{Duration, Instant};

use doorward_domain::authentication::{Authentication, AuthenticationMethod};
use doorward_domain::repository::{Availability, NewSession, Settlement};
use doorward_domain::testing::SeededEntropy;
use doorward_domain::user::NewUser;
use doorward_domain::{
    Activity, ActivityId, ActivityRepository as _, Client, Event, PasswordHash, Session, SessionId, SessionKind,
    SessionRepository as _, SessionToken, StoreError, Timestamp, UserId, UserRepository as _, Username,
};
use sea_orm::sea_query::{ColumnType, StringLen};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait, Iterable as _, QueryFilter as _, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _, TryIntoModel,
};
use tempfile::TempDir;

use crate::database::Database;
use crate::entity::{activity, attempt_counter, known_device, password, reserved_name, session, user};
use crate::error::StorageError;
use crate::executor::Executor as _;
use crate::{SeaOrmStore, StorageConfig, row};

const NOW: Timestamp = Timestamp::from_unix_micros(1_767_225_600_000_000);

const MAX_WAIT: Duration = Duration::from_millis(300);

async fn store(folder: &TempDir) -> SeaOrmStore {
    let config = StorageConfig::sqlite_file(folder.path().join("db")).with_max_wait(MAX_WAIT);
    let store = SeaOrmStore::connect(&config).await.unwrap();
    doorward_migrations::migrate(&store.connection()).await.unwrap();
    store
}

/// Somebody with a session.
async fn somebody(store: &SeaOrmStore) -> (NewUser, Session, SessionToken) {
    let entropy = SeededEntropy::default();
    let (id, client) = (UserId::new(NOW, &entropy).unwrap(), Client::new(Some("Firefox"), "::1".parse().ok()));
    let (username, password_hash) = (Username::parse("Ada").unwrap(), Some(PasswordHash::from_stored("$x")));
    let user = NewUser { id, username, password_hash, created_at: NOW, signed_up_in: None };
    store.insert(&user).await.unwrap();
    let session = Session {
        id: SessionId::new(NOW, &entropy).unwrap(),
        user_id: id,
        kind: SessionKind::Kept,
        client: client.clone(),
        created_at: NOW,
        authentication: Authentication::by(AuthenticationMethod::Password, Timestamp::from_unix_micros(2)),
        renewed_at: Timestamp::from_unix_micros(3),
        last_seen_at: Timestamp::from_unix_micros(4),
    };
    let token = SessionToken::generate(&entropy).unwrap();
    let (hash, settlement) = (token.hash(), Settlement::default());
    let new = NewSession {
        session: &session,
        token: &hash,
        replacing: None,
        credentials_version: 0,
        most: 9,
        device: None,
        settlement: &settlement,
    };
    let id = ActivityId::new(NOW, &entropy).unwrap();
    let activity = Activity { id, user_id: Some(session.user_id), event: Event::LoggedIn, at: NOW, client };
    store.start(&new, &activity).await.unwrap();
    (user, session, token)
}

/// An entity with a column of another kind compiles, works on a server, and fails on SQLite when it is used.
#[test]
fn every_column_of_every_entity_is_of_a_kind_that_statements_know() {
    fn check<E: EntityTrait>() {
        for column in E::Column::iter() {
            let (kind, name) =
                (column.def().get_column_type().clone(), format!("{}.{column:?}", E::default().table_name()));
            let bytes = [ColumnType::Blob, ColumnType::VarBinary(StringLen::None)];
            let is_known = matches!(kind, ColumnType::BigInteger | ColumnType::String(_) | ColumnType::Uuid)
                || bytes.contains(&kind);
            assert!(is_known, "{name} is a {kind:?}, which `sqlite/statement.rs` cannot bind or read");
        }
    }
    check::<user::Entity>();
    check::<session::Entity>();
    check::<known_device::Entity>();
    check::<activity::Entity>();
    check::<reserved_name::Entity>();
    check::<attempt_counter::Entity>();
}

async fn assert_read_alike<E>(store: &SeaOrmStore)
where
    E: EntityTrait<ActiveModel: TryIntoModel<E::Model>>,
    E::Model: PartialEq,
{
    let [here, by_driver] = [store.db.all(E::find()).await.unwrap(), store.driver.all(E::find()).await.unwrap()];
    assert!(!here.is_empty() && here == by_driver, "{here:?} is not {by_driver:?}");
}

#[tokio::test]
async fn what_is_written_here_and_by_the_driver_is_read_alike_by_both() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let (_, session, token) = somebody(&store).await;
    let (at, client) = (Timestamp::from_unix_micros(i64::MAX), Client::default());
    let id = ActivityId::new(NOW, &SeededEntropy::default()).unwrap();
    store.record(&Activity { id, user_id: None, event: Event::LogInFailed, at, client }).await.unwrap();
    for statement in [
        "INSERT INTO users VALUES (x'000102030405060708090a0b0c0d0e0f', 'Bö', 'bö', 'closed', -1, randomblob(16), 7)",
        "INSERT INTO passwords VALUES (x'000102030405060708090a0b0c0d0e0f', '')",
        "INSERT INTO sessions VALUES (randomblob(16), x'000102030405060708090a0b0c0d0e0f', randomblob(32), randomblob(32), \
         5, 'kept', '', NULL, NULL, randomblob(16), 1, 3, 'password', 4, 2)",
        "INSERT INTO known_devices VALUES (randomblob(16), x'000102030405060708090a0b0c0d0e0f', randomblob(32), '', NULL, \
         NULL, 1, 2)",
        "INSERT INTO reserved_names VALUES ('a', NULL, 1), ('b', x'000102030405060708090a0b0c0d0e0f', 2)",
        "INSERT INTO attempt_counters VALUES (zeroblob(32), 1, 2, 3)",
    ] {
        store.connection().execute_unprepared(statement).await.unwrap();
    }
    assert_read_alike::<user::Entity>(&store).await;
    assert_read_alike::<password::Entity>(&store).await;
    assert_read_alike::<session::Entity>(&store).await;
    assert_read_alike::<known_device::Entity>(&store).await;
    assert_read_alike::<activity::Entity>(&store).await;
    assert_read_alike::<reserved_name::Entity>(&store).await;
    assert_read_alike::<attempt_counter::Entity>(&store).await;
    let with_user = || {
        session::Entity::find()
            .filter(session::COLUMN.token_hash.eq(row::from_token_hash(&token.hash())))
            .find_also_related(user::Entity)
    };
    let pair = store.db.pair(with_user()).await.unwrap();
    assert!(pair.is_some() && pair == store.driver.pair(with_user()).await.unwrap(), "{pair:?}");
    assert_eq!(store.find_by_token(&token.hash()).await.unwrap().unwrap().session, session);
    // With a row that is joined, and without.
    for without in ["", "DELETE FROM passwords"] {
        store.connection().execute_unprepared(without).await.unwrap();
        let with_password = || user::Entity::find().find_also_related(password::Entity);
        let pair = store.db.pair(with_password()).await.unwrap();
        assert!(pair.is_some() && pair == store.driver.pair(with_password()).await.unwrap(), "{pair:?}");
    }
}

#[tokio::test]
async fn a_cell_that_no_column_has_is_an_error_and_no_panic() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let (user, _, token) = somebody(&store).await;
    for damage in [
        "UPDATE users SET created_at = 1.5",
        "UPDATE users SET created_at = 'soon'",
        "UPDATE users SET standing = x'00'",
        "UPDATE users SET username = CAST(x'ff' AS TEXT)",
        "UPDATE users SET id = x'00'",
    ] {
        let transaction = store.connection().begin().await.unwrap();
        for statement in [
            "PRAGMA defer_foreign_keys = ON",
            damage,
            "UPDATE sessions SET user_id = (SELECT id FROM users)",
            "UPDATE activity SET user_id = (SELECT id FROM users)",
            "UPDATE passwords SET user_id = (SELECT id FROM users)",
        ] {
            transaction.execute_unprepared(statement).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let broken = store.find_by_username(&user.username).await.unwrap_err();
        assert_eq!(broken.availability(), Availability::Broken, "{damage}");
        assert!(store.find_by_token(&token.hash()).await.is_err(), "{damage}");
        let mend = "UPDATE users SET created_at = 1, standing = 'active', username = 'Ada'";
        store.connection().execute_unprepared(mend).await.unwrap();
    }
}

#[tokio::test]
async fn what_another_process_has_ended_is_not_found_any_more() {
    let folder = TempDir::new().unwrap();
    let (store, another) = (store(&folder).await, store(&folder).await);
    let (_, session, token) = somebody(&store).await;
    for _ in 0..2 {
        assert!(store.find_by_token(&token.hash()).await.unwrap().is_some());
    }
    another.discard(session.id).await.unwrap();
    assert!(store.find_by_token(&token.hash()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_transaction_that_is_dropped_has_changed_nothing() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let (_, _, token) = somebody(&store).await;
    let transaction = store.begin_writing().await.unwrap();
    assert_eq!(transaction.change(&session::Entity::delete_many()).await.unwrap(), 1);
    assert!(transaction.one(session::Entity::find()).await.unwrap().is_none());
    drop(transaction);
    assert!(store.find_by_token(&token.hash()).await.unwrap().is_some());
    store.begin_writing().await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn what_is_written_is_on_the_disk_and_what_is_counted_before_goes_along() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let Database::SqliteFile(file) = &store.db else { panic!() };
    let level =
        || file.writer.ask(|writer| writer.query_row("PRAGMA synchronous", [], |row| row.get::<_, u8>(0))).unwrap();
    let mode = file.writer.ask(|writer| writer.query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0)));
    assert_eq!(mode.unwrap(), "wal");
    let (full, normal) = (2, 1);
    for _ in 0..2 {
        store.begin_writing().await.unwrap().commit().await.unwrap();
        assert_eq!(level(), full);
        store.begin_counting().await.unwrap().commit().await.unwrap();
        assert_eq!(level(), normal);
    }
    store.discard(somebody(&store).await.1.id).await.unwrap();
    assert_eq!(level(), full);
}

/// On one thread: were it not slept, nobody else would run.
#[tokio::test(flavor = "current_thread")]
async fn a_lock_of_another_process_is_slept_through_while_others_read() {
    let folder = TempDir::new().unwrap();
    let (store, another) = (store(&folder).await, store(&folder).await);
    let (_, session, token) = somebody(&store).await;
    let immediate = || TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let lock = another.connection().begin_with_options(immediate()).await.unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.discard(session.id).await }
    });
    for _ in 0..10 {
        tokio::time::sleep(MAX_WAIT / 100).await;
        assert!(store.find_by_token(&token.hash()).await.unwrap().is_some());
    }
    lock.rollback().await.unwrap();
    waiting.await.unwrap().unwrap();
    assert!(store.find_by_token(&token.hash()).await.unwrap().is_none());

    let _lock = another.connection().begin_with_options(immediate()).await.unwrap();
    let began = Instant::now();
    let late = store.discard(session.id).await.unwrap_err();
    assert_eq!(late.availability(), Availability::Unavailable);
    assert!(began.elapsed() >= MAX_WAIT);
}

#[tokio::test]
async fn whoever_waits_too_long_for_their_turn_to_write_is_told_so() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let _writing = store.begin_writing().await.unwrap();
    let late = StoreError::from(StorageError::from(store.begin_writing().await.unwrap_err()));
    assert_eq!(late.availability(), Availability::Unavailable);
}

#[tokio::test]
async fn a_closed_file_is_unavailable() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let (user, session, _) = somebody(&store).await;
    store.clone().disconnect().await;
    let answers = [store.find_by_username(&user.username).await.map(drop), store.discard(session.id).await];
    for answer in answers {
        assert_eq!(answer.unwrap_err().availability(), Availability::Unavailable);
    }
}
