use std::time::Duration;

use pollster::block_on;

use super::fixtures::*;
use crate::accounts::fixtures::*;
use crate::accounts::{ChangeFactorError, LogIn, LogInStep, SetUpTotp, SetUpTotpError, Visit};
use crate::activity::Event;
use crate::authentication::{AuthenticationMethod, AuthenticationMethods};
use crate::client::Client;
use crate::mail::MailKind;
use crate::repository::SecondFactorRemoval;
use crate::second_factor::{ClockOffset, RecoveryCodes, Requirement, TotpSecret};
use crate::session::SessionKind;
use crate::throttle::Throttled;

/// A visit of Ada, logged in by her password and her app.
fn visit_with_factor() -> (crate::accounts::fixtures::TestService, RecoveryCodes, TotpSecret, Visit) {
    let (service, codes, secret) = service_with_factor();
    let logged_in = finish(&service, &pending(&service), &code_now(&service, &secret)).unwrap();
    service.clock.advance(A_MINUTE);
    let visit = visit_by(&service, &logged_in.token);
    (service, codes, secret, visit)
}

fn turn_off(service: &TestService, visit: &Visit, code: &str) -> Result<crate::token::SessionToken, ChangeFactorError> {
    block_on(service.from(&Client::default()).turn_off_second_factor(visit, code))
}

fn save(service: &TestService, visit: &Visit, codes: &RecoveryCodes) -> Result<(), ChangeFactorError> {
    block_on(service.from(&Client::default()).save_recovery_codes(visit, codes, ""))
}

fn asks_for_a_code(service: &TestService) -> bool {
    let step = block_on(service.from(&Client::default()).log_in(LogIn::new(ADA))).unwrap();
    matches!(step, LogInStep::SecondFactor(_))
}

#[test]
fn an_app_counts_once_a_code_of_it_was_right_and_brings_ten_recovery_codes() {
    let (service, visit) = visit_of_ada_without_factor();
    let other = log_in(&service);
    let secret = service.draw_totp_secret().unwrap();
    assert!(matches!(set_up(&service, &visit, &secret, "000000"), Err(SetUpTotpError::Wrong)));
    assert!(!asks_for_a_code(&service), "nothing is on before a code was right");
    let code = code_now(&service, &secret);
    let done = set_up(&service, &visit, &secret, &code).unwrap();
    assert_eq!(done.recovery_codes.as_ref().unwrap().iter().count(), 10);
    let now = visit_by(&service, &done.token);
    assert!(now.session.authentication.methods.contain(AuthenticationMethod::Totp));
    assert_eq!(now.user.second_factors, AuthenticationMethods::NONE.with(AuthenticationMethod::Totp));
    assert!(is_good(&service, &other.token), "other sessions stay");
    let state = block_on(service.second_factor_of(visit.user.id)).unwrap();
    assert!(state.totp_since.is_some() && state.recovery_codes_left == 10);
    assert!(events_of(&service, visit.user.id).contains(&Event::SecondFactorTurnedOn));
    assert!(asks_for_a_code(&service));
    assert!(finish(&service, &pending(&service), &code).is_err(), "the step of the set-up counts as used");
    assert!(
        !format!("{done:?}").contains(&done.recovery_codes.as_ref().unwrap().iter().next().unwrap().expose_secret())
    );
}

#[test]
fn a_clock_that_is_off_is_told_at_the_set_up_and_nothing_is_turned_on() {
    let (service, visit) = visit_of_ada_without_factor();
    let secret = service.draw_totp_secret().unwrap();
    for (steps, expected) in [
        (2, Some(ClockOffset::Ahead(1))),
        (-20, Some(ClockOffset::Behind(10))),
        (20, Some(ClockOffset::Ahead(10))),
        (21, None),
    ] {
        let refused = set_up(&service, &visit, &secret, &code_after(&service, &secret, steps)).unwrap_err();
        match (refused, expected) {
            (SetUpTotpError::ClockOff(offset), Some(expected)) => assert_eq!(offset, expected),
            (SetUpTotpError::Wrong, None) => {}
            (refused, _) => panic!("{steps}: {refused:?}"),
        }
    }
    assert!(!asks_for_a_code(&service));
}

