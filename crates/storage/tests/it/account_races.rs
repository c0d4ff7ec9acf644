//! The use cases against each other, on a real database, in fifty or sixty rounds each.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use doorward_domain::testing::{ManualClock, SeededEntropy, cheap_hasher};
use doorward_domain::{
    AuthService, ChangePasswordError, Client, Credentials, DeviceTokens, EndSessionError, LogIn, LoggedIn,
    PasswordPolicy, ResumeError, Rules, Visit,
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

/// A user who has just signed up and logged in.
async fn arrive(auth: &Auth, username: &str) -> (LoggedIn, Visit) {
    auth.from(&Client::default()).sign_up(Credentials { username, password: OLD }).await.unwrap();
    let logged_in = log_in(auth, username, OLD).await.unwrap();
    let visit = auth.resume(&logged_in.token).await.unwrap();
    (logged_in, visit)
}

async fn log_in(auth: &Auth, username: &str, password: &str) -> Option<LoggedIn> {
    let (typed, here) = (Credentials { username, password }, Client::default());
    auth.from(&here).log_in(LogIn::new(typed)).await.ok()?.done()
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
        auth.from(&Client::default()).change_password(&visit, OLD, NEW).await.unwrap();
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
                tokio::spawn(
                    async move { (new, auth.from(&Client::default()).change_password(&visit, OLD, new).await) },
                )
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

async fn no_log_in_survives_the_deletion_of_its_account(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..ROUNDS {
        let username = format!("user{round}");
        let (_, visit) = arrive(&auth, &username).await;
        let rival = {
            let (auth, username) = (Arc::clone(&auth), username.clone());
            tokio::spawn(async move { log_in(&auth, &username, OLD).await })
        };
        auth.from(&Client::default()).delete_account(&visit, OLD).await.unwrap();
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
        auth.from(&Client::default()).end_session(&visit, other.session.id).await.unwrap();
        let used = use_of_it.await.unwrap();
        assert!(matches!(used, Ok(_) | Err(ResumeError::Unknown)), "round {round}: {used:?}");
        assert!(is_over(&auth, &other).await, "round {round}");
    }
}

async fn of_twenty_reauthentications_at_once_all_succeed_and_one_brings_the_token(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..ROUNDS {
        let (logged_in, visit) = arrive(&auth, &format!("user{round}")).await;
        let mut reauthentications = JoinSet::new();
        for _ in 0..20 {
            let (auth, visit) = (Arc::clone(&auth), visit.clone());
            reauthentications
                .spawn(async move { auth.from(&Client::default()).reauthenticate(&visit, OLD).await.unwrap() });
        }
        let tokens: Vec<_> = reauthentications.join_all().await.into_iter().flatten().collect();
        assert_eq!(tokens.len(), 1, "round {round}");
        assert!(auth.resume(&tokens[0]).await.is_ok());
        assert!(is_over(&auth, &logged_in).await);
    }
}

async fn a_name_that_is_given_up_at_this_moment_goes_to_no_other_user(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..ROUNDS {
        let name = format!("user{round}");
        let (_, visit) = arrive(&auth, &name).await;
        let rival = {
            let (auth, username) = (Arc::clone(&auth), name.clone());
            tokio::spawn(async move {
                let typed = Credentials { username: &username, password: OLD };
                auth.from(&Client::default()).sign_up(typed).await.is_ok()
            })
        };
        if round % 2 == 0 {
            auth.from(&Client::default()).change_username(&visit, &format!("other{round}")).await.unwrap();
        } else {
            auth.from(&Client::default()).delete_account(&visit, OLD).await.unwrap();
        }
        assert!(!rival.await.unwrap(), "round {round}");
    }
}

/// Tries both ways: one ends the other alone, and one ends all others.
async fn of_two_that_end_each_other_at_once_exactly_one_is_left(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..ROUNDS {
        let (one, here) = arrive(&auth, &format!("user{round}")).await;
        let other = log_in(&auth, here.user.username.as_str(), OLD).await.unwrap();
        let there = auth.resume(&other.token).await.unwrap();
        let rivals = [(here.clone(), there.session.id), (there, here.session.id)].map(|(by, rival)| {
            let auth = Arc::clone(&auth);
            tokio::spawn(async move {
                match round % 2 {
                    0 => auth.from(&Client::default()).end_session(&by, rival).await,
                    _ => auth.from(&Client::default()).end_other_sessions(&by).await.map(drop),
                }
            })
        });
        let [one_ended, other_ended] = rivals.map(async |rival| rival.await.unwrap());
        let ended = (one_ended.await, other_ended.await);
        let is_one = matches!(ended, (Ok(()), Err(EndSessionError::Ended)) | (Err(EndSessionError::Ended), Ok(())));
        assert!(is_one, "round {round}: {ended:?}");
        assert_ne!(is_over(&auth, &one).await, is_over(&auth, &other).await, "round {round}");
    }
}

type Deed = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Fails if the answer is that the visitor should try again. It must say that the change was made, or why it may not be
/// made.
fn answered<T, E: Error>(answer: Result<T, E>) {
    if let Err(error) = answer {
        assert_ne!(error.to_string(), "the store failed", "{:?}", error.source());
    }
}

/// The things that a user with a session can do, each by itself.
fn deeds(auth: &Arc<Auth>, logged_in: &LoggedIn, visit: &Visit, round: usize) -> Vec<(&'static str, Deed)> {
    let everything =
        ["log out", "log in", "end others", "rename", "change the password", "reauthenticate", "use", "sweep"];
    let deed = |what: &'static str| {
        let (auth, visit, token) = (Arc::clone(auth), visit.clone(), logged_in.token.clone());
        let deed: Deed = Box::pin(async move {
            let (name, here) = (visit.user.username.as_str(), Client::default());
            match what {
                "log out" => answered(auth.from(&here).log_out(&token).await),
                "log in" => {
                    let (typed, known) = (Credentials { username: name, password: OLD }, DeviceTokens::default());
                    answered(
                        auth.from(&here).log_in(LogIn::new(typed).replacing(Some(&token)).by_device(&known)).await,
                    );
                }
                "end others" => answered(auth.from(&here).end_other_sessions(&visit).await),
                "rename" => answered(auth.from(&here).change_username(&visit, &format!("other{round}")).await),
                "change the password" => answered(auth.from(&here).change_password(&visit, OLD, NEW).await),
                "reauthenticate" => answered(auth.from(&here).reauthenticate(&visit, OLD).await),
                "use" => answered(auth.resume(&token).await),
                "delete" => answered(auth.from(&here).delete_account(&visit, OLD).await),
                _ => answered(auth.sweep().await),
            }
        });
        (what, deed)
    };
    everything.into_iter().chain(["delete"]).map(deed).collect()
}

/// Runs two things at once, in 60 of their 81 combinations.
async fn two_browsers_of_a_user_that_act_at_once_are_both_answered(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..60 {
        let (one, here) = arrive(&auth, &format!("user{round}")).await;
        let other = log_in(&auth, here.user.username.as_str(), OLD).await.unwrap();
        let there = auth.resume(&other.token).await.unwrap();
        // In one session, so that both need its row, and in two.
        let (second, visit) = if round % 2 == 0 { (&one, &here) } else { (&other, &there) };
        let (mut mine, mut theirs) = (deeds(&auth, &one, &here, round), deeds(&auth, second, visit, round));
        let number = round * 7;
        let (first, mine) = mine.swap_remove(number % mine.len());
        let (second, theirs) = theirs.swap_remove(number / theirs.len() % theirs.len());
        let both = tokio::join!(tokio::spawn(mine), tokio::spawn(theirs));
        assert!(both.0.is_ok() && both.1.is_ok(), "round {round}: {first} and {second}");
    }
}

async fn a_deletion_beside_everything_else_leaves_all_answered(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..60 {
        let (logged_in, visit) = arrive(&auth, &format!("user{round}")).await;
        let mut all = JoinSet::new();
        for (what, deed) in deeds(&auth, &logged_in, &visit, round) {
            all.spawn(async move { (what, tokio::spawn(deed).await.is_ok()) });
        }
        for (what, is_answered) in all.join_all().await {
            assert!(is_answered, "round {round}: {what}");
        }
    }
}

async fn a_log_out_beside_a_log_in_and_a_new_name_beside_an_end_of_all_others_are_answered(database: TestDatabase) {
    let auth = service(&database);
    for round in 0..60 {
        for pair in [["log out", "log in"], ["end others", "rename"], ["change the password", "log in"]] {
            let (logged_in, visit) = arrive(&auth, &format!("user{round}{}", pair[0].replace(' ', ""))).await;
            for _ in 0..3 {
                log_in(&auth, visit.user.username.as_str(), OLD).await.unwrap();
            }
            let mut both = JoinSet::new();
            for (what, deed) in deeds(&auth, &logged_in, &visit, round) {
                if pair.contains(&what) {
                    both.spawn(deed);
                }
            }
            assert_eq!(both.len(), 2);
            both.join_all().await;
        }
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
    no_log_in_survives_the_deletion_of_its_account,
    a_session_that_is_ended_while_it_is_used_is_over,
    of_twenty_reauthentications_at_once_all_succeed_and_one_brings_the_token,
    a_name_that_is_given_up_at_this_moment_goes_to_no_other_user,
    of_two_that_end_each_other_at_once_exactly_one_is_left,
    two_browsers_of_a_user_that_act_at_once_are_both_answered,
    a_deletion_beside_everything_else_leaves_all_answered,
    a_log_out_beside_a_log_in_and_a_new_name_beside_an_end_of_all_others_are_answered,
    several_sweeps_at_once_do_no_harm,
);
