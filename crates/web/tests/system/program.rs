//! The program itself: started in an empty folder, used over HTTP, stopped and killed.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use doorward_storage::{SeaOrmStore, StorageConfig};
use reqwest::{Client, Response, StatusCode, redirect};
use sea_orm::{ConnectionTrait as _, Statement};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::protocol::{exchange, statuses};
use crate::servers::free_port;
use crate::shared::written_in;

/// The password of these tests. It is not that of the tests in process, whose log is searched for it: a browser's driver logs keys.
pub(crate) const PASSWORD: &str = "eight patient kettles";

/// How long anything may take on a busy machine before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// For tests in which no log-in may be turned away, however busy the machine is.
pub(crate) const PATIENT: (&str, &str) = ("DOORWARD_HASHING__MAX_WAIT_MS", "60000");

/// The password that users change to.
pub(crate) const OTHER_PASSWORD: &str = "seventeen brass buttons";

/// A running program. When dropped it is killed, and its log and all its files are searched for the passwords.
pub(crate) struct Program {
    child: Child,
    folder: PathBuf,
    pub(crate) url: String,
    /// The address that it listens on, independent of its public URL.
    pub(crate) address: String,
}

pub(crate) fn command(folder: &Path, settings: &[(&str, &str)]) -> Command {
    command_of(env!("CARGO_BIN_EXE_doorward"), folder, settings)
}

pub(crate) fn command_of(program: &str, folder: &Path, settings: &[(&str, &str)]) -> Command {
    let log = fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env_clear()
        .env("ROCKET_PORT", "0")
        .env("RUST_LOG", "trace")
        // Most tests make more attempts than a visitor may; those of the throttle turn it on.
        .env("DOORWARD_THROTTLE__ENABLED", "false")
        .stdout(Stdio::piped())
        .stderr(log);
    command.envs(settings.iter().copied());
    command
}

impl Program {
    pub(crate) fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        Self::start_by(command(folder, settings), folder)
    }

    /// Starts it after a line of shell, which sets limits.
    pub(crate) fn start_after(limits: &str, folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut shell = command_of("/bin/sh", folder, settings);
        shell.arg("-c").arg(format!("{limits} && exec \"$0\"")).arg(env!("CARGO_BIN_EXE_doorward"));
        Self::start_by(shell, folder)
    }

    pub(crate) fn start_by(mut command: Command, folder: &Path) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _length = stdout.read_line(&mut line);
            let _nobody_waits = tell.send(line);
        });
        let line = told.recv_timeout(PATIENCE).unwrap_or_default();
        let url = line.split(' ').find(|word| word.starts_with("http")).map(str::to_owned);
        let url = url.unwrap_or_else(|| panic!("it printed {line:?} and logged {}", log(folder)));
        let address = line.trim_end().trim_end_matches(')').rsplit(' ').next().unwrap().to_owned();
        Self { child, folder: folder.to_owned(), url, address }
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    pub(crate) fn wait(mut self) -> ExitStatus {
        wait(&mut self.child)
    }

    /// The resident memory in KiB: the current one, and the peak since the start.
    pub(crate) fn memory(&self) -> (u64, u64) {
        let status = self.proc("status");
        let kib = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        (kib("VmRSS:"), kib("VmHWM:"))
    }

    /// Resets the peak of its memory, if the operating system allows that.
    pub(crate) fn forget_peak(&self) {
        let _needs_rights = fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
    }

    /// Reads a file of its directory in `/proc`.
    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
        let log = log(&self.folder);
        assert!(!log.contains("$argon2id") || std::thread::panicking(), "a hash is in the log");
        let written = [log, written_in(&self.folder.join("data"))];
        for password in [PASSWORD, OTHER_PASSWORD] {
            for secret in [password, &password.replace(' ', "+"), &password.replace(' ', "%20")] {
                let is_written = written.iter().any(|text| text.contains(secret));
                assert!(!is_written || std::thread::panicking(), "written: {secret}");
            }
        }
    }
}

