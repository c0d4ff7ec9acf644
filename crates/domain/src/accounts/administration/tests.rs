use pollster::block_on;

use crate::accounts::fixtures::{
    A_MOMENT, ADA, TestService, WRONG, changes_nothing, cost_of, days, delete_account, events_of, firefox_at,
    forget_activity, is_good, is_over, log_in, log_in_as, log_in_bob, refused, service_of_ada, sign_up, takes,
    visit_by,
};
use crate::accounts::{CreateUserError, LogIn, LogInError, LoggedIn, RenameUserError};
use crate::activity::Event;
use crate::clock::{Clock as _, Timestamp};
use crate::password::PasswordError;
use crate::repository::{StandingChange, UserDeletion, UserFilter};
use crate::rules::Rules;
use crate::session::SessionKind;
use crate::throttle::ThrottleRules;
use crate::user::{Standing, User};
use crate::username::UsernameError;

/// A service that throttles, where Ada has signed up.
fn throttling() -> TestService {
    let mut service = service_of_ada();
    service.rules = Rules { throttle: Some(ThrottleRules::default()), ..service.rules };
    service
}

fn try_from(service: &TestService, last_byte: u8) -> Result<(), LogInError> {
    block_on(service.from(&firefox_at(last_byte)).log_in(LogIn::new(WRONG))).map(drop)
}

/// Tries a wrong password from this address until it is throttled.
fn try_until_throttled(service: &TestService, last_byte: u8) {
    while !matches!(try_from(service, last_byte), Err(LogInError::Throttled(_))) {}
}

fn ada(service: &TestService) -> User {
    block_on(service.find_user("ada")).unwrap().unwrap()
}

fn throttled_until(service: &TestService) -> Option<Timestamp> {
    block_on(service.throttled_until(&ada(service))).unwrap()
}

#[test]
fn closing_an_account_ends_its_sessions_and_reopening_lets_in_again() {
    let service = service_of_ada();
    let LoggedIn { user, token, .. } = log_in(&service);
    let close = || block_on(service.close_account(user.id)).unwrap();
    assert_eq!(close(), StandingChange::Made);
    assert!(is_over(&service, &token));
    assert!(refused(&service, ADA));
    assert_eq!(changes_nothing(&service, close), StandingChange::AlreadySo);
    assert_eq!(block_on(service.reopen_account(user.id)).unwrap(), StandingChange::Made);
    assert!(is_over(&service, &token));
    log_in(&service);
}

#[test]
fn an_administrator_finds_a_user_by_any_spelling() {
    let service = service_of_ada();
    let find = |username| block_on(service.find_user(username)).unwrap();
    for username in ["Ada", "ada", "ADA"] {
        assert_eq!(find(username), Some(log_in(&service).user));
    }
    for username in ["adam", "no spaces", ""] {
        assert_eq!(find(username), None);
    }
}

#[test]
fn an_administrator_sees_by_what_a_user_logs_in() {
    let service = service_of_ada();
    let methods_of = |id| block_on(service.methods_of_user(id)).unwrap().codes();
    let without_password = block_on(service.create_user("eve", None, None)).unwrap();
    assert_eq!((methods_of(ada(&service).id), methods_of(without_password.id)), ("password".into(), String::new()));
    block_on(service.delete_user(without_password.id)).unwrap();
    assert_eq!(methods_of(without_password.id), "");
}

#[test]
fn an_administrator_closes_an_account_of_one_user_alone() {
    let service = service_of_ada();
    let (ada, bob) = (log_in(&service), log_in_bob(&service));
    block_on(service.close_account(ada.user.id)).unwrap();
    assert_eq!(block_on(service.find_user("ada")).unwrap().unwrap().standing, Standing::Closed);
    assert!(!takes(&service, "ada"));
    assert!(is_good(&service, &bob.token));
    block_on(service.reopen_account(ada.user.id)).unwrap();
    assert_eq!(log_in(&service).user, ada.user);
}

