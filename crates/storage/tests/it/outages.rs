//! A server that goes away, as a store sees it: waiting requests fail in time, as unavailable, and succeed again when
//! it is back.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use doorward_domain::repository::Availability;
use doorward_domain::{SessionRepository as _, SessionToken, StoreError};
use doorward_storage::{SeaOrmStore, StorageConfig};
use sea_orm::{ConnectionTrait as _, Statement, TransactionTrait as _};

use crate::network::Network;
use crate::servers::{self, Extra, Kind};

const MAX_WAIT: Duration = Duration::from_secs(1);

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

async fn ask(store: &SeaOrmStore) -> Result<(), StoreError> {
    let token = SessionToken::parse(&"A".repeat(SessionToken::CHARS)).unwrap();
    let began = Instant::now();
    let answer = store.find_by_token(&token.hash()).await;
    assert!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
    assert!(matches!(answer, Ok(None) | Err(_)));
    answer.map(drop)
}

async fn answers_again(store: &SeaOrmStore) {
    let began = Instant::now();
    while ask(store).await.is_err() {
        assert!(began.elapsed() < PATIENCE, "it does not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn requests_fail_in_time_without_a_server_and_succeed_once_it_is_back(kind: Kind) {
    let Some(server) = servers::another_server(kind, &Extra::default()).await else { return };
    let config = StorageConfig::new(server.new_database().await).with_max_wait(MAX_WAIT);
    let store = SeaOrmStore::connect(&config).await.unwrap();
    doorward_migrations::migrate(&store.connection()).await.unwrap();
    ask(&store).await.unwrap();
    let unavailable = async || ask(&store).await.unwrap_err().availability() == Availability::Unavailable;

    server.freeze();
    for _ in 0..3 {
        assert!(unavailable().await, "frozen");
    }
    server.thaw();
    answers_again(&store).await;

    // The server is frozen while statements are on their way.
    let busy = tokio::spawn({
        let store = store.clone();
        async move {
            let asked = std::iter::repeat_with(|| ask(&store)).take(2_000);
            let mut failures = Vec::new();
            for answer in asked {
                failures.extend(answer.await.err());
                if failures.len() == 2 {
                    break;
                }
            }
            failures
        }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    server.freeze();
    for failure in busy.await.unwrap() {
        assert_eq!(failure.availability(), Availability::Unavailable);
    }
    server.thaw();
    answers_again(&store).await;

    server.stop().await;
    assert!(unavailable().await, "stopped");
    server.start();
    answers_again(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_fail_in_time_without_postgres_and_succeed_once_it_is_back() {
    requests_fail_in_time_without_a_server_and_succeed_once_it_is_back(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_fail_in_time_without_mariadb_and_succeed_once_it_is_back() {
    requests_fail_in_time_without_a_server_and_succeed_once_it_is_back(Kind::MariaDb).await;
}

/// As after a failover: running requests hang forever, and the same name now leads to a server that answers.
async fn a_server_whose_network_was_lost_is_reached_by_as_many_connections_as_before(kind: Kind) {
    const CONNECTIONS: i64 = 8;
    let Some(server) = servers::another_server(kind, &Extra::default()).await else { return };
    let url = server.new_database().await;
    let (user, place) = url.split_once('@').unwrap();
    let (address, database) = place.split_once('/').unwrap();
    let network = Network::before(address.parse().unwrap()).await;
    let config = StorageConfig::new(format!("{user}@{}/{database}", network.address));
    let store = SeaOrmStore::connect(&config.with_max_wait(Duration::from_millis(300))).await.unwrap();
    doorward_migrations::migrate(&store.connection()).await.unwrap();

    // All connections are in the middle of a statement.
    let one = StorageConfig::new(&url).with_connections(NonZeroU32::MIN);
    let locker = SeaOrmStore::connect(&one).await.unwrap();
    let [lock, waiting] = if kind == Kind::Postgres {
        ["BEGIN; LOCK TABLE sessions", "SELECT count(*) FROM pg_locks WHERE NOT granted"]
    } else {
        [
            "LOCK TABLES sessions WRITE",
            "SELECT count(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%'",
        ]
    };
    locker.connection().execute_unprepared(lock).await.unwrap();
    let (began, mut asked) = (Instant::now(), Vec::new());
    loop {
        let db = locker.connection();
        let count = Statement::from_string(db.get_database_backend(), waiting);
        let count: i64 = db.query_one_raw(count).await.unwrap().unwrap().try_get_by_index(0).unwrap();
        if count == CONNECTIONS {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{count} are waiting");
        let store = store.clone();
        asked.push(tokio::spawn(async move { ask(&store).await }));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    network.lose_connections();
    locker.disconnect().await;
    for answer in asked {
        assert_eq!(answer.await.unwrap().unwrap_err().availability(), Availability::Unavailable);
    }

    answers_again(&store).await;
    let began = Instant::now();
    loop {
        let connection = store.connection();
        let mut transactions = Vec::new();
        while let Ok(transaction) = connection.begin().await {
            transactions.push(transaction);
            if i64::try_from(transactions.len()).unwrap() == CONNECTIONS {
                return;
            }
        }
        assert!(began.elapsed() < PATIENCE, "only {} connections are left", transactions.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_whose_network_was_lost_is_reached_by_as_many_connections_as_before() {
    a_server_whose_network_was_lost_is_reached_by_as_many_connections_as_before(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_whose_network_was_lost_is_reached_by_as_many_connections_as_before() {
    a_server_whose_network_was_lost_is_reached_by_as_many_connections_as_before(Kind::MariaDb).await;
}

/// As if each of them was lost while it was given back.
async fn connections_that_are_not_given_back_are_replaced(kind: Kind) {
    let Some(url) = servers::new_database(kind).await else { return };
    let migrating = SeaOrmStore::connect(&StorageConfig::new(&url)).await.unwrap();
    doorward_migrations::migrate(&migrating.connection()).await.unwrap();
    let config = StorageConfig::new(&url).with_connections(NonZeroU32::MIN).with_max_wait(Duration::from_millis(300));
    let store = SeaOrmStore::connect(&config).await.unwrap();
    let _kept = store.connection().begin().await.unwrap();
    assert_eq!(ask(&store).await.unwrap_err().availability(), Availability::Unavailable);
    answers_again(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_to_postgres_that_are_not_given_back_are_replaced() {
    connections_that_are_not_given_back_are_replaced(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_to_mariadb_that_are_not_given_back_are_replaced() {
    connections_that_are_not_given_back_are_replaced(Kind::MariaDb).await;
}
