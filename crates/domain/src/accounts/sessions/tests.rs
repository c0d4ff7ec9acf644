use std::time::Duration;

use pollster::block_on;

use crate::accounts::fixtures::{
    ADA, NOT_RECENT, RACES, at_once, changes_nothing, days, end_other_sessions, end_session, firefox_at, is_good,
    is_over, log_in, log_in_as, log_in_bob, service_of_ada, sign_up, visit_by, visit_of_ada,
};
use crate::accounts::{Credentials, EndSessionError, LogIn, ResumeError, Visit};
use crate::client::Client;
use crate::known_device::DeviceTokens;
use crate::session::{SessionId, SessionKind, SessionLimits};

#[test]
fn sessions_are_listed_for_their_user_alone_without_those_that_expired() {
    let service = service_of_ada();
    let expired = log_in(&service);
    service.clock.advance(Duration::from_hours(1));
    let kept = log_in_as(&service, ADA, SessionKind::Kept);
    service.clock.advance(Duration::from_hours(1));
    let bob = log_in_bob(&service);
    let here = log_in(&service);

    let listed = |token| {
        let sessions = block_on(service.sessions_of(&visit_by(&service, token))).unwrap();
        sessions.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(&here.token), [here.session.id, kept.session.id]);
    assert_eq!(listed(&bob.token), [bob.session.id]);
    assert!(matches!(block_on(service.resume(&expired.token)), Err(ResumeError::Expired)));
}

#[test]
fn a_listed_session_says_where_the_log_in_came_from() {
    let service = service_of_ada();
    let token = block_on(service.from(&firefox_at(7)).log_in(LogIn::new(ADA))).unwrap().done().unwrap().token;
    let sessions = block_on(service.sessions_of(&visit_by(&service, &token))).unwrap();
    assert_eq!(sessions[0].client, firefox_at(7));
}

#[test]
fn another_session_is_ended_after_a_recent_log_in_alone() {
    let (service, here) = visit_of_ada();
    let (elsewhere, bob) = (log_in(&service), log_in_bob(&service));
    end_session(&service, &here, elsewhere.session.id).unwrap();
    assert!(is_over(&service, &elsewhere.token));
    assert!(is_good(&service, &bob.token));

    let elsewhere = log_in(&service);
    service.clock.advance(NOT_RECENT);
    let refusal = changes_nothing(&service, || end_session(&service, &here, elsewhere.session.id));
    assert!(matches!(refusal, Err(EndSessionError::NotRecent)));
    assert!(is_good(&service, &elsewhere.token));
}

#[test]
fn ones_own_session_is_ended_without_a_recent_log_in() {
    let service = service_of_ada();
    let (here, elsewhere) = (log_in(&service), log_in(&service));
    service.clock.advance(NOT_RECENT);
    end_session(&service, &visit_by(&service, &here.token), here.session.id).unwrap();
    assert!(is_over(&service, &here.token));
    assert!(is_good(&service, &elsewhere.token));
}

#[test]
fn only_a_session_of_ones_own_can_be_ended() {
    let (service, here) = visit_of_ada();
    let ended = log_in(&service).session.id;
    end_session(&service, &here, ended).unwrap();
    let unknown = SessionId::parse("00000000-0000-0000-0000-000000000000").unwrap();
    let bob = log_in_bob(&service);
    for id in [ended, unknown, bob.session.id] {
        let refusal = changes_nothing(&service, || end_session(&service, &here, id));
        assert!(matches!(refusal, Err(EndSessionError::NotFound)));
    }
    assert!(is_good(&service, &bob.token));
}

