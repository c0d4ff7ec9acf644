//! One-time links and invitations that several requests use at the same moment, through two instances on one database.

use std::num::NonZeroU32;
use std::sync::Arc;

use doorward_domain::system::OsEntropy;
use doorward_domain::testing::{ManualClock, cheap_hasher};
use doorward_domain::{
    AuthService, Client, Credentials, Link, LinkToken, LogIn, LoggedIn, PasswordPolicy, ResetPasswordError,
    ResumeError, Rules, SignUpError, User, UserId,
};
use doorward_storage::SeaOrmStore;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::databases::{TestDatabase, on_every_database};

const OLD: &str = "seven quiet lanterns";
const NEW: &str = "eight patient kettles";

type Auth = AuthService<SeaOrmStore, ManualClock, OsEntropy>;

async fn two_instances(database: &TestDatabase) -> [Arc<Auth>; 2] {
    let clock = ManualClock::default();
    [(**database).clone(), database.another_instance().await].map(|store| {
        // Attempts have races of their own.
        let rules = Rules { throttle: None, ..Rules::new(PasswordPolicy::new(15, "Notes")) };
        let service = AuthService::with_ports(store, clock.clone(), OsEntropy);
        Arc::new(service.hasher(cheap_hasher()).rules(rules).start().unwrap())
    })
}

async fn sign_up(auth: &Auth, username: &str) -> UserId {
    auth.from(&Client::default()).sign_up(Credentials { username, password: OLD }).await.unwrap().id
}

async fn log_in(auth: &Auth, username: &str, password: &str) -> Option<LoggedIn> {
    let (typed, here) = (Credentials { username, password }, Client::default());
    auth.from(&here).log_in(LogIn::new(typed)).await.ok()?.done()
}

async fn link_for(auth: &Auth, user: UserId) -> LinkToken {
    auth.make_reset_link(user, Link::RESET_BY_OPERATOR).await.unwrap().token
}

async fn of_twenty_who_use_a_link_at_once_exactly_one_sets_the_password(database: TestDatabase) {
    let instances = two_instances(&database).await;
    for round in 0..5 {
        let username = format!("user{round}");
        let link = link_for(&instances[0], sign_up(&instances[0], &username).await).await;
        let (start, mut rivals) = (Arc::new(Barrier::new(20)), JoinSet::new());
        for number in 0..20 {
            let (auth, link, start) = (Arc::clone(&instances[number % 2]), link.clone(), Arc::clone(&start));
            rivals.spawn(async move {
                let new = format!("{NEW} {number}");
                start.wait().await;
                (auth.from(&Client::default()).reset_password(&link, &new).await, new)
            });
        }
        let mut passwords = Vec::new();
        for (outcome, new) in rivals.join_all().await {
            match outcome {
                Ok(_) => passwords.push(new),
                Err(ResetPasswordError::Expired) => {}
                Err(error) => panic!("round {round}: {error}"),
            }
        }
        let [password] = &passwords[..] else { panic!("round {round}: {} succeeded", passwords.len()) };
        assert!(log_in(&instances[1], &username, password).await.is_some());
    }
}

async fn no_session_of_the_old_password_survives_a_reset(database: TestDatabase) {
    let [auth, other] = two_instances(&database).await;
    for round in 0..50 {
        let username = format!("user{round}");
        let link = link_for(&auth, sign_up(&auth, &username).await).await;
        let mut sessions = vec![log_in(&auth, &username, OLD).await.unwrap()];
        let rivals = [(); 2].map(|()| {
            let (other, username) = (Arc::clone(&other), username.clone());
            tokio::spawn(async move { log_in(&other, &username, OLD).await })
        });
        auth.from(&Client::default()).reset_password(&link, NEW).await.unwrap();
        for rival in rivals {
            sessions.extend(rival.await.unwrap());
        }
        for session in sessions {
            let found = auth.resume(&session.token).await;
            assert!(matches!(found, Err(ResumeError::Unknown)), "round {round}: {found:?}");
        }
        assert!(log_in(&other, &username, OLD).await.is_none());
        assert!(log_in(&other, &username, NEW).await.is_some());
    }
}

