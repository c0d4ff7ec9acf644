//! The database fails under a running program: every request gets a 503, no log-in succeeds, no session is lost, and the
//! program recovers by itself once the database does.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use doorward_domain::Session;
use doorward_storage::{SeaOrmStore, StorageConfig};
use reqwest::{Client, Response, StatusCode};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::program::{PASSWORD, PATIENT, Program, account, client, log, log_in, session_of, sign_up};
use crate::servers::{self, Extra, Kind, Server};
use crate::support::leave_out;

/// Within this time a visitor gets an answer, in any state of the database: a wait for a connection, one for an answer, and a
/// margin for a busy machine.
const BOUND: Duration = Duration::from_secs(20);

/// Within this time the program recovers.
const RECOVERY: Duration = Duration::from_secs(20);

/// A program over a database server of its own, with a logged-in user.
struct Site {
    program: Program,
    server: Server,
    url: String,
    session: String,
    client: Client,
    folder: TempDir,
}

impl Site {
    async fn open(kind: Kind, extra: &Extra) -> Option<Self> {
        let server = servers::another_server(kind, extra).await?;
        let (url, folder, client) = (as_nobody_special(&server, kind).await, TempDir::new().unwrap(), client());
        let settings = [
            ("DOORWARD_DATABASE_URL", url.as_str()),
            ("DOORWARD_DATABASE_MAX_WAIT_MS", "2000"),
            ("DOORWARD_THROTTLE__ENABLED", "true"),
            PATIENT,
        ];
        let program = Program::start(folder.path(), &settings);
        assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
        let session = log_in(&client, &program.url, "ada").await;
        Some(Self { program, server, url, session, client, folder })
    }

    async fn read(&self, path: &str) -> Response {
        let began = Instant::now();
        let request = self.client.get(format!("{}{path}", self.program.url)).header("cookie", &self.session);
        let answer = request.send().await.unwrap();
        assert!(began.elapsed() < BOUND, "{path} took {:?}", began.elapsed());
        answer
    }

    async fn try_to_log_in(&self, password: &str) -> Response {
        let form = [("username", "ada"), ("password", password)];
        let began = Instant::now();
        let answer = self.client.post(format!("{}/log_in", self.program.url)).form(&form).send().await.unwrap();
        assert!(began.elapsed() < BOUND, "a log-in took {:?}", began.elapsed());
        answer
    }

    /// Pages and log-ins get a 503.
    async fn everybody_waits(&self) {
        asked_to_come_again(self.read("/account").await).await;
        self.nobody_is_let_in().await;
        let ready = self.read("/health/ready").await;
        assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(self.read("/health/live").await.status(), StatusCode::OK);
    }

    async fn nobody_is_let_in(&self) {
        asked_to_come_again(self.try_to_log_in(PASSWORD).await).await;
        asked_to_come_again(self.try_to_log_in("some other password").await).await;
    }

    /// Checks the recovery, within seconds: the old session is good, and a log-in makes another one.
    async fn all_goes_on(&self) {
        let began = Instant::now();
        loop {
            let page = self.read("/account").await;
            if page.status() == StatusCode::OK && self.try_to_log_in(PASSWORD).await.status() == StatusCode::SEE_OTHER {
                break;
            }
            assert_ne!(page.status(), StatusCode::SEE_OTHER, "the session is lost");
            assert!(began.elapsed() < RECOVERY, "{}", log(self.folder.path()));
            sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(self.read("/health/ready").await.status(), StatusCode::OK);
    }

    async fn administrate(&self, statement: &str) {
        servers::administrate(self.kind(), &self.server.url, statement).await;
    }

    /// The statement that ends the program's connections.
    fn cut(&self) -> String {
        match self.kind() {
            Kind::Postgres => format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()",
                self.database()
            ),
            Kind::MariaDb => "KILL USER doorward".to_owned(),
        }
    }

    fn kind(&self) -> Kind {
        if self.url.starts_with("postgres") { Kind::Postgres } else { Kind::MariaDb }
    }

    fn database(&self) -> &str {
        self.url.rsplit('/').next().unwrap()
    }
}

/// The URL of a new database on this server, for a user with all rights on it and none elsewhere: MariaDB's administrators can
/// write even to a read-only server.
async fn as_nobody_special(server: &Server, kind: Kind) -> String {
    let url = server.new_database().await;
    if kind == Kind::MariaDb {
        let database = url.rsplit('/').next().unwrap();
        for statement in
            ["CREATE USER doorward@127.0.0.1".to_owned(), format!("GRANT ALL ON {database}.* TO doorward@127.0.0.1")]
        {
            servers::administrate(kind, &server.url, &statement).await;
        }
    }
    url.replace("mysql://root@", "mysql://doorward@")
}

