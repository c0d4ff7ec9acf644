//! The uses of mails, on each database.

use doorward_mail::testing::{Behaviour, Received};
use reqwest::{Method, Response, StatusCode};
use sea_orm::prelude::Uuid;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::{ADA, MailSite, led_to, link_of};
use crate::commands::on_each_database;
use crate::program::{OTHER_PASSWORD, PASSWORD, session_of};

const SITE_NAME: (&str, &str) = ("DOORWARD_SITE_NAME", "Pförtner №1");

/// Without the throttle no device is known, and none is new.
const THROTTLED: (&str, &str) = ("DOORWARD_THROTTLE__ENABLED", "true");

/// Headers of a browser when a person opens a page.
const BROWSER: [(&str, &str); 5] = [
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-user", "?1"),
];

/// The recipient and the subject.
fn heading(mail: &Received) -> (String, String) {
    assert_eq!(mail.header("To").unwrap(), mail.to.concat());
    (mail.to.concat(), mail.header("Subject").unwrap())
}

fn is_to_ada(mail: &Received, subject: &str) {
    assert_eq!(heading(mail), (ADA.to_owned(), subject.to_owned()));
}

/// Parses the date of a mail.
fn date(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &Rfc2822).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[tokio::test]
async fn the_mail_that_asks_to_verify_an_address_has_all_its_headers() {
    let mut site = MailSite::open(None, Behaviour::Takes, &[SITE_NAME]).await;
    let answer = site.post("/sign_up", &[("username", "Ada"), ("password", PASSWORD), ("email", ADA)]).await;
    assert_eq!(led_to(&answer), "/log_in");
    let mail = site.mail().await;
    assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("notes@example.org", &[ADA.to_owned()][..]));
    for (name, value) in [
        ("From", "Notes <notes@example.org>"),
        ("To", ADA),
        ("Subject", "Verify your e-mail address for Pförtner №1"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(mail.header(name).as_deref(), Some(value), "{name}");
    }
    let id = mail.header("Message-ID").unwrap();
    let id = id.strip_prefix('<').and_then(|id| id.strip_suffix("@localhost>")).unwrap_or_else(|| panic!("{id}"));
    assert!(Uuid::parse_str(id).is_ok(), "{id}");
    let sent_at = date(&mail.header("Date").unwrap());
    let answered_at = date(answer.headers()["date"].to_str().unwrap());
    assert!((sent_at - answered_at).abs() < time::Duration::seconds(30), "{sent_at} {answered_at}");
    let text = mail.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("at Pförtner №1.") && text.contains("\"Ada\""), "{text}");
    assert!(mail.raw.is_ascii() && mail.raw.lines().all(|line| line.len() <= 78), "{}", mail.raw);
    assert!(link_of(&mail).starts_with(&site.url("/verify_email/")));
    site.close().await;
}

async fn opening_a_link_changes_nothing(database_url: Option<String>) {
    let mut site = MailSite::open(database_url.as_deref(), Behaviour::Takes, &[]).await;
    site.sign_up("ada", ADA).await;
    let link = link_of(&site.mail().await);
    let tables = ["users", "links", "activity", "sessions", "outbox", "emails WHERE verified IS NULL"];
    let before = site.rows(tables).await;
    for (method, headers) in [(Method::HEAD, &[][..]), (Method::GET, &[]), (Method::GET, &BROWSER)] {
        let request = site.client.request(method, &link);
        let request = headers.iter().fold(request, |request, &(name, value)| request.header(name, value));
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status(), answer.headers().get("set-cookie")), (StatusCode::OK, None));
    }
    assert_eq!(site.rows(tables).await, before);
    assert_eq!(led_to(&site.follow(&link).await), "/log_in");
    assert_eq!(site.show(&link).await, StatusCode::GONE);
    assert_eq!(site.rows(["emails WHERE verified IS NOT NULL"]).await, [1]);
    site.close().await;
}