#[test]
fn a_session_that_was_ended_ends_no_others() {
    let service = service_of_ada();
    let (here, there) = (log_in(&service), log_in(&service));
    let [here, there] = [&here, &there].map(|logged_in| visit_by(&service, &logged_in.token));
    end_session(&service, &here, there.session.id).unwrap();
    for ended in [
        changes_nothing(&service, || end_session(&service, &there, here.session.id)),
        changes_nothing(&service, || end_session(&service, &there, there.session.id)),
        changes_nothing(&service, || end_other_sessions(&service, &there)).map(drop),
    ] {
        assert!(matches!(ended, Err(EndSessionError::Ended)), "{ended:?}");
    }
    end_session(&service, &here, here.session.id).unwrap();
}

/// Neither a log-out nor a log-in that brings the token ends the session.
#[test]
fn a_former_token_past_its_minute_ends_nothing() {
    let service = service_of_ada();
    let old = log_in_as(&service, ADA, SessionKind::Kept).token;
    service.clock.advance(days(7));
    let new = visit_by(&service, &old).renewed_token.unwrap();
    assert!(is_good(&service, &new));
    service.clock.advance(SessionLimits::RENEWAL_GRACE);
    changes_nothing(&service, || block_on(service.from(&Client::default()).log_out(&old))).unwrap();
    sign_up(&service, "Bob").unwrap();
    let (bob, known) = (Credentials { username: "Bob", ..ADA }, DeviceTokens::default());
    block_on(service.from(&Client::default()).log_in(LogIn::new(bob).replacing(Some(&old)).by_device(&known)))
        .unwrap()
        .done()
        .unwrap();
    assert!(is_good(&service, &new));
    block_on(service.from(&Client::default()).log_out(&new)).unwrap();
    assert!(is_over(&service, &new));
}

#[test]
fn of_two_that_end_each_other_at_once_exactly_one_is_left() {
    for race in 0..RACES {
        let service = service_of_ada();
        let (one, other) = (log_in(&service), log_in(&service));
        let [here, there] = [&one, &other].map(|logged_in| visit_by(&service, &logged_in.token));
        let end = |by: &Visit, rival: &Visit| match race % 2 {
            0 => end_session(&service, by, rival.session.id),
            _ => end_other_sessions(&service, by).map(drop),
        };
        let ended = at_once(|| end(&here, &there), || end(&there, &here));
        assert!(matches!(ended, (Ok(()), Err(EndSessionError::Ended)) | (Err(EndSessionError::Ended), Ok(()))));
        assert_ne!(is_good(&service, &one.token), is_good(&service, &other.token));
    }
}

#[test]
fn all_other_sessions_are_ended_after_a_recent_log_in_alone() {
    let service = service_of_ada();
    let (bob, token) = (log_in_bob(&service).token, log_in(&service).token);
    let here = visit_by(&service, &token);
    let others = [log_in(&service).token, log_in_as(&service, ADA, SessionKind::Kept).token];
    assert_eq!(end_other_sessions(&service, &here).unwrap(), 2);
    assert!(others.iter().all(|other| is_over(&service, other)));
    assert!(is_good(&service, &token) && is_good(&service, &bob));
    assert_eq!(changes_nothing(&service, || end_other_sessions(&service, &here)).unwrap(), 0);

    let other = log_in(&service).token;
    service.clock.advance(NOT_RECENT);
    let refusal = changes_nothing(&service, || end_other_sessions(&service, &here));
    assert!(matches!(refusal, Err(EndSessionError::NotRecent)));
    assert!(is_good(&service, &other));
}

#[test]
fn a_session_that_is_used_while_it_is_ended_is_over() {
    let service = service_of_ada();
    for _race in 0..RACES {
        let there = log_in_as(&service, ADA, SessionKind::Kept);
        service.clock.advance(days(7));
        let here = visit_by(&service, &log_in(&service).token);
        let end = || end_session(&service, &here, there.session.id);
        let (ended, used) = at_once(end, || block_on(service.resume(&there.token)));
        ended.unwrap();
        assert!(is_over(&service, &there.token));
        match used {
            Ok(visit) => assert!(visit.renewed_token.is_none_or(|renewed| is_over(&service, &renewed))),
            Err(error) => assert!(matches!(error, ResumeError::Unknown)),
        }
    }
}
