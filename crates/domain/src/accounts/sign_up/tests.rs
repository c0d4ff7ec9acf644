use pollster::block_on;

use crate::accounts::fixtures::{
    A_MINUTE, A_MOMENT, ADA, CHANGED, RACES, at_once, just_before, log_in, refused, service, service_of_ada,
    service_with, try_to_log_in,
};
use crate::accounts::{Credentials, Failed, SignUpError};
use crate::client::Client;
use crate::password::PasswordError;
use crate::testing::{ManualClock, NoEntropy};
use crate::username::UsernameError;

#[test]
fn who_signed_up_can_log_in_by_any_spelling_of_the_name() {
    let service = service_of_ada();
    for username in ["Ada", "ada", "ADA"] {
        let logged_in = try_to_log_in(&service, Credentials { username, ..ADA }).unwrap();
        assert_eq!(logged_in.user.username.as_str(), "Ada");
    }
}

#[test]
fn sign_up_names_what_is_wrong_with_each_field_at_once() {
    let typed = Credentials { username: "no spaces", password: "short" };
    let Err(SignUpError::Unfit { username, password, .. }) =
        block_on(service().from(&Client::default()).sign_up(typed))
    else {
        panic!()
    };
    assert_eq!(username, Some(UsernameError::BadCharacter));
    assert_eq!(password, Some(PasswordError::TooShort { min_chars: 15 }));
}

#[test]
fn the_username_may_not_be_the_password() {
    let typed = Credentials { username: "ada.lovelace.1815", password: "ada.lovelace.1815" };
    let Err(SignUpError::Unfit { username: None, password, .. }) =
        block_on(service().from(&Client::default()).sign_up(typed))
    else {
        panic!()
    };
    assert_eq!(password.unwrap().code(), "too_guessable");
}

#[test]
fn a_taken_name_is_refused_and_its_owner_unharmed() {
    let service = service_of_ada();
    let thief = Credentials { username: "ADA", password: "another good password" };
    assert!(matches!(block_on(service.from(&Client::default()).sign_up(thief)), Err(SignUpError::UsernameTaken)));
    assert!(refused(&service, thief));
    log_in(&service);
}

/// As a double click does, or a slow network.
#[test]
fn a_sign_up_that_one_browser_sends_twice_is_one_account_with_the_password_that_came_first() {
    let service = service();
    let [here, elsewhere] = [(); 2].map(|()| Client::default().in_browser(Some(service.name_browser().unwrap())));
    let sign_up = |typed, client: &Client| block_on(service.from(client).sign_up(typed));
    let ada = sign_up(ADA, &here).unwrap();
    assert_eq!(sign_up(ADA, &here).unwrap(), ada);
    assert_eq!(sign_up(CHANGED, &here).unwrap(), ada);
    assert!(refused(&service, CHANGED) && !refused(&service, ADA));
    for other in [&elsewhere, &Client::default()] {
        assert!(matches!(sign_up(ADA, other), Err(SignUpError::UsernameTaken)));
    }
    service.clock.advance(just_before(A_MINUTE));
    assert_eq!(sign_up(ADA, &here).unwrap(), ada);
    service.clock.advance(A_MOMENT);
    assert!(matches!(sign_up(ADA, &here), Err(SignUpError::UsernameTaken)));
}

#[test]
fn a_sign_up_that_is_sent_twice_at_once_succeeds_twice() {
    for _ in 0..RACES {
        let service = service();
        let here = Client::default().in_browser(Some(service.name_browser().unwrap()));
        let sign_up = || block_on(service.from(&here).sign_up(ADA)).unwrap();
        let (one, other) = at_once(sign_up, sign_up);
        assert_eq!(one, other);
    }
}

#[test]
fn without_randomness_nobody_signs_up() {
    let refusal = block_on(service_with(ManualClock::default(), NoEntropy).from(&Client::default()).sign_up(ADA));
    assert!(matches!(refusal, Err(SignUpError::Failed(Failed::Hashing(_)))));
}
