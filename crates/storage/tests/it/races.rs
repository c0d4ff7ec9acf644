//! What must hold when many do the same thing at the same moment.

use std::sync::Arc;

use doorward_domain::repository::InsertUserError;
use doorward_domain::testing::SeededEntropy;
use doorward_domain::user::NewUser;
use doorward_domain::{
    PasswordHash, Session, SessionId, SessionRepository as _, SessionToken, Timestamp, UserId, UserRepository as _,
    Username,
};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::sqlite;

const NOW: Timestamp = Timestamp::from_unix_micros(1_767_225_600_000_000);

fn new_user(entropy: &SeededEntropy, username: &str) -> NewUser {
    let id = UserId::new(NOW, entropy).unwrap();
    let username = Username::parse(username).unwrap();
    NewUser { id, username, password_hash: PasswordHash::from_stored("$x"), created_at: NOW }
}

fn new_session(entropy: &SeededEntropy, user_id: UserId) -> (Session, SessionToken) {
    let session = Session { id: SessionId::new(NOW, entropy).unwrap(), user_id, created_at: NOW, last_seen_at: NOW };
    (session, SessionToken::generate(entropy).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_forty_who_want_one_name_exactly_one_gets_it() {
    let store = sqlite::fresh().await;
    let (entropy, start) = (SeededEntropy::default(), Arc::new(Barrier::new(40)));
    let mut rivals = JoinSet::new();
    for number in 0..40 {
        let user = new_user(&entropy, if number % 2 == 0 { "Ada" } else { "ADA" });
        let (store, start) = (store.clone(), Arc::clone(&start));
        rivals.spawn(async move {
            start.wait().await;
            store.insert(&user).await
        });
    }
    let outcomes = rivals.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let taken = outcomes.iter().filter(|outcome| matches!(outcome, Err(InsertUserError::UsernameTaken)));
    assert_eq!(taken.count(), 39);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_of_many_users_start_and_end_at_once_without_a_locked_database() {
    let store = sqlite::fresh().await;
    let entropy = SeededEntropy::default();
    let mut visitors = JoinSet::new();
    for number in 0..24 {
        let user = new_user(&entropy, &format!("user{number}"));
        let visits: Vec<_> = (0..6).map(|_| new_session(&entropy, user.id)).collect();
        let store = store.clone();
        visitors.spawn(async move {
            store.insert(&user).await.unwrap();
            let mut earlier = None;
            for (session, token) in visits {
                store.start(&session, &token.hash(), earlier.as_ref()).await.unwrap();
                store.touch(session.id, NOW.plus(std::time::Duration::from_secs(1))).await.unwrap();
                assert!(store.find_by_token(&token.hash()).await.unwrap().is_some());
                earlier = Some(token.hash());
            }
            store.delete_by_token(&earlier.unwrap()).await.unwrap();
        });
    }
    visitors.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_session_outlives_the_closing_of_an_account() {
    let entropy = SeededEntropy::default();
    let store = sqlite::fresh().await;
    for round in 0..50 {
        let user = new_user(&entropy, &format!("user{round}"));
        store.insert(&user).await.unwrap();
        let (session, token) = new_session(&entropy, user.id);
        let hash = token.hash();
        let (logging_in, closing) = (store.clone(), store.clone());
        let log_in = tokio::spawn(async move { logging_in.start(&session, &hash, None).await });
        let close = tokio::spawn(async move { closing.close(user.id).await });
        let _started_or_refused = log_in.await.unwrap();
        close.await.unwrap().unwrap();
        assert!(store.find_by_token(&hash).await.unwrap().is_none(), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn six_who_migrate_at_once_all_succeed() {
    let store = sqlite::blank().await;
    let mut instances = JoinSet::new();
    for _ in 0..6 {
        let store = store.clone();
        instances.spawn(async move { doorward_migrations::migrate(store.connection()).await });
    }
    for outcome in instances.join_all().await {
        outcome.unwrap();
    }
    doorward_migrations::check(store.connection()).await.unwrap();
}
