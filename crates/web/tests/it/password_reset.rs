//! Password resets by a one-time link.

use doorward_domain::link::Link;
use doorward_domain::testing::keep_out_of_the_log;
use rocket::http::{ContentType, Header, Status};

use crate::support::{Answer, PASSWORD, TestSite, read, site};

const NEW: &str = "six purple umbrellas";

/// A site where Ada is logged in, and the token of a link for her.
async fn link_for_ada() -> (TestSite, String) {
    let site = site().await;
    site.arrive("Ada").await;
    let token = new_link(&site).await;
    (site, token)
}

async fn new_link(site: &TestSite) -> String {
    let auth = site.auth();
    let ada = auth.find_user("ada").await.unwrap().unwrap();
    let link = auth.make_reset_link(ada.id, Link::RESET_BY_OPERATOR).await.unwrap();
    let token = link.token.expose_secret();
    keep_out_of_the_log(&token);
    token
}

fn reset_form(token: &str, new: &str) -> String {
    format!("token={token}&username=Ada&new_password={}", new.replace(' ', "+"))
}

fn has_expired(answer: &Answer) -> bool {
    answer.status == Status::Gone && answer.text().contains("This link has expired or has already been used.")
}

#[tokio::test]
async fn a_link_shows_whose_password_it_sets_and_changes_nothing_until_the_form_is_sent() {
    let (site, token) = link_for_ada().await;
    let before = site.dump().await;
    let path = format!("/reset/{token}");
    let head = read(site.client.head(path.clone()).dispatch().await).await;
    assert_eq!(head.status, Status::Ok);
    for _ in 0..2 {
        let page = site.get(&path).await;
        assert_eq!((page.status, page.header("cache-control")), (Status::Ok, Some("no-store")));
        assert!(page.text().contains("New password for Ada"), "{}", page.body);
        assert!(page.input("username").contains("readonly") && page.input("username").contains("value=\"Ada\""));
        assert!(page.input("new_password").contains("autocomplete=\"new-password\""));
        assert!(page.input("token").contains("type=\"hidden\""));
        let links = page.body.split("<a ").skip(1).filter(|link| !link.contains("href=\"#"));
        assert_eq!((links.count(), page.body.matches("<form").count()), (0, 2), "it links nowhere else: {}", page.body);
        assert!(page.body.contains("action=\"/language\""), "the other form is that of the language");
    }
    assert_eq!(site.dump().await, before);
    let answer = site.post("/reset", &reset_form(&token, NEW)).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")), "{}", answer.body);
    assert!(!site.is_logged_in().await, "all sessions have ended");
    assert_eq!(site.try_log_in("ada", PASSWORD).await.status, Status::UnprocessableEntity);
    assert_eq!(site.try_log_in("ada", NEW).await.location(), Some("/"));
    assert!(site.get("/account/activity").await.text().contains("Password set by a one-time link"));
}

#[tokio::test]
async fn a_user_who_set_a_password_by_a_link_is_told_so_once() {
    let (site, token) = link_for_ada().await;
    site.get("/log_out").await;
    site.get("/log_in").await;
    site.post("/reset", &reset_form(&token, NEW)).await;
    let told = "Your password has been changed. Please log in.";
    assert!(site.get("/log_in").await.text().contains(told));
    assert!(!site.get("/log_in").await.text().contains(told));
}

#[tokio::test]
async fn an_unfit_password_is_refused_beside_its_field_and_the_link_stays_good() {
    let (site, token) = link_for_ada().await;
    let page = site.post("/reset", &reset_form(&token, "short")).await;
    assert_eq!(page.status, Status::UnprocessableEntity);
    assert!(page.text().contains("New password for Ada") && page.text().contains("That password is too short."));
    assert!(page.input("token").contains(&token) && !page.input("new_password").contains("value"));
    assert_eq!(site.post("/reset", &reset_form(&token, NEW)).await.status, Status::SeeOther);
}

#[tokio::test]
async fn a_link_that_is_used_out_of_date_replaced_or_unknown_shows_one_page() {
    let (site, used) = link_for_ada().await;
    site.post("/reset", &reset_form(&used, NEW)).await;
    // Shows the message, and so removes it.
    site.get("/log_in").await;
    let replaced = new_link(&site).await;
    let ended = new_link(&site).await;
    site.clock.advance(Link::RESET_BY_OPERATOR);
    let unknown = "A".repeat(43);
    let mut pages = Vec::new();
    for token in [used.as_str(), &replaced, &ended, &unknown, "none", "%00"] {
        let page = site.get(&format!("/reset/{token}")).await;
        let answer = site.post("/reset", &reset_form(token, NEW)).await;
        assert!(has_expired(&page) && has_expired(&answer), "{token}: {} {}", page.status, answer.status);
        pages.extend([page.body, answer.body]);
    }
    pages.dedup();
    assert_eq!(pages.len(), 1);
}

#[tokio::test]
async fn a_program_is_told_in_a_problem_document() {
    let (site, token) = link_for_ada().await;
    for (token, status, expected) in [
        (token.as_str(), Status::UnprocessableEntity, "\"code\":\"too_short\""),
        ("none", Status::Gone, "This link has expired or has already been used."),
    ] {
        let request = site.client.post("/reset").header(ContentType::Form).body(reset_form(token, "short"));
        let answer = read(request.header(Header::new("Accept", "application/json")).dispatch().await).await;
        assert_eq!((answer.status, answer.header("content-type")), (status, Some("application/problem+json")));
        assert!(answer.body.contains(expected), "{}", answer.body);
    }
}

/// Not even if the page fails, and the failure is logged with its path.
#[tokio::test]
async fn no_token_of_a_link_reaches_the_log() {
    let (site, token) = link_for_ada().await;
    site.execute("DROP TABLE links").await;
    let page = site.get(&format!("/reset/{token}")).await;
    assert!(page.status.code >= 500, "{}", page.status);
    let other_site = [("Sec-Fetch-Site", "cross-site")];
    // Links that were copied with a character behind them, or are spelled differently.
    for path in [format!("/reset/{token}"), format!("/reset/{token}."), format!("/re%73et//{token}/")] {
        let refused = site.post_with(&path, "", &other_site).await;
        assert_eq!(refused.status, Status::Forbidden, "{path}");
    }
}
