use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use doorward_domain::authentication::{Authentication, AuthenticationMethod};
use doorward_domain::repository::Availability;
use doorward_domain::testing::SeededEntropy;
use doorward_domain::testing::fixtures::{self, NOON};
use doorward_domain::throttle::{Counter, CounterKey, Limit};
use doorward_domain::user::NewUser;
use doorward_domain::{
    Client, Event, Session, SessionKind, SessionRepository as _, SessionToken, StoreError, ThrottleRepository as _,
    Timestamp, UserRepository as _,
};
use rusqlite::StatementStatus;
use sea_orm::{
    ConnectionTrait as _, DbBackend, EntityTrait as _, QueryOrder as _, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait as _,
};
use tempfile::TempDir;
use tokio::time::timeout;

use super::Durability;
use crate::database::Transaction;
use crate::entity::{attempt_counter, session};
use crate::{SeaOrmStore, StorageConfig, look_ups, row};

const MAX_WAIT: Duration = Duration::from_millis(300);

async fn store(folder: &TempDir) -> SeaOrmStore {
    let config = StorageConfig::sqlite_file(folder.path().join("db")).with_max_wait(MAX_WAIT);
    let store = SeaOrmStore::connect(&config).await.unwrap();
    doorward_migrations::migrate(&store.connection()).await.unwrap();
    store
}

/// A user with a session.
async fn somebody(store: &SeaOrmStore) -> (NewUser, Session, SessionToken) {
    let entropy = SeededEntropy::default();
    let user = fixtures::new_user("Ada", &entropy);
    store.insert(&user).await.unwrap();
    let session = Session {
        kind: SessionKind::Kept,
        client: Client::new(Some("Firefox"), "::1".parse().ok()),
        authentication: Authentication::by(AuthenticationMethod::Password, Timestamp::from_unix_micros(2)),
        renewed_at: Timestamp::from_unix_micros(3),
        last_seen_at: Timestamp::from_unix_micros(4),
        ..fixtures::session_of(user.id, &entropy)
    };
    let token = SessionToken::generate(&entropy).unwrap();
    let activity = fixtures::activity_of(user.id, Event::LoggedIn, NOON, &entropy);
    store.start(&fixtures::new_session(&session, token.hash()), &activity).await.unwrap();
    (user, session, token)
}

#[tokio::test]
async fn look_ups_here_and_by_the_driver_find_the_same() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let (user, _, token) = somebody(&store).await;
    let keys = [1, 2, 3].map(|byte| CounterKey::from_bytes([byte; CounterKey::BYTES]));
    let [one, another, _] =
        keys.map(|key| Counter::new(key, Limit::Rate { attempts: 9, period: Duration::from_mins(1) }));
    store.count_attempt(&[one, another], NOON).await.unwrap();
    let look_ups = &store.db.file.as_ref().unwrap().look_ups;
    // With and without everything that may be missing, and with and without a password.
    for change in [
        "UPDATE sessions SET former_token_hash = randomblob(32), former_token_until = 5, browser_id = randomblob(16), \
         methods = 'password', system = NULL",
        "UPDATE users SET signed_up_in = randomblob(16), created_at = -1, credentials_version = 7, language = 'pt-BR'",
        "UPDATE sessions SET browser = NULL, address = NULL, kind = 'ordinary'",
        "DELETE FROM passwords",
        "DELETE FROM sessions",
        "DELETE FROM users",
    ] {
        let token = row::from_token_hash(&token.hash());
        let here = look_ups.session_by_token(&token).unwrap();
        let by_driver = look_ups::session_by_token(token).one(&store.connection()).await.unwrap();
        assert_eq!(here, by_driver, "before {change}");
        let here = look_ups.user_by_name("ada").unwrap();
        let by_driver = look_ups::user_by_name("ada").one(&store.connection()).await.unwrap();
        assert!(here == by_driver && here.is_some(), "{here:?} is not {by_driver:?} before {change}");
        let here = look_ups.user_by_id(user.id).unwrap();
        let by_driver = look_ups::user_by_id(user.id).one(&store.connection()).await.unwrap();
        assert!(here == by_driver && here.is_some(), "{here:?} is not {by_driver:?} before {change}");
        let mut here = look_ups.counters(keys).unwrap();
        here.sort_by(|one, another| one.counter_key.0.cmp(&another.counter_key.0));
        let by_driver = look_ups::counters(keys).order_by_asc(attempt_counter::Column::CounterKey);
        assert!(
            here.len() == 2 && here == by_driver.all(&store.connection()).await.unwrap(),
            "{here:?} before {change}"
        );
        store.connection().execute_unprepared(change).await.unwrap();
    }
    assert!(look_ups.user_by_name("ada").unwrap().is_none());
}

