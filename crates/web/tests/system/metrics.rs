//! The second listener of the running program.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use tempfile::TempDir;

use crate::commands::on_each_database;
use crate::mail::SENDER;
use crate::program::{PASSWORD, PATIENCE, PATIENT, Program, client, log, log_in, post, refusal, sign_up};
use crate::servers::free_port;

const SETTING: &str = "DOORWARD_METRICS__ADDRESS";

/// The metrics that are served there.
async fn scrape(address: &str) -> String {
    let answer = client().get(format!("http://{address}/metrics")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    text
}

#[tokio::test]
async fn metrics_are_served_by_a_listener_of_their_own_and_hold_no_secret() {
    let folder = TempDir::new().unwrap();
    let mails = folder.path().join("mails");
    fs::create_dir(&mails).unwrap();
    let (address, mail) = (format!("127.0.0.1:{}", free_port()), format!("file://{}", mails.display()));
    let settings = [PATIENT, SENDER, ("DOORWARD_MAIL__URL", mail.as_str()), (SETTING, address.as_str())];
    let program = Program::start(folder.path(), &settings);
    let client = client();
    let form = [("username", "ada"), ("password", PASSWORD), ("email", "ada@example.org")];
    assert_eq!(post(&client, format!("{}/sign_up", program.url), &form).await.status(), StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    let delivered = "doorward_mails_total{kind=\"verify_email\",outcome=\"handed_over\"} 1\n";
    let began = Instant::now();
    let text = loop {
        let text = scrape(&address).await;
        if text.contains(delivered) {
            break text;
        }
        assert!(began.elapsed() < PATIENCE, "{text}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    for counted in [
        "doorward_actions_total{action=\"sign_up\",outcome=\"done\"} 1\n",
        "doorward_actions_total{action=\"log_in\",outcome=\"done\"} 1\n",
        "doorward_response_seconds_count{method=\"POST\",route=\"/log_in\",class=\"3xx\"} 1\n",
        "process_resident_memory_bytes ",
        "process_open_fds ",
        "process_start_time_seconds ",
    ] {
        assert!(text.contains(counted), "{counted}: {text}");
    }
    let key = fs::read_to_string(folder.path().join("data/secret_key")).unwrap();
    let secrets = [PASSWORD, session.split_once('=').unwrap().1, key.trim(), "ada", "example.org", "127.0.0.1"];
    for secret in secrets {
        assert!(!text.contains(secret), "{secret}: {text}");
    }

    for (method, path, status) in [
        (Method::GET, "/", StatusCode::NOT_FOUND),
        (Method::GET, "/log_in", StatusCode::NOT_FOUND),
        (Method::GET, "/metrics/", StatusCode::NOT_FOUND),
        (Method::POST, "/other", StatusCode::NOT_FOUND),
        (Method::POST, "/metrics", StatusCode::METHOD_NOT_ALLOWED),
        (Method::HEAD, "/metrics", StatusCode::METHOD_NOT_ALLOWED),
        (Method::OPTIONS, "/metrics", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let answer = client.request(method.clone(), format!("http://{address}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), status, "{method} {path}");
    }
    let at_the_site = client.get(format!("{}/metrics", program.url)).send().await.unwrap();
    assert_eq!(at_the_site.status(), StatusCode::NOT_FOUND);
}

async fn sessions_and_connections_are_read(database_url: Option<String>) {
    let folder = TempDir::new().unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let mut settings = vec![PATIENT, ("DOORWARD_DATABASE_CONNECTIONS", "7"), (SETTING, address.as_str())];
    settings.extend(database_url.as_deref().map(|url| ("DOORWARD_DATABASE_URL", url)));
    let program = Program::start(folder.path(), &settings);
    assert_eq!(sign_up(&client(), &program.url, "ada").await, StatusCode::SEE_OTHER);
    log_in(&client(), &program.url, "ada").await;
    let text = scrape(&address).await;
    for line in ["\ndoorward_sessions 1\n", "\ndoorward_database_connections_most 7\n"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("\ndoorward_database_connections_open 0\n"), "{text}");
}

on_each_database!(sessions_and_connections_are_read);

#[test]
fn an_address_that_is_taken_or_the_sites_stops_the_start_before_anything_is_made() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refusal(folder.path(), &[(SETTING, &address)]);
    assert!(said.contains(&format!("{SETTING}: cannot listen on {address}: ")), "{said}");

    let port = free_port().to_string();
    let at_site = format!("127.0.0.1:{port}");
    let said = refusal(folder.path(), &[("ROCKET_PORT", &port), (SETTING, &at_site)]);
    assert!(said.contains(SETTING) && said.contains("metrics need another port"), "{said}");
    for unfit in ["localhost:9464", "9464", "127.0.0.1", ":9464", "http://127.0.0.1:9464/metrics"] {
        let said = refusal(folder.path(), &[(SETTING, unfit)]);
        assert!(said.contains(SETTING) && said.contains("an IP address and a port"), "{said}");
    }
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing was made");
}

#[tokio::test]
async fn the_listener_stops_with_the_site_while_clients_are_connected() {
    let folder = TempDir::new().unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let program = Program::start(folder.path(), &[(SETTING, &address)]);
    assert_eq!(sign_up(&client(), &program.url, "ada").await, StatusCode::SEE_OTHER);
    let mut idle = TcpStream::connect(&address).unwrap();
    let mut slow = TcpStream::connect(&address).unwrap();
    slow.write_all(b"GET /metrics HTTP/1.1\r\n").unwrap();
    scrape(&address).await;
    program.signal("-TERM");
    assert!(program.wait().success(), "{}", log(folder.path()));
    for connection in [&mut idle, &mut slow] {
        let mut rest = Vec::new();
        let _reset_or_closed = connection.read_to_end(&mut rest);
        assert!(rest.is_empty());
    }
    assert!(TcpStream::connect(&address).is_err());
}

#[tokio::test]
async fn a_database_that_is_gone_leaves_its_lines_out_alone() {
    let folder = TempDir::new().unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let program = Program::start(folder.path(), &[(SETTING, &address)]);
    fs::rename(folder.path().join("data/doorward.sqlite3"), folder.path().join("elsewhere")).unwrap();
    let began = Instant::now();
    loop {
        let text = scrape(&address).await;
        assert!(text.contains("\nprocess_open_fds ") && text.contains("\ndoorward_hashing_queue "), "{text}");
        if !text.contains("\ndoorward_sessions ") && !text.contains("\ndoorward_oldest_mail_seconds ") {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{text}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    drop(program);
}
