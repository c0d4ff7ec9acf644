//! The throttle of a running program.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tempfile::TempDir;

use crate::program::{self, Program};

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

/// Twelve guesses, each with another address in its headers, count for one network, of which ten may fail.
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
        // An address that the client wrote itself, then those that two proxies saw.
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

/// All guesses come at once, on two instances that share a folder.
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
    // If it takes more than a second to begin all of them, the wait after the fifth has passed for one more.
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

/// Eight clients send the passwords that take longest to judge, one after the other, without a limit on sign-ups.
#[tokio::test]
async fn a_right_log_in_takes_less_than_a_second_while_eight_clients_sign_up() {
    const LONG_TO_JUDGE: &[u8] = b"4@8({[<369&1!|70$5+%2";
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[("DOORWARD_HASHING__WORKERS", "2"), ("RUST_LOG", "info")]);
    let post = async |path: &str, username: &str, password: &str| {
        let form = [("username", username), ("password", password)];
        program::client().post(format!("{}{path}", program.url)).form(&form).send().await.unwrap().status()
    };
    assert_eq!(post("/sign_up", "ada", program::PASSWORD).await, StatusCode::SEE_OTHER);
    let mut clients = tokio::task::JoinSet::new();
    let judged = Arc::new(AtomicUsize::new(0));
    for client in 0..8 {
        let judged = Arc::clone(&judged);
        let url = format!("{}/sign_up", program.url);
        clients.spawn(async move {
            for number in 0.. {
                let characters = (0..1_000).map(|place: usize| {
                    char::from(LONG_TO_JUDGE[(place * place * 7 + place * (client + 3) + number) % LONG_TO_JUDGE.len()])
                });
                let (username, password) = (format!("user{client}.{number}"), characters.collect::<String>());
                let form = [("username", username), ("password", password)];
                let _answer = program::client().post(&url).form(&form).send().await;
                judged.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let mut took = Vec::new();
    while took.len() < 15 || judged.load(Ordering::Relaxed) < 8 {
        let began = Instant::now();
        assert_eq!(post("/log_in", "ada", program::PASSWORD).await, StatusCode::SEE_OTHER);
        took.push(began.elapsed());
    }
    clients.shutdown().await;
    took.sort();
    assert!(took[took.len() / 2] < Duration::from_secs(1), "{took:?}");
}
