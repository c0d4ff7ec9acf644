//! The files of an SQLite database, and their directory: whether the program may start on them, and its behaviour when they are
//! deleted while it runs.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use rustix::process::geteuid;
use tempfile::TempDir;

use crate::database_failures::SmallDisk;
use crate::program::{
    PASSWORD, PATIENCE, PATIENT, Program, account, client, command, command_of, log, log_in, post, refusal, refusal_of,
    sign_up, until_it_logs,
};

const DATABASE: &str = "data/doorward.sqlite3";

/// The log lines when a database is gone, and when it is back. Each failed request logs less.
const GONE: &str = "the database was deleted or replaced while it is open: nothing is read from it or written";
const BACK: &str = "the database is back in its place";

/// An unprivileged user, in the group of the same number.
const NOBODY: u32 = 65_534;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn a_data_directory_that_others_can_write_is_refused() {
    for mode in [0o777, 0o1777, 0o775, 0o720, 0o702] {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        set_mode(&data, mode);
        let said = refusal(folder.path(), &[]);
        assert!(said.contains("DOORWARD_DATA_DIR: ./data") && said.contains(&format!("{mode:o}")), "{said}");
        assert_eq!(fs::read_dir(&data).unwrap().count(), 0, "nothing was made in it");
        set_mode(&data, 0o755);
        Program::start(folder.path(), &[]);
    }
}

#[tokio::test]
async fn a_database_file_that_others_can_write_is_refused_wherever_it_is() {
    let folder = TempDir::new().unwrap();
    let elsewhere = [("DOORWARD_DATABASE_URL", "sqlite:elsewhere/own.sqlite3")];
    fs::create_dir(folder.path().join("elsewhere")).unwrap();
    for (settings, file) in [(&[][..], DATABASE), (&elsewhere, "elsewhere/own.sqlite3")] {
        drop(Program::start(folder.path(), settings));
        let folder_of_it = Path::new(file).parent().unwrap();
        for (exposed, mode, usual) in [(Path::new(file), 0o606, 0o600), (Path::new(file), 0o660, 0o600)]
            .into_iter()
            .chain([(folder_of_it, 0o757, 0o755), (folder_of_it, 0o1777, 0o700)])
        {
            set_mode(&folder.path().join(exposed), mode);
            let said = refusal(folder.path(), settings);
            assert!(said.contains(exposed.to_str().unwrap()) && said.contains(&format!("{mode:o}")), "{said}");
            set_mode(&folder.path().join(exposed), usual);
        }
        Program::start(folder.path(), settings);
    }
}

/// Makes the user of an [`Unprivileged`] program the file's owner.
fn give(path: &Path) {
    if geteuid().is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

/// A folder with a program that runs as a user whom file modes restrict: another one if the tests run as root.
struct Unprivileged {
    folder: TempDir,
    program: PathBuf,
}

impl Unprivileged {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let program = folder.path().join("doorward");
        fs::copy(env!("CARGO_BIN_EXE_doorward"), &program).unwrap();
        set_mode(&program, 0o755);
        give(folder.path());
        Self { folder, program }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self) -> Command {
        let program = self.program.to_str().unwrap();
        if !geteuid().is_root() {
            return command_of(program, self.folder.path(), &[]);
        }
        let mut command = command_of("/usr/bin/setpriv", self.folder.path(), &[]);
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", program]);
        command
    }

    fn start(&self) -> Program {
        Program::start_by(self.command(), self.folder.path())
    }

    /// Checks that the refusal names the file, its owner, and the user that the program runs as.
    fn refuses(&self, file: &str) {
        let said = refusal_of(|| self.command(), self.folder.path());
        let user = if geteuid().is_root() { NOBODY } else { geteuid().as_raw() };
        assert!(said.contains(file) && said.contains(&format!("user {user}")), "{said}");
        assert!(said.contains("belongs to ") && said.contains("cannot write"), "{said}");
    }
}

