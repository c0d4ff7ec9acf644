//! `doorward doctor`: each check, with the fault that it is for.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use doorward_mail::testing::{Behaviour, Security, Sink};
use sea_orm::ConnectionTrait as _;
use serde_json::Value;
use tempfile::TempDir;

use super::{objects, on_each_database, printed, run, settings_of};
use crate::mail::SENDER;
use crate::program::{Program, log, open_database};

const HEALTHY: [(&str, &str); 2] =
    [("DOORWARD_THROTTLE__ENABLED", "true"), ("DOORWARD_PUBLIC_URL", "https://id.example.org")];

/// A folder in which a site has been served, and has stopped.
fn served(settings: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    drop(Program::start(folder.path(), settings));
    folder
}

/// Its exit code and its findings.
fn findings(folder: &Path, settings: &[(&str, &str)]) -> (Option<i32>, Vec<Value>) {
    let settings = [&HEALTHY[..], settings].concat();
    let output = run(folder, &settings, &["doctor", "--json"]);
    (output.status.code(), objects(&output))
}

/// The state of this check, with its finding and its advice; all other checks have to be ok.
fn finding(folder: &Path, settings: &[(&str, &str)], check: &str) -> (String, String) {
    let (code, findings) = findings(folder, settings);
    let those: Vec<_> = findings.iter().filter(|finding| finding["state"] != "ok").collect();
    assert!(those.len() == 1 && those[0]["check"] == check, "{check}: {findings:#?}\n{}", log(folder));
    let state = those[0]["state"].as_str().unwrap();
    assert_eq!(code, Some(i32::from(state == "failed")));
    (state.to_owned(), format!("{}; {}", those[0]["found"].as_str().unwrap(), those[0]["do"].as_str().unwrap()))
}

#[track_caller]
fn assert_finding(found: &(String, String), state: &str, parts: &[&str]) {
    assert_eq!(found.0, state, "{}", found.1);
    assert!(parts.iter().all(|part| found.1.contains(part)), "{parts:?}: {}", found.1);
}

async fn a_healthy_site_is_told_so(database_url: Option<String>) {
    let settings = settings_of(database_url.as_deref());
    let folder = served(&settings);
    let (code, findings) = findings(folder.path(), &settings);
    assert!(code == Some(0) && findings.iter().all(|finding| finding["state"] == "ok"), "{findings:#?}");
    let text = printed(&run(folder.path(), &[&HEALTHY[..], &settings[..]].concat(), &["doctor"]));
    assert!(text.lines().count() == findings.len() && text.lines().all(|line| line.starts_with("ok\t")), "{text}");
}

on_each_database!(a_healthy_site_is_told_so);

#[test]
fn where_nothing_was_served_yet_it_says_so_and_makes_nothing() {
    let folder = TempDir::new().unwrap();
    let (code, findings) = findings(folder.path(), &[]);
    let missing: Vec<_> = findings.iter().filter(|finding| finding["state"] == "warning").collect();
    let checks: Vec<_> = missing.iter().map(|finding| finding["check"].as_str().unwrap()).collect();
    assert_eq!((code, checks), (Some(0), vec!["data directory", "secret key", "database"]));
    assert!(!folder.path().join("data").exists());
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let folder = served(&[]);
    for (name, value) in [("DOORWARD_SITE_NAME", ""), ("DOORWARD_COLOUR", "blue"), ("ROCKET_PORT", "none")] {
        let (code, findings) = findings(folder.path(), &[(name, value)]);
        assert_eq!((code, findings.len()), (Some(1), 1), "{findings:#?}");
        assert_eq!((&findings[0]["check"], &findings[0]["state"]), (&"settings".into(), &"failed".into()));
    }
}

