//! The layer that every request passes.

use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::routing::get;
use doorward_axum::LoggedIn;
use doorward_domain::SessionKind;
use tower_service::Service as _;

use crate::support::{ORIGIN, PROXY, Service, bearer, cookie_of, header_of, request, text};

#[tokio::test]
async fn another_sites_page_changes_nothing_on_any_path_and_reads_what_it_likes() {
    let service = Service::new();
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
    {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            for path in ["/change", "/log_in", "/log_out", "/nowhere"] {
                let answer = service.ask(request(method.clone(), path, &[(name, value)], "")).await;
                assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method} {path} {name}: {value}");
            }
        }
        assert_eq!(service.get("/who", &[(name, value)]).await.status(), StatusCode::OK);
    }
    for headers in [&[("sec-fetch-site", "same-origin")][..], &[("origin", ORIGIN)], &[]] {
        assert_eq!(service.ask(request(Method::POST, "/change", headers, "")).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_bearer_token_passes_the_gate_and_a_cookie_does_not() {
    let service = Service::with_ada().await;
    let token = service.token(SessionKind::Ordinary).await;
    let elsewhere = ("sec-fetch-site", "cross-site");
    let program = request(Method::POST, "/change", &[elsewhere, ("authorization", &bearer(&token))], "");
    assert_eq!(service.ask(program).await.status(), StatusCode::OK);
    let browser = request(Method::POST, "/change", &[elsewhere, ("cookie", &cookie_of(&token))], "");
    assert_eq!(service.ask(browser).await.status(), StatusCode::FORBIDDEN);
    let other_scheme = request(Method::POST, "/change", &[elsewhere, ("authorization", "Basic dTpw")], "");
    assert_eq!(service.ask(other_scheme).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nothing_is_stored_unless_a_response_says_so_itself() {
    let service = Service::new();
    let refused = request(Method::POST, "/change", &[("origin", "null")], "");
    for answer in [service.get("/who", &[]).await, service.get("/nowhere", &[]).await, service.ask(refused).await] {
        assert_eq!(header_of(&answer, "cache-control"), "no-store");
    }
    assert_eq!(header_of(&service.get("/cached", &[]).await, "cache-control"), "max-age=60");
}

#[tokio::test]
async fn a_response_with_a_secret_of_its_client_is_never_stored() {
    let service = Service::with_ada().await;
    let cached = async |name, value: &str| {
        let answer = service.get("/cached", &[(name, value)]).await;
        header_of(&answer, "cache-control").to_owned()
    };
    for (name, sent_as) in [("cookie", cookie_of as fn(&_) -> _), ("authorization", bearer)] {
        let sent = sent_as(&service.token(SessionKind::Kept).await);
        assert_eq!(cached(name, &sent).await, "max-age=60", "{name}");
        service.clock.advance(Duration::from_hours(7 * 24));
        assert_eq!(cached(name, &sent).await, "no-store", "{name}: its token is renewed");
    }
}

#[tokio::test]
async fn without_the_gate_every_extractor_refuses() {
    let mut router = Router::new().route("/", get(async |_user: Option<LoggedIn>| "in"));
    let answer = router.call(request(Method::GET, "/", &[], "")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn the_client_is_who_connects_or_whom_a_trusted_proxy_names() {
    let service = Service::new();
    let forwarded = ("x-forwarded-for", "198.51.100.7");
    assert_eq!(text(service.get("/address", &[forwarded]).await).await, "192.0.2.7", "nobody trusts a stranger");
    let mut behind = request(Method::GET, "/address", &[forwarded], "");
    let proxy = std::net::SocketAddr::new(PROXY.parse().unwrap(), 4711);
    behind.extensions_mut().insert(axum::extract::ConnectInfo(proxy));
    assert_eq!(text(service.ask(behind).await).await, "198.51.100.7");
}

#[tokio::test]
async fn a_page_without_a_session_leads_to_the_log_in_and_a_script_gets_401() {
    let service = Service::new();
    let page = service.get("/page?tab=1", &[("accept", "text/html,*/*;q=0.8")]).await;
    assert_eq!((page.status(), header_of(&page, "location")), (StatusCode::SEE_OTHER, "/log_in?next=/page?tab=1"));
    let script = service.get("/page", &[("accept", "*/*")]).await;
    assert_eq!((script.status(), header_of(&script, "www-authenticate")), (StatusCode::UNAUTHORIZED, "Bearer"));
    assert_eq!(header_of(&page, "cache-control"), "no-store");
}
