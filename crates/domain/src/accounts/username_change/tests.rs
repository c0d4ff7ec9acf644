use pollster::block_on;

use crate::accounts::fixtures::{
    A_MOMENT, ADA, ADAS, NOT_RECENT, OTHERS, TestService, changes_nothing, days, delete_account, events_of,
    forget_activity, give_email, is_good, is_over, just_before, log_in, log_in_as, log_in_bob, mail_service,
    reauthenticate, refused, rename, service_of_ada, sign_up, takes, visit_by, visit_of_ada, visit_of_ada_with_address,
};
use crate::accounts::{ChangeUsernameError, Credentials, ReauthenticateError, Visit};
use crate::activity::Event;
use crate::client::Client;
use crate::clock::Clock as _;
use crate::repository::UserRepository as _;
use crate::session::SessionKind;
use crate::token::SessionToken;
use crate::username::UsernameError;

/// Frees all reserved names, and returns their number.
fn free_names(service: &TestService) -> u32 {
    let in_a_year = service.clock.now().plus(days(365));
    block_on(service.store.release_names(in_a_year, 1_000)).unwrap()
}

#[test]
fn a_username_is_not_changed_to_what_it_cannot_be() {
    let (service, here) = visit_of_ada();
    log_in_bob(&service);
    let change = |username| changes_nothing(&service, || rename(&service, &here, username));
    assert!(matches!(change("no spaces"), Err(ChangeUsernameError::Unfit(UsernameError::BadCharacter))));
    assert!(matches!(change("BOB"), Err(ChangeUsernameError::UsernameTaken)));
    service.clock.advance(NOT_RECENT);
    assert!(matches!(change("Lovelace"), Err(ChangeUsernameError::NotRecent)));
}

#[test]
fn another_spelling_of_the_username_reserves_nothing() {
    let (service, here) = visit_of_ada();
    forget_activity(&service);
    assert!(rename(&service, &here, "ADA").unwrap().is_some());
    assert_eq!(block_on(service.find_user("ada")).unwrap().unwrap().username.as_str(), "ADA");
    assert_eq!(log_in(&service).user.username.as_str(), "ADA");
    assert_eq!(free_names(&service), 0);
    assert!(events_of(&service, here.user.id).contains(&Event::UsernameChanged));
}

#[test]
fn the_same_spelling_of_the_username_changes_nothing() {
    let (service, here) = visit_of_ada();
    let token = changes_nothing(&service, || rename(&service, &here, "Ada")).unwrap();
    assert!(token.is_none());
}

#[test]
fn a_changed_username_is_the_one_to_log_in_with_and_the_session_goes_on() {
    let service = service_of_ada();
    let token = log_in(&service).token;
    let token = rename(&service, &visit_by(&service, &token), "Lovelace").unwrap().unwrap();
    assert!(refused(&service, ADA));
    log_in_as(&service, Credentials { username: "lovelace", ..ADA }, SessionKind::Ordinary);
    assert_eq!(visit_by(&service, &token).user.username.as_str(), "Lovelace");
}

#[test]
fn a_username_that_was_given_up_is_reserved_for_thirty_days() {
    let (service, here) = visit_of_ada();
    rename(&service, &here, "Lovelace").unwrap();
    let bob = visit_by(&service, &log_in_bob(&service).token);
    assert!(matches!(rename(&service, &bob, "ada"), Err(ChangeUsernameError::UsernameTaken)));
    service.clock.advance(just_before(days(30)));
    assert!(!takes(&service, "ada"));
    service.clock.advance(A_MOMENT);
    assert!(takes(&service, "ada"));
}

#[test]
fn a_user_can_go_back_to_a_username_that_they_gave_up() {
    let service = service_of_ada();
    let mut token = log_in(&service).token;
    for username in ["Lovelace", "Ada"] {
        token = rename(&service, &visit_by(&service, &token), username).unwrap().unwrap();
    }
    assert_eq!(log_in(&service).user.username.as_str(), "Ada");
    assert!(!takes(&service, "lovelace"));
    assert_eq!(free_names(&service), 1);
}