#[test]
fn a_set_up_needs_a_recent_log_in_and_a_service_that_has_second_factors() {
    let (service, visit) = visit_of_ada();
    let secret = service.draw_totp_secret().unwrap();
    let code = code_now(&service, &secret);
    assert!(matches!(set_up(&service, &visit, &secret, &code), Err(SetUpTotpError::NotOffered)));
    let (service, visit) = visit_of_ada_without_factor();
    service.clock.advance(NOT_RECENT);
    let code = code_now(&service, &secret);
    assert!(matches!(set_up(&service, &visit, &secret, &code), Err(SetUpTotpError::NotRecent)));
}

/// The recovery codes stay; the old app's codes are refused.
#[test]
fn another_app_needs_a_code_of_the_present_one_or_a_recovery_code() {
    for is_app in [true, false] {
        let (service, codes, secret, visit) = visit_with_factor();
        let new = service.draw_totp_secret().unwrap();
        let set_up = |code: &str, current: &str| {
            let set_up = SetUpTotp::new(&new, code).replacing(current);
            block_on(service.from(&Client::default()).set_up_totp(&visit, set_up))
        };
        let code = code_now(&service, &new);
        for wrong in ["", "000000", &code] {
            assert!(matches!(set_up(&code, wrong), Err(SetUpTotpError::CurrentWrong)), "{wrong}");
        }
        let current = if is_app { code_now(&service, &secret) } else { codes.iter().next().unwrap().expose_secret() };
        assert!(matches!(set_up("000000", &current), Err(SetUpTotpError::Wrong)), "which uses nothing up");
        let done = set_up(&code, &current).unwrap();
        assert!(done.recovery_codes.is_none());
        assert!(events_of(&service, visit.user.id).contains(&Event::SecondFactorReplaced));
        let left = block_on(service.second_factor_of(visit.user.id)).unwrap().recovery_codes_left;
        assert_eq!(left, if is_app { 10 } else { 9 });
        service.clock.advance(A_MINUTE);
        assert!(finish(&service, &pending(&service), &code_now(&service, &secret)).is_err());
        finish(&service, &pending(&service), &code_now(&service, &new)).unwrap();
    }
}

#[test]
fn a_second_factor_is_turned_off_by_itself_or_by_a_recovery_code_and_by_nothing_else() {
    for is_app in [true, false] {
        let (service, codes, secret, visit) = visit_with_factor();
        for wrong in ["", "000000", ADA.password] {
            assert!(matches!(turn_off(&service, &visit, wrong), Err(ChangeFactorError::Wrong)), "{wrong}");
        }
        let code = if is_app { code_now(&service, &secret) } else { codes.iter().next().unwrap().expose_secret() };
        let token = turn_off(&service, &visit, &code).unwrap();
        let visit = visit_by(&service, &token);
        assert!(visit.user.second_factors.is_empty());
        let state = block_on(service.second_factor_of(visit.user.id)).unwrap();
        assert!(state.totp_since.is_none() && state.recovery_codes_left == 0);
        assert!(!asks_for_a_code(&service));
        assert!(events_of(&service, visit.user.id).contains(&Event::SecondFactorTurnedOff));
        assert!(matches!(turn_off(&service, &visit, &code), Err(ChangeFactorError::NotSetUp)));
    }
}

#[test]
fn wrong_codes_within_a_session_count_like_those_of_a_log_in() {
    let (service, _, _, visit) = visit_with_factor();
    let service = throttled(service);
    for _ in 0..10 {
        assert!(matches!(turn_off(&service, &visit, "000000"), Err(ChangeFactorError::Wrong)));
    }
    let refused = turn_off(&service, &visit, "000000");
    assert!(matches!(refused, Err(ChangeFactorError::Throttled(Throttled { .. }))), "{refused:?}");
    assert!(finish(&service, &pending(&service), "000000").is_err());
}

#[test]
fn new_recovery_codes_count_once_they_are_saved_and_the_ones_before_until_then() {
    let (service, old, _, visit) = visit_with_factor();
    let new = service.draw_recovery_codes().unwrap();
    let [old_one, old_two] = [0, 1].map(|at| old.iter().nth(at).unwrap().expose_secret());
    let new_one = new.iter().next().unwrap().expose_secret();
    assert!(finish(&service, &pending(&service), &new_one).is_err());
    finish(&service, &pending(&service), &old_one).unwrap();
    save(&service, &visit, &new).unwrap();
    assert!(finish(&service, &pending(&service), &old_two).is_err());
    finish(&service, &pending(&service), &new_one).unwrap();
    assert!(events_of(&service, visit.user.id).contains(&Event::RecoveryCodesMade));
}

