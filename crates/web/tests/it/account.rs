//! The pages by which users manage their account.

use std::sync::Arc;
use std::time::Duration;

use doorward_domain::{Client, Credentials, LogIn, ResumeError, SessionToken};
use doorward_web::auth::SiteAuth;
use rocket::http::{ContentType, Header, Status};

use crate::support::{Answer, PASSWORD, TestSite, form, plan, read, site};

const NEW: &str = "six purple umbrellas";
const WRONG: &str = "nine loud steam trains";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

fn auth(site: &TestSite) -> &SiteAuth {
    site.client.rocket().state::<Arc<SiteAuth>>().unwrap()
}

/// Logs in from another browser.
async fn elsewhere(site: &TestSite, username: &str) -> SessionToken {
    let typed = Credentials { username, password: PASSWORD };
    let client = Client::new(Some(FIREFOX), Some("192.0.2.7".parse().unwrap()));
    auth(site).from(&client).log_in(LogIn::new(typed)).await.unwrap().done().unwrap().token
}

async fn is_over(site: &TestSite, token: &SessionToken) -> bool {
    matches!(auth(site).resume(token).await, Err(ResumeError::Unknown))
}

/// After eleven minutes no log-in is a recent one.
fn let_time_pass(site: &TestSite) {
    site.clock.advance(Duration::from_mins(11));
}

fn went_to(answer: &Answer, location: &str) {
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(location)), "{}", answer.body);
}

fn password_form(current: &str, new: &str) -> String {
    format!("username=ada&current_password={current}&new_password={new}").replace(' ', "+")
}

fn password_and_next(password: &str, next: &str) -> String {
    format!("password={}&next={next}", password.replace(' ', "+"))
}

#[tokio::test]
async fn the_account_page_shows_the_name_and_leads_everywhere() {
    let site = site().await;
    site.arrive("Ada.Lovelace").await;
    let page = site.get("/account").await;
    assert_eq!(page.status, Status::Ok);
    assert!(page.text().contains("Ada.Lovelace") && page.text().contains("Log Out"));
    for path in ["sessions", "activity", "password", "username", "delete"] {
        assert!(page.body.contains(&format!("href=\"/account/{path}\"")), "{path}");
        let page = site.get(&format!("/account/{path}")).await;
        assert_eq!(page.status, Status::Ok);
        assert!(page.body.contains("href=\"/account\"") && page.header("cache-control") == Some("no-store"));
    }
}

#[tokio::test]
async fn an_anonymous_visitor_is_sent_to_log_in_and_comes_back() {
    let site = site().await;
    site.sign_up("ada").await;
    site.get("/log_in").await;
    went_to(&site.get("/account").await, "/log_in?next=/account");
    let page = site.get("/log_in?next=/account").await;
    assert!(page.text().contains("Please log in to continue."));
    assert!(page.input("next").contains("value=\"/account\""));
    let answer = site.post("/log_in", &format!("{}&next=/account", form("ada", PASSWORD))).await;
    assert_eq!(answer.location(), Some("/account"));
}

/// A link from elsewhere brings no `SameSite=Strict` cookie along, so the message may still wait after the log-in.
#[tokio::test]
async fn a_user_who_has_logged_in_is_not_asked_to_log_in_again() {
    let site = site().await;
    site.sign_up("ada").await;
    site.get("/account").await;
    site.try_log_in("ada", PASSWORD).await;
    assert!(!site.get("/account").await.text().contains("Please log in"));
}

/// Only the session decides whose account it is, not the fields of a form.
#[tokio::test]
async fn a_form_acts_on_the_account_of_its_session() {
    let site = site().await;
    site.sign_up("bob").await;
    site.arrive("ada").await;
    let ids = site.query("SELECT lower(hex(id)) FROM users WHERE username = 'bob'").await;
    let whose = format!("user_id={0}&id={0}&username_key=bob&user=bob", ids[0]);
    let bob = async || {
        site.query("SELECT username || password_hash || standing FROM users JOIN passwords ON user_id = id WHERE username = 'bob'").await
    };
    let before = bob().await;
    let passwords = "current_password=seven+quiet+lanterns&new_password=a+dozen+noisy+kettles";
    for (path, form) in [
        ("/account/password", passwords),
        ("/account/username", "username=eve"),
        ("/account/delete", "password=a+dozen+noisy+kettles"),
    ] {
        let answer = site.post(path, &format!("{form}&{whose}")).await;
        assert_eq!(answer.status, Status::SeeOther, "{path}: {}", answer.text());
        assert_eq!(bob().await, before, "{path}");
    }
    assert_eq!(site.query("SELECT username FROM users").await, ["bob"]);
}

