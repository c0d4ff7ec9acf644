//! The throttle as visitors see it, in process and through the running program.

use std::time::{Duration, Instant};

use doorward_domain::KnownAccounts;
use reqwest::StatusCode;
use rocket::http::{ContentType, Cookie, Status};
use tempfile::TempDir;

use crate::program::{self, Program};
use crate::support::{Answer, PASSWORD, TestSite, form, plan};

const WRONG: &str = "eight quiet lanterns";

async fn site() -> TestSite {
    plan().throttled().open().await
}

async fn post_json(site: &TestSite, path: &str, form: &str) -> Answer {
    site.post_with(path, form, &[("Accept", "application/json")]).await
}

/// An hour, as [`TestSite::stretch_waits`] has it.
fn is_an_hour(answer: &Answer) -> bool {
    (3_545..=3_600).contains(&wait_of(answer))
}

/// The seconds of the header, where the page says the same in words.
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
    site.stretch_waits().await;
    let form = format!("{}&keep=yes&next=/account/activity", form("Ada", PASSWORD));
    let answer = site.post("/log_in", &form).await;
    assert!(is_an_hour(&answer));
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

/// Status, headers and text, but for the name and the seconds.
#[tokio::test]
async fn a_wait_looks_the_same_whoever_has_the_name() {
    let answers = async |name: &'static str| {
        let site = site().await;
        site.sign_up("ada").await;
        site.get("/log_in").await;
        let mut answers = Vec::new();
        for _ in 0..5 {
            answers.push(site.try_log_in(name, WRONG).await);
        }
        site.stretch_waits().await;
        for _ in 0..2 {
            let mut answer = site.try_log_in(name, WRONG).await;
            assert!(is_an_hour(&answer));
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
        ("/account/confirm", "password=wrong&next=/account/sessions", "value=\"/account/sessions\""),
        ("/account/password", "current_password=wrong&new_password=a+dozen+noisy+kettles", "name=\"new_password\""),
        ("/account/delete", "password=wrong", "name=\"password\""),
    ] {
        let site = site().await;
        site.arrive("ada").await;
        for _ in 0..5 {
            assert_eq!(site.post(path, form).await.status, Status::UnprocessableEntity, "{path}");
        }
        site.stretch_waits().await;
        let answer = site.post(path, form).await;
        assert!(is_an_hour(&answer), "{path}");
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
    site.stretch_waits().await;
    let (first, rest) = known.value().split_at(1);
    let tampered = format!("{}{rest}", if first == "A" { "B" } else { "A" });
    for forged in [tampered, "x".to_owned(), KnownAccounts::default().to_value()] {
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
    assert_eq!(KnownAccounts::parse(&value), KnownAccounts::default(), "it is encrypted");
}

/// Fail closed: whoever cannot count lets nobody in.
#[tokio::test]
async fn without_counters_nobody_is_let_in() {
    let site = site().await;
    site.arrive("ada").await;
    site.execute("ALTER TABLE attempt_counters RENAME TO gone").await;
    for (path, form) in [("/account/confirm", "password=x".to_owned()), ("/account/delete", "password=x".to_owned())] {
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

const THROTTLED: (&str, &str) = ("DOORWARD_THROTTLE__ENABLED", "true");

async fn guess(url: &str, username: &str, headers: &[(&'static str, String)]) -> StatusCode {
    let mut request = program::client()
        .post(format!("{url}/log_in"))
        .form(&[("username", username), ("password", "eight quiet lanterns")]);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.send().await.unwrap().status()
}

/// Twelve guesses, each from somewhere else as it says: one network, ten failures.
#[tokio::test]
async fn a_client_cannot_choose_its_address() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[THROTTLED]);
    for number in 0..12 {
        let from = format!("203.0.113.{number}");
        let headers = [
            ("X-Real-IP", from.clone()),
            ("X-Forwarded-For", format!("{from}, {from}")),
            ("X-Forwarded-For", from.clone()),
            ("Forwarded", format!("for={from}")),
            ("X-Client-IP", from.clone()),
            ("True-Client-IP", from),
        ];
        let expected = if number < 10 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(guess(&program.url, &format!("name{number}"), &headers).await, expected, "{number}");
    }
    drop(program);

    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[THROTTLED, ("DOORWARD_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")]);
    let by_proxy = async |number: usize, client: &str| {
        // What the client wrote itself, then what two proxies saw.
        let header = format!("198.51.100.{number}, {client}, 10.1.2.3");
        guess(&program.url, &format!("name{number}"), &[("X-Forwarded-For", header)]).await
    };
    for number in 0..12 {
        let expected = if number < 10 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(by_proxy(number, "192.0.2.7").await, expected, "{number}");
    }
    assert_eq!(by_proxy(12, "192.0.2.8").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(by_proxy(13, "::ffff:192.0.2.7").await, StatusCode::TOO_MANY_REQUESTS);
}

/// All guesses at one moment, on two instances that share a folder.
#[tokio::test]
async fn two_instances_count_as_one() {
    let folder = TempDir::new().unwrap();
    let patient = ("DOORWARD_HASHING__MAX_WAIT_MS", "60000");
    let programs = [(); 2].map(|()| Program::start(folder.path(), &[THROTTLED, patient]));
    let mut guesses = tokio::task::JoinSet::new();
    for number in 0..50 {
        let url = programs[number % 2].url.clone();
        guesses.spawn(async move { guess(&url, "ada", &[]).await });
    }
    let answers = guesses.join_all().await;
    let count = |status| answers.iter().filter(|&&sent| sent == status).count();
    // It takes less than a second to begin all of them, or the wait after the fifth has passed for one more.
    let tried = count(StatusCode::UNPROCESSABLE_ENTITY);
    assert!((5..=8).contains(&tried) && tried + count(StatusCode::TOO_MANY_REQUESTS) == 50, "{answers:?}");
}

#[tokio::test]
async fn the_limits_are_what_the_settings_say() {
    let folder = TempDir::new().unwrap();
    let settings = [
        THROTTLED,
        ("DOORWARD_THROTTLE__FREE_ATTEMPTS", "2"),
        ("DOORWARD_THROTTLE__LONGEST_WAIT_SECONDS", "7"),
        ("DOORWARD_THROTTLE__SIGN_UPS_PER_HOUR", "1"),
        ("DOORWARD_THROTTLE__DEVICE_DAYS", "0"),
    ];
    let program = Program::start(folder.path(), &settings);
    let client = program::client();
    let post = async |path: &str, username: &str, password: &str| {
        let form = [("username", username), ("password", password)];
        client.post(format!("{}{path}", program.url)).form(&form).send().await.unwrap()
    };
    assert_eq!(post("/sign_up", "ada", program::PASSWORD).await.status(), StatusCode::SEE_OTHER);
    let turned_away = post("/sign_up", "bob", program::PASSWORD).await;
    assert_eq!(turned_away.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = turned_away.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    let logged_in = post("/log_in", "ada", program::PASSWORD).await;
    assert_eq!(logged_in.status(), StatusCode::SEE_OTHER);
    let cookies: Vec<_> = logged_in.headers().get_all("set-cookie").iter().collect();
    assert!(cookies.iter().all(|cookie| !cookie.to_str().unwrap().contains("-device")), "{cookies:?}");
    for _ in 0..2 {
        assert_eq!(post("/log_in", "ada", "wrong").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(post("/log_in", "ada", program::PASSWORD).await.status(), StatusCode::TOO_MANY_REQUESTS);
    let asked_at = Instant::now();
    let answer = loop {
        match post("/log_in", "ada", program::PASSWORD).await.status() {
            StatusCode::TOO_MANY_REQUESTS if asked_at.elapsed() < Duration::from_mins(1) => {}
            status => break status,
        }
    };
    assert_eq!(answer, StatusCode::SEE_OTHER);
}