fn wait(child: &mut Child) -> ExitStatus {
    let (tell, told) = mpsc::channel();
    let id = child.id().to_string();
    std::thread::scope(|scope| {
        scope.spawn(move || tell.send(child.wait()));
        told.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let _ended_now = Command::new("kill").args(["-KILL", &id]).status();
            panic!("the program does not end")
        })
    })
    .unwrap()
}

pub(crate) fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}

/// Starts a program that has to refuse to start; returns its log.
pub(crate) fn refusal(folder: &Path, settings: &[(&str, &str)]) -> String {
    refusal_of(|| command(folder, settings), folder)
}

pub(crate) fn refusal_of(command: impl FnOnce() -> Command, folder: &Path) -> String {
    let _forget_earlier = fs::remove_file(folder.join("log"));
    let mut child = command().env("RUST_LOG", "info").spawn().unwrap();
    let status = wait(&mut child);
    let said = log(folder);
    assert!(!status.success() && status.code().is_some(), "{status}: {said}");
    assert_eq!(said.lines().count(), 1, "one clear line: {said}");
    assert!(said.starts_with("doorward: ") && !said.contains("panicked"), "{said}");
    fs::remove_file(folder.join("log")).unwrap();
    said
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

/// A client that follows nothing and keeps no cookies.
pub(crate) fn client() -> Client {
    Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap()
}

pub(crate) async fn post(client: &Client, url: String, form: &[(&str, &str)]) -> Response {
    client.post(url).form(form).send().await.unwrap()
}

fn location(response: &Response) -> &str {
    response.headers().get("location").map_or("", |value| value.to_str().unwrap())
}

/// The session cookie that comes with an answer, as the browser would send it back.
pub(crate) fn session_of(answer: &Response) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let session = cookies.into_iter().find(|cookie| cookie.starts_with("doorward="));
    let session = session.unwrap_or_else(|| panic!("no session in {answer:?}"));
    session.split(';').next().unwrap().to_owned()
}

/// The session cookie of a log-in, as the browser would send it back.
pub(crate) async fn log_in(client: &Client, url: &str, username: &str) -> String {
    let answer = post(client, format!("{url}/log_in"), &[("username", username), ("password", PASSWORD)]).await;
    assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, "/"), "{username}");
    session_of(&answer)
}

pub(crate) async fn sign_up(client: &Client, url: &str, username: &str) -> StatusCode {
    post(client, format!("{url}/sign_up"), &[("username", username), ("password", PASSWORD)]).await.status()
}

pub(crate) async fn account(client: &Client, url: &str, cookies: &str) -> StatusCode {
    client.get(format!("{url}/account")).header("cookie", cookies).send().await.unwrap().status()
}

pub(crate) async fn open_database(folder: &Path) -> SeaOrmStore {
    let path = folder.join("data/doorward.sqlite3");
    SeaOrmStore::connect(&StorageConfig::sqlite_file(path)).await.unwrap()
}

#[tokio::test]
async fn in_an_empty_folder_it_serves_with_no_settings_and_prints_where() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[]);
    let client = client();
    assert_eq!(sign_up(&client, &program.url, "Ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    let home = client.get(format!("{}/", program.url)).header("cookie", &session).send().await.unwrap();
    assert!(home.text().await.unwrap().contains("Ada"));
    let mode = |name: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(folder.path().join("data").join(name)).unwrap().permissions().mode() & 0o777
    };
    assert_eq!((mode(""), mode("secret_key"), mode("doorward.sqlite3")), (0o700, 0o600, 0o600));
}

