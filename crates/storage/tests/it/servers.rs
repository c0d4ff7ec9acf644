//! Throwaway servers of the installed programs, one of each kind for this test process. If the programs are missing,
//! the tests that need them are left out and say so; in CI they fail. If the environment has the URL of a running
//! server, that server is used.

use std::fs;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use doorward_storage::{SeaOrmStore, StorageConfig};
use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;
use tokio::sync::{Mutex, OnceCell};

/// How long a server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgres,
    MariaDb,
}

/// The URL of a server, without a database; `None` if there is none here.
static POSTGRES: OnceCell<Option<String>> = OnceCell::const_new();
static MARIADB: OnceCell<Option<String>> = OnceCell::const_new();

/// Number of names that were given.
static NAMES: AtomicU64 = AtomicU64::new(0);

/// Processes that end the servers when their input ends, which it does with this process, however that ends.
static KEEPERS: Mutex<Vec<Child>> = Mutex::const_new(Vec::new());

/// The URL of an empty database on a server of this kind. `None` if there is none here.
pub(crate) async fn new_database(kind: Kind) -> Option<String> {
    let server = server_of(kind).await?;
    let name = new_name();
    administrate(kind, server, &format!("CREATE DATABASE {name}")).await;
    Some(format!("{server}/{name}"))
}

/// Returns a name that nothing on any server has.
pub(crate) fn new_name() -> String {
    format!("doorward_{}_{}", std::process::id(), NAMES.fetch_add(1, Ordering::Relaxed))
}

/// Runs this statement as the server's administrator.
pub(crate) async fn administrate(kind: Kind, server: &str, statement: &str) {
    let admin = connect(&format!("{server}/{}", database_of_everybody(kind))).await.unwrap();
    admin.connection().execute_unprepared(statement).await.unwrap();
    admin.disconnect().await;
}

/// The URL of the server, as its administrator, without a database. `None` if there is none here.
pub(crate) async fn server_of(kind: Kind) -> Option<&'static str> {
    let cell = if kind == Kind::Postgres { &POSTGRES } else { &MARIADB };
    cell.get_or_init(async || server(kind).await).await.as_deref()
}

async fn connect(url: &str) -> Result<SeaOrmStore, doorward_storage::ConnectError> {
    SeaOrmStore::connect(&StorageConfig::new(url)).await
}

impl Server {
    /// Creates an empty database on the server, and returns its URL.
    pub(crate) async fn new_database(&self) -> String {
        let name = new_name();
        administrate(self.kind, &self.url, &format!("CREATE DATABASE {name}")).await;
        format!("{}/{name}", self.url)
    }

