//! The running program on the wire: framing, sizes and hosts, byte by byte.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tempfile::TempDir;

use crate::program::{self, Program, account, client, log, log_in, open_database, sign_up};

fn start() -> (TempDir, Program) {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[]);
    (folder, program)
}

/// Sends bytes; returns the answer, until the other end closes or is silent for 5 seconds.
pub(crate) fn exchange(program: &Program, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(&program.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    // The other end may close before it has read everything.
    let _refused_early = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _closed_or_silent = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

pub(crate) fn statuses(answers: &str) -> Vec<&str> {
    answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect()
}

#[test]
fn a_request_has_one_framing() {
    let (_folder, program) = start();
    let post = |headers: &str, body: &str| {
        exchange(&program, format!("POST /log_in HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n{body}").as_bytes())
    };
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let smuggled = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    for headers in [
        "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: 0, 5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +5\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "X: a\r\n b\r\n",
        "X: a\0b\r\n",
    ] {
        let answer = post(&format!("{form}{headers}"), smuggled);
        assert!(matches!(statuses(&answer)[..], ["400"]), "{headers:?}: {answer}");
    }
    // The chunks count, and the connection ends with them: the bytes after them are no request.
    let both = format!("{form}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n");
    let answer = post(&both, &format!("0\r\n\r\n{smuggled}"));
    assert!(!answer.contains("\r\n\r\nok") && statuses(&answer).len() == 1, "{answer}");
}

#[test]
fn an_excessive_request_is_refused_fast() {
    let (_folder, program) = start();
    let headers = |count: usize| (0..count).map(|number| format!("X-{number}: y\r\n")).collect::<Vec<_>>().concat();
    let get = |path: &str, headers: &str| {
        exchange(
            &program,
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n").as_bytes(),
        )
    };
    assert_eq!(statuses(&get("/log_in", &headers(90))), ["200"]);
    assert_eq!(statuses(&get("/log_in", &headers(101))), ["431"]);
    assert_eq!(statuses(&get(&format!("/{}", "x".repeat(70_000)), "")), ["414"]);
    let post = |body: &str| {
        let length = body.len();
        let form = "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n";
        let request =
            format!("POST /log_in HTTP/1.1\r\nHost: localhost\r\n{form}Content-Length: {length}\r\n\r\n{body}");
        let began = Instant::now();
        let answer = exchange(&program, request.as_bytes());
        assert!(began.elapsed() < Duration::from_secs(4), "it took {:?}", began.elapsed());
        statuses(&answer).first().map(ToString::to_string)
    };
    let many = (0..1_000).map(|number| format!("f{number}=x&")).collect::<Vec<_>>().concat();
    let deep = format!("a{}=x", "[b]".repeat(10_000));
    let long = format!("username=ada&password={}", "x".repeat(33 * 1024));
    assert_eq!(post(&many).as_deref(), Some("422"));
    assert_eq!(post(&deep).as_deref(), Some("422"));
    // The connection may end before the answer is read.
    assert!(matches!(post(&long).as_deref(), Some("413") | None));
}

/// hyper has no hook for requests that it cannot parse.
#[test]
fn a_refusal_by_hyper_is_bare_and_ends_the_connection() {
    let (_folder, program) = start();
    let headers = (0..101).map(|number| format!("X-{number}: y\r\n")).collect::<Vec<_>>().concat();
    for (request, status) in [
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), "400"),
        ("GET / HTTP/1.1\r\nX : y\r\n\r\n".to_owned(), "400"),
        (format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000)), "414"),
        (format!("GET / HTTP/1.1\r\n{headers}\r\n"), "431"),
    ] {
        let answer = exchange(&program, request.as_bytes());
        assert_eq!(statuses(&answer), [status], "{answer}");
        assert!(answer.contains("connection: close") && answer.ends_with("\r\n\r\n"), "{answer}");
    }
}

