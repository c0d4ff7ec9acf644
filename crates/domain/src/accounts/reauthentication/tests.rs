use std::thread;

use crate::accounts::fixtures::{
    A_MOMENT, ADA, NOT_RECENT, RACES, WRONG, cost_of, days, end_session, events_of, is_good, is_over, just_before,
    kept_session_of_ada, log_in, reauthenticate, service_of_ada, visit_by, visit_of_ada,
};
use crate::accounts::{LoggedIn, ReauthenticateError};
use crate::activity::Event;

#[test]
fn a_reauthentication_makes_the_log_in_recent_again_and_brings_another_token() {
    let service = service_of_ada();
    let old = log_in(&service).token;
    let is_recent = |token| service.has_recent_log_in(&visit_by(&service, token));
    service.clock.advance(just_before(NOT_RECENT));
    assert!(is_recent(&old));
    service.clock.advance(A_MOMENT);
    assert!(!is_recent(&old));

    let new = reauthenticate(&service, &visit_by(&service, &old), ADA.password).unwrap().unwrap();
    assert!(is_over(&service, &old));
    assert!(is_recent(&new));
    service.clock.advance(NOT_RECENT);
    assert!(!is_recent(&new));
}

#[test]
fn a_reauthentication_by_the_very_request_that_renewed_the_token_leaves_only_its_own() {
    let (service, LoggedIn { token: old, .. }) = kept_session_of_ada();
    service.clock.advance(days(7));
    let here = visit_by(&service, &old);
    let new = reauthenticate(&service, &here, ADA.password).unwrap().unwrap();
    assert!(is_over(&service, &old));
    assert!(is_over(&service, &here.renewed_token.unwrap()));
    assert!(is_good(&service, &new));
}

#[test]
fn a_wrong_reauthentication_is_refused_and_written_down_at_the_cost_of_one_hash() {
    let service = service_of_ada();
    let LoggedIn { token, user, .. } = log_in(&service);
    service.clock.advance(NOT_RECENT);
    let here = visit_by(&service, &token);
    let too_long = "x".repeat(1025);
    for password in [WRONG.password, "", &too_long, "seven quiet lanterns\0"] {
        let cost = cost_of(&service, || {
            assert!(matches!(reauthenticate(&service, &here, password), Err(ReauthenticateError::Refused)));
            assert_eq!(events_of(&service, user.id), [Event::ReauthenticationFailed]);
        });
        assert_eq!(cost, (1, 1), "{password}");
        assert!(!service.has_recent_log_in(&visit_by(&service, &token)));
    }
    let cost = cost_of(&service, || drop(reauthenticate(&service, &here, ADA.password).unwrap()));
    assert_eq!(cost, (1, 0), "a right one");
}

#[test]
fn a_session_that_ended_meanwhile_is_not_reauthenticated() {
    let (service, here) = visit_of_ada();
    end_session(&service, &here, here.session.id).unwrap();
    assert!(matches!(reauthenticate(&service, &here, ADA.password), Err(ReauthenticateError::Ended)));
}

#[test]
fn a_reauthentication_by_a_token_that_was_just_renewed_leaves_one_token() {
    let (service, LoggedIn { token: old, .. }) = kept_session_of_ada();
    service.clock.advance(days(7));
    let newer = visit_by(&service, &old).renewed_token.unwrap();
    let reauthenticated = reauthenticate(&service, &visit_by(&service, &old), ADA.password).unwrap().unwrap();
    assert!(is_over(&service, &old) && is_over(&service, &newer) && is_good(&service, &reauthenticated));
}

#[test]
fn of_many_reauthentications_at_once_all_count_and_one_brings_a_token() {
    let service = service_of_ada();
    for _race in 0..RACES {
        let old = log_in(&service).token;
        let here = visit_by(&service, &old);
        let tokens: Vec<_> = thread::scope(|scope| {
            let reauthentications = [(); 20].map(|()| scope.spawn(|| reauthenticate(&service, &here, ADA.password)));
            reauthentications.into_iter().filter_map(|thread| thread.join().unwrap().unwrap()).collect()
        });
        assert_eq!(tokens.len(), 1);
        assert!(is_good(&service, &tokens[0]));
        assert!(is_over(&service, &old));
    }
}
