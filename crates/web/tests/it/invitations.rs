//! Sites on which a sign-up needs an invitation, or is closed.

use std::num::NonZeroU32;
use std::time::Duration;

use doorward_domain::testing::keep_out_of_the_log;
use rocket::http::Status;

use crate::support::{Answer, PASSWORD, TestSite, form, plan, site};

const A_DAY: Duration = Duration::from_hours(24);

async fn invite(site: &TestSite, uses: u32) -> String {
    let made = site.auth().make_invitation(NonZeroU32::new(uses).unwrap(), A_DAY).await.unwrap();
    let token = made.token.expose_secret();
    keep_out_of_the_log(&token);
    token
}

async fn sign_up(site: &TestSite, username: &str, invite: &str) -> Answer {
    site.post("/sign_up", &format!("{}&invite={invite}", form(username, PASSWORD))).await
}

fn says(answer: &Answer, status: Status, text: &str) -> bool {
    answer.status == status && answer.text().contains(text) && !answer.body.contains("name=\"password\"")
}

#[tokio::test]
async fn an_invitation_is_good_for_its_number_of_sign_ups() {
    let site = plan().set("sign_up = 'invited'").open().await;
    let invite = invite(&site, 2).await;
    for username in ["ada", "bob"] {
        let page = site.get(&format!("/sign_up?invite={invite}")).await;
        assert_eq!(page.status, Status::Ok);
        assert!(page.input("invite").contains("type=\"hidden\"") && page.input("invite").contains(&invite));
        let answer = sign_up(&site, username, &invite).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")), "{}", answer.body);
    }
    let used_up = "This invitation has expired or has already been used.";
    assert!(says(&site.get(&format!("/sign_up?invite={invite}")).await, Status::Gone, used_up));
    assert!(says(&sign_up(&site, "carol", &invite).await, Status::Gone, used_up));
}

#[tokio::test]
async fn a_refused_sign_up_keeps_its_invitation() {
    let site = plan().set("sign_up = 'invited'").open().await;
    let invite = invite(&site, 1).await;
    let page = site.post("/sign_up", &format!("username=ada&password=short&invite={invite}")).await;
    assert_eq!(page.status, Status::UnprocessableEntity);
    assert!(page.input("invite").contains(&invite));
    assert_eq!(sign_up(&site, "ada", &invite).await.status, Status::SeeOther);
}

#[tokio::test]
async fn a_sign_up_without_a_needed_invitation_is_refused() {
    let site = plan().set("sign_up = 'invited'").open().await;
    let needed = "You need an invitation to sign up.";
    for answer in [site.get("/sign_up").await, site.post("/sign_up", &form("ada", PASSWORD)).await] {
        assert!(says(&answer, Status::Forbidden, needed), "{}", answer.body);
    }
    let expired = "This invitation has expired or has already been used.";
    let ended = invite(&site, 1).await;
    site.clock.advance(A_DAY);
    for invite in [ended, "A".repeat(43), "none".to_owned()] {
        assert!(says(&site.get(&format!("/sign_up?invite={invite}")).await, Status::Gone, expired));
        assert!(says(&sign_up(&site, "ada", &invite).await, Status::Gone, expired));
    }
    assert!(site.query("SELECT username FROM users").await.is_empty());
}

#[tokio::test]
async fn where_sign_up_is_closed_every_sign_up_is_refused_and_no_page_leads_there() {
    let site = plan().set("sign_up = 'closed'").open().await;
    let invite = invite(&site, 1).await;
    let closed = "Sign-up is closed.";
    assert!(says(&site.get(&format!("/sign_up?invite={invite}")).await, Status::Forbidden, closed));
    assert!(says(&sign_up(&site, "ada", &invite).await, Status::Forbidden, closed));
    for page in ["/", "/log_in", "/sign_up", "/nothing"] {
        assert!(!site.get(page).await.body.contains("href=\"/sign_up"), "{page}");
    }
    assert!(site.query("SELECT username FROM users").await.is_empty());
}

#[tokio::test]
async fn an_open_site_takes_no_notice_of_an_invitation() {
    let site = site().await;
    let invite = invite(&site, 1).await;
    assert_eq!(sign_up(&site, "ada", "none").await.status, Status::SeeOther);
    assert_eq!(sign_up(&site, "bob", &invite).await.status, Status::SeeOther);
    assert_eq!(site.query("SELECT CAST(uses_left AS TEXT) FROM invitations").await, ["1"]);
}