#[test]
fn a_public_url_without_tls_and_a_throttle_that_is_off_are_warnings() {
    let folder = served(&[]);
    let (code, findings_there) = findings(folder.path(), &[("DOORWARD_PUBLIC_URL", "http://id.example.org")]);
    let warned: Vec<_> = findings_there.iter().filter(|finding| finding["state"] != "ok").collect();
    let checks: Vec<_> = warned.iter().map(|finding| (finding["check"].as_str(), finding["state"].as_str())).collect();
    let expected = ["public URL", "passkeys"].map(|check| (Some(check), Some("warning")));
    assert_eq!((code, &checks[..]), (Some(0), &expected[..]), "{findings_there:#?}");
    for (finding, part) in warned.iter().zip(["http://id.example.org is not encrypted", "without https"]) {
        assert!(finding["found"].as_str().unwrap().contains(part), "{finding}");
    }
    let address = finding(folder.path(), &[("DOORWARD_PUBLIC_URL", "http://127.0.0.2")], "passkeys");
    assert_finding(&address, "warning", &["none for an IP address", "DOORWARD_PUBLIC_URL"]);
    for local in ["http://localhost:8000", "http://127.0.0.2", "http://[::1]:8000"] {
        assert_eq!(findings(folder.path(), &[("DOORWARD_PUBLIC_URL", local)]).0, Some(0), "{local}");
    }
    let throttle = finding(folder.path(), &[("DOORWARD_THROTTLE__ENABLED", "false")], "throttle");
    assert_finding(&throttle, "warning", &["nobody who guesses has to wait", "DOORWARD_THROTTLE__ENABLED"]);
}

#[test]
fn metrics_that_other_machines_reach_are_a_warning_and_those_at_the_site_a_failure() {
    let folder = served(&[]);
    for local in ["127.0.0.1:9464", "[::1]:9464"] {
        assert!(findings(folder.path(), &[("DOORWARD_METRICS__ADDRESS", local)]).1.iter().all(|f| f["state"] == "ok"));
    }
    let found = finding(folder.path(), &[("DOORWARD_METRICS__ADDRESS", "0.0.0.0:9464")], "metrics");
    assert_finding(&found, "warning", &["whoever reaches 0.0.0.0:9464", "DOORWARD_METRICS__ADDRESS"]);
    let settings = [("ROCKET_PORT", "9464"), ("DOORWARD_METRICS__ADDRESS", "127.0.0.1:9464")];
    let found = finding(folder.path(), &settings, "metrics");
    assert_finding(&found, "failed", &["another port", "does not start"]);
}

#[test]
fn a_template_that_cannot_be_rendered_is_named() {
    let folder = served(&[]);
    let templates = folder.path().join("templates");
    fs::create_dir(&templates).unwrap();
    fs::write(templates.join("log_in.html.tera"), "{{ nothing_of_the_kind }}").unwrap();
    let found = finding(folder.path(), &[("DOORWARD_TEMPLATE_DIR", "templates")], "pages");
    assert_finding(&found, "failed", &["log_in", "mend the template"]);
}