#[tokio::test]
async fn the_port_is_a_setting_and_the_url_follows_it() {
    let folder = TempDir::new().unwrap();
    let port = free_port().to_string();
    let program = Program::start(folder.path(), &[("ROCKET_PORT", &port)]);
    assert_eq!(program.url, format!("http://localhost:{port}"));
    let live = client().get(format!("http://127.0.0.1:{port}/health/live")).send().await.unwrap();
    assert_eq!(live.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_database_elsewhere_is_private_and_a_setting_is_taken_as_it_stands() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let settings = [("DOORWARD_DATABASE_URL", "sqlite:own.sqlite3"), ("DOORWARD_SITE_NAME", "1.10")];
    let program = Program::start(folder.path(), &settings);
    let home = client().get(format!("{}/", program.url)).send().await.unwrap().text().await.unwrap();
    assert!(home.contains("1.10"), "{home}");
    let mode = fs::metadata(folder.path().join("own.sqlite3")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!folder.path().join("data/doorward.sqlite3").exists());
}

#[tokio::test]
async fn cookie_names_that_are_decoded_on_the_way_are_refused() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[]);
    let client = client();
    sign_up(&client, &program.url, "ada").await;
    let session = log_in(&client, &program.url, "ada").await;
    let value = session.strip_prefix("doorward=").unwrap();
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::OK);
    for cookies in [format!("%64oorward={value}"), format!("{session}; %64oorward=x"), format!("{session}; {session}")]
    {
        assert_eq!(account(&client, &program.url, &cookies).await, StatusCode::FORBIDDEN, "{cookies}");
    }
}

/// Another service on the same host may set any cookie.
#[tokio::test]
async fn a_byte_that_is_no_utf_8_in_another_cookie_harms_none_of_ours() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[]);
    sign_up(&client(), &program.url, "ada").await;
    let session = log_in(&client(), &program.url, "ada").await;
    for (before, after) in [(&b"other=caf\xe9; "[..], &b""[..]), (b"", b"; other=\xff"), (b"\x80=\x80;", b";\xfe")] {
        let ask = |path: &str| {
            let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: ");
            exchange(&program, &[head.as_bytes(), before, session.as_bytes(), after, b"\r\n\r\n"].concat())
        };
        assert_eq!(statuses(&ask("/account")), ["200"], "{before:?} {after:?}");
    }
    // Our own cookie with such a value belongs to no session, and still counts as sent twice.
    for (cookies, status) in [(&b"doorward=\xe9"[..], "303"), (b"doorward=\xe9; doorward=x", "403")] {
        let head = b"GET /account HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: ";
        assert_eq!(statuses(&exchange(&program, &[&head[..], cookies, b"\r\n\r\n"].concat())), [status]);
    }
}

/// Tests every method over the wire: after Rocket has read `_method`, the original method is lost.
#[tokio::test]
async fn a_request_that_calls_itself_another_method_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[]);
    sign_up(&client(), &program.url, "ada").await;
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "TRACE", "DELETE"] {
        for named in ["head", "get", "trace", "delete", "put", "x"] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let form = [("_method", named), ("username", "ada"), ("password", PASSWORD)];
            let answer = client().request(method.clone(), format!("{}/log_in", program.url)).form(&form).send().await;
            let answer = answer.unwrap();
            let is_ambiguous = method == "POST" && named != "x" || method.as_str().eq_ignore_ascii_case(named);
            let expected = match method.as_str() {
                _ if is_ambiguous => StatusCode::BAD_REQUEST,
                "GET" | "HEAD" => StatusCode::OK,
                "POST" => StatusCode::SEE_OTHER,
                _ => StatusCode::METHOD_NOT_ALLOWED,
            };
            let sets_cookies = answer.headers().contains_key("set-cookie");
            assert_eq!(
                (answer.status(), sets_cookies),
                (expected, method == "POST" && named == "x"),
                "{method} {named}"
            );
        }
    }
}

#[tokio::test]
async fn an_invalid_request_gets_our_page_and_headers_too() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[]);
    let method = reqwest::Method::from_bytes(b"FOO").unwrap();
    let answer = client().request(method, format!("{}/", program.url)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers().get("x-frame-options").unwrap(), "DENY");
    assert!(answer.headers().get("server").is_none());
    let page = answer.text().await.unwrap();
    assert!(page.contains("Doorward") && !page.contains("Rocket"));
}