#[tokio::test]
async fn the_whole_address_is_wanted_back() {
    let sent = site().await.get("/account?a=b&c=d").await;
    assert_eq!(sent.location(), Some("/log_in?next=/account?a=b%26c=d"));
}

#[tokio::test]
async fn every_device_is_listed_with_its_name_its_address_and_its_times() {
    let site = site().await;
    site.sign_up("bob").await;
    elsewhere(&site, "bob").await;
    site.arrive("ada").await;
    elsewhere(&site, "ada").await;
    let page = site.get("/account/sessions").await;
    let text = page.text();
    assert!(text.contains("Firefox on Linux 192.0.2.7 Last seen"), "{text}");
    assert_eq!((text.matches("This device").count(), text.matches("Last seen").count()), (1, 2));
    let own = text.split("Unknown device").nth(1).unwrap();
    assert!(own.contains("This device"), "{text}");
    assert_eq!(page.body.matches(" datetime=\"20").count(), 4);
    assert_eq!(page.body.matches("name=\"session\"").count(), 1, "this device is logged out by the button above");
}

/// The other sessions that stay are those seen last.
#[tokio::test]
async fn of_very_many_log_ins_a_hundred_sessions_live() {
    let site = site().await;
    site.arrive("ada").await;
    let kept = "user_id, created_at, kind, browser, system, address, authenticated_at, methods, renewed_at";
    site.execute(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150) \
         INSERT INTO sessions (id, token_hash, last_seen_at, {kept}) \
         SELECT randomblob(16), randomblob(32), last_seen_at - i, {kept} FROM sessions, n"
    ))
    .await;
    elsewhere(&site, "ada").await;
    assert_eq!(site.query("SELECT count(*) || '' FROM sessions").await, ["100"]);
    let page = site.get("/account/sessions").await;
    assert_eq!(page.text().matches("Last seen").count(), 100);
    assert!(page.text().contains("This device"), "the one that was seen last before");
}

#[tokio::test]
async fn the_address_that_users_see_comes_from_a_trusted_proxy_alone() {
    for (settings, shown) in [("", "10.1.2.3"), ("trusted_proxies = ['10.1.0.0/16']", "198.51.100.7")] {
        let site = plan().set(settings).open().await;
        site.sign_up("ada").await;
        let request = site.client.post("/log_in").header(ContentType::Form).body(form("ada", PASSWORD));
        let request = request.remote("10.1.2.3:4711".parse().unwrap());
        let request = request.header(Header::new("X-Forwarded-For", "203.0.113.9, 198.51.100.7, 10.1.9.9"));
        assert_eq!(read(request.dispatch().await).await.status, Status::SeeOther);
        assert!(
            site.get("/account/sessions").await.text().contains(&format!("Unknown device {shown} Last seen")),
            "{settings}"
        );
    }
}

#[tokio::test]
async fn one_device_is_logged_out_and_no_other() {
    let site = site().await;
    site.arrive("ada").await;
    let (one, other) = (elsewhere(&site, "ada").await, elsewhere(&site, "ada").await);
    let id = auth(&site).resume(&one).await.unwrap().session.id;
    went_to(&site.post("/account/sessions/log_out", &format!("session={id}")).await, "/account/sessions");
    assert!(site.get("/account/sessions").await.text().contains("That device has been logged out."));
    assert!(is_over(&site, &one).await && !is_over(&site, &other).await && site.is_logged_in().await);
}

#[tokio::test]
async fn another_users_session_and_one_that_is_gone_are_not_found_and_change_nothing() {
    let site = site().await;
    site.sign_up("bob").await;
    let bobs = elsewhere(&site, "bob").await;
    let id = auth(&site).resume(&bobs).await.unwrap().session.id;
    site.arrive("ada").await;
    let before = site.dump().await;
    for session in [id.to_string(), "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(), "x".to_owned(), String::new()] {
        let answer = site.post("/account/sessions/log_out", &format!("session={session}")).await;
        assert_eq!(answer.status, Status::NotFound, "{session}");
    }
    assert_eq!(site.dump().await, before);
}

