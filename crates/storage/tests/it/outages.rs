//! A server that goes away, as a store sees it: what waits fails in time, as unavailable, and all is well when it is back.

use std::time::{Duration, Instant};

use doorward_domain::repository::Availability;
use doorward_domain::{SessionRepository as _, SessionToken, StoreError};
use doorward_storage::{SeaOrmStore, StorageConfig};

use crate::servers::{self, Extra, Kind};

const MAX_WAIT: Duration = Duration::from_secs(1);

/// For a busy machine.
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

async fn what_waits_for_a_server_fails_in_time_and_goes_on_with_it(kind: Kind) {
    let Some(server) = servers::another_server(kind, &Extra::default()).await else { return };
    let config = StorageConfig::new(server.new_database().await).with_max_wait(MAX_WAIT);
    let store = SeaOrmStore::connect(&config).await.unwrap();
    doorward_migrations::migrate(store.connection()).await.unwrap();
    ask(&store).await.unwrap();
    let unavailable = async || ask(&store).await.unwrap_err().availability() == Availability::Unavailable;

    server.freeze();
    for _ in 0..3 {
        assert!(unavailable().await, "frozen");
    }
    server.thaw();
    answers_again(&store).await;

    // Frozen while statements are on their way.
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
async fn what_waits_for_postgres_fails_in_time_and_goes_on_with_it() {
    what_waits_for_a_server_fails_in_time_and_goes_on_with_it(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_mariadb_fails_in_time_and_goes_on_with_it() {
    what_waits_for_a_server_fails_in_time_and_goes_on_with_it(Kind::MariaDb).await;
}