async fn a_forgotten_password_is_set_by_a_mail_and_the_address_logs_in(database_url: Option<String>) {
    let mut site = MailSite::open(database_url.as_deref(), Behaviour::Takes, &[]).await;
    site.sign_up_verified("Ada", ADA).await;
    for (login, before, after) in [("ada", PASSWORD, OTHER_PASSWORD), ("ada@EXAMPLE.org", OTHER_PASSWORD, PASSWORD)] {
        site.forget(login).await;
        let mail = site.mail().await;
        is_to_ada(&mail, "Set a new password for Doorward");
        let link = link_of(&mail);
        assert_eq!(site.show(&link).await, StatusCode::OK);
        assert_eq!(led_to(&site.reset(&link, after).await), "/log_in");
        is_to_ada(&site.mail().await, "Your password has been set by a link");
        assert_eq!(site.reset(&link, before).await.status(), StatusCode::GONE);
        assert_eq!(site.log_in("ada@example.org", before).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    site.forget("nobody@example.org").await;
    let answer = site.log_in(" ada@example.ORG ", PASSWORD).await;
    assert_eq!(led_to(&answer), "/");
    let home = site.client.get(site.url("/")).header("cookie", session_of(&answer)).send().await.unwrap();
    assert!(home.text().await.unwrap().contains("Hello, Ada"));
    site.close().await;
}

async fn a_change_of_the_address_is_told_at_once_and_can_be_undone(database_url: Option<String>) {
    const OTHER: &str = "mallory@example.org";
    const TOLD: &str = "The e-mail address of your account is being changed";
    let mut site = MailSite::open(database_url.as_deref(), Behaviour::Takes, &[THROTTLED]).await;
    site.sign_up_verified("ada", ADA).await;
    let session = session_of(&site.log_in("ada", PASSWORD).await);
    let changed = site.post_as(&session, "/account/email", &[("email", OTHER)]).await;
    assert_eq!(led_to(&changed), "/account/email");
    let [told, verify] = site.mails(2).await.try_into().unwrap();
    is_to_ada(&told, TOLD);
    assert_eq!(verify.to, [OTHER]);
    assert_eq!(led_to(&site.follow(&link_of(&verify)).await), "/log_in");
    let told_again = site.mail().await;
    is_to_ada(&told_again, TOLD);
    assert_eq!(led_to(&site.log_in(OTHER, PASSWORD).await), "/");
    assert_eq!(site.mail().await.to, [OTHER], "of the new device");

    assert_eq!(site.show(&link_of(&told)).await, StatusCode::OK);
    let answer = site.follow(&link_of(&told)).await;
    let reset = led_to(&answer).to_owned();
    for link in [&told, &told_again] {
        assert_eq!(site.show(&link_of(link)).await, StatusCode::GONE);
    }
    assert_eq!(logged_in(&site, &session).await, "/log_in");
    assert_eq!(led_to(&site.reset(&site.url(&reset), OTHER_PASSWORD).await), "/log_in");
    is_to_ada(&site.mail().await, "Your password has been set by a link");
    assert_eq!(site.log_in(OTHER, OTHER_PASSWORD).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(led_to(&site.log_in(ADA, OTHER_PASSWORD).await), "/");
    is_to_ada(&site.mail().await, "Somebody has logged in to your account from a new device");
    site.close().await;
}

/// Where the account page redirects a request with this session.
async fn logged_in(site: &MailSite, session: &str) -> String {
    let answer = site.client.get(site.url("/account")).header("cookie", session).send().await.unwrap();
    led_to(&answer).split('?').next().unwrap().to_owned()
}

async fn people_are_told_what_happens_to_their_account(database_url: Option<String>) {
    let mut site = MailSite::open(database_url.as_deref(), Behaviour::Takes, &[THROTTLED]).await;
    site.sign_up_verified("ada", ADA).await;
    let first = session_of(&site.log_in("ada", PASSWORD).await);
    let change = [("current_password", PASSWORD), ("new_password", OTHER_PASSWORD)];
    let session = session_of(&site.post_as(&first, "/account/password", &change).await);
    is_notice(&site.mail().await, "Your password has been changed");
    let session = session_of(&site.post_as(&session, "/account/username", &[("username", "lovelace")]).await);
    is_notice(&site.mail().await, "Your username has been changed");
    site.sign_up("bob", "ADA@example.org").await;
    is_notice(&site.mail().await, "You already have an account: lovelace");
    site.log_in("lovelace", OTHER_PASSWORD).await;
    is_notice(&site.mail().await, "Somebody has logged in to your account from a new device");
    let deleted: Response = site.post_as(&session, "/account/delete", &[("password", OTHER_PASSWORD)]).await;
    assert_eq!(led_to(&deleted), "/");
    is_notice(&site.mail().await, "Your account has been deleted");
    site.close().await;
}

/// Checks that it is a notice to Ada, without a link that changes anything.
fn is_notice(mail: &Received, subject: &str) {
    is_to_ada(mail, subject);
    for link in mail.links() {
        assert_eq!(link.matches('/').count(), 2, "the site itself: {link}");
    }
}

on_each_database!(opening_a_link_changes_nothing);
on_each_database!(a_forgotten_password_is_set_by_a_mail_and_the_address_logs_in);
on_each_database!(a_change_of_the_address_is_told_at_once_and_can_be_undone);
on_each_database!(people_are_told_what_happens_to_their_account);