/// `.cargo/config.toml` turns this on. SeaORM reads each single row by `LIMIT ?`.
#[test]
fn a_limit_is_not_planned_again_for_each_value() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let mut statement = connection.prepare("SELECT name FROM sqlite_schema LIMIT ?").unwrap();
    for limit in 1..4 {
        assert!(!statement.exists([limit]).unwrap());
    }
    assert_eq!(statement.get_status(StatementStatus::Run), 3);
    assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
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
        "UPDATE users SET language = ''",
        "UPDATE users SET language = x'00'",
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
        let mend = "UPDATE users SET created_at = 1, standing = 'active', username = 'Ada', language = NULL";
        store.connection().execute_unprepared(mend).await.unwrap();
    }
}

#[tokio::test]
async fn a_session_that_another_process_has_ended_is_not_found() {
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
async fn a_step_that_does_not_commit_has_changed_nothing() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let (_, _, token) = somebody(&store).await;
    let deleted = store.write((), |transaction, ()| async move {
        let deleted = session::Entity::delete_many().exec(&*transaction).await?.rows_affected;
        assert!(session::Entity::find().one(&*transaction).await?.is_none());
        Ok(deleted)
    });
    assert_eq!(deleted.await.unwrap(), 1);
    assert!(store.find_by_token(&token.hash()).await.unwrap().is_some());
    store.write((), |transaction, ()| transaction.commit()).await.unwrap();
}

#[tokio::test]
async fn a_step_whose_caller_stops_waiting_runs_to_its_end() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let (_, session, token) = somebody(&store).await;
    let mut ending = Box::pin(store.discard(session.id));
    let first = poll_fn(|context| Poll::Ready(ending.as_mut().poll(context))).await;
    assert!(first.is_pending(), "it was not left under way");
    drop(ending);
    let began = Instant::now();
    while store.find_by_token(&token.hash()).await.unwrap().is_some() {
        assert!(began.elapsed() < Duration::from_secs(30), "it was not taken");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn writes_are_on_the_disk_and_take_earlier_counts_along() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let pragma = async |durability, name: &str| {
        let asked = format!("PRAGMA {name}");
        let read = move |transaction: Transaction| async move {
            let row = transaction.query_one_raw(Statement::from_string(DbBackend::Sqlite, asked)).await?;
            row.unwrap().try_get_by_index::<i64>(0)
        };
        store.db.write(durability, read).await.unwrap()
    };
    let (normal, full) = (1, 2);
    assert_eq!(pragma(Durability::OnDisk, "synchronous").await, full);
    assert_eq!(pragma(Durability::InOrder, "synchronous").await, normal);
    // A checkpoint waits for the disk.
    assert_eq!(pragma(Durability::InOrder, "wal_autocheckpoint").await, 0);
    for durability in [Durability::OnDisk, Durability::InOrder] {
        assert_eq!(pragma(durability, "foreign_keys").await, 1);
        assert_eq!(pragma(durability, "secure_delete").await, 1);
    }
}

/// On one thread: if the wait did not sleep, no other task would run.
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
async fn a_turn_to_write_that_comes_too_late_is_unavailable() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let _writing = store.db.file.as_ref().unwrap().turn().await.unwrap();
    let late = StoreError::from(store.write((), |transaction, ()| transaction.commit()).await.unwrap_err());
    assert_eq!(late.availability(), Availability::Unavailable);
}

#[tokio::test]
async fn a_store_that_closes_waits_no_longer_for_a_writer_than_a_step_does() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let _writing = store.db.file.as_ref().unwrap().turn().await.unwrap();
    timeout(10 * MAX_WAIT, store.clone().disconnect()).await.expect("it gives up");
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
