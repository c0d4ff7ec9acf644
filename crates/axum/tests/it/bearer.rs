//! Programs, which send the token of their session themselves.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use doorward_domain::{SessionKind, SessionToken};

use crate::support::{Service, bearer, cookie_of, header_of, request, set_cookies, text};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_program_is_who_its_token_says() {
    let service = Service::with_ada().await;
    let token = service.token(SessionKind::Ordinary).await;
    for scheme in ["Bearer", "bearer", "BEARER "] {
        let sent = format!("{scheme} {}", token.expose_secret());
        assert_eq!(text(service.get("/page", &[("authorization", &sent)]).await).await, "ada");
    }
}

#[tokio::test]
async fn a_token_without_a_session_gets_401_and_no_page_to_log_in() {
    let service = Service::new();
    let sent = format!("Bearer {}", "A".repeat(43));
    let answer = service.get("/page", &[("authorization", &sent), ("accept", "text/html")]).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(header_of(&answer, "www-authenticate"), r#"Bearer error="invalid_token""#);
}

#[tokio::test]
async fn an_ambiguous_or_unreadable_token_is_refused_before_any_handler() {
    let service = Service::with_ada().await;
    let token = service.token(SessionKind::Ordinary).await;
    let (sent, cookie) = (bearer(&token), cookie_of(&token));
    for (headers, status) in [
        (&[("authorization", &*sent), ("cookie", &*cookie)][..], StatusCode::BAD_REQUEST),
        (&[("authorization", &sent), ("authorization", &sent)], StatusCode::BAD_REQUEST),
        (&[("authorization", "Bearer x"), ("cookie", &cookie)], StatusCode::BAD_REQUEST),
        (&[("authorization", "Bearer x")], StatusCode::UNAUTHORIZED),
        (&[("cookie", &format!("{cookie}; {cookie}"))], StatusCode::FORBIDDEN),
    ] {
        let answer = service.get("/who", headers).await;
        assert_eq!(answer.status(), status, "{status}");
    }
}

#[tokio::test]
async fn a_program_learns_of_its_new_token_by_a_header_and_never_by_a_cookie() {
    let service = Service::with_ada().await;
    let token = service.token(SessionKind::Kept).await;
    service.clock.advance(7 * DAY);
    let answer = service.get("/page", &[("authorization", &bearer(&token)), ("sec-fetch-mode", "navigate")]).await;
    assert_eq!(set_cookies(&answer), [""; 0]);
    let new = SessionToken::parse(header_of(&answer, "session-token")).unwrap();
    for good in [&token, &new] {
        assert_eq!(text(service.get("/page", &[("authorization", &bearer(good))]).await).await, "ada");
    }
    service.clock.advance(Duration::from_mins(2));
    assert_eq!(service.get("/page", &[("authorization", &bearer(&token))]).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(service.get("/page", &[("authorization", &bearer(&new))]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_program_that_does_not_read_the_new_token_is_not_logged_out() {
    let service = Service::with_ada().await;
    let token = service.token(SessionKind::Kept).await;
    for _ in 0..3 {
        service.clock.advance(7 * DAY);
        let answer = service.get("/page", &[("authorization", &bearer(&token))]).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers().contains_key("session-token"));
    }
}

#[tokio::test]
async fn a_new_token_of_a_use_case_reaches_a_program_too() {
    let service = Service::with_ada().await;
    let token = service.token(SessionKind::Ordinary).await;
    let sent = bearer(&token);
    let answer = service.ask(request(Method::POST, "/reauthenticate", &[("authorization", &sent)], "")).await;
    let new = SessionToken::parse(header_of(&answer, "session-token")).unwrap();
    assert_eq!(set_cookies(&answer), [""; 0]);
    assert_eq!(text(service.get("/page", &[("authorization", &bearer(&new))]).await).await, "ada");
    assert_eq!(service.get("/page", &[("authorization", &sent)]).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_log_in_sent_with_an_attackers_token_leaves_no_cookie_in_a_browser() {
    let service = Service::with_ada().await;
    let sent = bearer(&service.token(SessionKind::Ordinary).await);
    let headers = [
        ("authorization", &*sent),
        ("sec-fetch-site", "cross-site"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let log_in = request(Method::POST, "/log_in", &headers, "username=ada&password=seven+quiet+lanterns");
    let answer = service.ask(log_in).await;
    assert_eq!((answer.status(), set_cookies(&answer)), (StatusCode::SEE_OTHER, vec![]));
}

#[tokio::test]
async fn a_log_out_by_a_program_ends_its_session() {
    let service = Service::with_ada().await;
    let sent = bearer(&service.token(SessionKind::Ordinary).await);
    service.ask(request(Method::POST, "/log_out", &[("authorization", &sent)], "")).await;
    assert_eq!(service.get("/page", &[("authorization", &sent)]).await.status(), StatusCode::UNAUTHORIZED);
}
