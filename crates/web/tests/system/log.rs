//! The log of the running program.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{OTHER_PASSWORD, PASSWORD, Program, client, command, log, log_in, session_of};

/// A text that would begin a line, colour it, or end a string if it were written as it is.
const HOSTILE: &str = "x\r\n{\"level\":\"ERROR\"}\u{1b}[31m\u{2028}\"\\";

const JSON: (&str, &str) = ("DOORWARD_LOG_FORMAT", "json");
const INFO: (&str, &str) = ("RUST_LOG", "info");

/// Not even if a part of the password is taken for a parameter, as it is not percent-encoded.
#[test]
fn no_part_of_a_database_url_reaches_the_log() {
    let urls = ["postgres://u@127.0.0.1:1/x?pasword=SECRETMARK", "postgres://u:1234?SECRETMARK=5@127.0.0.1:1/x"];
    for url in urls.into_iter().chain(["mysql://u@127.0.0.1:1/x?ssl-mode=SECRETMARK", "sqlite:x?mode=SECRETMARK"]) {
        let folder = TempDir::new().unwrap();
        let settings = [("DOORWARD_DATABASE_URL", url), ("DOORWARD_DATABASE_MAX_WAIT_MS", "300")];
        assert!(!command(folder.path(), &settings).status().unwrap().success());
        let said = log(folder.path());
        assert!(!said.is_empty() && !said.contains("SECRETMARK"), "{said}");
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_written_costs_neither_a_request_nor_the_start() {
    for format in ["text", "json"] {
        let folder = TempDir::new().unwrap();
        let mut command = command(folder.path(), &[INFO, ("DOORWARD_LOG_FORMAT", format)]);
        command.stderr(fs::File::options().write(true).open("/dev/full").unwrap());
        let program = Program::start_by(command, folder.path());
        visit(&program.url).await;
    }
}

/// A visit that causes each kind of event in the log.
async fn visit(url: &str) {
    let client = client();
    let post = |path: &str, form: &[(&str, &str)]| client.post(format!("{url}{path}")).form(form);
    let send = async |request: RequestBuilder, status: u16| {
        let answer = request.header("user-agent", &b"Firefox\x9b31m\t\"\\"[..]).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{:?}", answer.text().await);
    };
    let credentials = |password| [("username", "ada"), ("password", password)];
    send(post("/sign_up", &credentials(PASSWORD)), 303).await;
    send(post("/log_in", &credentials("wrong")), 422).await;
    send(post("/log_in", &[("username", HOSTILE), ("password", HOSTILE), ("next", HOSTILE)]), 422).await;
    let (here, there) = (log_in(&client, url, "ada").await, log_in(&client, url, "ada").await);
    let at = |cookie: &str, path: &str, form: &[(&str, &str)]| post(path, form).header("cookie", cookie);
    send(at(&here, "/account/sessions/log_out_others", &[]), 303).await;
    send(at(&here, "/account/reauthenticate", &[("password", "wrong")]), 422).await;
    let reauthenticated = at(&here, "/account/reauthenticate", &[("password", PASSWORD)]).send().await.unwrap();
    let here = session_of(&reauthenticated);
    let renamed = at(&here, "/account/username", &[("username", "ada2")]).send().await.unwrap();
    let here = session_of(&renamed);
    let change = [("current_password", PASSWORD), ("new_password", OTHER_PASSWORD)];
    let changed = at(&here, "/account/password", &change).send().await.unwrap();
    let here = session_of(&changed);
    send(client.get(format!("{url}/log_out")).header("cookie", &there), 303).await;
    for _ in 0..6 {
        at(&here, "/account/reauthenticate", &[("password", "wrong")]).send().await.unwrap();
    }
    let again = [("username", "ada2"), ("password", OTHER_PASSWORD)];
    let logged_in = post("/log_in", &again).send().await.unwrap();
    let here = session_of(&logged_in);
    send(at(&here, "/account/delete", &[("password", OTHER_PASSWORD)]), 303).await;
    // Attempts to bypass a control.
    let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example/\t\"\\")];
    let crossing = client.post(format!("{url}/log_in/%0d%0a%1b%5b31m")).form(&credentials(PASSWORD));
    send(foreign.into_iter().fold(crossing, |request, (name, value)| request.header(name, value)), 403).await;
    send(client.get(format!("{url}/account")).header("cookie", "doorward=a; doorward=b"), 403).await;
    send(client.get(format!("{url}/account")).header("cookie", "doorward=%0d%0aforged"), 303).await;
}