/// The session is from before the factor, or on a trusted device. Otherwise a password would be enough to turn the
/// factor off.
#[test]
fn new_recovery_codes_take_a_code_in_a_session_that_has_proved_no_factor() {
    for is_app in [true, false] {
        let (service, visit) = visit_of_ada_without_factor();
        let other = visit_by(&service, &log_in(&service).token);
        let secret = service.draw_totp_secret().unwrap();
        let old = set_up(&service, &visit, &secret, &code_now(&service, &secret)).unwrap().recovery_codes.unwrap();
        let new = service.draw_recovery_codes().unwrap();
        let save = |proof: &str| {
            block_on(service.from(&Client::default()).save_recovery_codes(&other, &new, proof))
                .map_err(|error| error.to_string())
        };
        let of_the_new = new.iter().next().unwrap().expose_secret();
        for wrong in ["", "000000", &of_the_new, &code_now(&service, &secret)] {
            assert_eq!(save(wrong), Err(ChangeFactorError::Wrong.to_string()), "{wrong}");
        }
        let proof = if is_app { code_after(&service, &secret, 1) } else { old.iter().next().unwrap().expose_secret() };
        save(&proof).unwrap();
        assert_eq!(save(&proof), Err(ChangeFactorError::Wrong.to_string()), "it counts once");
        assert_eq!(block_on(service.second_factor_of(visit.user.id)).unwrap().recovery_codes_left, 10);
        finish(&service, &pending(&service), &of_the_new).unwrap();
    }
}

#[test]
fn a_user_without_a_second_factor_gets_no_recovery_codes() {
    let (service, visit) = visit_of_ada_without_factor();
    let codes = service.draw_recovery_codes().unwrap();
    assert!(matches!(save(&service, &visit, &codes), Err(ChangeFactorError::NotSetUp)));
    assert!(matches!(turn_off(&service, &visit, "000000"), Err(ChangeFactorError::NotSetUp)));
}

#[test]
fn a_change_of_a_factor_needs_a_recent_log_in_and_a_live_session() {
    let (service, codes, secret, visit) = visit_with_factor();
    let ended = visit.clone();
    block_on(service.end_all_sessions(visit.user.id)).unwrap();
    let code = code_now(&service, &secret);
    assert!(matches!(turn_off(&service, &ended, &code), Err(ChangeFactorError::Ended)));
    assert!(matches!(save(&service, &ended, &codes), Err(ChangeFactorError::Ended)));
    assert!(asks_for_a_code(&service));
    let (service, codes, secret, visit) = visit_with_factor();
    service.clock.advance(NOT_RECENT);
    let code = code_now(&service, &secret);
    assert!(matches!(turn_off(&service, &visit, &code), Err(ChangeFactorError::NotRecent)));
    assert!(matches!(save(&service, &visit, &codes), Err(ChangeFactorError::NotRecent)));
}

#[test]
fn an_operator_removes_a_factor_once_and_sessions_stay() {
    let (service, _, _, visit) = visit_with_factor();
    let id = visit.user.id;
    assert_eq!(block_on(service.remove_second_factor(id)).unwrap(), SecondFactorRemoval::Removed);
    assert_eq!(block_on(service.remove_second_factor(id)).unwrap(), SecondFactorRemoval::NoneSetUp);
    assert!(!asks_for_a_code(&service));
    assert_eq!(events_of(&service, id).iter().filter(|event| event.is_by_operator()).count(), 1);
    assert_eq!(block_on(service.sessions_of_user(id)).unwrap().len(), 3);
}

#[test]
fn the_user_is_told_by_mail_of_each_change() {
    let (service, codes, secret) = mail_service_with_factor();
    let notice = |event| (MailKind::Notice(event), ADAS.to_owned());
    assert_eq!(sent(&service), [notice(Event::SecondFactorTurnedOn)]);
    let code = codes.iter().next().unwrap().expose_secret();
    let logged_in = finish(&service, &pending(&service), &code).unwrap();
    assert_eq!(sent(&service), [notice(Event::LoggedIn), notice(Event::RecoveryCodeUsed)]);
    let visit = visit_by(&service, &logged_in.token);
    save(&service, &visit, &service.draw_recovery_codes().unwrap()).unwrap();
    assert_eq!(sent(&service), [notice(Event::RecoveryCodesMade)]);
    turn_off(&service, &visit, &code_now(&service, &secret)).unwrap();
    assert_eq!(sent(&service), [notice(Event::SecondFactorTurnedOff)]);
}