#[test]
fn the_host_header_leads_nowhere() {
    let (_folder, program) = start();
    let evil = "evil.example";
    for head in [
        format!("Host: {evil}\r\n"),
        format!("Host: localhost\r\nX-Forwarded-Host: {evil}\r\nX-Original-Host: {evil}\r\nForwarded: host={evil}\r\n"),
        format!("Host: localhost\r\nHost: {evil}\r\n"),
        String::new(),
    ] {
        for path in
            ["/", "/log_in", "/account", "/nothing", "/.well-known/change-password", "http://evil.example/log_in"]
        {
            let answer =
                exchange(&program, format!("GET {path} HTTP/1.1\r\n{head}Connection: close\r\n\r\n").as_bytes());
            assert!(answer.starts_with("HTTP/1.1 "), "{path} {head:?}");
            assert!(!answer.contains(evil), "{path} {head:?}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_new_site_has_no_accounts() {
    let (folder, program) = start();
    for (username, password) in [("admin", "admin"), ("root", "root"), ("doorward", "doorward"), ("", "")] {
        let form = [("username", username), ("password", password)];
        let answer = client().post(format!("{}/log_in", program.url)).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{username}");
    }
    let store = open_database(folder.path()).await;
    let count = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT count(*) FROM users");
    let row = sea_orm::ConnectionTrait::query_one_raw(&store.connection(), count).await.unwrap().unwrap();
    assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 0);
}

/// No password and no account depends on the key.
#[tokio::test]
async fn a_new_key_logs_everybody_out_and_does_no_other_harm() {
    let (folder, program) = start();
    let client = client();
    sign_up(&client, &program.url, "ada").await;
    let session = log_in(&client, &program.url, "ada").await;
    drop(program);
    fs::remove_file(folder.path().join("data/secret_key")).unwrap();
    let program = Program::start(folder.path(), &[]);
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::OK);
}

/// Another program holds the database for longer than requests wait.
#[tokio::test]
async fn a_database_that_comes_back_is_used_again_by_itself() {
    let (folder, program) = start();
    let client = client();
    sign_up(&client, &program.url, "ada").await;
    let session = log_in(&client, &program.url, "ada").await;
    let store = open_database(folder.path()).await;
    let lock = program::doorward_lock(&store).await;
    let form = [("username", "ada"), ("password", program::PASSWORD)];
    let log_in = || client.post(format!("{}/log_in", program.url)).form(&form).send();
    let answer = log_in().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after") && !answer.headers().contains_key("set-cookie"));
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::OK, "readers go on");
    drop(lock);
    let asked_at = Instant::now();
    while log_in().await.unwrap().status() != StatusCode::SEE_OTHER {
        assert!(asked_at.elapsed() < Duration::from_mins(1), "it does not come back");
    }
}

/// Many users sign up, log in and open pages at once, however long it takes: no lock causes an error.
#[tokio::test]
async fn a_crowd_meets_no_locked_database() {
    let folder = TempDir::new().unwrap();
    let patient = ("DOORWARD_HASHING__MAX_WAIT_MS", "60000");
    let program = Program::start(folder.path(), &[patient, ("RUST_LOG", "info")]);
    let client = client();
    sign_up(&client, &program.url, "ada").await;
    let session = log_in(&client, &program.url, "ada").await;
    let mut crowd = tokio::task::JoinSet::new();
    for number in 0..200 {
        let (client, url, session) = (client.clone(), program.url.clone(), session.clone());
        crowd.spawn(async move {
            match number % 4 {
                0 => sign_up(&client, &url, &format!("user{number}")).await,
                1 => account(&client, &url, &session).await,
                _ => {
                    let form =
                        [("username", "ada"), ("password", if number % 4 == 2 { "wrong" } else { program::PASSWORD })];
                    client.post(format!("{url}/log_in")).form(&form).send().await.unwrap().status()
                }
            }
        });
    }
    let statuses = crowd.join_all().await;
    assert!(statuses.iter().all(|status| !status.is_server_error()), "{statuses:?}");
}

#[test]
fn files_with_secrets_that_others_can_read_are_told_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, program) = start();
    drop(program);
    assert!(!log(folder.path()).contains("can be read by others"));
    let files = [folder.path().join("doorward.toml"), folder.path().join("data/doorward.sqlite3")];
    fs::write(&files[0], "site_name = 'Notes'\n").unwrap();
    for file in &files {
        fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    }
    drop(Program::start(folder.path(), &[]));
    let log = log(folder.path());
    let mut told = String::new();
    for line in log.lines().filter(|line| line.contains("can be read by others")) {
        writeln!(told, "{line}").unwrap();
    }
    assert!(told.lines().count() == 2 && told.contains("doorward.toml") && told.contains("doorward.sqlite3"), "{told}");
}
