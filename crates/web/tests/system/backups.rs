//! The commands for backups in `docs/operations.md`, run as an operator would.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use reqwest::StatusCode;
use tempfile::TempDir;

use crate::program::{Program, account, client, log_in, sign_up};
use crate::servers::{self, Kind};
use crate::support::leave_out;

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// The two blocks of shell under a heading: a backup, and its restoration.
fn commands_under(heading: &str) -> [String; 2] {
    let operations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let operations = fs::read_to_string(operations).unwrap();
    let (_, section) = operations.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let mut blocks = section.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    [blocks.next().unwrap(), blocks.next().unwrap()]
}

/// Runs the commands in a shell; `place` pairs the example places of the documentation with real ones.
fn run(folder: &Path, commands: &str, place: &[(&str, &str)]) {
    let commands = place.iter().fold(commands.to_owned(), |commands, (made_up, real)| commands.replace(made_up, real));
    let shell = Command::new("sh").args(["-euc", &commands]).current_dir(folder).output().unwrap();
    assert!(shell.status.success(), "{commands}\n{}", String::from_utf8_lossy(&shell.stderr));
}

fn is_here(program: &str) -> Option<()> {
    match Command::new(program).arg("--version").output() {
        Ok(_) => Some(()),
        Err(_) => leave_out(program),
    }
}

/// One user logs in, a backup is made, another user signs up, and the backup is restored: the first user is still logged in, and
/// the second does not exist. `settings` are those before and after, which differ if the backup goes to another database.
async fn a_backup_brings_people_back(
    folder: &Path,
    settings: [&[(&str, &str)]; 2],
    backup: impl FnOnce(),
    restore: impl FnOnce(),
) {
    let (client, [before, after]) = (client(), settings);
    let program = Program::start(folder, before);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    backup();
    assert_eq!(sign_up(&client, &program.url, "grace").await, StatusCode::SEE_OTHER);
    drop(program);
    restore();
    let program = Program::start(folder, after);
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::OK);
    let _another_session = log_in(&client, &program.url, "ada").await;
    assert_eq!(sign_up(&client, &program.url, "grace").await, StatusCode::SEE_OTHER, "the name is free again");
}

#[tokio::test]
async fn a_backup_of_sqlite_made_and_restored_as_documented_brings_people_back() {
    let (Some(()), folder) = (is_here("sqlite3"), TempDir::new().unwrap()) else { return };
    let [backup, restore] = commands_under("### Backup");
    let (do_backup, do_restore) = (|| run(folder.path(), &backup, &[]), || run(folder.path(), &restore, &[]));
    a_backup_brings_people_back(folder.path(), [&[], &[]], do_backup, do_restore).await;
    let mode = fs::metadata(folder.path().join("backup/doorward.sqlite3")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
}

/// The documented command that removes the last traces of deleted rows, while the site runs.
#[tokio::test]
async fn a_vacuum_as_documented_goes_unnoticed_by_who_is_logged_in() {
    let (Some(()), folder, client) = (is_here("sqlite3"), TempDir::new().unwrap(), client()) else { return };
    let program = Program::start(folder.path(), &[]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    let [vacuum, _] = commands_under("### What is left of what was deleted");
    assert!(vacuum.contains("VACUUM"), "{vacuum}");
    run(folder.path(), &vacuum, &[]);
    assert_eq!(fs::metadata(folder.path().join("data/doorward.sqlite3-wal")).unwrap().len(), 0);
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::OK);
    assert_eq!(sign_up(&client, &program.url, "grace").await, StatusCode::SEE_OTHER);
}

/// The parts of the URL that a database's programs take one by one: the port, the user and the database's name.
fn parts(url: &str) -> [String; 3] {
    let url = url::Url::parse(url).unwrap();
    let name = url.path().trim_start_matches('/').to_owned();
    [url.port().unwrap().to_string(), url.username().to_owned(), name]
}

#[tokio::test]
async fn a_backup_of_postgres_made_and_restored_as_documented_brings_people_back() {
    let (Some(()), folder) = (is_here("pg_dump"), TempDir::new().unwrap()) else { return };
    let Some(before) = servers::new_database(Kind::Postgres).await else { return };
    let after = servers::new_database(Kind::Postgres).await.unwrap();
    let [backup, restore] = commands_under("#### Backup of PostgreSQL");
    let run_at = |url: &str, commands: &str| {
        let [port, user, name] = parts(url);
        let (host, user) = (format!("PGHOST=127.0.0.1 PGPORT={port}"), format!("PGUSER={user}"));
        let name = format!("PGDATABASE={name}");
        let place = [("PGHOST=db.example.org", &*host), ("PGUSER=doorward", &*user), ("PGDATABASE=doorward", &*name)];
        run(folder.path(), commands, &place);
    };
    let settings = [&before, &after].map(|url| [("DOORWARD_DATABASE_URL", url.as_str()), ("ROCKET_SECRET_KEY", KEY)]);
    let (do_backup, do_restore) = (|| run_at(&before, &backup), || run_at(&after, &restore));
    a_backup_brings_people_back(folder.path(), settings.each_ref().map(|both| &both[..]), do_backup, do_restore).await;
}

#[tokio::test]
async fn a_backup_of_mariadb_made_and_restored_as_documented_brings_people_back() {
    let (Some(()), folder) = (is_here("mariadb-dump"), TempDir::new().unwrap()) else { return };
    let Some(before) = servers::new_database(Kind::MariaDb).await else { return };
    let after = servers::new_database(Kind::MariaDb).await.unwrap();
    let [backup, restore] = commands_under("#### Backup of MariaDB and MySQL");
    let run_at = |url: &str, commands: &str| {
        let [port, user, name] = parts(url);
        let client = format!("[client]\nhost=127.0.0.1\nport={port}\nuser={user}\n");
        fs::write(folder.path().join("client.cnf"), client).unwrap();
        run(folder.path(), commands, &[(" doorward ", &format!(" {name} "))]);
    };
    let settings = [&before, &after].map(|url| [("DOORWARD_DATABASE_URL", url.as_str()), ("ROCKET_SECRET_KEY", KEY)]);
    let (do_backup, do_restore) = (|| run_at(&before, &backup), || run_at(&after, &restore));
    a_backup_brings_people_back(folder.path(), settings.each_ref().map(|both| &both[..]), do_backup, do_restore).await;
}
