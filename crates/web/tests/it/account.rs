use rocket::http::Status;

use crate::support::{PASSWORD, form, site};

#[tokio::test]
async fn the_account_page_shows_the_name() {
    let site = site().await;
    site.arrive("Ada.Lovelace").await;
    let page = site.get("/account").await;
    assert_eq!(page.status, Status::Ok);
    assert!(page.text().contains("Ada.Lovelace") && page.text().contains("Log Out"));
}

#[tokio::test]
async fn an_anonymous_visitor_is_sent_to_log_in_and_comes_back() {
    let site = site().await;
    site.sign_up("ada").await;
    site.get("/log_in").await;
    let sent = site.get("/account").await;
    assert_eq!((sent.status, sent.location()), (Status::SeeOther, Some("/log_in?next=/account")));
    let page = site.get("/log_in?next=/account").await;
    assert!(page.text().contains("Please log in to continue."));
    assert!(page.input("next").contains("value=\"/account\""));
    let answer = site.post("/log_in", &format!("{}&next=/account", form("ada", PASSWORD))).await;
    assert_eq!(answer.location(), Some("/account"));
}

/// A link from elsewhere brings no `SameSite=Strict` cookie along, so the message may still wait after the log-in.
#[tokio::test]
async fn nobody_is_asked_to_log_in_after_they_did() {
    let site = site().await;
    site.sign_up("ada").await;
    site.get("/account").await;
    site.try_log_in("ada", PASSWORD).await;
    assert!(!site.get("/account").await.text().contains("Please log in"));
}

#[tokio::test]
async fn the_whole_address_is_wanted_back() {
    let sent = site().await.get("/account?a=b&c=d").await;
    assert_eq!(sent.location(), Some("/log_in?next=/account?a=b%26c=d"));
}
