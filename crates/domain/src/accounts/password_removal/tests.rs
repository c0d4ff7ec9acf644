use pollster::block_on;

use crate::accounts::fixtures::*;
use crate::accounts::passkeys::fixtures::*;
use crate::accounts::{ChangePasskeyError, DeleteAccountError, LogIn, RemovePasswordError, Visit};
use crate::activity::Event;
use crate::authentication::{AuthenticationMethod, AuthenticationMethods};
use crate::client::Client;
use crate::testing::FakeAuthenticator;
use crate::token::SessionToken;

fn remove_password(service: &TestService, visit: &Visit) -> Result<SessionToken, RemovePasswordError> {
    block_on(service.from(&Client::default()).remove_password(visit, ""))
}

#[test]
fn without_a_password_every_password_is_refused_like_a_wrong_one() {
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    let other = log_in_by_passkey(&service, &mut authenticator).unwrap();
    let visit = visit_by(&service, &remove_password(&service, &visit).unwrap());
    assert!(is_over(&service, &other.token), "as after a change");
    let hashes = |typed| {
        let before = service.hashing_stats().hashes;
        assert!(refused(&service, typed));
        service.hashing_stats().hashes - before
    };
    assert_eq!([hashes(ADA), hashes(WRONG)], [1, 1]);
    assert!(events_of(&service, visit.user.id).contains(&Event::PasswordRemoved));
    log_in_by_passkey(&service, &mut authenticator).unwrap();
    assert!(matches!(remove_password(&service, &visit), Err(RemovePasswordError::NoneSet)));
}

#[test]
fn a_password_goes_where_two_passkeys_are_or_one_and_a_recovery_code() {
    let (service, visit) = visit_of_ada_without_passkey();
    assert!(matches!(remove_password(&service, &visit), Err(RemovePasswordError::LastWayIn)));
    let added = add(&service, &visit, &mut FakeAuthenticator::new(1)).unwrap();
    let visit = visit_by(&service, &added.token);
    for code in added.recovery_codes.unwrap().iter() {
        let token = crate::accounts::second_factor::fixtures::pending(&service);
        crate::accounts::second_factor::fixtures::finish(&service, &token, &code.expose_secret()).unwrap();
    }
    assert!(matches!(remove_password(&service, &visit), Err(RemovePasswordError::LastWayIn)));
    let added = add(&service, &visit, &mut FakeAuthenticator::new(2)).unwrap();
    remove_password(&service, &visit_by(&service, &added.token)).unwrap();
}

#[test]
fn the_last_passkey_of_a_user_without_a_password_stays() {
    let (service, visit, _) = visit_of_ada_with_passkey();
    let visit = visit_by(&service, &remove_password(&service, &visit).unwrap());
    let [passkey] = &block_on(service.passkeys_of(visit.user.id)).unwrap()[..] else { panic!("she has one") };
    let removed = block_on(service.from(&Client::default()).remove_passkey(&visit, passkey.id, ""));
    assert!(matches!(removed, Err(ChangePasskeyError::LastWayIn)));
}

#[test]
fn a_removal_needs_a_recent_log_in() {
    let (service, visit, _) = visit_of_ada_with_passkey();
    service.clock.advance(NOT_RECENT);
    assert!(matches!(remove_password(&service, &visit), Err(RemovePasswordError::NotRecent)));
}

#[test]
fn a_log_in_that_waits_for_its_second_factor_ends_with_the_password() {
    let (service, visit, _) = visit_of_ada_with_passkey();
    let token = crate::accounts::second_factor::fixtures::pending(&service);
    remove_password(&service, &visit).unwrap();
    let found = block_on(service.from(&Client::default()).find_pending_log_in(&token));
    assert!(found.is_err());
    let typed = block_on(service.from(&Client::default()).log_in(LogIn::new(ADA)));
    assert!(typed.is_err());
}

#[test]
fn a_user_without_a_password_deletes_the_account_after_a_recent_log_in() {
    let delete = |service: &TestService, visit: &Visit| {
        block_on(service.from(&Client::default()).delete_passwordless_account(visit))
    };
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    let visit = visit_by(&service, &remove_password(&service, &visit).unwrap());
    for password in ["", ADA.password] {
        assert!(matches!(delete_account(&service, &visit, password), Err(DeleteAccountError::Refused)));
    }
    service.clock.advance(NOT_RECENT);
    assert!(matches!(delete(&service, &visit), Err(DeleteAccountError::NotRecent)));
    assert!(stored_user(&service, "ada").is_some());

    let visit = visit_by(&service, &log_in_by_passkey(&service, &mut authenticator).unwrap().token);
    delete(&service, &visit).unwrap();
    assert!(stored_user(&service, "ada").is_none() && !takes(&service, "ada"));
    assert!(matches!(delete(&service, &visit), Err(DeleteAccountError::Ended)));
}

#[test]
fn a_session_that_has_proved_no_factor_removes_a_password_by_a_code() {
    let (service, visit) = visit_of_ada_without_passkey();
    let added = add(&service, &visit, &mut FakeAuthenticator::new(1)).unwrap();
    let (codes, mut before) = (added.recovery_codes.unwrap(), visit_by(&service, &added.token));
    before.session.authentication.methods = AuthenticationMethods::NONE.with(AuthenticationMethod::Password);
    let remove = |proof: &str| block_on(service.from(&Client::default()).remove_password(&before, proof));
    for proof in ["", "000000", "AAAAA-AAAAA"] {
        assert!(matches!(remove(proof), Err(RemovePasswordError::Wrong)), "{proof}");
    }
    assert!(stored_user(&service, "ada").unwrap().password_hash.is_some());
    let code = codes.iter().next().unwrap().expose_secret();
    assert!(is_good(&service, &remove(&code).unwrap()));
    assert!(stored_user(&service, "ada").unwrap().password_hash.is_none());
}