/// The lines since the start, without those of the database's libraries.
fn lines(folder: &Path) -> Vec<String> {
    let lines = log(folder);
    lines.lines().filter(|line| !line.contains("sea_orm") && !line.contains("sqlx")).map(str::to_owned).collect()
}

const MESSAGES: [&str; 15] = [
    "signed up",
    "log-in refused",
    "logged in",
    "other sessions ended",
    "password refused",
    "reauthenticated",
    "username changed",
    "password changed",
    "attempts are throttled",
    "account deleted",
    "refused a request from another site; if this is your own, set DOORWARD_PUBLIC_URL",
    "refused a request whose cookies have dubious names",
    "ignored a cookie that is not ours; after a new secret key each of the old ones is",
    "logged out",
    "session ended",
];

#[tokio::test]
async fn every_event_is_one_structured_line() {
    let folder = TempDir::new().unwrap();
    let settings = [JSON, INFO, ("DOORWARD_THROTTLE__ENABLED", "true")];
    let program = Program::start(folder.path(), &settings);
    visit(&program.url).await;
    end_sessions(&program.url).await;
    let lines: Vec<Value> = lines(folder.path()).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut seen = BTreeSet::new();
    for line in &lines {
        let text = |key: &str| line[key].as_str().unwrap_or_else(|| panic!("no {key} in {line}"));
        let message = text("message");
        seen.insert(message);
        assert!(text("timestamp").ends_with('Z') && text("target").starts_with("doorward"), "{line}");
        assert!(matches!(text("level"), "INFO" | "WARN"), "{line}");
        if message == "swept" {
            continue;
        }
        assert_eq!(text("client.network"), "127.0.0.1/32");
        // The request is identified by its span or by the event itself.
        let of_request = |key: &str| line["span"][key].as_str().or(line[key].as_str()).map(str::to_owned);
        assert_eq!(of_request("request.id").map(|id| id.len()), Some(16), "{line}");
        assert!(of_request("http.method").is_some() && of_request("http.path").is_some(), "{line}");
        let is_about_somebody =
            !matches!(message, "log-in refused" | "attempts are throttled") && !line["level"].eq("WARN");
        assert!(!is_about_somebody || line["user.id"].is_string(), "{line}");
    }
    assert_eq!(
        seen.into_iter().filter(|message| *message != "swept").collect::<BTreeSet<_>>(),
        BTreeSet::from(MESSAGES)
    );
}

/// In the format for people, too, each event is one line, and no visitor can write a line of their own.
#[tokio::test]
async fn nothing_that_is_sent_begins_a_line_of_the_log() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[("DOORWARD_THROTTLE__ENABLED", "true")]);
    visit(&program.url).await;
    // `-TERM`, as a line that is being written when a program is killed ends early.
    program.signal("-TERM");
    assert!(program.wait().success());
    let log = fs::read(folder.path().join("log")).unwrap();
    let log = String::from_utf8(log).unwrap();
    assert!(log.lines().count() > 20, "the visit is in it");
    for line in log.lines() {
        let (time, rest) = line.split_at(27);
        assert!(time.starts_with("20") && time.ends_with('Z') && rest.starts_with(' '), "{line:?}");
        assert!(!line.contains(|char: char| char.is_control() || char == '\u{2028}'), "{line:?}");
    }
}

