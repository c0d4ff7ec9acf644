use pollster::block_on;

use crate::accounts::LoggedIn;
use crate::accounts::fixtures::{
    ADA, changes_nothing, events_of, forget_activity, is_good, is_over, log_in, log_in_as, log_in_bob, refused,
    service_of_ada, takes,
};
use crate::activity::Event;
use crate::session::SessionKind;
use crate::user::Standing;

#[test]
fn closing_an_account_ends_its_sessions_and_reopening_lets_in_again() {
    let service = service_of_ada();
    let LoggedIn { user, token, .. } = log_in(&service);
    block_on(service.close_account(user.id)).unwrap();
    assert!(is_over(&service, &token));
    assert!(refused(&service, ADA));
    block_on(service.reopen_account(user.id)).unwrap();
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
    assert_eq!(events_of(&service, ada.user.id), [Event::SessionsEnded]);
    assert_eq!(changes_nothing(&service, end_all), 0);
}