#[tokio::test]
async fn two_instances_on_one_folder_serve_one_site() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (Program::start(folder.path(), &[]), Program::start(folder.path(), &[]));
    let client = client();
    sign_up(&client, &one.url, "ada").await;
    let session = log_in(&client, &two.url, "ada").await;
    assert_eq!(account(&client, &one.url, &session).await, StatusCode::OK);
    let log_out = client.delete(format!("{}/log_out", one.url)).header("cookie", &session).send().await.unwrap();
    assert_eq!(location(&log_out), "/log_in");
    assert_eq!(account(&client, &two.url, &session).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sessions_that_one_browser_ends_are_over_in_the_other_on_every_instance() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (Program::start(folder.path(), &[PATIENT]), Program::start(folder.path(), &[PATIENT]));
    let client = client();
    sign_up(&client, &one.url, "ada").await;
    let (here, mut there) = (log_in(&client, &one.url, "ada").await, log_in(&client, &two.url, "ada").await);
    let send = async |path: &str, form: &[(&str, &str)]| {
        let request = client.post(format!("{}{path}", one.url)).header("cookie", &here).form(form);
        request.send().await.unwrap()
    };
    assert_eq!(account(&client, &two.url, &there).await, StatusCode::OK);
    assert_eq!(location(&send("/account/sessions/log_out_others", &[]).await), "/account/sessions");
    assert_eq!(account(&client, &two.url, &there).await, StatusCode::SEE_OTHER);
    assert_eq!(account(&client, &two.url, &here).await, StatusCode::OK, "and this one moves freely");

    there = log_in(&client, &two.url, "ada").await;
    let changed = send("/account/password", &[("current_password", PASSWORD), ("new_password", OTHER_PASSWORD)]).await;
    assert_eq!(location(&changed), "/account");
    assert_eq!(account(&client, &two.url, &there).await, StatusCode::SEE_OTHER);
    assert_eq!(account(&client, &two.url, &here).await, StatusCode::SEE_OTHER, "the token from before the change");
}

#[tokio::test]
async fn expired_data_are_swept_at_the_start() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[]);
    let client = client();
    sign_up(&client, &program.url, "ada").await;
    log_in(&client, &program.url, "ada").await;
    drop(program);
    let store = open_database(folder.path()).await;
    store.connection().execute_unprepared("UPDATE sessions SET last_seen_at = 1").await.unwrap();
    let _program = Program::start(folder.path(), &[]);
    let count = || async {
        let db = store.connection();
        let sql = Statement::from_string(db.get_database_backend(), "SELECT count(*) FROM sessions");
        db.query_one_raw(sql).await.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap()
    };
    let deadline = Instant::now() + PATIENCE;
    while count().await > 0 {
        assert!(Instant::now() < deadline, "it was not swept");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn acknowledged_sign_ups_survive_kill_9_under_load() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[PATIENT]);
    let client = client();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let mut load = JoinSet::new();
    for number in 0..4 {
        let (client, url, tell) = (client.clone(), program.url.clone(), tell.clone());
        load.spawn(async move {
            for round in 0.. {
                let username = format!("user{number}.{round}");
                let form = [("username", username.as_str()), ("password", PASSWORD)];
                let Ok(answer) = client.post(format!("{url}/sign_up")).form(&form).send().await else { return };
                assert_eq!(answer.status(), StatusCode::SEE_OTHER);
                tell.send(username).unwrap();
            }
        });
    }
    drop(tell);
    let mut acknowledged = Vec::new();
    while acknowledged.len() < 30 {
        acknowledged.push(told.recv().await.unwrap());
    }
    program.signal("-KILL");
    assert!(!program.wait().success());
    load.join_all().await;
    while let Ok(username) = told.try_recv() {
        acknowledged.push(username);
    }

    let program = Program::start(folder.path(), &[PATIENT]);
    for username in &acknowledged {
        log_in(&client, &program.url, username).await;
    }
    let store = open_database(folder.path()).await;
    let check = Statement::from_string(store.connection().get_database_backend(), "PRAGMA integrity_check");
    let row = store.connection().query_one_raw(check).await.unwrap().unwrap();
    assert_eq!(row.try_get_by_index::<String>(0).unwrap(), "ok");
}