#[tokio::test]
async fn all_other_devices_are_logged_out_at_once() {
    let site = site().await;
    site.arrive("ada").await;
    let (one, other) = (elsewhere(&site, "ada").await, elsewhere(&site, "ada").await);
    went_to(&site.post("/account/sessions/log_out_others", "").await, "/account/sessions");
    assert!(is_over(&site, &one).await && is_over(&site, &other).await);
    let page = site.get("/account/sessions").await;
    assert!(page.text().contains("All other devices") && !page.body.contains("log_out_others"));
}

#[tokio::test]
async fn a_device_that_logs_itself_out_here_is_logged_out() {
    let site = site().await;
    site.arrive("ada").await;
    let id = &site.query("SELECT lower(hex(id)) FROM sessions").await[0];
    went_to(&site.post("/account/sessions/log_out", &format!("session={id}")).await, "/log_in");
    assert!(site.session_cookie().is_none() && !site.is_logged_in().await);
}

#[tokio::test]
async fn a_page_that_needs_a_recent_log_in_asks_for_the_password_and_comes_back() {
    let site = site().await;
    site.arrive("ada").await;
    let other = elsewhere(&site, "ada").await;
    let id = auth(&site).resume(&other).await.unwrap().session.id;
    let_time_pass(&site);
    let reauthenticate = "/account/reauthenticate?next=/account/sessions";
    went_to(&site.post("/account/sessions/log_out", &format!("session={id}")).await, reauthenticate);
    went_to(&site.post("/account/sessions/log_out_others", "").await, reauthenticate);
    assert!(!is_over(&site, &other).await);

    let page = site.get(reauthenticate).await;
    assert!(page.input("next").contains("/account/sessions") && page.input("username").contains("value=\"ada\""));
    assert!(page.input("password").contains("current-password"));
    let wrong = site.post("/account/reauthenticate", &password_and_next(WRONG, "/account/sessions")).await;
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert!(wrong.title().starts_with("Error: ") && wrong.text().contains("That is not your password."));
    assert!(wrong.input("next").contains("/account/sessions") && !wrong.input("password").contains("value"));

    let before = site.session_cookie().unwrap();
    let right = password_and_next(PASSWORD, "/account/sessions");
    went_to(&site.post("/account/reauthenticate", &right).await, "/account/sessions");
    assert_ne!(site.session_cookie().unwrap(), before);
    assert_eq!(site.account_with_session(&before).await.status, Status::SeeOther, "the old token is worth nothing");
    site.post("/account/sessions/log_out_others", "").await;
    assert!(is_over(&site, &other).await && site.is_logged_in().await);
    went_to(&site.get(reauthenticate).await, "/account/sessions");
}

/// With two tabs, one of which still has a form of the earlier account.
#[tokio::test]
async fn a_form_of_another_account_changes_nothing() {
    let site = site().await;
    site.arrive("ada").await;
    let adas = site.get("/account/delete").await;
    assert!(adas.text().contains("your account ada"), "{}", adas.text());
    let account = adas.input("account").split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    site.post("/log_out", "_method=delete").await;
    site.arrive("bob").await;
    let before = site.dump().await;
    let passwords = format!("password={0}&current_password={0}", PASSWORD.replace(' ', "+"));
    let form = format!("account={account}&username=eve&new_password=a+dozen+noisy+kettles&{passwords}");
    for page in ["/account/username", "/account/password", "/account/delete"] {
        went_to(&site.post(page, &form).await, page);
        assert!(site.get(page).await.text().contains("You are logged in with another account now"), "{page}");
    }
    assert_eq!(site.dump().await, before);
    let bobs = site.get("/account/username").await.input("account").to_owned();
    assert!(!bobs.contains(&account));
}

#[tokio::test]
async fn the_former_path_of_reauthentication_leads_to_the_new_one() {
    let site = site().await;
    let new = "/account/reauthenticate?next=/account/sessions";
    went_to(&site.get("/account/confirm?next=/account/sessions").await, new);
    went_to(&site.get("/account/confirm").await, "/account/reauthenticate");
    went_to(&site.get("/account/confirm?next=//elsewhere.example").await, "/account/reauthenticate");
    went_to(&site.post("/account/confirm", &password_and_next(PASSWORD, "/account/sessions")).await, new);
}