#[test]
fn an_administrator_ends_all_sessions_of_one_user_alone() {
    let service = service_of_ada();
    let (ada, kept, bob) = (log_in(&service), log_in_as(&service, ADA, SessionKind::Kept), log_in_bob(&service));
    forget_activity(&service);
    let end_all = || block_on(service.end_all_sessions(ada.user.id)).unwrap();
    assert_eq!(end_all(), 2);
    assert!(is_over(&service, &ada.token) && is_over(&service, &kept.token));
    assert!(is_good(&service, &bob.token));
    assert_eq!(events_of(&service, ada.user.id), [Event::SessionsEndedByOperator]);
    assert_eq!(changes_nothing(&service, end_all), 0);
}

#[test]
fn users_are_listed_with_what_an_administrator_wants_to_know() {
    let service = service_of_ada();
    let (ada, bob) = (log_in(&service), log_in_bob(&service));
    service.clock.advance(days(1));
    block_on(service.close_account(bob.user.id)).unwrap();
    let list = |standing, part_of_key: &str| {
        let filter = UserFilter { standing, part_of_key: part_of_key.to_owned() };
        block_on(service.list_users(&filter, None, 10)).unwrap()
    };
    let all = list(None, "");
    assert_eq!(all.iter().map(|listed| listed.user.id).collect::<Vec<_>>(), [ada.user.id, bob.user.id]);
    // Ada's session has reached a limit.
    assert_eq!(all.iter().map(|listed| listed.sessions).collect::<Vec<_>>(), [0, 0]);
    assert!(all.iter().all(|listed| listed.last_seen_at == Some(ada.session.created_at)));
    assert_eq!(list(None, "AD").len(), 1);
    assert_eq!(list(Some(Standing::Closed), "").first().map(|listed| listed.user.id), Some(bob.user.id));
    assert_eq!(block_on(service.list_users(&UserFilter::default(), Some(&ada.user.username), 10)).unwrap().len(), 1);
}

#[test]
fn a_user_is_created_with_a_password_or_with_none() {
    let service = service_of_ada();
    let create = |username, password| block_on(service.create_user(username, password, None));
    let bob = create("Bob", Some(ADA.password)).unwrap();
    assert_eq!((bob.username.as_str(), bob.standing), ("Bob", Standing::Active));
    log_in_as(&service, crate::Credentials { username: "bob", ..ADA }, SessionKind::Ordinary);
    assert!(events_of(&service, bob.id).contains(&Event::AccountCreated));
    let (hashes, _) = cost_of(&service, || drop(create("admin", None).unwrap()));
    assert_eq!(hashes, 0);
    assert!(refused(&service, crate::Credentials { username: "admin", ..ADA }));
    for (username, password, is_the_refusal) in [
        ("ADA", None, (|error| matches!(error, CreateUserError::UsernameTaken)) as fn(_) -> bool),
        ("a b", None, |error| matches!(error, CreateUserError::Username(UsernameError::BadCharacter))),
        ("carol", Some("short"), |error| matches!(error, CreateUserError::Password(PasswordError::TooShort { .. }))),
        ("carol", Some("passwordpasswordpassword"), |error| matches!(error, CreateUserError::Password(_))),
    ] {
        let refusal = changes_nothing(&service, || create(username, password).unwrap_err());
        assert!(is_the_refusal(refusal), "{username}");
    }
}

#[test]
fn an_administrator_renames_a_user_whose_sessions_go_on() {
    let service = service_of_ada();
    let LoggedIn { user, token, .. } = log_in(&service);
    sign_up(&service, "Bob").unwrap();
    let rename = |username| block_on(service.rename_user(user.id, username));
    rename("Augusta").unwrap();
    assert_eq!(visit_by(&service, &token).user.username.as_str(), "Augusta");
    assert!(!takes(&service, "ada"));
    let former = block_on(service.former_names_of_user(user.id)).unwrap();
    assert_eq!(former.iter().map(|name| name.key.as_str()).collect::<Vec<_>>(), ["ada"]);
    assert!(events_of(&service, user.id).contains(&Event::UsernameChangedByOperator));
    let refusal = changes_nothing(&service, || [rename("BOB"), rename("b b"), rename("")]);
    assert!(matches!(
        refusal,
        [Err(RenameUserError::UsernameTaken), Err(RenameUserError::Unfit(_)), Err(RenameUserError::Unfit(_))]
    ));
    service.clock.advance(days(30));
    assert_eq!(block_on(service.former_names_of_user(user.id)).unwrap(), []);
    assert!(takes(&service, "ada"));
}