#[tokio::test]
async fn of_forty_sign_ups_of_one_name_at_once_one_succeeds_and_none_fails() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[PATIENT]);
    let client = client();
    let mut rivals = JoinSet::new();
    for number in 0..40 {
        let (client, url) = (client.clone(), program.url.clone());
        rivals.spawn(async move { sign_up(&client, &url, if number % 2 == 0 { "Ada" } else { "ADA" }).await });
    }
    let statuses = rivals.join_all().await;
    let count = |status| statuses.iter().filter(|&&sent| sent == status).count();
    assert_eq!((count(StatusCode::SEE_OTHER), count(StatusCode::UNPROCESSABLE_ENTITY)), (1, 39), "{statuses:?}");
}

#[tokio::test]
async fn two_hundred_log_ins_at_once_stay_within_their_memory_and_fail_only_as_overload() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(folder.path(), &[("DOORWARD_HASHING__WORKERS", "2"), ("RUST_LOG", "info")]);
    let client = client();
    sign_up(&client, &program.url, "ada").await;
    let (idle, _) = program.memory();
    let mut peaks = Vec::new();
    for _storm in 0..3 {
        let mut storm = JoinSet::new();
        for number in 0..200 {
            let (client, url) = (client.clone(), format!("{}/log_in", program.url));
            let password = if number % 2 == 0 { PASSWORD } else { "wrong" };
            storm.spawn(
                async move { post(&client, url, &[("username", "ada"), ("password", password)]).await.status() },
            );
        }
        let statuses = storm.join_all().await;
        let count = |status| statuses.iter().filter(|&&sent| sent == status).count();
        let served = count(StatusCode::SEE_OTHER) + count(StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(served + count(StatusCode::SERVICE_UNAVAILABLE), 200, "{statuses:?}");
        assert!(served > 0);
        peaks.push(program.memory().1);
    }
    let allowed = idle + 2 * 19 * 1024 + 30 * 1024;
    assert!(peaks.iter().all(|&peak| peak <= allowed), "idle {idle}, peaks {peaks:?}, allowed {allowed} KiB");
    assert!(peaks[2] <= peaks[0] + 4 * 1024, "it grows: {peaks:?} KiB");
}

#[tokio::test]
async fn it_raises_its_limit_on_open_files_and_may_not_dump_its_core() {
    let folder = TempDir::new().unwrap();
    let program = Program::start_after("ulimit -S -n 256 && ulimit -H -n 777", folder.path(), &[]);
    let limits = program.proc("limits");
    let limit = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    };
    assert_eq!((limit("Max open files"), limit("Max core file size")), ("777 777".to_owned(), "0 0".to_owned()));
}

#[tokio::test]
async fn when_connections_use_up_the_open_files_the_log_warns_once_and_the_site_recovers() {
    let folder = TempDir::new().unwrap();
    let program = Program::start_after("ulimit -n 200", folder.path(), &[("RUST_LOG", "info")]);
    let idle: Vec<_> = (0..220).map(|_| TcpStream::connect(&program.address).unwrap()).collect();
    until_it_logs(folder.path(), "open files are running out").await;
    drop(idle);
    until_it_logs(folder.path(), "there are enough open files again").await;
    let home = client().get(format!("{}/", program.url)).send().await.unwrap();
    assert_eq!(home.status(), StatusCode::OK);
    let said = log(folder.path());
    assert_eq!(said.matches("open files are running out").count(), 1, "{said}");
    assert!(said.contains("open_files.count=") && said.contains("open_files.limit=200"), "{said}");
}

