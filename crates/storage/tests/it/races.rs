//! What must hold when many requests do the same thing at the same moment.

use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward_domain::repository::{EndedSessions, Ending, InsertUserError, NewSession, StartSessionError};
use doorward_domain::testing::SeededEntropy;
use doorward_domain::testing::fixtures::{self, NOON};
use doorward_domain::{
    Activity, ActivityRepository as _, Event, Session, SessionRepository as _, SessionToken, UserId,
    UserRepository as _,
};
use doorward_storage::SeaOrmStore;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::databases::{TestDatabase, on_every_database};

struct Start {
    session: Session,
    token: SessionToken,
    activity: Activity,
    /// The user's maximum of sessions.
    most: u32,
}

impl Start {
    fn new(entropy: &SeededEntropy, user_id: UserId) -> Self {
        let activity = fixtures::activity_of(user_id, Event::LoggedIn, NOON, entropy);
        let (session, token) = (fixtures::session_of(user_id, entropy), SessionToken::generate(entropy).unwrap());
        Self { session, token, activity, most: 1_000 }
    }

    async fn at(&self, store: &SeaOrmStore, earlier: Option<&Self>) -> bool {
        self.try_at(store, earlier).await.is_ok()
    }

    async fn try_at(&self, store: &SeaOrmStore, earlier: Option<&Self>) -> Result<(), StartSessionError> {
        let replacing = earlier.map(|earlier| earlier.token.hash());
        let new = fixtures::new_session(&self.session, self.token.hash());
        let new = NewSession { replacing, most: self.most, ..new };
        store.start(&new, &self.activity).await
    }
}

async fn of_many_log_ins_at_once_no_more_sessions_live_than_may_be(store: TestDatabase) {
    let entropy = SeededEntropy::default();
    let user = fixtures::new_user("ada", &entropy);
    store.insert(&user).await.unwrap();
    let mut log_ins = JoinSet::new();
    for _ in 0..20 {
        let (visit, store) = (Start { most: 10, ..Start::new(&entropy, user.id) }, store.clone());
        log_ins.spawn(async move { visit.at(&store, None).await });
    }
    assert!(log_ins.join_all().await.into_iter().all(|has_begun| has_begun));
    assert_eq!(store.sessions_of(user.id, u32::MAX).await.unwrap().len(), 10);
}

async fn of_forty_who_want_one_name_exactly_one_gets_it(store: TestDatabase) {
    let (entropy, start) = (SeededEntropy::default(), Arc::new(Barrier::new(40)));
    let mut rivals = JoinSet::new();
    for number in 0..40 {
        let user = fixtures::new_user(if number % 2 == 0 { "Ada" } else { "ADA" }, &entropy);
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

async fn sessions_of_many_users_start_and_end_at_once_without_a_locked_database(store: TestDatabase) {
    let entropy = SeededEntropy::default();
    let mut visitors = JoinSet::new();
    for number in 0..24 {
        let user = fixtures::new_user(&format!("user{number}"), &entropy);
        let visits: Vec<_> = (0..6).map(|_| Start::new(&entropy, user.id)).collect();
        let farewell = Start::new(&entropy, user.id).activity;
        let store = store.clone();
        visitors.spawn(async move {
            store.insert(&user).await.unwrap();
            let mut earlier = None;
            for visit in &visits {
                assert!(visit.at(&store, earlier).await);
                store.touch(visit.session.id, NOON.plus(Duration::from_secs(1))).await.unwrap();
                assert!(store.find_by_token(&visit.token.hash()).await.unwrap().is_some());
                earlier = Some(visit);
            }
            let own = earlier.unwrap().session.id;
            let ended = store.end(user.id, Ending::One { session: own, by: own }, &farewell).await.unwrap();
            assert_eq!(ended, EndedSessions::Ended(1));
        });
    }
    visitors.join_all().await;
}

async fn no_session_outlives_the_closing_of_an_account(store: TestDatabase) {
    let entropy = SeededEntropy::default();
    for round in 0..50 {
        let user = fixtures::new_user(&format!("user{round}"), &entropy);
        store.insert(&user).await.unwrap();
        let visit = Start::new(&entropy, user.id);
        let hash = visit.token.hash();
        let (logging_in, closing) = (store.clone(), store.clone());
        let closed = fixtures::activity_of(user.id, Event::AccountClosed, NOON, &entropy);
        let log_in = tokio::spawn(async move { visit.at(&logging_in, None).await });
        let close = tokio::spawn(async move { closing.close(user.id, &closed).await });
        let _started_or_refused = log_in.await.unwrap();
        close.await.unwrap().unwrap();
        assert!(store.find_by_token(&hash).await.unwrap().is_none(), "round {round}");
    }
}

/// Each start of a session is aborted a little later than the one before. Then every connection is used once more, by
/// statements outside and inside transactions: others see what they write.
async fn a_caller_that_leaves_in_the_middle_of_a_step_leaves_nothing_half_done(store: TestDatabase) {
    let entropy = SeededEntropy::default();
    let user = fixtures::new_user("ada", &entropy);
    store.insert(&user).await.unwrap();
    for micros in (0..2_000).step_by(10) {
        let (start, going) = (Start::new(&entropy, user.id), store.clone());
        let gone = tokio::spawn(async move { start.at(&going, None).await });
        tokio::time::sleep(Duration::from_micros(micros)).await;
        gone.abort();
    }
    let others = store.another_instance().await;
    // Running steps come to their end, with either outcome.
    let began = Instant::now();
    loop {
        let sessions = others.sessions_of(user.id, 1_000).await.unwrap().len();
        let events = others.activity_of(user.id, None, 1_000).await.unwrap().len();
        if sessions == events {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{sessions} sessions, {events} events");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let seen_at = NOON.plus(Duration::from_secs(1));
    let mut visitors = JoinSet::new();
    for _ in 0..32 {
        let (start, store) = (Start::new(&entropy, user.id), store.clone());
        visitors.spawn(async move {
            start.try_at(&store, None).await.unwrap();
            store.touch(start.session.id, seen_at).await.unwrap();
            start.token
        });
    }
    for token in visitors.join_all().await {
        let found = others.find_by_token(&token.hash()).await.unwrap();
        assert_eq!(found.map(|found| found.session.last_seen_at), Some(seen_at));
    }
}

async fn six_who_migrate_at_once_all_succeed(store: TestDatabase) {
    let mut instances = JoinSet::new();
    for _ in 0..6 {
        let store = store.clone();
        instances.spawn(async move { doorward_migrations::migrate(&store.connection()).await });
    }
    for outcome in instances.join_all().await {
        outcome.unwrap();
    }
    doorward_migrations::check(&store.connection()).await.unwrap();
}

on_every_database!(
    fresh: of_forty_who_want_one_name_exactly_one_gets_it,
    of_many_log_ins_at_once_no_more_sessions_live_than_may_be,
    sessions_of_many_users_start_and_end_at_once_without_a_locked_database,
    no_session_outlives_the_closing_of_an_account,
    a_caller_that_leaves_in_the_middle_of_a_step_leaves_nothing_half_done,
);

mod at_the_start {
    use super::six_who_migrate_at_once_all_succeed;
    use crate::databases::on_every_database;

    on_every_database!(blank: six_who_migrate_at_once_all_succeed);
}
