//! The use cases against each other, on a real database: fifty rounds each.

use std::sync::Arc;

use doorward_domain::testing::{ManualClock, SeededEntropy, cheap_hasher};
use doorward_domain::{
    AuthService, ChangePasswordError, Client, Credentials, KnownAccounts, LoggedIn, PasswordPolicy, ResumeError, Rules,
    SessionKind, Visit,
};
use doorward_storage::SeaOrmStore;
use tokio::task::JoinSet;

use crate::databases::{TestDatabase, on_every_database};

const ROUNDS: usize = 50;
const OLD: &str = "seven quiet lanterns";
const NEW: &str = "eight patient kettles";

type Auth = AuthService<SeaOrmStore, ManualClock, SeededEntropy>;

fn service(database: &TestDatabase) -> Arc<Auth> {
    // Attempts have races of their own.
    let rules = Rules { throttle: None, ..Rules::new(PasswordPolicy::new(15, "Notes")) };
    let (clock, entropy) = (ManualClock::default(), SeededEntropy::default());
    Arc::new(
        AuthService::with_ports((**database).clone(), clock, entropy)
            .hasher(cheap_hasher())
            .rules(rules)
            .start()
            .unwrap(),
    )
}

/// Somebody who has just signed up and logged in.
async fn arrive(auth: &Auth, username: &str) -> (LoggedIn, Visit) {
    auth.sign_up(Credentials { username, password: OLD }, &Client::default()).await.unwrap();
    let logged_in = log_in(auth, username, OLD).await.unwrap();
    let visit = auth.resume(&logged_in.token).await.unwrap();
    (logged_in, visit)
}

async fn log_in(auth: &Auth, username: &str, password: &str) -> Option<LoggedIn> {
    let (typed, here) = (Credentials { username, password }, Client::default());
    auth.log_in(typed, SessionKind::Ordinary, &here, None, &KnownAccounts::default()).await.ok()
}

async fn is_over(auth: &Auth, logged_in: &LoggedIn) -> bool {
    matches!(auth.resume(&logged_in.token).await, Err(ResumeError::Unknown))
}

async fn no_session_of_the_old_password_survives_its_change(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..ROUNDS {
        let username = format!("user{round}");
        let (_, visit) = arrive(&auth, &username).await;
        let rivals: Vec<_> = (0..2)
            .map(|_| {
                let (auth, username) = (Arc::clone(&auth), username.clone());
                tokio::spawn(async move { log_in(&auth, &username, OLD).await })
            })
            .collect();
        auth.change_password(&visit, OLD, NEW, &Client::default()).await.unwrap();
        for rival in rivals {
            if let Some(logged_in) = rival.await.unwrap() {
                assert!(is_over(&auth, &logged_in).await, "round {round}");
            }
        }
        assert!(log_in(&auth, &username, OLD).await.is_none());
        assert!(log_in(&auth, &username, NEW).await.is_some());
    }
}

async fn of_two_password_changes_at_once_one_counts(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..ROUNDS {
        let username = format!("user{round}");
        let (_, visit) = arrive(&auth, &username).await;
        let changes: Vec<_> = ["nine loud steam trains", NEW]
            .map(|new| {
                let (auth, visit) = (Arc::clone(&auth), visit.clone());
                tokio::spawn(async move { (new, auth.change_password(&visit, OLD, new, &Client::default()).await) })
            })
            .into();
        let mut winners = Vec::new();
        for change in changes {
            match change.await.unwrap() {
                (new, Ok(token)) => winners.push((new, token)),
                (_, Err(ChangePasswordError::Refused { current: Some(_), .. })) => {}
                (_, Err(error)) => panic!("round {round}: {error}"),
            }
        }
        let [(new, token)] = &winners[..] else { panic!("round {round}: {} won", winners.len()) };
        assert!(auth.resume(token).await.is_ok());
        assert!(log_in(&auth, &username, new).await.is_some());
    }
}