    /// Shuts the server down, as its operator would, and waits for its end. It stays down until [`start`](Self::start).
    pub(crate) async fn stop(&self) {
        fs::write(self.folder.join("down"), "").unwrap();
        let main = self.main_process();
        signal(if self.kind == Kind::Postgres { "-INT" } else { "-TERM" }, &[main]);
        let began = Instant::now();
        while Path::new(&format!("/proc/{main}")).exists() {
            assert!(began.elapsed() < PATIENCE, "{} does not stop", names(self.kind)[0]);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Lets the server start again, after which it takes a moment to answer.
    pub(crate) fn start(&self) {
        fs::remove_file(self.folder.join("down")).unwrap();
    }

    /// Stops all processes of the server where they are: connections stay open, and requests are not answered.
    pub(crate) fn freeze(&self) {
        // The main process first, so that it starts no others.
        stop_all_threads(&[self.main_process()]);
        stop_all_threads(&self.processes());
    }

    /// Lets the processes go on.
    pub(crate) fn thaw(&self) {
        signal("-CONT", &self.processes());
    }

    fn main_process(&self) -> u32 {
        let file = if self.kind == Kind::Postgres { "data/postmaster.pid" } else { "pid" };
        fs::read_to_string(self.folder.join(file)).unwrap().lines().next().unwrap().trim().parse().unwrap()
    }

    /// Lists the main process, and those that it started.
    fn processes(&self) -> Vec<u32> {
        let main = self.main_process();
        let all = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let parent = |id: &u32| -> Option<u32> {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
        };
        [main].into_iter().chain(all.filter(|id| parent(id) == Some(main))).collect()
    }
}

/// Sends a signal; processes that are gone already do not matter.
fn signal(signal: &str, processes: &[u32]) {
    let processes = processes.iter().map(u32::to_string);
    let _some_are_gone = Command::new("kill").arg(signal).args(processes).stderr(Stdio::null()).status().unwrap();
}

/// Stops processes where they are. On a busy machine a thread goes on for a while after the signal was sent.
fn stop_all_threads(processes: &[u32]) {
    signal("-STOP", processes);
    let began = Instant::now();
    while processes.iter().flat_map(|id| states_of_threads(*id)).any(|state| !["T", "Z", "X"].contains(&&*state)) {
        assert!(began.elapsed() < PATIENCE, "{processes:?} do not stop");
        std::thread::yield_now();
    }
}

/// The states of a process's threads, by `/proc`: stopped is `T`, and ended is `Z` or `X`. None if it is gone.
fn states_of_threads(process: u32) -> Vec<String> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten();
    let stats = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("stat")).ok());
    stats.filter_map(|stat| Some(stat.rsplit(')').next()?.split_whitespace().next()?.to_owned())).collect()
}

/// The name of each kind, the variable that may have the URL of a running server, and the user that Debian's package
/// creates: the programs refuse to run as root.
const fn names(kind: Kind) -> [&'static str; 3] {
    match kind {
        Kind::Postgres => ["PostgreSQL", "TEST_POSTGRES_URL", "postgres"],
        Kind::MariaDb => ["MariaDB", "TEST_MYSQL_URL", "mysql"],
    }
}

/// The database that each server has from the beginning.
pub(crate) fn database_of_everybody(kind: Kind) -> &'static str {
    if kind == Kind::Postgres { "postgres" } else { "mysql" }
}

fn programs(kind: Kind) -> Option<PathBuf> {
    let (folder, program) = match kind {
        Kind::Postgres => (newest(Path::new("/usr/lib/postgresql"))?.join("bin"), "postgres"),
        Kind::MariaDb => (PathBuf::from("/usr/sbin"), "mariadbd"),
    };
    folder.join(program).exists().then_some(folder)
}

fn newest(folder: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    versions.max_by_key(|path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()))
}

async fn server(kind: Kind) -> Option<String> {
    let [_, variable, _] = names(kind);
    #[expect(clippy::disallowed_methods, reason = "where a person has a server already")]
    if let Ok(url) = std::env::var(variable) {
        return Some(url.trim_end_matches('/').to_owned());
    }
    Some(start(kind, &installed(kind)?, &Extra::default()).await.url)
}

/// Returns the folder of its programs.
fn installed(kind: Kind) -> Option<PathBuf> {
    let found = programs(kind);
    if found.is_none() {
        let [name, ..] = names(kind);
        #[expect(clippy::disallowed_methods, reason = "whether this is CI")]
        let is_ci = std::env::var("CI").is_ok();
        assert!(!is_ci, "{name} is missing");
        let line = format!("left out, as {name} is not installed here: what runs on it\n");
        io::stderr().write_all(line.as_bytes()).unwrap();
    }
    found
}

