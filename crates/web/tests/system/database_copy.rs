//! `doorward database copy`: a site moves to another database, and its users stay logged in.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;

use crate::program::{Program, account, client, log_in, open_database, sign_up};
use crate::servers::{self, Kind};

fn copy(folder: &Path, from: &str, to: &str, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
    command.current_dir(folder).env_clear().envs(environment.iter().copied());
    command.args(["database", "copy", from, to]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn a_site_moves_from_sqlite(kind: Kind) {
    let Some(url) = servers::new_database(kind).await else { return };
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    drop(program);
    let environment = [("NEW_DATABASE", url.as_str())];
    let copied = copy(folder.path(), "data/doorward.sqlite3", "env:NEW_DATABASE", &environment).output().unwrap();
    assert!(copied.status.success(), "{}", said(&copied));
    assert!(said(&copied).contains("users: 1 rows with the checksum "), "{}", said(&copied));
    assert!(said(&copied).contains("sessions: 1 of 1 rows verified"), "{}", said(&copied));
    let program = Program::start(folder.path(), &[("DOORWARD_DATABASE_URL", &url)]);
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::OK);
    let _another_session = log_in(&client, &program.url, "ada").await;
    assert_eq!(sign_up(&client, &program.url, "ADA").await, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_site_moves_from_sqlite_to_postgres() {
    a_site_moves_from_sqlite(Kind::Postgres).await;
}

#[tokio::test]
async fn a_site_moves_from_sqlite_to_mariadb() {
    a_site_moves_from_sqlite(Kind::MariaDb).await;
}

#[tokio::test]
async fn a_copy_that_is_killed_goes_on_when_it_is_begun_again() {
    const USERS: u64 = 30_000;
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    drop(program);
    let store = open_database(folder.path()).await;
    let crowd = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {USERS}) INSERT INTO users \
         SELECT randomblob(16), 'u' || i, 'u' || i, 'active', NULL, 1, NULL, 0, '' FROM n"
    );
    store.connection().execute_unprepared(&crowd).await.unwrap();
    store.disconnect().await;
    let mut kills = 0;
    // The copy is killed a little later each time.
    for lines in [3, 5, 8, 12] {
        let mut child = copy(folder.path(), "data/doorward.sqlite3", "copy.sqlite3", &[]).spawn().unwrap();
        let mut progress = BufReader::new(child.stderr.take().unwrap()).lines();
        let seen = progress.by_ref().take(lines).count();
        let _ended_already = child.kill();
        kills += usize::from(seen == lines && !child.wait().unwrap().success());
    }
    assert!(kills > 0);
    let copied = copy(folder.path(), "data/doorward.sqlite3", "copy.sqlite3", &[]).output().unwrap();
    assert!(copied.status.success(), "{}", said(&copied));
    assert!(said(&copied).contains(&format!("users: {} rows", USERS + 1)), "{}", said(&copied));
    fs::rename(folder.path().join("copy.sqlite3"), folder.path().join("data/doorward.sqlite3")).unwrap();
    let program = Program::start(folder.path(), &[]);
    log_in(&client, &program.url, "ada").await;
}

#[tokio::test]
async fn a_copy_that_cannot_be_made_says_why_in_a_line_without_the_url() {
    let folder = TempDir::new().unwrap();
    let secret = "postgres://ada:MARKERofadatabase@127.0.0.1:1/db";
    fs::write(folder.path().join("empty.sqlite3"), "").unwrap();
    for (from, to, environment, why) in [
        ("missing.sqlite3", "to.sqlite3", &[][..], "FROM cannot be opened"),
        ("empty.sqlite3", "to.sqlite3", &[], "FROM: the database's schema is out of date"),
        ("same.sqlite3", "same.sqlite3", &[], "the same database"),
        ("", "to.sqlite3", &[], "FROM names no database"),
        ("empty.sqlite3", "env:MISSING", &[], "TO names no database"),
        (secret, "to.sqlite3", &[], "FROM cannot be opened"),
        ("env:SECRET", "to.sqlite3", &[("SECRET", secret)], "FROM cannot be opened"),
    ] {
        let refused = copy(folder.path(), from, to, environment).output().unwrap();
        let text = said(&refused);
        assert_eq!(refused.status.code(), Some(1), "{text}");
        assert!(text.starts_with("doorward: ") && text.contains(why) && text.lines().count() == 1, "{text}");
        assert!(!text.contains("MARKER"), "{text}");
    }
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["empty.sqlite3"], "nothing was made");
}
