//! The throttle as visitors see it.

use std::time::Duration;

use doorward_domain::DeviceTokens;
use rocket::http::{ContentType, Cookie, Status};

use crate::support::{Answer, PASSWORD, TestSite, form, plan};

const WRONG: &str = "eight quiet lanterns";

async fn site() -> TestSite {
    plan().throttled().open().await
}

async fn post_json(site: &TestSite, path: &str, form: &str) -> Answer {
    site.post_with(path, form, &[("Accept", "application/json")]).await
}

/// Repeats an attempt that fails, each time as soon as it may be made, until the next has to wait for an hour.
async fn try_until_the_wait_is_an_hour(site: &TestSite, attempt: impl AsyncFn() -> Answer) {
    for _ in 0..40 {
        let answer = attempt().await;
        if answer.status == Status::TooManyRequests {
            let wait = answer.header("retry-after").unwrap().parse().unwrap();
            if wait == 3_600 {
                return;
            }
            site.clock.advance(Duration::from_secs(wait));
        }
    }
    panic!("the wait never was an hour");
}

/// Returns the seconds of the header, and checks that the page says the same in words.
fn wait_of(answer: &Answer) -> u64 {
    assert_eq!(answer.status, Status::TooManyRequests, "{}", answer.body);
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    let words = format!("Too many attempts. Try again in {} minutes.", seconds.div_ceil(60));
    assert!(answer.text().contains(&format!("There is a problem {words}")), "{}", answer.text());
    assert!(answer.title().starts_with("Error: "), "{}", answer.title());
    seconds
}

#[tokio::test]
async fn too_many_log_ins_are_a_429_that_says_when_to_try_again_and_keeps_the_form() {
    let site = site().await;
    site.sign_up("ada").await;
    for _ in 0..5 {
        assert_eq!(site.try_log_in("Ada", WRONG).await.status, Status::UnprocessableEntity);
    }
    try_until_the_wait_is_an_hour(&site, async || site.try_log_in("Ada", WRONG).await).await;
    let form = format!("{}&keep=yes&next=/account/activity", form("Ada", PASSWORD));
    let answer = site.post("/log_in", &form).await;
    assert_eq!(wait_of(&answer), 3_600);
    assert!(answer.input("username").contains("value=\"Ada\"") && answer.input("keep").contains(" checked"));
    assert!(answer.input("next").contains("value=\"/account/activity\""));
    assert!(!answer.input("password").contains("value") && !answer.body.contains("aria-invalid"));
    assert!(site.session_cookie().is_none() && answer.all("set-cookie").next().is_none());

    let problem = post_json(&site, "/log_in", &form).await;
    assert_eq!(problem.status, Status::TooManyRequests);
    assert_eq!(problem.header("content-type"), Some("application/problem+json"));
    let wait = problem.header("retry-after").unwrap();
    let detail = format!("too many attempts; try again after {wait} s");
    let problem: serde_json::Value = serde_json::from_str(&problem.body).unwrap();
    assert_eq!(problem["detail"], detail);
}

/// Compares status, headers and text, except the name and the seconds.
#[tokio::test]
async fn a_wait_looks_the_same_for_a_known_and_an_unknown_name() {
    let answers = async |name: &'static str| {
        let site = site().await;
        site.sign_up("ada").await;
        site.get("/log_in").await;
        let mut answers = Vec::new();
        for _ in 0..5 {
            answers.push(site.try_log_in(name, WRONG).await);
        }
        try_until_the_wait_is_an_hour(&site, async || site.try_log_in(name, WRONG).await).await;
        for _ in 0..2 {
            let mut answer = site.try_log_in(name, WRONG).await;
            assert_eq!(wait_of(&answer), 3_600);
            answer.headers.retain(|(header, _)| header != "retry-after" && header != "Retry-After");
            answers.push(answer);
        }
        answers
            .iter()
            .map(|answer| (answer.status, answer.headers.clone(), answer.body.replace(name, "…")))
            .collect::<Vec<_>>()
    };
    assert_eq!(answers("ada").await, answers("bob").await);
}

#[tokio::test]
async fn every_form_that_takes_a_password_says_when_to_try_again() {
    for (path, form, kept) in [
        ("/account/reauthenticate", "password=wrong&next=/account/sessions", "value=\"/account/sessions\""),
        ("/account/password", "current_password=wrong&new_password=a+dozen+noisy+kettles", "name=\"new_password\""),
        ("/account/delete", "password=wrong", "name=\"password\""),
    ] {
        let site = site().await;
        site.arrive("ada").await;
        for _ in 0..5 {
            assert_eq!(site.post(path, form).await.status, Status::UnprocessableEntity, "{path}");
        }
        try_until_the_wait_is_an_hour(&site, async || site.post(path, form).await).await;
        let answer = site.post(path, form).await;
        assert_eq!(wait_of(&answer), 3_600, "{path}");
        assert!(answer.body.contains(kept), "{path}: {}", answer.body);
        assert_eq!(post_json(&site, path, form).await.status, Status::TooManyRequests, "{path}");
        assert!(site.is_logged_in().await, "whoever is in stays in");
    }
}