#[tokio::test]
async fn a_password_is_changed_and_every_other_device_logged_out() {
    let site = site().await;
    site.arrive("ada").await;
    let other = elsewhere(&site, "ada").await;
    let before = site.session_cookie().unwrap();
    let page = site.get("/account/password").await;
    assert!(page.input("username").contains("autocomplete=\"username\" value=\"ada\" readonly hidden"));
    assert!(page.input("current_password").contains("autocomplete=\"current-password\""));
    assert!(page.input("new_password").contains("autocomplete=\"new-password\""));
    went_to(&site.post("/account/password", &password_form(PASSWORD, NEW)).await, "/account");
    assert!(site.get("/account").await.text().contains("Your password has been changed."));
    assert!(is_over(&site, &other).await && site.is_logged_in().await);
    assert_eq!(site.account_with_session(&before).await.status, Status::SeeOther, "the old token is worth nothing");
    site.get("/log_out").await;
    assert_eq!(site.try_log_in("ada", PASSWORD).await.status, Status::UnprocessableEntity);
    assert_eq!(site.try_log_in("ada", NEW).await.status, Status::SeeOther);
}

#[tokio::test]
async fn a_password_change_names_what_is_wrong_with_each_field_and_changes_nothing() {
    let site = site().await;
    site.arrive("ada").await;
    for (current, new, parts) in [
        (WRONG, NEW, &["That is not your password."][..]),
        (PASSWORD, "short", &["at least 15 characters"]),
        (WRONG, "short", &["That is not your password.", "at least 15 characters"]),
        ("", "", &["That is not your password.", "Enter a password"]),
        (PASSWORD, "passwordpassword", &["There is a problem"]),
    ] {
        let answer = site.post("/account/password", &password_form(current, new)).await;
        assert_eq!(answer.status, Status::UnprocessableEntity);
        assert!(answer.title().starts_with("Error: "));
        for part in parts {
            assert!(answer.text().contains(part), "{part} in {}", answer.text());
        }
        for field in ["current_password", "new_password"] {
            assert!(!answer.input(field).contains("value"), "{field}");
        }
    }
    assert!(site.is_logged_in().await);
    assert_eq!(site.try_log_in("ada", PASSWORD).await.status, Status::SeeOther);
}

#[tokio::test]
async fn password_managers_find_the_way_to_the_password() {
    went_to(&site().await.get("/.well-known/change-password").await, "/account/password");
}

#[tokio::test]
async fn a_username_is_changed_and_the_old_one_reserved() {
    let site = site().await;
    site.arrive("ada").await;
    assert!(site.get("/account/username").await.input("username").contains("value=\"ada\""));
    let before = site.session_cookie().unwrap();
    went_to(&site.post("/account/username", "username=Countess").await, "/account");
    let page = site.get("/account").await;
    assert!(page.text().contains("Your username has been changed.") && page.text().contains("Countess"));
    assert_eq!(site.account_with_session(&before).await.status, Status::SeeOther, "the old token is worth nothing");
    site.get("/log_out").await;
    assert_eq!(site.try_log_in("ada", PASSWORD).await.status, Status::UnprocessableEntity);
    let taken = site.post("/sign_up", &form("Ada", PASSWORD)).await;
    assert!(taken.status == Status::UnprocessableEntity && taken.text().contains("already taken"));
    assert_eq!(site.try_log_in("countess", PASSWORD).await.status, Status::SeeOther);
    went_to(&site.post("/account/username", "username=Ada").await, "/account");
}

#[tokio::test]
async fn a_username_that_cannot_be_had_is_kept_in_the_form_with_the_reason() {
    let site = site().await;
    site.sign_up("bob").await;
    site.arrive("ada").await;
    let before = site.dump().await;
    for (typed, reason) in [("BOB", "already taken"), ("no+spaces", "not allowed"), ("", "Enter a username")] {
        let answer = site.post("/account/username", &format!("username={typed}")).await;
        assert_eq!(answer.status, Status::UnprocessableEntity);
        assert!(answer.text().contains(reason), "{}", answer.text());
        assert!(answer.input("username").contains(&format!("value=\"{}\"", typed.replace('+', " "))));
        assert!(answer.text().contains("Log Out"), "the visitor is still somebody");
    }
    assert_eq!(site.dump().await, before);
}

#[tokio::test]
async fn a_new_name_is_not_lost_while_the_password_is_asked_for() {
    let site = site().await;
    site.arrive("ada").await;
    let_time_pass(&site);
    let sent = site.post("/account/username", "username=Ada%2BCo.%40x").await;
    let reauthenticate = sent.location().unwrap().to_owned();
    let next = site.get(&reauthenticate).await.input("next").to_owned();
    let next = next.split("value=\"").nth(1).unwrap().trim_end_matches("\">").replace('+', "%2B").replace('%', "%25");
    let back =
        site.post("/account/reauthenticate", &password_and_next(PASSWORD, &next)).await.location().unwrap().to_owned();
    assert!(back.starts_with("/account/username?username="), "{back}");
    assert!(site.get(&back).await.input("username").contains("value=\"Ada+Co.@x\""));
}