/// Checks that the answer is a 503 page, which logs no user in or out.
async fn asked_to_come_again(answer: Response) {
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    assert!(!answer.headers().contains_key("set-cookie"), "{answer:?}");
    let page = answer.text().await.unwrap();
    assert!(page.contains("<title>"), "{page}");
    for secret in ["sqlx", "postgres", "mysql", "pool", "timed out"] {
        assert!(!page.to_lowercase().contains(secret), "{page}");
    }
}

async fn a_restart_is_waited_out(kind: Kind) {
    let Some(site) = Site::open(kind, &Extra::default()).await else { return };
    site.server.stop().await;
    site.everybody_waits().await;
    site.server.start();
    site.all_goes_on().await;
}

#[tokio::test]
async fn a_restart_of_postgres_is_waited_out() {
    a_restart_is_waited_out(Kind::Postgres).await;
}

#[tokio::test]
async fn a_restart_of_mariadb_is_waited_out() {
    a_restart_is_waited_out(Kind::MariaDb).await;
}

async fn a_server_that_does_not_answer_for_ten_seconds_is_waited_out(kind: Kind) {
    let Some(site) = Site::open(kind, &Extra::default()).await else { return };
    site.server.freeze();
    let frozen = Instant::now();
    site.everybody_waits().await;
    // Many requests at once, more than there are connections: some wait for a connection, others for an answer.
    let many = std::iter::repeat_with(|| site.read("/account")).take(20);
    for answer in rocket::futures::future::join_all(many).await {
        asked_to_come_again(answer).await;
    }
    sleep(Duration::from_secs(10).saturating_sub(frozen.elapsed())).await;
    site.server.thaw();
    site.all_goes_on().await;
}

#[tokio::test]
async fn a_postgres_that_does_not_answer_for_ten_seconds_is_waited_out() {
    a_server_that_does_not_answer_for_ten_seconds_is_waited_out(Kind::Postgres).await;
}

#[tokio::test]
async fn a_mariadb_that_does_not_answer_for_ten_seconds_is_waited_out() {
    a_server_that_does_not_answer_for_ten_seconds_is_waited_out(Kind::MariaDb).await;
}

async fn connections_that_are_cut_are_made_anew(kind: Kind) {
    let Some(site) = Site::open(kind, &Extra::default()).await else { return };
    for _ in 0..5 {
        site.administrate(&site.cut()).await;
        site.all_goes_on().await;
    }
}

#[tokio::test]
async fn connections_that_are_cut_are_made_anew_to_postgres() {
    connections_that_are_cut_are_made_anew(Kind::Postgres).await;
}

#[tokio::test]
async fn connections_that_are_cut_are_made_anew_to_mariadb() {
    connections_that_are_cut_are_made_anew(Kind::MariaDb).await;
}

async fn a_server_whose_connections_are_all_taken_is_waited_out(kind: Kind, arguments: &str) {
    let extra = Extra { arguments: arguments.to_owned(), ..Extra::default() };
    let Some(site) = Site::open(kind, &extra).await else { return };
    let elsewhere = format!("{}/{}", site.server.url, servers::database_of_everybody(kind));
    let another = async || SeaOrmStore::connect(&StorageConfig::new(elsewhere.clone())).await;
    let mut taken = vec![another().await.unwrap()];
    let cut = async |administrator: &SeaOrmStore| {
        sea_orm::ConnectionTrait::execute_unprepared(&administrator.connection(), &site.cut()).await.unwrap();
    };
    cut(&taken[0]).await;
    while let Ok(one_more) = another().await {
        taken.push(one_more);
        cut(&taken[0]).await;
    }
    site.everybody_waits().await;
    drop(taken);
    site.all_goes_on().await;
}

#[tokio::test]
async fn a_postgres_whose_connections_are_all_taken_is_waited_out() {
    let arguments = "-c max_connections=12 -c superuser_reserved_connections=2";
    a_server_whose_connections_are_all_taken_is_waited_out(Kind::Postgres, arguments).await;
}

#[tokio::test]
async fn a_mariadb_whose_connections_are_all_taken_is_waited_out() {
    a_server_whose_connections_are_all_taken_is_waited_out(Kind::MariaDb, "--max-connections=12").await;
}

async fn a_read_only_database_lets_people_read_and_refuses_log_ins(kind: Kind) {
    let Some(site) = Site::open(kind, &Extra::default()).await else { return };
    let [only_read, write_again] = match kind {
        Kind::Postgres => ["SET default_transaction_read_only = on", "RESET default_transaction_read_only"]
            .map(|change| format!("ALTER DATABASE {} {change}", site.database())),
        Kind::MariaDb => ["ON", "OFF"].map(|value| format!("SET GLOBAL read_only = {value}")),
    };
    site.administrate(&only_read).await;
    site.administrate(&site.cut()).await;
    for page in ["/", "/account", "/account/sessions", "/account/activity"] {
        let answer = site.read(page).await;
        assert_eq!(answer.status(), StatusCode::OK, "{page}");
    }
    site.nobody_is_let_in().await;
    site.administrate(&write_again).await;
    site.administrate(&site.cut()).await;
    site.all_goes_on().await;
}

