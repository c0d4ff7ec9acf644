//! Throwaway servers of the installed programs, one of each kind for this test process. Where the programs are missing, what
//! needs them is left out and says so; in CI it fails. A server that runs already is used where its URL is in the environment.

use std::fs;
use std::io::{self, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
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

/// The URL of a server, without a database; `None` where there is none here.
static POSTGRES: OnceCell<Option<String>> = OnceCell::const_new();
static MARIADB: OnceCell<Option<String>> = OnceCell::const_new();

/// How many names were given.
static NAMES: AtomicU64 = AtomicU64::new(0);

/// What ends the servers when their input ends: with this process, however that does.
static KEEPERS: Mutex<Vec<Child>> = Mutex::const_new(Vec::new());

/// The URL of an empty database on a server of this kind. `None` where there is none here.
pub(crate) async fn new_database(kind: Kind) -> Option<String> {
    let server = server_of(kind).await?;
    let name = new_name();
    administrate(kind, server, &format!("CREATE DATABASE {name}")).await;
    Some(format!("{server}/{name}"))
}

/// A name that nothing on any server has.
pub(crate) fn new_name() -> String {
    format!("doorward_{}_{}", std::process::id(), NAMES.fetch_add(1, Ordering::Relaxed))
}

/// Has the server's administrator do this.
pub(crate) async fn administrate(kind: Kind, server: &str, statement: &str) {
    let admin = connect(&format!("{server}/{}", database_of_everybody(kind))).await.unwrap();
    admin.connection().execute_unprepared(statement).await.unwrap();
    admin.disconnect().await;
}

/// The URL of the server, as its administrator, without a database. `None` where there is none here.
pub(crate) async fn server_of(kind: Kind) -> Option<&'static str> {
    let cell = if kind == Kind::Postgres { &POSTGRES } else { &MARIADB };
    cell.get_or_init(async || server(kind).await).await.as_deref()
}

async fn connect(url: &str) -> Result<SeaOrmStore, doorward_storage::ConnectError> {
    SeaOrmStore::connect(&StorageConfig::new(url)).await
}

/// What each kind is called, where the URL of a server that runs already may be, and the user that Debian's package makes: the
/// programs refuse to run as root.
const fn names(kind: Kind) -> [&'static str; 3] {
    match kind {
        Kind::Postgres => ["PostgreSQL", "TEST_POSTGRES_URL", "postgres"],
        Kind::MariaDb => ["MariaDB", "TEST_MYSQL_URL", "mysql"],
    }
}

fn database_of_everybody(kind: Kind) -> &'static str {
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
    let [name, variable, _] = names(kind);
    #[expect(clippy::disallowed_methods, reason = "where a person has a server already, and whether this is CI")]
    let (url, is_ci) = (std::env::var(variable).ok(), std::env::var("CI").is_ok());
    if let Some(url) = url {
        return Some(url.trim_end_matches('/').to_owned());
    }
    let Some(programs) = programs(kind) else {
        assert!(!is_ci, "{name} is missing");
        let line = format!("left out, as there is no {name} here: what runs on it\n");
        io::stderr().write_all(line.as_bytes()).unwrap();
        return None;
    };
    Some(start(kind, &programs, &Extra::default()).await)
}

/// What a server has that is not the one of all tests.
#[derive(Debug, Default)]
pub(crate) struct Extra {
    /// Files beside its data, by name.
    pub(crate) files: Vec<(&'static str, String)>,
    /// More arguments, in which `FOLDER` is where the files are.
    pub(crate) arguments: &'static str,
}

/// The URL of another server, which runs as long as this process. `None` where the programs are missing.
pub(crate) async fn another_server(kind: Kind, extra: &Extra) -> Option<String> {
    // Where it is missing this says so, or fails.
    server_of(kind).await?;
    match programs(kind) {
        Some(programs) => Some(start(kind, &programs, extra).await),
        None => left_out(kind),
    }
}

/// A server of somebody's own stands in for the programs, but cannot be started anew.
fn left_out(kind: Kind) -> Option<String> {
    let line = format!("left out, as {} is not installed here: what needs a server of its own\n", names(kind)[0]);
    io::stderr().write_all(line.as_bytes()).unwrap();
    None
}

/// The server ends with this process: the shell that started it waits for the end of its own input, which this process
/// holds, and takes the folder away.
async fn start(kind: Kind, programs: &Path, extra: &Extra) -> String {
    let folder = TempDir::new().unwrap().keep();
    for (name, content) in &extra.files {
        fs::write(folder.join(name), content).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let arguments = extra.arguments.replace("FOLDER", folder.to_str().unwrap());
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (folder_text, programs) = (folder.display(), programs.display());
    let server = match kind {
        Kind::Postgres => format!(
            "{programs}/initdb -D {folder_text}/data -U postgres -A trust --no-sync --locale=C.UTF-8 >{folder_text}/log 2>&1 && \
             exec {programs}/postgres -D {folder_text}/data -h 127.0.0.1 -p {port} -k {folder_text} -F \
             -c max_connections=500 -c full_page_writes=off -c synchronous_commit=off {arguments} >>{folder_text}/log 2>&1"
        ),
        Kind::MariaDb => format!(
            "mariadb-install-db --no-defaults --datadir={folder_text}/data --auth-root-authentication-method=normal \
             --skip-test-db >{folder_text}/log 2>&1 && \
             exec {programs}/mariadbd --no-defaults --datadir={folder_text}/data --bind-address=127.0.0.1 --port={port} \
             --socket={folder_text}/s --pid-file={folder_text}/pid --max-connections=500 --innodb-flush-log-at-trx-commit=0 \
             --innodb-doublewrite=0 --skip-log-bin {arguments} >>{folder_text}/log 2>&1"
        ),
    };
    fs::write(folder.join("start"), server).unwrap();
    let is_root = fs::metadata(&folder).is_ok_and(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata) == 0);
    let run = if is_root {
        let [_, _, user] = names(kind);
        format!(
            "chown -R {user} {folder_text} && setpriv --reuid={user} --regid={user} --clear-groups sh {folder_text}/start"
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
    url
}
