//! Error pages greet the logged-in user.

use std::time::Duration;

use doorward_domain::system::OsEntropy;
use doorward_domain::testing::cheap_hasher;
use doorward_domain::{AuthService, Client, Credentials, LogIn};
use rocket::http::{ContentType, Header, Status};
use rocket::local::asynchronous::LocalRequest;

use crate::support::{Answer, PASSWORD, TestSite, form, plan, read, site};

const A_WEEK: Duration = Duration::from_hours(7 * 24);

fn greets_ada(answer: &Answer) -> bool {
    answer.text().contains("Account Log Out")
}

/// Each kind of error that a logged-in user may get.
async fn every_error(site: &TestSite) -> Vec<(Status, Answer)> {
    let sent = |content_type: &'static str, body: String| {
        let request = site.client.post("/log_in").header(Header::new("Content-Type", content_type));
        read_from(request.body(body))
    };
    vec![
        (Status::Forbidden, site.post_with("/log_in", "", &[("Origin", "https://elsewhere.example")]).await),
        (Status::NotFound, site.get("/nothing").await),
        (Status::NotFound, site.post("/account/sessions/log_out", "session=none").await),
        (Status::MethodNotAllowed, site.post("/account", "").await),
        (Status::PayloadTooLarge, sent("application/x-www-form-urlencoded", "x".repeat(1 << 20)).await),
        (Status::UnsupportedMediaType, sent("application/json", "{}".to_owned()).await),
        (Status::UnprocessableEntity, site.try_log_in("ada", "wrong").await),
        (Status::TooManyRequests, {
            let mut answer = site.try_log_in("ada", "wrong").await;
            while answer.status == Status::UnprocessableEntity {
                answer = site.try_log_in("ada", "wrong").await;
            }
            answer
        }),
    ]
}

async fn read_from(request: LocalRequest<'_>) -> Answer {
    read(request.dispatch().await).await
}

#[tokio::test]
async fn every_page_of_an_error_shows_who_is_logged_in() {
    let site = plan().throttled().open().await;
    site.arrive("ada").await;
    for (status, answer) in every_error(&site).await {
        assert_eq!(answer.status, status);
        assert!(greets_ada(&answer), "{status}: {}", answer.text());
        assert!(answer.all("set-cookie").next().is_none(), "{status}");
    }
    assert!(site.is_logged_in().await);
    let strangers = plan().throttled().open().await;
    for (status, answer) in every_error(&strangers).await {
        assert!(!greets_ada(&answer), "{status}: a stranger is greeted");
    }
}

#[tokio::test]
async fn the_page_of_an_error_does_not_use_the_session_nor_end_it() {
    let site = site().await;
    site.sign_up("ada").await;
    site.post("/log_in", &format!("{}&keep=yes", form("ada", PASSWORD))).await;
    let sessions = "SELECT hex(token_hash) || ' ' || last_seen_at || ' ' || renewed_at FROM sessions";
    let begun = site.query(sessions).await;
    site.clock.advance(A_WEEK);
    let page = site.get("/nothing").await;
    assert!(greets_ada(&page) && page.all("set-cookie").next().is_none(), "its token could be renewed");
    site.clock.advance(4 * A_WEEK);
    assert!(!greets_ada(&site.get("/nothing").await), "past its limit");
    assert_eq!(site.query(sessions).await, begun);
    assert_eq!(site.get("/account").await.location(), Some("/log_in?next=/account"));
    assert!(site.get("/log_in").await.text().contains("Please log in again."));
}

/// The handler looks up the session, and then answers with an error.
#[tokio::test]
async fn a_token_that_was_renewed_reaches_the_browser_with_the_page_of_an_error() {
    let site = site().await;
    site.sign_up("ada").await;
    site.post("/log_in", &format!("{}&keep=yes", form("ada", PASSWORD))).await;
    let old = site.session_cookie().unwrap();
    site.clock.advance(A_WEEK);
    let page = site.post("/account/sessions/log_out", "session=none").await;
    assert_eq!(page.status, Status::NotFound);
    assert!(greets_ada(&page) && page.all("set-cookie").any(|cookie| cookie.starts_with("doorward=")));
    assert_ne!(site.session_cookie(), Some(old.clone()));
    assert!(site.is_logged_in().await);
    site.clock.advance(Duration::from_mins(1));
    assert_ne!(site.account_with_session(&old).await.status, Status::Ok);
    assert!(site.is_logged_in().await, "with the new one alone");
}

#[tokio::test]
async fn a_database_that_fails_makes_no_other_error_of_one() {
    let site = site().await;
    site.arrive("ada").await;
    site.store.clone().disconnect().await;
    for (answer, status) in [
        (site.get("/nothing").await, Status::NotFound),
        (site.post("/account", "").await, Status::MethodNotAllowed),
        (site.get("/account").await, Status::ServiceUnavailable),
    ] {
        assert_eq!(answer.status, status);
        assert!(!greets_ada(&answer) && answer.title().contains("Doorward"), "{status}");
        assert!(answer.all("set-cookie").next().is_none());
    }
}

/// The hashing pool is overloaded, which does not hide the user.
#[tokio::test]
async fn a_failure_that_is_not_the_databases_shows_who_was_known_already() {
    let site = plan().overloaded().open().await;
    let ports = AuthService::with_ports(site.store.clone(), site.clock.clone(), OsEntropy);
    let auth = ports.hasher(cheap_hasher()).start().unwrap();
    let (typed, here) = (Credentials { username: "ada", password: PASSWORD }, Client::default());
    auth.from(&here).sign_up(typed).await.unwrap();
    let logged_in = auth.from(&here).log_in(LogIn::new(typed)).await.unwrap().done().unwrap();
    let request = site.client.post("/account/password").header(ContentType::Form);
    let request = request.private_cookie(("doorward", logged_in.token.expose_secret()));
    let answer = read_from(request.body("current_password=x&new_password=a+dozen+noisy+kettles")).await;
    assert_eq!(answer.status, Status::ServiceUnavailable);
    assert!(greets_ada(&answer), "{}", answer.text());
}