#[tokio::test]
async fn a_read_only_postgres_lets_people_read_and_refuses_log_ins() {
    a_read_only_database_lets_people_read_and_refuses_log_ins(Kind::Postgres).await;
}

#[tokio::test]
async fn a_read_only_mariadb_lets_people_read_and_refuses_log_ins() {
    a_read_only_database_lets_people_read_and_refuses_log_ins(Kind::MariaDb).await;
}

/// A disk that is soon full, which is unmounted on drop.
pub(crate) struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    pub(crate) fn mount(mebibytes: u32) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("disk")).unwrap();
        let disk = Self { folder };
        let size = format!("size={mebibytes}m,mode=0700");
        let is_mounted = as_root(&["mount", "-t", "tmpfs", "-o", &size, "tmpfs", disk.path().to_str().unwrap()]);
        if is_mounted { Some(disk) } else { leave_out("right to mount a small disk") }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// Fills the disk to the last byte.
    pub(crate) fn fill(&self) {
        let mut filler = fs::File::create(self.path().join("filler")).unwrap();
        let full = loop {
            if let Err(error) = filler.write_all(&[7; 4_096]) {
                break error;
            }
        };
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    }

    pub(crate) fn clear(&self) {
        fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, once it is no longer busy: a server may end later than its test.
        as_root(&["umount", "--lazy", self.path().to_str().unwrap()]);
    }
}

/// Runs a command as root; returns whether it succeeded.
fn as_root(command: &[&str]) -> bool {
    let mut ways = [command.to_vec(), [&["sudo", "-n"], command].concat()].into_iter();
    ways.any(|way| {
        let run = Command::new(way[0]).args(&way[1..]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        run.is_ok_and(|status| status.success())
    })
}

/// Logs in until the disk is full: each answer is a log-in or a 503. Returns the newest sessions, up to the limit of a user.
async fn log_in_until_the_disk_is_full(program: &Program, client: &Client) -> Vec<String> {
    let mut sessions = Vec::new();
    for _ in 0..1_000 {
        let form = [("username", "ada"), ("password", PASSWORD)];
        let answer = client.post(format!("{}/log_in", program.url)).form(&form).send().await.unwrap();
        if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
            asked_to_come_again(answer).await;
            return sessions.split_off(sessions.len().saturating_sub(Session::MOST as usize));
        }
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        sessions.push(session_of(&answer));
    }
    panic!("the disk is not full");
}

/// Checks that no acknowledged session is lost.
async fn everybody_is_logged_in_again(program: &Program, client: &Client, sessions: &[String], folder: &Path) {
    for session in sessions {
        let began = Instant::now();
        loop {
            let status = account(client, &program.url, session).await;
            if status == StatusCode::OK {
                break;
            }
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "a session is lost");
            assert!(began.elapsed() < RECOVERY, "{}", log(folder));
            sleep(Duration::from_millis(100)).await;
        }
    }
    log_in(client, &program.url, "ada").await;
}

async fn a_full_disk_under_a_server_costs_no_user_their_session(kind: Kind, mebibytes: u32) {
    let Some(disk) = SmallDisk::mount(mebibytes) else { return };
    let data = disk.path().join("data");
    fs::create_dir(&data).unwrap();
    open_to_servers(&disk.path());
    let extra = Extra { data: Some(data), ..Extra::default() };
    let Some(server) = servers::another_server(kind, &extra).await else { return };
    let (url, folder, client) = (server.new_database().await, TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[("DOORWARD_DATABASE_URL", &url), PATIENT]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    disk.fill();
    let sessions = log_in_until_the_disk_is_full(&program, &client).await;
    disk.clear();
    everybody_is_logged_in_again(&program, &client, &sessions, folder.path()).await;
}

#[tokio::test]
async fn a_full_disk_under_postgres_costs_no_user_their_session() {
    a_full_disk_under_a_server_costs_no_user_their_session(Kind::Postgres, 150).await;
}

#[tokio::test]
async fn a_full_disk_under_mariadb_costs_no_user_their_session() {
    a_full_disk_under_a_server_costs_no_user_their_session(Kind::MariaDb, 300).await;
}

/// Lets the server, which runs as a user of its own, enter the folders above its data.
fn open_to_servers(disk: &Path) {
    for folder in [disk, disk.parent().unwrap()] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[tokio::test]
async fn a_full_disk_under_sqlite_costs_no_user_their_session() {
    let Some(disk) = SmallDisk::mount(2) else { return };
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[("DOORWARD_DATA_DIR", disk.path().to_str().unwrap()), PATIENT]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    disk.fill();
    let sessions = log_in_until_the_disk_is_full(&program, &client).await;
    for session in &sessions {
        assert_eq!(account(&client, &program.url, session).await, StatusCode::OK, "reading goes on");
    }
    disk.clear();
    everybody_is_logged_in_again(&program, &client, &sessions, folder.path()).await;
}