#[test]
fn an_administrator_deletes_a_user_with_everything_of_theirs() {
    let service = service_of_ada();
    let (ada, bob) = (log_in(&service), log_in_bob(&service));
    let delete = || block_on(service.delete_user(ada.user.id)).unwrap();
    assert_eq!(delete(), UserDeletion::Deleted);
    assert!(is_over(&service, &ada.token) && is_good(&service, &bob.token));
    assert!(!takes(&service, "ada"));
    assert_eq!(changes_nothing(&service, delete), UserDeletion::NoSuchUser);
    delete_account(&service, &visit_by(&service, &bob.token), ADA.password).unwrap();
}

#[test]
fn an_administrator_sees_how_long_a_name_is_throttled_and_forgives_the_waits() {
    let service = throttling();
    assert_eq!(throttled_until(&service), None);
    for last_byte in [1, 2] {
        try_until_throttled(&service, last_byte);
    }
    let until = throttled_until(&service).unwrap();
    assert!(until > service.clock.now());
    block_on(service.forgive_waits(&ada(&service))).unwrap();
    assert_eq!(throttled_until(&service), None);
    for last_byte in [1, 2, 3] {
        assert!(matches!(try_from(&service, last_byte), Err(LogInError::Refused)), "{last_byte}");
    }
    assert!(events_of(&service, ada(&service).id).contains(&Event::WaitsForgiven));
}

#[test]
fn a_wait_that_is_over_is_no_wait() {
    let service = throttling();
    try_until_throttled(&service, 1);
    let until = throttled_until(&service).unwrap();
    service.clock.advance(until.since(service.clock.now()).saturating_sub(A_MOMENT));
    assert_eq!(throttled_until(&service), Some(until));
    service.clock.advance(A_MOMENT);
    assert_eq!(throttled_until(&service), None);
}

#[test]
fn forgiving_lifts_the_waits_of_known_devices_and_sessions_and_leaves_those_of_a_network() {
    let service = throttling();
    let here = firefox_at(1);
    let logged_in = block_on(service.from(&here).log_in(LogIn::new(ADA))).unwrap().done().unwrap();
    let by_device = || block_on(service.from(&here).log_in(LogIn::new(WRONG).by_device(&logged_in.device_tokens)));
    while !matches!(by_device(), Err(LogInError::Throttled(_))) {}
    let visit = visit_by(&service, &logged_in.token);
    let reauthenticate = || block_on(service.from(&here).reauthenticate(&visit, WRONG.password));
    while !matches!(reauthenticate(), Err(crate::ReauthenticateError::Throttled(_))) {}
    // A network that tries many names waits for all of them.
    let other = |number| crate::Credentials { username: number, ..WRONG };
    let names: Vec<_> = (0..40).map(|number| format!("name{number}")).collect();
    for name in &names {
        drop(block_on(service.from(&firefox_at(9)).log_in(LogIn::new(other(name)))));
    }
    assert!(matches!(try_from(&service, 9), Err(LogInError::Throttled(_))));
    block_on(service.forgive_waits(&ada(&service))).unwrap();
    assert!(matches!(by_device(), Err(LogInError::Refused)));
    assert!(matches!(reauthenticate(), Err(crate::ReauthenticateError::Refused)));
    assert!(matches!(try_from(&service, 9), Err(LogInError::Throttled(_))));
}

#[test]
fn without_a_throttle_there_are_no_waits() {
    let service = service_of_ada();
    assert_eq!(throttled_until(&service), None);
    forget_activity(&service);
    block_on(service.forgive_waits(&ada(&service))).unwrap();
    assert_eq!(events_of(&service, ada(&service).id), [Event::WaitsForgiven]);
}
