//! Second factors of the running program: their set-up by a program, commands, and new secret keys.

use std::fs;
use std::time::Duration;

use doorward_domain::second_factor::TotpStep;
use doorward_domain::system::SystemClock;
use doorward_domain::{Clock as _, TotpSecret};
use reqwest::{Client, Response, StatusCode};
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::commands::{objects, run};
use crate::program::{PASSWORD, Program, account, client, log, log_in, post, session_of, sign_up};

const TOTP: &str = "/account/second_factor/totp";

/// How long an app shows a code.
const STEP: Duration = Duration::from_micros(MICROS_OF_STEP);
const MICROS_OF_STEP: u64 = 30_000_000;

/// A user with an authenticator app.
pub(crate) struct Owner {
    pub(crate) secret: TotpSecret,
    pub(crate) recovery_codes: Vec<String>,
    /// The session cookie of the set-up.
    pub(crate) session: String,
}

impl Owner {
    /// The code of the step that is `steps` after the present one. Each step counts once, and those next to the present one are valid too.
    pub(crate) fn code(&self, steps: i64) -> String {
        self.secret.code(TotpStep::from_number(TotpStep::at(SystemClock.now()).number() + steps))
    }
}

/// The cookie of this name that comes with an answer, as the browser would send it back.
fn cookie_of(answer: &Response, name: &str) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let cookie = cookies.into_iter().find(|cookie| cookie.starts_with(&format!("{name}=")));
    let cookie = cookie.unwrap_or_else(|| panic!("no {name} in {answer:?}"));
    cookie.split(';').next().unwrap().to_owned()
}

async fn get(client: &Client, url: String, cookies: &str) -> Response {
    client.get(url).header("cookie", cookies).send().await.unwrap()
}

/// Sets an app up in this session, with the code of the step before the present one.
pub(crate) async fn set_up(client: &Client, url: &str, session: &str) -> Owner {
    let page = get(client, format!("{url}{TOTP}"), session).await;
    let shown = cookie_of(&page, "doorward-totp");
    let page = page.text().await.unwrap();
    let key = page.split("<code dir=\"ltr\">").nth(1).unwrap().split('<').next().unwrap();
    let secret = TotpSecret::parse(key).unwrap();
    let mut owner = Owner { secret, recovery_codes: Vec::new(), session: session.to_owned() };
    let request = client.post(format!("{url}{TOTP}")).header("cookie", format!("{session}; {shown}"));
    // The code of the step before is good until the present one ends.
    let since_last = Duration::from_micros(SystemClock.now().as_unix_micros().unsigned_abs() % MICROS_OF_STEP);
    let until_next = STEP.saturating_sub(since_last);
    if until_next < Duration::from_secs(3) {
        sleep(until_next).await;
    }
    let answer = request.form(&[("code", owner.code(-1))]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    owner.session = session_of(&answer);
    let cookies = format!("{}; {}", owner.session, cookie_of(&answer, "doorward-recovery"));
    let page = get(client, format!("{url}/account/second_factor/recovery_codes"), &cookies).await.text().await.unwrap();
    let codes = page.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    owner.recovery_codes = codes.collect();
    assert_eq!(owner.recovery_codes.len(), 10);
    owner
}

/// Makes both steps of a log-in.
pub(crate) async fn log_in_with(client: &Client, url: &str, username: &str, code: &str) -> Response {
    let answer = post(client, format!("{url}/log_in"), &[("username", username), ("password", PASSWORD)]).await;
    assert_eq!(
        (answer.status(), &answer.headers()["location"]),
        (StatusCode::SEE_OTHER, &"/log_in/code".parse().unwrap())
    );
    let pending = cookie_of(&answer, "doorward-pending");
    let request = client.post(format!("{url}/log_in/code")).header("cookie", pending);
    request.form(&[("code", code)]).send().await.unwrap()
}

fn stop(program: Program) {
    program.signal("-TERM");
    assert!(program.wait().success());
}

/// The former key is listed until the next use of the app, which encrypts its secret with the new key.
#[tokio::test]
async fn an_app_goes_on_after_a_new_secret_key() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    let owner = set_up(&client, &program.url, &session).await;
    stop(program);

    let key_file = folder.path().join("data/secret_key");
    let former = fs::read_to_string(&key_file).unwrap();
    fs::remove_file(&key_file).unwrap();
    let settings = [("DOORWARD_FORMER_SECRET_KEYS", former.as_str())];
    let program = Program::start(folder.path(), &settings);
    let answer = log_in_with(&client, &program.url, "ada", &owner.code(0)).await;
    assert_eq!(account(&client, &program.url, &session_of(&answer)).await, StatusCode::OK);
    stop(program);
    let program = Program::start(folder.path(), &[]);
    let answer = log_in_with(&client, &program.url, "ada", &owner.code(1)).await;
    assert_eq!(account(&client, &program.url, &session_of(&answer)).await, StatusCode::OK, "it was sealed anew");
    stop(program);

    // Without the key, codes are refused, recovery codes are accepted, and the operator is told.
    fs::remove_file(&key_file).unwrap();
    let program = Program::start(folder.path(), &[]);
    let refused = log_in_with(&client, &program.url, "ada", &owner.code(1)).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let answer = log_in_with(&client, &program.url, "ada", &owner.recovery_codes[0]).await;
    assert_eq!(account(&client, &program.url, &session_of(&answer)).await, StatusCode::OK);
    let findings = objects(&run(folder.path(), &[], &["doctor", "--json"]));
    let finding = findings.iter().find(|finding| finding["check"] == "second factors").unwrap();
    assert_eq!(finding["state"], json!("warning"), "{finding}");
    assert!(finding["found"].as_str().unwrap().contains("of 1 authenticator app"), "{finding}");
    assert!(finding["do"].as_str().unwrap().contains("DOORWARD_FORMER_SECRET_KEYS"), "{finding}");
    drop(program);
    let log = log(folder.path());
    assert!(log.contains("no key opens the secret of an authenticator app"), "{log}");
    let key = owner.secret.expose_secret();
    assert!(!log.contains(&key) && owner.recovery_codes.iter().all(|code| !log.contains(code)));
}
