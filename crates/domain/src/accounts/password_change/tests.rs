use pollster::block_on;

use crate::accounts::fixtures::{
    ADA, CHANGED, RACES, WRONG, assert_leads_nowhere, at_once, change_password, changes_nothing, days, delete_account,
    end_session, events_of, forget_activity, is_good, is_over, kept_session_of_ada, log_in, log_in_as, log_in_bob,
    reauthenticate, refused, service, sign_up, try_to_log_in, visit_by, visit_of_ada,
};
use crate::accounts::{
    ChangePasswordError, Credentials, DeleteAccountError, LoggedIn, ReauthenticateError, WrongPassword,
};
use crate::activity::Event;
use crate::client::Client;
use crate::clock::Clock as _;
use crate::password::PasswordError;
use crate::session::SessionKind;
use crate::testing::keep_out_of_the_log;

#[test]
fn a_changed_password_ends_all_sessions_but_this_one_which_gets_another_token() {
    let (service, LoggedIn { token: old, .. }) = kept_session_of_ada();
    service.clock.advance(days(7));
    let mut ended = vec![log_in(&service).token, log_in_as(&service, ADA, SessionKind::Kept).token];
    let bob = log_in_bob(&service).token;
    let here = visit_by(&service, &old);
    assert!(!service.has_recent_log_in(&here));
    let new = change_password(&service, &here, ADA.password, CHANGED.password).unwrap();
    keep_out_of_the_log(&new.expose_secret());

    ended.extend([old, here.renewed_token.unwrap()]);
    assert!(ended.iter().all(|token| is_over(&service, token)));
    assert!(is_good(&service, &bob));
    let again = visit_by(&service, &new);
    assert_eq!((again.session.id, again.session.renewed_at), (here.session.id, service.clock.now()));
    assert!(again.renewed_token.is_none());
    assert!(service.has_recent_log_in(&again));
    assert!(refused(&service, ADA));
    log_in_as(&service, CHANGED, SessionKind::Ordinary);
}

#[test]
fn a_change_of_password_names_what_is_wrong_with_either_at_once_and_changes_nothing() {
    let service = service();
    let ada = Credentials { username: "ada.lovelace.1815", ..ADA };
    sign_up(&service, ada.username).unwrap();
    let LoggedIn { token, user, .. } = log_in_as(&service, ada, SessionKind::Ordinary);
    let (here, elsewhere) = (visit_by(&service, &token), log_in_as(&service, ada, SessionKind::Ordinary).token);
    for (current, new, wrong, unfit) in [
        (WRONG.password, CHANGED.password, Some(WrongPassword), None),
        (WRONG.password, "short", Some(WrongPassword), Some("too_short")),
        ("", "", Some(WrongPassword), Some("empty")),
        (ADA.password, "short", None, Some("too_short")),
        (ADA.password, "seven quiet lanterns\0", None, Some("bad_character")),
        (ADA.password, ada.username, None, Some("too_guessable")),
    ] {
        forget_activity(&service);
        let refusal = change_password(&service, &here, current, new);
        let Err(ChangePasswordError::Refused { current, new }) = refusal else { panic!("{refusal:?}") };
        assert_eq!((current, new.as_ref().map(PasswordError::code)), (wrong, unfit));
        assert_eq!(events_of(&service, user.id), wrong.map(|_| Event::ReauthenticationFailed).as_slice());
    }
    assert!(is_good(&service, &token) && is_good(&service, &elsewhere));
    assert!(refused(&service, Credentials { username: ada.username, ..CHANGED }));
    log_in_as(&service, ada, SessionKind::Ordinary);
}

#[test]
fn a_session_that_ended_meanwhile_changes_no_password() {
    let (service, here) = visit_of_ada();
    end_session(&service, &here, here.session.id).unwrap();
    let refusal = changes_nothing(&service, || change_password(&service, &here, ADA.password, CHANGED.password));
    assert!(matches!(refusal, Err(ChangePasswordError::Ended)));
    log_in(&service);
}

#[test]
fn a_user_whose_session_ended_meanwhile_is_told_so_and_not_that_the_password_is_wrong() {
    let (service, here) = visit_of_ada();
    block_on(service.end_all_sessions(here.user.id)).unwrap();
    let change =
        block_on(service.from(&Client::default()).change_password(&here, ADA.password, "another good password"));
    assert!(matches!(change, Err(ChangePasswordError::Ended)));
    let (service, here) = visit_of_ada();
    let again = here.clone();
    delete_account(&service, &here, ADA.password).unwrap();
    assert!(matches!(delete_account(&service, &again, ADA.password), Err(DeleteAccountError::Ended)));
    assert!(matches!(reauthenticate(&service, &again, ADA.password), Err(ReauthenticateError::Ended)));
}

#[test]
fn no_log_in_with_the_old_password_survives_a_change_of_it_at_the_same_time() {
    for _race in 0..RACES {
        let (service, here) = visit_of_ada();
        let change = || change_password(&service, &here, ADA.password, CHANGED.password);
        let (changed, logged_in) = at_once(change, || try_to_log_in(&service, ADA));
        assert!(is_good(&service, &changed.unwrap()));
        assert_leads_nowhere(&service, logged_in);
    }
}

#[test]
fn of_two_password_changes_at_once_one_succeeds() {
    const OTHER: &str = "nine purple umbrellas";
    for race in 0..RACES {
        let (service, here) = visit_of_ada();
        let elsewhere = visit_by(&service, &log_in(&service).token);
        let there = [&here, &elsewhere][race % 2];
        let (one, other) = at_once(
            || change_password(&service, &here, ADA.password, CHANGED.password),
            || change_password(&service, there, ADA.password, OTHER),
        );
        let (token, refusal, password) = match (one, other) {
            (Ok(token), Err(refusal)) => (token, refusal, CHANGED.password),
            (Err(refusal), Ok(token)) => (token, refusal, OTHER),
            both => panic!("{both:?}"),
        };
        // A loser in another browser was logged out by the winner.
        assert!(matches!(
            refusal,
            ChangePasswordError::Refused { current: Some(WrongPassword), new: None } | ChangePasswordError::Ended
        ));
        assert!(is_good(&service, &token));
        assert!(try_to_log_in(&service, Credentials { password, ..ADA }).is_ok());
    }
}