#[test]
fn a_change_of_the_username_gives_this_session_a_new_token_and_leaves_the_others() {
    let service = service_of_ada();
    let (here, there) = (log_in(&service).token, log_in(&service).token);
    let token = rename(&service, &visit_by(&service, &here), "Lovelace").unwrap().unwrap();
    assert!(is_over(&service, &here) && is_good(&service, &there));
    assert_eq!(visit_by(&service, &token).user.username.as_str(), "Lovelace");
}

#[test]
fn a_user_who_was_renamed_during_a_visit_is_asked_for_their_own_password() {
    let (service, before_the_change) = visit_of_ada();
    rename(&service, &before_the_change, "Lovelace").unwrap();
    service.clock.advance(days(30));
    let successor = Credentials { username: "ada", password: "another good password" };
    block_on(service.from(&Client::default()).sign_up(successor)).unwrap();
    let refusal = reauthenticate(&service, &before_the_change, successor.password);
    assert!(matches!(refusal, Err(ReauthenticateError::Refused)));
    assert!(reauthenticate(&service, &before_the_change, ADA.password).is_ok());
    delete_account(&service, &before_the_change, ADA.password).unwrap();
    assert!(block_on(service.find_user("ada")).unwrap().is_some());
}

#[test]
fn a_deleted_user_cannot_be_renamed() {
    let (service, here) = visit_of_ada();
    delete_account(&service, &here, ADA.password).unwrap();
    let refusal = changes_nothing(&service, || rename(&service, &here, "Lovelace"));
    assert!(matches!(refusal, Err(ChangeUsernameError::Ended)));
}

fn rename_by_email(
    service: &TestService,
    visit: &Visit,
    username: &str,
) -> Result<Option<SessionToken>, ChangeUsernameError> {
    block_on(service.from(&Client::default()).change_username_by_email(visit, username))
}

#[test]
fn the_own_verified_address_may_be_the_username_and_no_other_address_may() {
    let (service, here) = visit_of_ada_with_address();
    give_email(&service, &here, OTHERS).unwrap();
    for typed in [OTHERS, "ada@localhost", "a@b"] {
        let refusal = changes_nothing(&service, || rename_by_email(&service, &here, typed));
        assert!(matches!(refusal, Err(ChangeUsernameError::Unfit(UsernameError::NotOwnAddress))), "{typed}");
    }
    let refusal = changes_nothing(&service, || rename(&service, &here, ADAS));
    assert!(matches!(refusal, Err(ChangeUsernameError::Unfit(UsernameError::NotOwnAddress))), "it asks for no address");
    let token = rename_by_email(&service, &here, &ADAS.to_uppercase()).unwrap().unwrap();
    assert_eq!(visit_by(&service, &token).user.username.as_str(), ADAS.to_uppercase());
    service.clock.advance(NOT_RECENT);
    let late = rename_by_email(&service, &visit_by(&service, &token), "Ada");
    assert!(matches!(late, Err(ChangeUsernameError::NotRecent)));
}

#[test]
fn a_username_with_an_at_sign_from_before_stays_and_may_be_spelled_otherwise() {
    let mut service = mail_service();
    let mail = service.mail.take();
    sign_up(&service, ADAS).unwrap();
    service.mail = mail;
    let typed = Credentials { username: ADAS, ..ADA };
    let mut here = visit_by(&service, &log_in_as(&service, typed, SessionKind::Ordinary).token);
    assert!(rename_by_email(&service, &here, ADAS).unwrap().is_none());
    for spelling in [ADAS.to_uppercase(), ADAS.to_lowercase()] {
        let token = rename_by_email(&service, &here, &spelling).unwrap().unwrap();
        here = visit_by(&service, &token);
        assert_eq!(here.user.username.as_str(), spelling);
        let again = rename(&service, &here, ADAS).unwrap().unwrap();
        here = visit_by(&service, &again);
    }
    // Once the user gives it up, it counts as a new one.
    let token = rename_by_email(&service, &here, "Ada").unwrap().unwrap();
    let back = rename_by_email(&service, &visit_by(&service, &token), ADAS);
    assert!(matches!(back, Err(ChangeUsernameError::Unfit(UsernameError::NotOwnAddress))));
}

#[test]
fn where_no_mails_are_sent_a_username_may_hold_an_at_sign() {
    let (service, here) = visit_of_ada();
    assert!(rename_by_email(&service, &here, OTHERS).unwrap().is_some());
}