#[test]
fn a_reset_by_a_link_leaves_the_factor_on() {
    let (service, _, secret) = mail_service_with_factor();
    send_mails(&service);
    let id = stored_user(&service, "Ada").unwrap().user.id;
    let link = block_on(service.make_reset_link(id, Duration::from_hours(1))).unwrap();
    block_on(service.from(&Client::default()).reset_password(&link.token, CHANGED.password)).unwrap();
    let token = pending_in(&service, &Client::default(), CHANGED);
    finish(&service, &token, &code_now(&service, &secret)).unwrap();
}

#[test]
fn a_password_alone_is_still_a_reauthentication_and_proves_no_factor() {
    let (service, _, _, visit) = visit_with_factor();
    assert!(visit.session.authentication.methods.prove_second_factor());
    let token = reauthenticate(&service, &visit, ADA.password).unwrap().unwrap();
    assert!(!visit_by(&service, &token).session.authentication.methods.prove_second_factor());
}

#[test]
fn a_required_second_factor_is_due_until_it_is_set_up() {
    let (mut service, visit) = visit_of_ada_without_factor();
    assert!(!service.is_second_factor_due(&visit.user));
    service.second_factor.as_mut().unwrap().requirement = Requirement::Required;
    assert!(service.is_second_factor_due(&visit.user));
    let secret = service.draw_totp_secret().unwrap();
    let done = set_up(&service, &visit, &secret, &code_now(&service, &secret)).unwrap();
    assert!(!service.is_second_factor_due(&visit_by(&service, &done.token).user));
}

/// If two apps are set up at the same moment, one counts, with its recovery codes.
#[test]
fn of_two_set_ups_at_once_one_counts() {
    for _ in 0..RACES {
        let (service, visit) = visit_of_ada_without_factor();
        let [one, other] = [0, 1].map(|_| service.draw_totp_secret().unwrap());
        let (first, second) = at_once(
            || set_up(&service, &visit, &one, &code_now(&service, &one)),
            || set_up(&service, &visit, &other, &code_now(&service, &other)),
        );
        let outcomes = [first, second];
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        let is_expected =
            |error: &SetUpTotpError| matches!(error, SetUpTotpError::Superseded | SetUpTotpError::CurrentWrong);
        assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(is_expected), "{outcomes:?}");
        assert_eq!(block_on(service.second_factor_of(visit.user.id)).unwrap().recovery_codes_left, 10);
    }
}

/// New codes are saved while an old one is used: in either order, an old code never counts after the new ones do.
#[test]
fn new_codes_and_the_use_of_an_old_one_at_once_leave_ten_new_ones_or_one_session_more() {
    for _ in 0..RACES {
        let (service, old, _, visit) = visit_with_factor();
        let new = service.draw_recovery_codes().unwrap();
        let (token, code) = (pending(&service), old.iter().next().unwrap().expose_secret());
        let (finished, saved) = at_once(|| finish(&service, &token, &code), || save(&service, &visit, &new));
        saved.unwrap();
        if let Ok(logged_in) = &finished {
            assert!(is_good(&service, &logged_in.token));
        }
        assert_eq!(block_on(service.second_factor_of(visit.user.id)).unwrap().recovery_codes_left, 10);
        let other = old.iter().nth(1).unwrap().expose_secret();
        assert!(finish(&service, &pending(&service), &other).is_err());
    }
}

#[test]
fn the_address_of_a_secret_names_the_service_and_the_user() {
    let (service, visit) = visit_of_ada_without_factor();
    let secret = service.draw_totp_secret().unwrap();
    let url = service.totp_url(&secret, &visit.user);
    assert!(url.starts_with("otpauth://totp/Notes:Ada?secret=") && url.ends_with("&issuer=Notes"), "{url}");
    let kept = log_in_as(&service, ADA, SessionKind::Kept);
    assert!(is_good(&service, &kept.token));
}