pub(crate) async fn until_it_logs(folder: &Path, event: &str) {
    let deadline = Instant::now() + PATIENCE;
    while !log(folder).contains(event) {
        assert!(Instant::now() < deadline, "not in the log: {event}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_stop_lets_running_requests_finish_and_succeeds() {
    let folder = TempDir::new().unwrap();
    // 32 hashes wait for one worker, so that most still wait when the stop comes.
    let program = Program::start(folder.path(), &[("DOORWARD_HASHING__WORKERS", "1"), PATIENT]);
    let client = client();
    let mut running = JoinSet::new();
    for _ in 0..32 {
        let (client, url) = (client.clone(), format!("{}/log_in", program.url));
        running.spawn(async move { post(&client, url, &[("username", "ada"), ("password", "wrong")]).await.status() });
    }
    let first = running.join_next().await.unwrap().unwrap();
    program.signal("-TERM");
    let rest = running.join_all().await;
    for status in rest.into_iter().chain([first]) {
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(program.wait().success());
    assert!(!folder.path().join("data/doorward.sqlite3-wal").exists(), "the database is closed in good order");
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_is_one_line_and_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    for (key, value, part) in [
        ("DOORWARD_COLOUR", "blue", "not a setting"),
        ("DOORWARD_PASSWORDS__MIN_LENGTH", "7", "from 8"),
        ("DOORWARD_HASHING__MEMORY_KIB", "8", "from 7168"),
        ("DOORWARD_PUBLIC_URL", "example.org", "https://"),
        ("DOORWARD_TEMPLATE_DIR", "/no/such/folder", "folder"),
        ("ROCKET_PORT", "many", "cannot be used"),
        ("ROCKET_ADDRESS", "nowhere", "cannot be used"),
        ("ROCKET_LOG_LEVEL", "debug", "RUST_LOG"),
        ("ROCKET_IP_HEADER", "X-Real-IP", "DOORWARD_TRUSTED_PROXIES"),
        ("ROCKET_WORKERS", "0", "from 1"),
        ("ROCKET_TLS", "{certs=\"x\",key=\"y\"}", "proxy"),
    ] {
        let said = refusal(folder.path(), &[(key, value)]);
        assert!(said.contains(key) && said.contains(part), "{said}");
        assert!(is_empty(folder.path()), "{key}");
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_used_is_refused_without_being_printed() {
    let folder = TempDir::new().unwrap();
    for (key, value) in [
        ("ROCKET_SECRET_KEY", "MYSECRETKEY!"),
        ("ROCKET_SECRET_KEY", "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk="),
        ("ROCKET_SECRET_KEY", "0000000000000000000000000000000000000000000000000000000000000000"),
        ("DOORWARD_DATABASE_URL", "oracle://ada:MARKER@localhost/db"),
        ("DOORWARD_HASHING__PEPPERS", "MARKERMARKERMARKERMARKER"),
    ] {
        let said = refusal(folder.path(), &[(key, value)]);
        assert!(said.contains(key) && !said.contains(value) && !said.contains("MARKER"), "{said}");
        assert!(is_empty(folder.path()), "{key}");
    }
}

/// There is no database server at this port.
#[test]
fn a_database_that_cannot_be_reached_is_one_line_without_its_url() {
    let folder = TempDir::new().unwrap();
    let port = free_port();
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://ada:MARKER@127.0.0.1:{port}/db");
        let said = refusal(folder.path(), &[("DOORWARD_DATABASE_URL", &url)]);
        assert!(said.contains("DOORWARD_DATABASE_URL cannot be opened") && !said.contains("MARKER"), "{said}");
        assert!(!said.contains(&url), "{said}");
    }
}

#[tokio::test]
async fn a_file_of_settings_that_is_no_toml_is_named_and_its_secrets_are_not_shown() {
    for file in ["Rocket.toml", "doorward.toml"] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(file), "[default]\nsecret_key = \"MARKER").unwrap();
        let said = refusal(folder.path(), &[]);
        assert!(said.contains(file) && said.contains("line 2") && !said.contains("MARKER"), "{said}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{file}");
    }
}

#[tokio::test]
async fn a_port_in_use_is_one_line_and_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = refusal(folder.path(), &[("ROCKET_PORT", &port)]);
    assert!(said.contains(&port) && said.contains("in use"), "{said}");
    assert!(is_empty(folder.path()));
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_made_is_one_line_and_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let said = refusal(folder.path(), &[("DOORWARD_DATA_DIR", "/dev/null/data")]);
    assert!(said.contains("DOORWARD_DATA_DIR") && said.contains("/dev/null/data"), "{said}");
    assert!(is_empty(folder.path()));
}

#[tokio::test]
async fn a_newer_a_locked_or_a_foreign_database_is_one_line_that_names_it() {
    let folder = TempDir::new().unwrap();
    drop(Program::start(folder.path(), &[]));
    let store = open_database(folder.path()).await;
    let db = store.connection();

    db.execute_unprepared("INSERT INTO seaql_migrations VALUES ('m29991231_000001_fly', 0)").await.unwrap();
    let said = refusal(folder.path(), &[]);
    assert!(said.contains("doorward.sqlite3") && said.contains("newer"), "{said}");
    db.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE 'm2999%'").await.unwrap();

    let lock = doorward_lock(&store).await;
    let said = refusal(folder.path(), &[]);
    assert!(said.contains("doorward.sqlite3") && said.contains("locked"), "{said}");
    drop(lock);
    store.clone().disconnect().await;

    for suffix in ["", "-wal", "-shm"] {
        let _may_be_gone = fs::remove_file(folder.path().join(format!("data/doorward.sqlite3{suffix}")));
    }
    fs::write(folder.path().join("data/doorward.sqlite3"), "this is a letter to grandmother".repeat(99)).unwrap();
    let said = refusal(folder.path(), &[]);
    assert!(said.contains("doorward.sqlite3") && said.contains("not a database"), "{said}");
}

/// Holds the database's write lock until dropped.
pub(crate) async fn doorward_lock(store: &SeaOrmStore) -> sea_orm::DatabaseTransaction {
    use sea_orm::{SqliteTransactionMode, TransactionOptions, TransactionTrait as _};
    let exclusive = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Exclusive),
        ..TransactionOptions::default()
    };
    store.connection().begin_with_options(exclusive).await.unwrap()
}

