//! Attempts at the same moment, through several connections and several stores on one database: no more are counted than
//! a limit allows.

use std::sync::Arc;
use std::time::Duration;

use doorward_domain::repository::Admission;
use doorward_domain::testing::{ManualClock, SeededEntropy, cheap_hasher};
use doorward_domain::throttle::{Counter, CounterKey, Limit};
use doorward_domain::{
    AuthService, Client, Clock as _, Credentials, DeviceTokens, LogIn, LogInError, PasswordPolicy, Rules,
    ThrottleRepository as _,
};
use doorward_storage::SeaOrmStore;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::databases::{TestDatabase, on_every_database};

const ROUNDS: usize = 20;

/// Two instances.
async fn two_stores(database: &TestDatabase) -> [SeaOrmStore; 2] {
    [(**database).clone(), database.another_instance().await]
}

async fn of_fifty_guesses_at_once_no_more_are_tried_than_allowed(database: TestDatabase) {
    let stores = two_stores(&database).await;
    let clock = ManualClock::default();
    let rules = Rules::new(PasswordPolicy::new(15, "Notes"));
    let service = |store| {
        let entropy = SeededEntropy::default();
        Arc::new(
            AuthService::with_ports(store, clock.clone(), entropy)
                .hasher(cheap_hasher())
                .rules(rules.clone())
                .start()
                .unwrap(),
        )
    };
    let services = stores.map(service);
    for round in 0..ROUNDS {
        clock.advance(Duration::from_mins(30));
        let start = Arc::new(Barrier::new(50));
        let hashes = || services.iter().map(|auth| auth.hashing_stats().hashes).sum::<u64>();
        let before = hashes();
        let mut guesses = JoinSet::new();
        for number in 0..50 {
            let (auth, start) = (Arc::clone(&services[number % 2]), Arc::clone(&start));
            guesses.spawn(async move {
                let (here, nothing) = (Client::new(None, Some([192, 0, 2, 7].into())), DeviceTokens::default());
                let typed = Credentials { username: "ada", password: "eight quiet lanterns" };
                start.wait().await;
                match auth.from(&here).log_in(LogIn::new(typed).by_device(&nothing)).await.unwrap_err() {
                    LogInError::Refused => true,
                    LogInError::Throttled(_) => false,
                    error => panic!("{error}"),
                }
            });
        }
        let tried = guesses.join_all().await.into_iter().filter(|was_tried| *was_tried).count();
        assert_eq!((tried, hashes() - before), (5, 5), "round {round}");
    }
}

/// Each has the counters in another order, so that two that wait for each other would show.
async fn attempts_that_count_on_several_counters_count_on_all_or_none(database: TestDatabase) {
    let stores = two_stores(&database).await;
    let now = ManualClock::default().now();
    for round in 0..u8::try_from(ROUNDS).unwrap() {
        let counter = |number: u8, attempts| {
            let limit = Limit::Rate { attempts, period: Duration::from_hours(1) };
            Counter::new(CounterKey::of("race", &[&[round, number]]), limit)
        };
        let counters = [counter(1, 7), counter(2, 40), counter(3, 40)];
        let mut attempts = JoinSet::new();
        for number in 0..40 {
            let (store, mut counters) = (stores[number % 2].clone(), counters);
            counters.rotate_left(number % 3);
            attempts.spawn(async move { store.count_attempt(&counters, now).await.unwrap() });
        }
        let admissions = attempts.join_all().await;
        assert_eq!(admissions.iter().filter(|admission| **admission == Admission::Counted).count(), 7);
        // A refused attempt left no trace on the other counters: they have as many left.
        for other in &counters[1..] {
            let mut left = 0;
            while stores[0].count_attempt(&[*other], now).await.unwrap() == Admission::Counted {
                left += 1;
            }
            assert_eq!(left, 33);
        }
    }
}

on_every_database!(
    fresh: of_fifty_guesses_at_once_no_more_are_tried_than_allowed,
    attempts_that_count_on_several_counters_count_on_all_or_none,
);