/// Differences of a server from the one that all tests share.
#[derive(Debug, Default)]
pub(crate) struct Extra {
    /// Files beside its data, by name.
    pub(crate) files: Vec<(&'static str, String)>,
    /// More arguments, in which `FOLDER` is the folder of the files.
    pub(crate) arguments: String,
    /// An empty folder for its data, if they are to be elsewhere.
    pub(crate) data: Option<PathBuf>,
}

/// Starts a server that no other test uses, and that runs as long as this process. Returns `None` if the programs are
/// missing, even if the environment has the URL of a server.
pub(crate) async fn another_server(kind: Kind, extra: &Extra) -> Option<Server> {
    let programs = installed(kind)?;
    Some(start(kind, &programs, extra).await)
}

/// Returns a port of this machine that nothing listens at, each time another one. It is below the ports that Linux
/// gives to clients (from 32768 on), so that no other process takes it first, and far from those of other test
/// processes.
pub(crate) fn free_port() -> u16 {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    let first = 10_000 + u16::try_from(std::process::id() * 97 % 20_000).unwrap();
    let ports = std::iter::repeat_with(|| first + TRIED.fetch_add(1, Ordering::Relaxed) % 2_000);
    ports.take(2_000).find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()).unwrap()
}

/// A server that was started here.
pub(crate) struct Server {
    /// The URL of its administrator, without a database.
    pub(crate) url: String,
    folder: PathBuf,
    kind: Kind,
}

/// The server ends with this process: the shell that started it waits for the end of its own input, which this process
/// holds, and takes the folder away.
async fn start(kind: Kind, programs: &Path, extra: &Extra) -> Server {
    let folder = TempDir::new().unwrap().keep();
    for (name, content) in &extra.files {
        fs::write(folder.join(name), content).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let arguments = extra.arguments.replace("FOLDER", folder.to_str().unwrap());
    let port = free_port();
    let data = extra.data.clone().unwrap_or_else(|| folder.join("data"));
    let data = data.display();
    let (folder_text, programs) = (folder.display(), programs.display());
    let server = match kind {
        Kind::Postgres => format!(
            "{programs}/initdb -D {data} -U postgres -A trust --no-sync --locale=C.UTF-8 >{folder_text}/log 2>&1 && \
             while :; do while [ -e {folder_text}/down ]; do sleep 0.1; done; {programs}/postgres -D {data} -h 127.0.0.1 -p {port} -k {folder_text} -F \
             -c max_connections=500 -c full_page_writes=off -c synchronous_commit=off {arguments} >>{folder_text}/log 2>&1; done"
        ),
        Kind::MariaDb => format!(
            "mariadb-install-db --no-defaults --datadir={data} --auth-root-authentication-method=normal \
             --skip-test-db >{folder_text}/log 2>&1 && \
             while :; do while [ -e {folder_text}/down ]; do sleep 0.1; done; {programs}/mariadbd --no-defaults --datadir={data} --bind-address=127.0.0.1 --port={port} \
             --socket={folder_text}/s --pid-file={folder_text}/pid --max-connections=500 --innodb-flush-log-at-trx-commit=0 \
             --innodb-doublewrite=0 --innodb-flush-method=nosync --sync-frm=0 --skip-log-bin {arguments} >>{folder_text}/log 2>&1; done"
        ),
    };
    fs::write(folder.join("start"), server).unwrap();
    let is_root = fs::metadata(&folder).is_ok_and(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata) == 0);
    let run = if is_root {
        let [_, _, user] = names(kind);
        format!(
            "mkdir -p {data} && chown -R {user} {folder_text} {data} && setpriv --reuid={user} --regid={user} --clear-groups sh {folder_text}/start"
        )
    } else {
        format!("sh {folder_text}/start")
    };
    // Its own group, so that the whole of it ends.
    let keeper =
        format!("setsid sh -c '{run}' </dev/null & cat >/dev/null; kill -s KILL -- -$!; wait; rm -rf {folder_text}");
    let keeper = Command::new("sh")
        .args(["-c", &keeper])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    KEEPERS.lock().await.push(keeper);
    let url = match kind {
        Kind::Postgres => format!("postgres://postgres@127.0.0.1:{port}"),
        Kind::MariaDb => format!("mysql://root@127.0.0.1:{port}"),
    };
    let began = Instant::now();
    while let Err(error) = connect(&format!("{url}/{}", database_of_everybody(kind))).await {
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(began.elapsed() < PATIENCE, "{} does not start: {error}\n{log}", names(kind)[0]);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Server { url, folder, kind }
}