/// Either may come first: if the password was changed, the link has expired.
async fn of_a_reset_and_a_change_of_the_password_at_once_the_first_counts(database: TestDatabase) {
    let [auth, other] = two_instances(&database).await;
    for round in 0..50 {
        let username = format!("user{round}");
        let link = link_for(&auth, sign_up(&auth, &username).await).await;
        let visit = auth.resume(&log_in(&auth, &username, OLD).await.unwrap().token).await.unwrap();
        let changed = "nine loud steam trains";
        let (change, of_visit) = (Arc::clone(&other), visit.clone());
        let change =
            tokio::spawn(async move { change.from(&Client::default()).change_password(&of_visit, OLD, changed).await });
        let reset = auth.from(&Client::default()).reset_password(&link, NEW).await;
        let password = match (reset, change.await.unwrap()) {
            (Ok(_), Err(_)) => NEW,
            (Err(ResetPasswordError::Expired), Ok(_)) => changed,
            both => panic!("round {round}: {both:?}"),
        };
        assert!(log_in(&other, &username, password).await.is_some());
    }
}

async fn of_twenty_links_made_at_once_one_is_good(database: TestDatabase) {
    let instances = two_instances(&database).await;
    let user = sign_up(&instances[0], "ada").await;
    let mut making = JoinSet::new();
    for number in 0..20 {
        let auth = Arc::clone(&instances[number % 2]);
        making.spawn(async move { link_for(&auth, user).await });
    }
    let mut good = 0;
    for link in making.join_all().await {
        good += usize::from(instances[0].find_reset(&link).await.is_ok());
    }
    assert_eq!(good, 1);
}

async fn of_forty_who_were_invited_three_times_three_sign_up(database: TestDatabase) {
    let instances = two_instances(&database).await;
    let lifetime = Link::RESET_BY_OPERATOR;
    let invitation = instances[0].make_invitation(NonZeroU32::new(3).unwrap(), lifetime).await.unwrap().token;
    let (start, mut rivals) = (Arc::new(Barrier::new(40)), JoinSet::new());
    for number in 0..40 {
        let (auth, invitation, start) = (Arc::clone(&instances[number % 2]), invitation.clone(), Arc::clone(&start));
        rivals.spawn(async move {
            // Some want the same name.
            let typed = Credentials { username: &format!("user{}", number / 2), password: OLD };
            start.wait().await;
            auth.from(&Client::default()).sign_up_invited(typed, &invitation).await
        });
    }
    let mut users: Vec<User> = Vec::new();
    for outcome in rivals.join_all().await {
        match outcome {
            Ok(user) => users.push(user),
            Err(SignUpError::InvitationExpired | SignUpError::UsernameTaken) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(users.len(), 3, "{users:?}");
    let mut found = 0;
    for number in 0..20 {
        found += usize::from(instances[1].find_user(&format!("user{number}")).await.unwrap().is_some());
    }
    assert_eq!(found, 3);
}

/// As a double click does: the same browser sends them.
async fn an_invited_sign_up_that_is_sent_ten_times_at_once_is_one_user_and_one_use(database: TestDatabase) {
    let instances = two_instances(&database).await;
    for (round, uses) in [1, 2].repeat(5).into_iter().enumerate() {
        let uses = NonZeroU32::new(uses).unwrap();
        let made = instances[0].make_invitation(uses, Link::RESET_BY_OPERATOR).await.unwrap();
        let here = Client::default().in_browser(Some(instances[0].name_browser().unwrap()));
        let mut sent = JoinSet::new();
        for number in 0..10 {
            let (auth, invitation) = (Arc::clone(&instances[number % 2]), made.token.clone());
            let (here, username) = (here.clone(), format!("user{round}"));
            sent.spawn(async move {
                let typed = Credentials { username: &username, password: OLD };
                auth.from(&here).sign_up_invited(typed, &invitation).await.unwrap().id
            });
        }
        let ids = sent.join_all().await;
        assert!(ids.iter().all(|id| *id == ids[0]), "round {round}");
        let left = instances[1].find_invitation(&made.token).await.map_or(0, |invitation| invitation.uses_left);
        assert_eq!(left, uses.get() - 1, "round {round}");
    }
}

on_every_database!(
    fresh: of_twenty_who_use_a_link_at_once_exactly_one_sets_the_password,
    no_session_of_the_old_password_survives_a_reset,
    of_a_reset_and_a_change_of_the_password_at_once_the_first_counts,
    of_twenty_links_made_at_once_one_is_good,
    of_forty_who_were_invited_three_times_three_sign_up,
    an_invited_sign_up_that_is_sent_ten_times_at_once_is_one_user_and_one_use,
);
