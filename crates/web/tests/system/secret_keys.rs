//! A change of the secret key, with the former one listed or not.

use std::fs;

use reqwest::{Client, Response, StatusCode};
use tempfile::TempDir;

use crate::program::{PASSWORD, Program, account, client, log, log_in, session_of, sign_up};

const THROTTLED: [(&str, &str); 3] = [
    ("DOORWARD_THROTTLE__ENABLED", "true"),
    ("DOORWARD_THROTTLE__NAME_FREE_ATTEMPTS", "1"),
    ("DOORWARD_THROTTLE__NAME_LONGEST_WAIT_SECONDS", "60"),
];

fn stop(program: Program) {
    program.signal("-TERM");
    assert!(program.wait().success());
}

/// The cookie of this name that comes with an answer, with its attributes.
fn cookie_of(answer: &Response, name: &str) -> Option<String> {
    let cookies = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    cookies.into_iter().find(|cookie| cookie.starts_with(&format!("{name}="))).map(str::to_owned)
}

/// The cookie as the browser would send it back.
fn sent(cookie: &str) -> &str {
    cookie.split(';').next().unwrap()
}

async fn get(client: &Client, url: String, cookies: &str) -> Response {
    client.get(url).header("cookie", cookies).send().await.unwrap()
}

async fn submit(client: &Client, url: String, cookies: &str, password: &str, keep: &str) -> Response {
    let form = [("username", "ada"), ("password", password), ("keep", keep)];
    client.post(url).header("cookie", cookies).form(&form).send().await.unwrap()
}

#[tokio::test]
async fn a_new_secret_key_with_the_former_one_listed_is_noticed_by_no_user() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &THROTTLED);
    let signed_up = submit(&client, format!("{}/sign_up", program.url), "", PASSWORD, "").await;
    let flash = cookie_of(&signed_up, "doorward-flash").unwrap();
    let ordinary = log_in(&client, &program.url, "ada").await;
    let logged_in = submit(&client, format!("{}/log_in", program.url), "", PASSWORD, "yes").await;
    let (kept, device) = (session_of(&logged_in), cookie_of(&logged_in, "doorward-device").unwrap());
    stop(program);

    let former = fs::read_to_string(folder.path().join("data/secret_key")).unwrap();
    fs::remove_file(folder.path().join("data/secret_key")).unwrap();
    let settings = [&THROTTLED[..], &[("DOORWARD_FORMER_SECRET_KEYS", former.as_str())]].concat();
    let program = Program::start(folder.path(), &settings);
    let page = get(&client, format!("{}/account", program.url), &ordinary).await;
    assert_eq!(page.status(), StatusCode::OK, "an ordinary session goes on");
    let renewed = cookie_of(&page, "doorward").unwrap();
    assert!(sent(&renewed) != ordinary && !renewed.contains("Max-Age"), "{renewed}");
    let page = get(&client, format!("{}/account", program.url), sent(&renewed)).await;
    assert_eq!((page.status(), cookie_of(&page, "doorward")), (StatusCode::OK, None), "it is renewed once");
    let page = get(&client, format!("{}/", program.url), &kept).await;
    let kept_renewed = cookie_of(&page, "doorward").unwrap();
    assert!(kept_renewed.contains("; Max-Age="), "{kept_renewed}");
    let page = get(&client, format!("{}/log_in", program.url), sent(&flash)).await;
    assert!(page.text().await.unwrap().contains("Account created"), "a message that waits is shown");
    let log_in_page = format!("{}/log_in", program.url);
    for attempt in 1.. {
        match submit(&client, log_in_page.clone(), "", "a wrong password", "").await.status() {
            StatusCode::TOO_MANY_REQUESTS => break,
            status => assert!(status == StatusCode::UNPROCESSABLE_ENTITY && attempt < 10, "{status} {attempt}"),
        }
    }
    let known = submit(&client, log_in_page, sent(&device), PASSWORD, "").await;
    assert_eq!(known.status(), StatusCode::SEE_OTHER, "a known device is known still");
    let device_renewed = cookie_of(&known, "doorward-device").unwrap();
    assert_ne!(sent(&device_renewed), sent(&device));
    stop(program);

    let program = Program::start(folder.path(), &THROTTLED);
    assert_eq!(account(&client, &program.url, &ordinary).await, StatusCode::SEE_OTHER, "the former key is of no use");
    for session in [&renewed, &kept_renewed] {
        assert_eq!(account(&client, &program.url, sent(session)).await, StatusCode::OK, "what was renewed is");
    }
    drop(program);
    assert!(!log(folder.path()).contains(former.trim()));
}

#[tokio::test]
async fn a_former_secret_key_of_any_form_opens_its_cookies_and_another_one_does_not() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    // 256 bits in hexadecimal digits and in base64, and 512 bits.
    let keys = [
        "0123456789abcdef".repeat(4),
        "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=".to_owned(),
        "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkdISUpLTE1OTw==".to_owned(),
    ];
    let mut sessions = Vec::new();
    for key in &keys {
        let program = Program::start(folder.path(), &[("ROCKET_SECRET_KEY", key)]);
        let _signed_up_already = sign_up(&client, &program.url, "ada").await;
        sessions.push(log_in(&client, &program.url, "ada").await);
    }
    let listed = keys.join(", ");
    let program = Program::start(folder.path(), &[("DOORWARD_FORMER_SECRET_KEYS", &listed)]);
    for session in &sessions {
        assert_eq!(account(&client, &program.url, session).await, StatusCode::OK);
    }
    drop(program);
    let program = Program::start(folder.path(), &[("DOORWARD_FORMER_SECRET_KEYS", &keys[1])]);
    let mut statuses = Vec::new();
    for session in &sessions {
        statuses.push(account(&client, &program.url, session).await);
    }
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::OK, StatusCode::SEE_OTHER]);
}
