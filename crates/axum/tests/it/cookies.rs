//! The cookies that a browser keeps.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use doorward_domain::SessionKind;

use crate::support::{Service, cookie_of, header_of, request, set_cookies, text};

const WEEK: Duration = Duration::from_hours(7 * 24);

/// The value of the cookie with this name in what a response sets, as a browser sends it back.
fn sent_back<'a>(set: &[&'a str], name: &str) -> &'a str {
    let is_it = |set: &&&str| set.split('=').next() == Some(name);
    set.iter().find(is_it).map_or("", |set| set.split(';').next().unwrap())
}

#[tokio::test]
async fn a_renewed_token_is_set_with_whatever_a_handler_answers_and_the_session_is_looked_up_once() {
    let service = Service::with_ada().await;
    let cookie = cookie_of(&service.token(SessionKind::Kept).await);
    service.clock.advance(WEEK);
    let answer = service.get("/who", &[("cookie", &cookie)]).await;
    let set = set_cookies(&answer);
    assert_eq!(set.len(), 1, "two extractors asked");
    assert!(set[0].ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=1987200"), "{}", set[0]);
    let renewed = sent_back(&set, "__Host-notes").to_owned();
    assert_ne!(renewed, cookie);
    assert_eq!(text(answer).await, r#"["ada","ada"]"#);
    assert_eq!(text(service.get("/page", &[("cookie", &renewed)]).await).await, "ada");
}

#[tokio::test]
async fn a_prefetch_or_a_head_request_renews_nothing() {
    let service = Service::with_ada().await;
    let cookie = cookie_of(&service.token(SessionKind::Kept).await);
    service.clock.advance(WEEK);
    let ahead = service.get("/page", &[("cookie", &cookie), ("sec-purpose", "prefetch")]).await;
    let head = service.ask(request(Method::HEAD, "/page", &[("cookie", &cookie)], "")).await;
    for answer in [ahead, head] {
        assert_eq!((answer.status(), set_cookies(&answer)), (StatusCode::OK, vec![]));
    }
}

#[tokio::test]
async fn the_token_of_a_use_case_counts_and_not_the_renewed_one() {
    let service = Service::with_ada().await;
    let cookie = cookie_of(&service.token(SessionKind::Kept).await);
    service.clock.advance(WEEK);
    let headers = [("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
    let answer = service.ask(request(Method::POST, "/reauthenticate", &headers, "")).await;
    let set = set_cookies(&answer);
    assert_eq!(set.len(), 1);
    let page = service.get("/page", &[("cookie", sent_back(&set, "__Host-notes"))]).await;
    assert_eq!(page.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_log_out_takes_the_session_and_leaves_the_device_known() {
    let service = Service::with_ada().await;
    let cookie = cookie_of(&service.token(SessionKind::Ordinary).await);
    let headers = [("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
    let answer = service.ask(request(Method::POST, "/log_out", &headers, "")).await;
    assert_eq!((answer.status(), header_of(&answer, "location")), (StatusCode::SEE_OTHER, "/log_in"));
    let set = set_cookies(&answer);
    assert!(set.iter().all(|set| set.contains("=; Max-Age=0")), "{set:?}");
    assert_eq!(
        set.iter().map(|set| set.split('=').next().unwrap()).collect::<Vec<_>>(),
        ["__Host-notes", "__Host-notes-pending"]
    );
    assert_eq!(service.get("/page", &[("cookie", &cookie)]).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_browser_is_named_on_its_way_to_a_page_and_then_logs_in_once_by_a_form_sent_twice() {
    let service = Service::with_ada().await;
    assert_eq!(set_cookies(&service.get("/who", &[]).await), [""; 0], "a program is not");
    let page = service.get("/who", &[("sec-fetch-mode", "navigate")]).await;
    let named = sent_back(&set_cookies(&page), "__Host-notes-browser").to_owned();
    assert!(!named.is_empty());
    let again = service.get("/who", &[("sec-fetch-mode", "navigate"), ("cookie", &named)]).await;
    assert_eq!(set_cookies(&again), [""; 0]);
    let headers =
        [("cookie", &*named), ("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")];
    let log_in = || request(Method::POST, "/log_in", &headers, "username=ada&password=seven+quiet+lanterns");
    let (first, second) = (service.ask(log_in()).await, service.ask(log_in()).await);
    let first = sent_back(&set_cookies(&first), "__Host-notes").to_owned();
    assert_eq!(second.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        service.get("/page", &[("cookie", &first)]).await.status(),
        StatusCode::UNAUTHORIZED,
        "one session a browser"
    );
}

#[tokio::test]
async fn a_known_device_is_not_held_up_by_strangers() {
    let service = Service::with_ada().await;
    let right = "username=ada&password=seven+quiet+lanterns";
    let answer = service.form("/log_in", right).await;
    let device = sent_back(&set_cookies(&answer), "__Host-notes-device").to_owned();
    let mut stranger = service.form("/log_in", "username=ada&password=wrong").await;
    for _ in 0..100 {
        stranger = service.form("/log_in", "username=ada&password=wrong").await;
    }
    assert_eq!(stranger.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(header_of(&stranger, "retry-after").parse::<u32>().unwrap() > 0);
    let headers = [
        ("cookie", &*device),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let owner = service.ask(request(Method::POST, "/log_in", &headers, right)).await;
    assert_eq!(owner.status(), StatusCode::SEE_OTHER);
}