#[tokio::test]
async fn with_check_it_starts_only_on_a_schema_that_was_brought_up_to_date() {
    let folder = TempDir::new().unwrap();
    let check = [("DOORWARD_DATABASE_MIGRATE", "check")];
    let said = refusal(folder.path(), &check);
    assert!(said.contains("out of date"), "{said}");
    let migrated = command(folder.path(), &check).arg("migrate").status().unwrap();
    assert!(migrated.success(), "{}", log(folder.path()));
    Program::start(folder.path(), &check);
}

#[tokio::test]
async fn no_secret_reaches_the_log_or_the_disk_at_any_level() {
    let folder = TempDir::new().unwrap();
    let (typed, guessed) = ("Zq7 marker of a password", "Zq8 marker of a guess");
    let (pepper, secret_pepper) = ("UGVwcGVyIG9mIHNpeHRlZW4gYnl0ZXM=", "Pepper of sixteen bytes");
    let peppers = format!("1:{pepper}");
    let program = Program::start(folder.path(), &[("DOORWARD_HASHING__PEPPERS", &peppers)]);
    let client = client();
    let url = program.url.clone();
    let send = async |path: &str, password: &str| {
        post(&client, format!("{url}{path}"), &[("username", "ada"), ("password", password)]).await
    };
    assert_eq!(send("/sign_up", typed).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(send("/log_in", guessed).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let answer = send("/log_in", typed).await;
    let cookies = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let session = cookies.into_iter().find(|cookie| cookie.starts_with("doorward=")).unwrap();
    let session = session.split(';').next().unwrap().strip_prefix("doorward=").unwrap().to_owned();
    assert_eq!(account(&client, &program.url, &format!("doorward={session}")).await, StatusCode::OK);
    account(&client, &program.url, &format!("doorward={session}; doorward={session}")).await;
    let key = fs::read_to_string(folder.path().join("data/secret_key")).unwrap();
    drop(program);

    let mut written = log(folder.path());
    assert!(written.contains("logged in") && written.contains("log-in refused"));
    for file in ["doorward.sqlite3", "doorward.sqlite3-wal"] {
        let bytes = fs::read(folder.path().join("data").join(file)).unwrap_or_default();
        written.push_str(&String::from_utf8_lossy(&bytes));
    }
    let (typed_in_form, guessed_in_form) = (typed.replace(' ', "+"), guessed.replace(' ', "+"));
    let key = key.trim();
    for secret in [typed, guessed, &typed_in_form, &guessed_in_form, &session, key, pepper, secret_pepper] {
        assert!(!written.contains(secret), "{secret}");
    }
    assert!(!log(folder.path()).contains("$argon2id"), "nor a hash the log");
}