/// Ends a session from another one, and logs out.
async fn end_sessions(url: &str) {
    let client = client();
    let credentials = [("username", "bob"), ("password", PASSWORD)];
    client.post(format!("{url}/sign_up")).form(&credentials).send().await.unwrap();
    let (here, _there) = (log_in(&client, url, "bob").await, log_in(&client, url, "bob").await);
    let page = client.get(format!("{url}/account/sessions")).header("cookie", &here).send().await.unwrap();
    let page = page.text().await.unwrap();
    let ids: Vec<_> = page.split("name=\"session\" value=\"").skip(1).map(|rest| &rest[..36]).collect();
    for id in ids {
        let end = client.post(format!("{url}/account/sessions/log_out")).header("cookie", &here);
        end.form(&[("session", id)]).send().await.unwrap();
    }
    client.get(format!("{url}/log_out")).header("cookie", &here).send().await.unwrap();
}

/// At most ten lines a minute of each kind are logged, with the number of those left out.
#[tokio::test]
async fn refused_requests_are_logged_and_sampled_under_a_flood() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[JSON, INFO]);
    let client = client();
    let flood = async |request: &dyn Fn(&Client) -> RequestBuilder, status: StatusCode| {
        for _ in 0..50 {
            assert_eq!(request(&client).send().await.unwrap().status(), status);
        }
    };
    let account = format!("{}/account", program.url);
    let form = [("username", "ada"), ("password", "x")];
    let log_in = format!("{}/log_in", program.url);
    flood(&|client| client.post(&log_in).header("origin", "https://evil.example").form(&form), StatusCode::FORBIDDEN)
        .await;
    flood(&|client| client.get(&account).header("cookie", "%64oorward=a"), StatusCode::FORBIDDEN).await;
    flood(&|client| client.get(&account).header("cookie", "doorward=forged"), StatusCode::SEE_OTHER).await;
    flood(&|client| client.get(&log_in).header("cookie", "doorward-flash=forged"), StatusCode::OK).await;
    let log = log(folder.path());
    for (message, lines) in [
        ("refused a request from another site", 10),
        ("refused a request whose cookies have dubious names", 10),
        ("ignored a cookie that is not ours", 10),
    ] {
        assert_eq!(log.matches(message).count(), lines, "{message}");
    }
}

#[tokio::test]
async fn an_overload_is_ten_lines_a_minute() {
    let folder = TempDir::new().unwrap();
    let tight = ["WORKERS", "QUEUE"].map(|key| format!("DOORWARD_HASHING__{key}"));
    let settings = [INFO, (&tight[0], "1"), (&tight[1], "1"), ("DOORWARD_HASHING__MAX_WAIT_MS", "100")];
    let program = Program::start(folder.path(), &settings);
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let (client, url) = (client(), format!("{}/log_in", program.url));
        let form = [("username", "ada"), ("password", "some other password")];
        crowd.spawn(async move { client.post(url).form(&form).send().await.unwrap().status() });
    }
    let statuses = crowd.join_all().await;
    let turned_away = statuses.iter().filter(|&&status| status == StatusCode::SERVICE_UNAVAILABLE).count();
    assert!(turned_away > 50, "{statuses:?}");
    let said = log(folder.path());
    let lines: Vec<_> = said.lines().filter(|line| line.contains("a request failed")).collect();
    // A minute may end during the test, so there may be lines of two.
    assert!((10..=20).contains(&lines.len()) && lines.iter().all(|line| line.contains("log.left_out=")), "{said}");
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_is_named_once() {
    const SAID: &str = "this proxy is not trusted";
    for (trusted, header, expected) in [
        ("10.0.0.0/8", "X-Forwarded-For", 1),
        ("10.0.0.0/8", "Forwarded", 1),
        ("10.0.0.0/8", "X-Other", 0),
        ("127.0.0.1", "X-Forwarded-For", 0),
    ] {
        let folder = TempDir::new().unwrap();
        let program = Program::start(folder.path(), &[INFO, ("DOORWARD_TRUSTED_PROXIES", trusted)]);
        for path in ["/", "/log_in", "/nothing"] {
            client().get(format!("{}{path}", program.url)).header(header, "203.0.113.7").send().await.unwrap();
        }
        let said = log(folder.path());
        assert_eq!(said.matches(SAID).count(), expected, "{header} {trusted}: {said}");
        let is_helpful = said.contains("DOORWARD_TRUSTED_PROXIES") && said.contains("proxy.address=127.0.0.1");
        assert_eq!(is_helpful, expected == 1, "{said}");
    }
}