#[test]
fn modes_that_let_others_read_or_write_are_told() {
    let folder = served(&[]);
    let change = |name: &str, mode| {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    for (name, mode, well, check, state, part) in [
        ("data/secret_key", 0o644, 0o600, "secret key", "failed", "has mode 644"),
        ("data/doorward.sqlite3", 0o640, 0o600, "file modes", "warning", "doorward.sqlite3 has mode 640"),
    ] {
        change(name, mode);
        assert_finding(&finding(folder.path(), &[], check), state, &[part]);
        change(name, well);
    }
    change("data", 0o777);
    let (code, findings) = findings(folder.path(), &[]);
    let data = findings.iter().find(|finding| finding["check"] == "data directory").unwrap();
    assert_eq!((code, &data["state"]), (Some(1), &"failed".into()));
    change("data", 0o700);
    fs::write(folder.path().join("doorward.toml"), "site_name = \"Ours\"\n").unwrap();
    change("doorward.toml", 0o644);
    assert_finding(&finding(folder.path(), &[], "file modes"), "warning", &["doorward.toml has mode 644", "chmod"]);
}

#[test]
fn a_damaged_key_is_told_and_not_shown() {
    let folder = served(&[]);
    fs::write(folder.path().join("data/secret_key"), "MARKER").unwrap();
    let found = finding(folder.path(), &[], "secret key");
    assert!(!found.1.contains("MARKER"));
    assert_finding(&found, "failed", &["secret_key", "restore it"]);
    let key = folder.path().join("data/secret_key");
    fs::remove_file(&key).unwrap();
    assert!(Command::new("mkfifo").arg(&key).status().unwrap().success());
    assert_finding(&finding(folder.path(), &[], "secret key"), "failed", &["is not a regular file"]);
}

#[tokio::test]
async fn a_database_that_is_gone_or_of_another_release_is_told() {
    let folder = served(&[]);
    let store = open_database(folder.path()).await;
    store.connection().execute_unprepared("DELETE FROM seaql_migrations").await.unwrap();
    store.disconnect().await;
    assert_finding(&finding(folder.path(), &[], "schema"), "failed", &["out of date", "`doorward migrate`"]);
    for file in ["doorward.sqlite3", "doorward.sqlite3-wal", "doorward.sqlite3-shm"] {
        let _not_there = fs::remove_file(folder.path().join("data").join(file));
    }
    assert_finding(&finding(folder.path(), &[], "database"), "failed", &["cannot be opened", "restored"]);
    assert!(!folder.path().join("data/doorward.sqlite3").exists(), "it makes none");
    let nowhere = [("DOORWARD_DATABASE_URL", "postgres://ada:MARKER@127.0.0.1:1/nothing")];
    let found = finding(folder.path(), &nowhere, "database");
    assert!(!found.1.contains("MARKER"), "{}", found.1);
    assert_finding(&found, "failed", &["DOORWARD_DATABASE_URL"]);
}

#[test]
fn a_clock_that_is_behind_its_own_files_is_told() {
    let folder = served(&[]);
    let path = folder.path().join("data/secret_key");
    let written_at = path.metadata().unwrap().modified().unwrap();
    let key = fs::File::options().append(true).open(path).unwrap();
    key.set_modified(written_at + Duration::from_hours(1)).unwrap();
    assert_finding(
        &finding(folder.path(), &[], "clock"),
        "failed",
        &["behind the last change of ./data/secret_key", "NTP"],
    );
}

/// Uses a file system in memory, which only this test sees.
#[test]
fn a_disk_that_is_nearly_full_is_told() {
    for (mib, state) in [(50, "failed"), (500, "warning")] {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let script = format!("mount -t tmpfs -o size={mib}m,mode=700 none data && exec \"$0\" doctor");
        let mut shell = Command::new("unshare");
        shell.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, env!("CARGO_BIN_EXE_doorward")]);
        let output = shell.current_dir(folder.path()).env("RUST_LOG", "off").output().unwrap();
        let text = printed(&output);
        let line = text.lines().find(|line| line.contains("\tfree disk\t")).unwrap_or_else(|| panic!("{output:?}"));
        assert!(line.starts_with(state) && line.contains("MiB for ./data; make room"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_does_not_answer_is_a_failure() {
    let relay = Sink::start(Behaviour::Takes, Security::Plain).await.unwrap();
    let url = relay.url();
    let settings = [("DOORWARD_MAIL__URL", url.as_str()), SENDER];
    let folder = served(&settings);
    let (code, findings) = findings(folder.path(), &settings);
    let mail = findings.iter().find(|finding| finding["check"] == "mail").unwrap();
    assert_eq!((code, &mail["state"]), (Some(0), &"ok".into()), "{mail}");
    assert!(relay.mails().is_empty(), "it sends no mail");
    drop(relay);
    let (state, said) = finding(folder.path(), &settings, "mail");
    assert_eq!(state, "failed");
    assert!(said.contains("cannot be reached; check the host and the port"), "{said}");
}
