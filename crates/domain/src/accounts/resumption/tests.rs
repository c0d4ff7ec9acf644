use std::time::Duration;

use pollster::block_on;

use crate::accounts::fixtures::{
    A_MINUTE, A_MOMENT, A_SECOND, ADA, RACES, at_once, changes_nothing, days, is_good, is_over, just_before,
    kept_session_of_ada, log_in, log_in_as, service_of_ada, visit_by,
};
use crate::accounts::{LoggedIn, ResumeError};
use crate::clock::Clock as _;
use crate::repository::SessionRepository as _;
use crate::session::SessionKind;
use crate::testing::keep_out_of_the_log;

/// Uses a session again after each `pause`. Returns how long after the log-in it is found to be over.
fn lifetime(kind: SessionKind, pause: Duration) -> Duration {
    let service = service_of_ada();
    let LoggedIn { mut token, session, .. } = log_in_as(&service, ADA, kind);
    loop {
        service.clock.advance(pause);
        match block_on(service.resume(&token)) {
            Ok(visit) => token = visit.renewed_token.unwrap_or(token),
            Err(ResumeError::Expired) => return service.clock.now().since(session.created_at),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn an_idle_session_expires_and_is_gone() {
    let service = service_of_ada();
    let token = log_in(&service).token;
    service.clock.advance(Duration::from_hours(2));
    assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Expired)));
    assert!(is_over(&service, &token));
}

#[test]
fn to_recognize_a_session_changes_nothing_and_follows_the_same_rules() {
    let (service, LoggedIn { token, .. }) = kept_session_of_ada();
    let recognized = |expected: &str| {
        let visit = changes_nothing(&service, || block_on(service.recognize(&token)));
        let outcome = visit.map_or_else(|error| error.to_string(), |visit| visit.user.username.to_string());
        assert_eq!(outcome, expected);
    };
    recognized("Ada");
    service.clock.advance(days(8));
    recognized("Ada");
    service.clock.advance(days(6));
    recognized("the session has expired");
    assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Expired)));
    recognized("there is no such session");
}

#[test]
fn use_keeps_a_session_alive_until_its_limit_in_all() {
    let service = service_of_ada();
    let token = log_in(&service).token;
    for _hour in 1..24 {
        service.clock.advance(Duration::from_hours(1));
        assert!(is_good(&service, &token));
    }
    service.clock.advance(Duration::from_hours(1));
    assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Expired)));
}

#[test]
fn a_session_is_marked_as_seen_at_most_once_a_minute() {
    let service = service_of_ada();
    let LoggedIn { token, session, .. } = log_in(&service);
    let seen = || block_on(service.store.find_by_token(&token.hash())).unwrap().unwrap().session.last_seen_at;
    service.clock.advance(Duration::from_secs(59));
    visit_by(&service, &token);
    assert_eq!(seen(), session.created_at);
    service.clock.advance(A_SECOND);
    let visit = visit_by(&service, &token);
    assert_eq!(seen(), service.clock.now());
    assert_eq!(visit.session.last_seen_at, service.clock.now());
}

#[test]
fn a_session_lasts_as_long_as_its_kind_does() {
    let an_hour = Duration::from_hours(1);
    for (kind, idle, max) in
        [(SessionKind::Ordinary, 2 * an_hour, 24 * an_hour), (SessionKind::Kept, days(14), days(30))]
    {
        assert_eq!(lifetime(kind, idle), idle, "{kind:?}");
        assert!(lifetime(kind, just_before(idle)) > idle, "{kind:?}");
        assert_eq!(lifetime(kind, an_hour), max, "{kind:?}");
    }
}

#[test]
fn the_cookie_of_a_kept_session_is_kept_for_what_is_left_of_it_and_no_other_is() {
    let (service, LoggedIn { session: kept, .. }) = kept_session_of_ada();
    let ordinary = log_in(&service).session;
    for left in (0..=30).rev().chain([0]) {
        assert_eq!(service.kept_for(&kept), Some(days(left)));
        assert_eq!(service.kept_for(&ordinary), None);
        service.clock.advance(days(1));
    }
}

#[test]
fn the_token_of_a_kept_session_is_renewed_after_seven_days_and_the_old_one_ends_a_minute_later() {
    let (service, LoggedIn { token: old, .. }) = kept_session_of_ada();
    let renewed = |token| visit_by(&service, token).renewed_token;
    service.clock.advance(just_before(days(7)));
    assert!(renewed(&old).is_none());
    service.clock.advance(A_MOMENT);
    let new = renewed(&old).unwrap();
    keep_out_of_the_log(&new.expose_secret());

    service.clock.advance(just_before(A_MINUTE));
    assert!(renewed(&new).is_none() && renewed(&old).is_none(), "both are good, and there is no third");
    service.clock.advance(just_before(A_MINUTE));
    assert!(renewed(&old).is_none(), "a minute from the arrival of the new one on");
    service.clock.advance(A_MOMENT);
    assert!(is_over(&service, &old), "whoever comes first");
    assert!(renewed(&new).is_none());
    service.clock.advance(days(7));
    assert!(renewed(&new).is_some());
}

#[test]
fn a_renewed_token_that_never_arrived_is_followed_by_another() {
    let (service, LoggedIn { token: old, .. }) = kept_session_of_ada();
    let renewed = || visit_by(&service, &old).renewed_token;
    service.clock.advance(days(7));
    let lost = renewed().unwrap();
    service.clock.advance(just_before(A_MINUTE));
    assert!(renewed().is_none());
    service.clock.advance(A_MOMENT);
    let another = renewed().unwrap();
    assert!(is_over(&service, &lost));
    assert!(is_good(&service, &another));
    service.clock.advance(A_MINUTE);
    assert!(is_over(&service, &old));
    assert!(is_good(&service, &another));
}

#[test]
fn the_token_of_an_ordinary_session_is_never_renewed() {
    let mut service = service_of_ada();
    service.rules.sessions = service.rules.kept_sessions;
    let token = log_in(&service).token;
    for _week in 0..4 {
        service.clock.advance(days(7));
        assert!(visit_by(&service, &token).renewed_token.is_none());
    }
}

#[test]
fn two_requests_at_once_get_one_new_token() {
    let service = service_of_ada();
    for _race in 0..RACES {
        let old = log_in_as(&service, ADA, SessionKind::Kept).token;
        service.clock.advance(days(7));
        let renewed = || visit_by(&service, &old).renewed_token;
        let (one, other) = at_once(renewed, renewed);
        assert!(one.is_some() != other.is_some());
        assert!(is_good(&service, &one.or(other).unwrap()) && is_good(&service, &old));
    }
}