async fn nobody_is_logged_in_to_an_account_that_was_deleted(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..ROUNDS {
        let username = format!("user{round}");
        let (_, visit) = arrive(&auth, &username).await;
        let rival = {
            let (auth, username) = (Arc::clone(&auth), username.clone());
            tokio::spawn(async move { log_in(&auth, &username, OLD).await })
        };
        auth.delete_account(&visit, OLD, &Client::default()).await.unwrap();
        if let Some(logged_in) = rival.await.unwrap() {
            assert!(is_over(&auth, &logged_in).await, "round {round}");
        }
        assert!(auth.find_user(&username).await.unwrap().is_none());
    }
}

async fn a_session_that_is_ended_while_it_is_used_is_over(database: TestDatabase) {
    let auth = service(&database);
    let (_, visit) = arrive(&auth, "ada").await;
    for round in 0..ROUNDS {
        let other = log_in(&auth, "ada", OLD).await.unwrap();
        let (using, token) = (Arc::clone(&auth), other.token.clone());
        let use_of_it = tokio::spawn(async move { using.resume(&token).await });
        auth.end_session(&visit, other.session.id, &Client::default()).await.unwrap();
        let used = use_of_it.await.unwrap();
        assert!(matches!(used, Ok(_) | Err(ResumeError::Unknown)), "round {round}: {used:?}");
        assert!(is_over(&auth, &other).await, "round {round}");
    }
}

async fn of_twenty_confirmations_at_once_all_succeed_and_one_brings_the_token(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..ROUNDS {
        let (logged_in, visit) = arrive(&auth, &format!("user{round}")).await;
        let mut confirmations = JoinSet::new();
        for _ in 0..20 {
            let (auth, visit) = (Arc::clone(&auth), visit.clone());
            confirmations.spawn(async move { auth.confirm(&visit, OLD, &Client::default()).await.unwrap() });
        }
        let tokens: Vec<_> = confirmations.join_all().await.into_iter().flatten().collect();
        assert_eq!(tokens.len(), 1, "round {round}");
        assert!(auth.resume(&tokens[0]).await.is_ok());
        assert!(is_over(&auth, &logged_in).await);
    }
}

async fn a_name_that_is_given_up_at_this_moment_goes_to_nobody_else(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..ROUNDS {
        let name = format!("user{round}");
        let (_, visit) = arrive(&auth, &name).await;
        let rival = {
            let (auth, username) = (Arc::clone(&auth), name.clone());
            tokio::spawn(async move {
                let typed = Credentials { username: &username, password: OLD };
                auth.sign_up(typed, &Client::default()).await.is_ok()
            })
        };
        if round % 2 == 0 {
            auth.change_username(&visit, &format!("other{round}"), &Client::default()).await.unwrap();
        } else {
            auth.delete_account(&visit, OLD, &Client::default()).await.unwrap();
        }
        assert!(!rival.await.unwrap(), "round {round}");
    }
}

async fn several_sweeps_at_once_do_no_harm(database: TestDatabase) {
    let auth = service(&database);
    let (logged_in, _) = arrive(&auth, "ada").await;
    for number in 0..30 {
        assert!(log_in(&auth, &format!("nobody{number}"), OLD).await.is_none());
    }
    let mut sweeps = JoinSet::new();
    for _ in 0..6 {
        let auth = Arc::clone(&auth);
        sweeps.spawn(async move { auth.sweep().await.unwrap().activity });
    }
    assert_eq!(sweeps.join_all().await.into_iter().sum::<u64>(), 30);
    assert!(auth.resume(&logged_in.token).await.is_ok());
}

on_every_database!(
    fresh: no_session_of_the_old_password_survives_its_change,
    of_two_password_changes_at_once_one_counts,
    nobody_is_logged_in_to_an_account_that_was_deleted,
    a_session_that_is_ended_while_it_is_used_is_over,
    of_twenty_confirmations_at_once_all_succeed_and_one_brings_the_token,
    a_name_that_is_given_up_at_this_moment_goes_to_nobody_else,
    several_sweeps_at_once_do_no_harm,
);