/// As after a backup was restored by root: 0644, and root's.
#[tokio::test]
async fn a_database_that_cannot_be_written_stops_the_start_and_is_named() {
    let site = Unprivileged::new();
    drop(site.start());
    for file in [DATABASE, "data/doorward.sqlite3-wal", "data/doorward.sqlite3-shm"] {
        let path = site.path(file);
        assert!(path.exists(), "{file}");
        set_mode(&path, 0o444);
        if geteuid().is_root() {
            chown(&path, Some(0), Some(0)).unwrap();
        }
        site.refuses(file);
        give(&path);
        set_mode(&path, 0o600);
    }
    drop(site.start());
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_stops_the_start_and_is_named() {
    let site = Unprivileged::new();
    drop(site.start());
    let data = site.path("data");
    set_mode(&data, 0o555);
    site.refuses("data");
    set_mode(&data, 0o700);
    drop(site.start());
}

/// Checks, as visitors see it within seconds, that nothing is acknowledged, and that the health check fails.
async fn is_out_of_order(program: &Program, client: &Client, session: &str) {
    assert_eq!(sign_up(client, &program.url, "bob").await, StatusCode::SERVICE_UNAVAILABLE);
    let form = [("username", "ada"), ("password", PASSWORD)];
    let answer = post(client, format!("{}/log_in", program.url), &form).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let log_out = client.delete(format!("{}/log_out", program.url)).header("cookie", session).send().await.unwrap();
    assert_eq!(log_out.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready(program, client).await, StatusCode::SERVICE_UNAVAILABLE);
}

async fn ready(program: &Program, client: &Client) -> StatusCode {
    client.get(format!("{}/health/ready", program.url)).send().await.unwrap().status()
}

/// Without any request meanwhile, not even to the health check.
async fn it_says_so_by_itself_within_seconds(folder: &Path) {
    let began = Instant::now();
    until_it_logs(folder, GONE).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

fn take_away(way: &str, folder: &Path) {
    let file = folder.join(DATABASE);
    let taken = match way {
        "file" => fs::remove_file(file),
        "log" => fs::remove_file(folder.join("data/doorward.sqlite3-wal")),
        "index" => fs::remove_file(folder.join("data/doorward.sqlite3-shm")),
        "directory" => fs::remove_dir_all(folder.join("data")),
        _ => {
            let other = folder.join("other");
            fs::copy(&file, &other).unwrap();
            fs::rename(other, file)
        }
    };
    taken.unwrap();
}

/// The database file, those beside it, or the whole directory is deleted; or the database is replaced.
#[tokio::test]
async fn a_database_that_was_deleted_or_replaced_acknowledges_nothing_any_more() {
    for way in ["file", "log", "index", "directory", "replaced"] {
        let (folder, client) = (TempDir::new().unwrap(), client());
        let program = Program::start(folder.path(), &[PATIENT, ("RUST_LOG", "info")]);
        assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
        let session = log_in(&client, &program.url, "ada").await;
        take_away(way, folder.path());
        // At once, before any periodic check.
        assert_eq!(sign_up(&client, &program.url, "carl").await, StatusCode::SERVICE_UNAVAILABLE, "{way}");
        is_out_of_order(&program, &client, &session).await;
        let said = log(folder.path());
        assert_eq!(said.matches(GONE).count(), 1, "{way}: {said}");
        program.signal("-TERM");
        assert!(program.wait().success());
    }
}

#[tokio::test]
async fn a_database_that_was_put_aside_and_back_goes_on_and_lost_nothing_that_was_acknowledged() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[PATIENT, ("RUST_LOG", "info")]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    let [data, aside] = ["data", "aside"].map(|name| folder.path().join(name));
    fs::rename(&data, &aside).unwrap();
    it_says_so_by_itself_within_seconds(folder.path()).await;
    is_out_of_order(&program, &client, &session).await;
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::SERVICE_UNAVAILABLE, "nor read");
    fs::rename(&aside, &data).unwrap();
    until_it_logs(folder.path(), BACK).await;
    assert_eq!(ready(&program, &client).await, StatusCode::OK);
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::OK);
    assert_eq!(sign_up(&client, &program.url, "bob").await, StatusCode::SEE_OTHER);
    drop(program);
    let program = Program::start(folder.path(), &[PATIENT]);
    for username in ["ada", "bob"] {
        log_in(&client, &program.url, username).await;
    }
}

/// Every user whose sign-up was acknowledged is in the database that the next start opens.
#[tokio::test]
async fn sign_ups_acknowledged_while_the_database_is_taken_away_are_there_at_the_next_start() {
    for _ in 0..5 {
        let (folder, client) = (TempDir::new().unwrap(), client());
        let program = Program::start(folder.path(), &[PATIENT, ("RUST_LOG", "info")]);
        let acknowledged = tokio::spawn({
            let (client, url) = (client.clone(), program.url.clone());
            async move {
                let mut acknowledged = Vec::new();
                loop {
                    let username = format!("user{}", acknowledged.len());
                    match sign_up(&client, &url, &username).await {
                        StatusCode::SEE_OTHER => acknowledged.push(username),
                        status => return (acknowledged, status),
                    }
                }
            }
        });
        let began = Instant::now();
        while !log(folder.path()).contains("signed up") {
            assert!(began.elapsed() < PATIENCE);
            tokio::task::yield_now().await;
        }
        let aside = folder.path().join("aside");
        fs::rename(folder.path().join("data"), &aside).unwrap();
        let (acknowledged, status) = acknowledged.await.unwrap();
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        program.signal("-KILL");
        program.wait();
        fs::rename(aside, folder.path().join("data")).unwrap();
        let program = Program::start(folder.path(), &[PATIENT]);
        for username in &acknowledged {
            log_in(&client, &program.url, username).await;
        }
    }
}

/// With each amount of room left from none at all to 224 KiB, in steps of 4 KiB.
#[tokio::test]
async fn a_start_on_a_full_disk_says_that_it_is_full() {
    let Some(disk) = SmallDisk::mount(1) else { return };
    let (folder, data) = (TempDir::new().unwrap(), disk.path().join("data"));
    let settings = [("DOORWARD_DATA_DIR", data.to_str().unwrap())];
    // The log lines of the migrations that ran before the disk was full are left out.
    let stderr = folder.path().join("log");
    let run = |subcommand: &str| {
        fs::write(&stderr, "").unwrap();
        let mut command = command(folder.path(), &settings);
        let is_done = command.arg(subcommand).env("RUST_LOG", "warn").status().unwrap().success();
        (is_done, log(folder.path()))
    };
    let mut refused = 0;
    for room in (0..=56).map(|pages| pages * 4) {
        disk.fill();
        let filler = fs::File::options().write(true).open(disk.path().join("filler")).unwrap();
        filler.set_len(filler.metadata().unwrap().len().saturating_sub(room * 1_024)).unwrap();
        let (is_done, said) = run("migrate");
        let names_the_reason = said.contains("is full") || said.contains("No space left on device");
        let is_one_line = said.starts_with("doorward: ") && said.lines().count() == 1;
        assert!(
            is_done || is_one_line && names_the_reason && said.contains(data.to_str().unwrap()),
            "{room} KiB: {said}"
        );
        refused += u32::from(!is_done);
        disk.clear();
        let _made_again = fs::remove_dir_all(&data);
    }
    assert!(refused > 10, "{refused}");
    Program::start(folder.path(), &settings);
}