#[tokio::test]
async fn too_many_sign_ups_and_names_say_when_to_try_again_and_keep_the_form() {
    let site = site().await;
    site.arrive("ada").await;
    for _ in 0..19 {
        let answer = site.post("/account/username", "username=Ada2").await;
        assert_eq!(answer.status, Status::SeeOther, "{}", answer.body);
        site.execute("UPDATE users SET username = 'ada', username_key = 'ada'").await;
        site.execute("DELETE FROM reserved_names").await;
    }
    let answer = site.post("/account/username", "username=Ada3").await;
    assert!((175..=180).contains(&wait_of(&answer)));
    assert!(answer.input("username").contains("value=\"Ada3\""));
    site.get("/log_out").await;
    let answer = site.post("/sign_up", &format!("{}&next=/account", form("Bob", PASSWORD))).await;
    assert!((175..=180).contains(&wait_of(&answer)));
    assert!(answer.input("username").contains("value=\"Bob\"") && !answer.input("password").contains("value"));
    assert!(answer.input("next").contains("value=\"/account\""));
    assert_eq!(site.query("SELECT '' || count(*) FROM users").await, ["1"]);
}

/// The cookie that makes a device known.
fn device_cookie(site: &TestSite) -> Option<Cookie<'static>> {
    site.client.cookies().get("doorward-device").cloned()
}

#[tokio::test]
async fn a_device_that_logged_in_before_is_let_in_while_strangers_guess() {
    let site = site().await;
    site.arrive("ada").await;
    site.get("/log_out").await;
    let known = device_cookie(&site).expect("it outlives the log-out");
    let log_in_with = async |device: &str, password: &str| {
        let cookie = Cookie::new("doorward-device", device.to_owned());
        let request = site.client.post("/log_in").header(ContentType::Form).body(form("ada", password));
        request.cookie(cookie).dispatch().await.status()
    };
    while log_in_with("none", WRONG).await == Status::UnprocessableEntity {}
    let (first, rest) = known.value().split_at(1);
    let tampered = format!("{}{rest}", if first == "A" { "B" } else { "A" });
    for forged in [tampered, "x".to_owned(), DeviceTokens::default().expose_secret()] {
        assert_eq!(log_in_with(&forged, PASSWORD).await, Status::TooManyRequests);
    }
    assert_eq!(log_in_with(known.value(), PASSWORD).await, Status::SeeOther);
}

#[tokio::test]
async fn the_device_cookie_is_private_and_kept_for_ninety_days() {
    let site = site().await;
    site.sign_up("ada").await;
    let answer = site.try_log_in("ada", PASSWORD).await;
    let cookie = answer.all("set-cookie").find(|cookie| cookie.starts_with("doorward-device=")).unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"), "{cookie}");
    assert!(cookie.contains("Max-Age=7776000") && !cookie.contains("Expires"), "{cookie}");
    let value = device_cookie(&site).unwrap().value().to_owned();
    assert_eq!(DeviceTokens::parse(&value).expose_secret(), "", "it is encrypted");
}

/// Another user's device seems not to exist.
#[tokio::test]
async fn known_devices_are_listed_and_forgotten_by_their_user_alone() {
    let site = site().await;
    site.arrive("bob").await;
    let bobs = site.query("SELECT lower(hex(id)) FROM known_devices").await.remove(0);
    site.get("/log_out").await;
    site.arrive("ada").await;
    let device = device_cookie(&site).unwrap();
    let adas = format!("SELECT lower(hex(id)) FROM known_devices WHERE lower(hex(id)) <> '{bobs}'");
    let id = site.query(&adas).await.remove(0);
    let page = site.get("/account/sessions").await;
    assert_eq!(page.body.matches("name=\"device\"").count(), 1);
    assert!(page.text().contains("Devices that you have logged in with"), "{}", page.text());
    for (forgotten, status) in [(bobs.as_str(), Status::NotFound), ("x", Status::NotFound), (&id, Status::SeeOther)] {
        let answer = site.post("/account/sessions/forget_device", &format!("device={forgotten}")).await;
        assert_eq!(answer.status, status, "{forgotten}");
    }
    assert!(site.get("/account/sessions").await.text().contains("That device has been forgotten."));
    assert!(site.get("/account/activity").await.text().contains("A device was forgotten"));
    assert_eq!(site.query("SELECT lower(hex(id)) FROM known_devices").await, [bobs]);
    assert_eq!(device_cookie(&site), Some(device), "which is worth nothing for this account");
    assert!(!site.get("/account/sessions").await.body.contains("name=\"device\""));
}

/// Fail closed: without a count there is no log-in.
#[tokio::test]
async fn without_counters_every_log_in_fails() {
    let site = site().await;
    site.arrive("ada").await;
    site.execute("ALTER TABLE attempt_counters RENAME TO gone").await;
    for (path, form) in
        [("/account/reauthenticate", "password=x".to_owned()), ("/account/delete", "password=x".to_owned())]
    {
        assert_eq!(site.post(path, &form).await.status, Status::InternalServerError, "{path}");
    }
    assert!(site.is_logged_in().await, "sessions ask no counter");
    site.get("/log_out").await;
    for (path, username) in [("/log_in", "ada"), ("/sign_up", "bob")] {
        let answer = site.post(path, &form(username, PASSWORD)).await;
        assert_eq!(answer.status, Status::InternalServerError, "{path}");
    }
    assert!(!site.is_logged_in().await);
    assert_eq!(site.query("SELECT '' || count(*) FROM users").await, ["1"]);
}