#[tokio::test]
async fn a_deleted_account_is_gone_everywhere_and_its_name_reserved() {
    let site = site().await;
    site.arrive("ada").await;
    let other = elsewhere(&site, "ada").await;
    let page = site.get("/account/delete").await;
    assert!(page.text().contains("This cannot be undone.") && page.text().contains("30 days"));
    let wrong = site.post("/account/delete", &password_and_next(WRONG, "")).await;
    assert!(wrong.status == Status::UnprocessableEntity && wrong.text().contains("That is not your password."));
    assert!(!is_over(&site, &other).await);

    went_to(&site.post("/account/delete", &password_and_next(PASSWORD, "")).await, "/");
    assert!(site.get("/").await.text().contains("Your account has been deleted."));
    assert!(site.session_cookie().is_none() && is_over(&site, &other).await);
    for table in ["users", "sessions", "activity WHERE user_id IS NOT NULL"] {
        assert_eq!(site.query(&format!("SELECT '' || count(*) FROM {table}")).await, ["0"], "{table}");
    }
    assert_eq!(site.try_log_in("ada", PASSWORD).await.status, Status::UnprocessableEntity);
    assert!(site.post("/sign_up", &form("ada", PASSWORD)).await.text().contains("already taken"));
}

#[tokio::test]
async fn activity_is_listed_newest_first_page_by_page() {
    let site = site().await;
    site.arrive("ada").await;
    for number in 0..60 {
        site.try_log_in("ada", &format!("a wrong password, {number}")).await;
        site.try_log_in("ada", PASSWORD).await;
    }
    let page = site.get_with("/account/activity", &[("User-Agent", FIREFOX)]).await;
    assert_eq!(page.text().matches("Failed attempt to log in").count(), 25);
    let mut older = page;
    for shown in [25, 10] {
        let url = older.body.split('"').find(|part| part.starts_with("/account/activity?before=")).unwrap().to_owned();
        older = site.get(&url).await;
        assert_eq!(older.text().matches("Failed attempt to log in").count(), shown);
    }
    let page = older;
    assert!(page.text().contains("Logged in") && !page.body.contains("href=\"/account/activity?"));
    for before in ["x", "", "99999999-9999-7999-9999-999999999999"] {
        assert_eq!(site.get(&format!("/account/activity?before={before}")).await.status, Status::Ok, "{before}");
    }
}

#[tokio::test]
async fn failed_attempts_in_a_row_are_one_entry() {
    let site = site().await;
    site.arrive("ada").await;
    let attempts = async |count: usize| {
        for number in 0..count {
            site.try_log_in("ada", &format!("a wrong password, {number}")).await;
        }
    };
    attempts(2).await;
    site.try_log_in("ada", PASSWORD).await;
    attempts(60).await;
    let page = site.get("/account/activity").await;
    let text = page.text();
    assert_eq!(text.matches("60 failed attempts to log in").count(), 1, "{text}");
    assert!(text.contains("From 1 network address Last one") && text.contains("And 40 more"), "{text}");
    assert_eq!(page.body.matches("<details>").count(), 1);
    assert_eq!(text.matches("Failed attempt to log in").count(), 2, "two in a row are two entries");
    assert_eq!(text.matches("Logged in").count(), 2, "{text}");
    attempts(500).await;
    let page = site.get("/account/activity").await;
    assert!(page.text().contains("500 failed attempts to log in"), "{}", page.text());
    let older = page.body.split('"').find(|part| part.starts_with("/account/activity?before=")).unwrap().to_owned();
    assert!(site.get(&older).await.text().contains("60 failed attempts to log in"));
}

#[tokio::test]
async fn a_log_in_after_failed_attempts_tells_of_them_once() {
    let site = site().await;
    site.arrive("ada").await;
    site.get("/log_out").await;
    for number in 0..3 {
        site.try_log_in("ADA", &format!("a wrong password, {number}")).await;
    }
    site.try_log_in("ada", PASSWORD).await;
    let home = site.get("/").await;
    assert!(home.text().contains("There were 3 failed attempts to log in to your account"), "{}", home.text());
    assert!(home.body.contains("<time datetime=\"20"));
    assert!(!site.get("/").await.text().contains("failed attempts"));
    site.try_log_in("ada", PASSWORD).await;
    assert!(!site.get("/").await.text().contains("failed attempt"));
}

#[tokio::test]
async fn a_user_who_asks_to_stay_logged_in_gets_a_cookie_that_stays() {
    let site = site().await;
    site.sign_up("ada").await;
    let page = site.get("/log_in").await;
    assert!(page.text().contains("Keep me logged in for 30 days") && !page.input("keep").contains("checked"));
    let refused = site.post("/log_in", &format!("{}&keep=yes", form("ada", WRONG))).await;
    assert!(refused.input("keep").contains("checked"), "nothing typed is lost");
    let answer = site.post("/log_in", &format!("{}&keep=yes", form("ada", PASSWORD))).await;
    let cookie = answer.all("set-cookie").find(|cookie| cookie.starts_with("doorward=")).unwrap();
    assert!(cookie.contains("; Max-Age=2592000") && !cookie.contains("Expires"), "{cookie}");
    assert_eq!(site.query("SELECT kind FROM sessions").await, ["kept"]);
}

#[tokio::test]
async fn the_token_of_a_kept_session_is_renewed_after_a_week() {
    let site = site().await;
    site.sign_up("ada").await;
    site.post("/log_in", &format!("{}&keep=yes", form("ada", PASSWORD))).await;
    site.clock.advance(Duration::from_hours(7 * 24));
    let before = site.session_cookie().unwrap();
    let answer = site.get("/account").await;
    let cookie = answer.all("set-cookie").find(|cookie| cookie.starts_with("doorward=")).unwrap();
    let max_age: u64 = cookie.split("Max-Age=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
    assert_eq!(max_age, 23 * 24 * 3_600, "{cookie}");
    assert_ne!(site.session_cookie().unwrap(), before);
    assert_eq!(site.account_with_session(&before).await.status, Status::Ok, "for a minute");
    assert!(site.is_logged_in().await);
}

#[tokio::test]
async fn a_session_past_its_limit_says_so_keeps_the_way_and_is_gone() {
    let site = site().await;
    for (path, expected) in
        [("/account/sessions", Some("/log_in?next=/account/sessions")), ("/", None), ("/log_in", None)]
    {
        site.sign_up(&format!("user{}", path.len())).await;
        site.try_log_in(&format!("user{}", path.len()), PASSWORD).await;
        site.clock.advance(Duration::from_hours(2));
        let answer = site.get(path).await;
        assert_eq!(answer.location(), expected);
        let page = if expected.is_some() { site.get("/log_in").await } else { answer };
        assert!(page.text().contains("Please log in again."), "{}", page.text());
        assert!(site.session_cookie().is_none());
        assert_eq!(site.query("SELECT '' || count(*) FROM sessions").await, ["0"]);
        assert!(!site.get("/").await.text().contains("Please log in again."));
    }
}

#[tokio::test]
async fn the_way_out_is_no_page_to_come_back_to() {
    let site = site().await;
    site.sign_up("ada").await;
    for next in ["/log_out", "/log%255fout", "/./log_out?x", "/account/../log_out"] {
        let answer = site.post("/log_in", &format!("{}&next={next}", form("ada", PASSWORD))).await;
        went_to(&answer, "/");
    }
}

#[tokio::test]
async fn how_recent_a_log_in_has_to_be_and_how_long_a_name_is_reserved_are_settings() {
    let site = plan().set("sessions.recent_minutes = 1440\nusernames.reserved_days = 0").open().await;
    site.arrive("ada").await;
    let_time_pass(&site);
    went_to(&site.post("/account/username", "username=countess").await, "/account");
    assert!(site.get("/account/username").await.text().contains("Somebody else can take the old name at once."));
    site.get("/log_out").await;
    site.sign_up("ada").await;
}

#[tokio::test]
async fn refused_account_forms_are_problem_documents_for_programs() {
    let site = site().await;
    site.arrive("ada").await;
    let json = &[("Accept", "application/json")];
    for (path, form, field) in [
        ("/account/password", password_form(WRONG, "short"), "\"field\":\"new_password\""),
        ("/account/username", "username=".to_owned(), "\"field\":\"username\""),
        ("/account/delete", "password=x".to_owned(), "\"code\":\"wrong\""),
        ("/account/reauthenticate", "password=x".to_owned(), "\"code\":\"wrong\""),
    ] {
        let answer = site.post_with(path, &form, json).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (Status::UnprocessableEntity, Some("application/problem+json"))
        );
        assert!(answer.body.contains(field), "{}", answer.body);
    }
}
