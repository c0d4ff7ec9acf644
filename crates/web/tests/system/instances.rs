//! Several instances over one PostgreSQL, behind an nginx that sends each request to the next of them.

use std::collections::HashSet;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use doorward_storage::{SeaOrmStore, StorageConfig};
use reqwest::{Client, Response, StatusCode};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::program::{
    OTHER_PASSWORD, PASSWORD, PATIENCE, PATIENT, Program, account, client, log_in, session_of, sign_up,
};
use crate::servers::{self, Kind};
use crate::support::leave_out;

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// An nginx, which is killed with its workers on drop.
struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _gone_already = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _gone_already = self.0.wait();
    }
}

/// Two instances, East and West, and the URL of the nginx in front of them.
struct Site {
    url: String,
    database: String,
    instances: Vec<Program>,
    _nginx: Nginx,
    _folder: TempDir,
}

impl Site {
    async fn open() -> Option<Self> {
        let database = servers::new_database(Kind::Postgres).await?;
        let program = ["nginx", "/usr/sbin/nginx"].into_iter().find(|program| {
            Command::new(program).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
        });
        let Some(program) = program else { return leave_out("nginx") };
        let folder = TempDir::new().unwrap();
        let instances: Vec<_> = ["East", "West"].map(|name| start(folder.path(), name, &database)).into();
        // Another process may take a port that was free: then try again.
        for _ in 0..5 {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, servers::free_port()));
            if let Some(nginx) = start_nginx(program, folder.path(), address, &instances).await {
                return Some(Self {
                    url: format!("http://{address}"),
                    database,
                    instances,
                    _nginx: nginx,
                    _folder: folder,
                });
            }
        }
        panic!("nginx does not start: {}", fs::read_to_string(folder.path().join("said")).unwrap())
    }

    async fn get(&self, client: &Client, path: &str, session: &str) -> Response {
        client.get(format!("{}{path}", self.url)).header("cookie", session).send().await.unwrap()
    }

    async fn post(&self, client: &Client, path: &str, session: &str, form: &[(&str, &str)]) -> Response {
        client.post(format!("{}{path}", self.url)).header("cookie", session).form(form).send().await.unwrap()
    }
}

/// Starts an instance in a folder of its own, as on a machine of its own.
fn start(folder: &Path, name: &str, database: &str) -> Program {
    let own = folder.join(name);
    fs::create_dir(&own).unwrap();
    let settings = [
        PATIENT,
        ("RUST_LOG", "info"),
        ("DOORWARD_SITE_NAME", name),
        ("DOORWARD_DATABASE_URL", database),
        ("ROCKET_SECRET_KEY", KEY),
        ("DOORWARD_THROTTLE__ENABLED", "true"),
        ("DOORWARD_THROTTLE__SIGN_UPS_PER_HOUR", "1000000"),
        ("DOORWARD_THROTTLE__NEW_PASSWORDS_PER_HOUR", "1000000"),
        ("DOORWARD_THROTTLE__LOG_INS_PER_MINUTE", "1000000"),
    ];
    Program::start(&own, &settings)
}

/// Starts nginx with one worker, so that all requests are in the same round-robin.
async fn start_nginx(program: &str, folder: &Path, address: SocketAddr, instances: &[Program]) -> Option<Nginx> {
    let upstream: Vec<_> = instances.iter().map(|instance| format!("server {};\n", instance.address)).collect();
    let upstream = upstream.concat();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {};\n", folder.join(name).display()))
        .concat();
    let place = folder.display();
    let configuration = format!(
        "worker_processes 1;\npid {place}/nginx.pid;\nerror_log {place}/error.log;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}upstream doorward {{\n{upstream}}}\n\
         server {{\nlisten {address};\nlocation / {{ proxy_pass http://doorward; }}\n}}\n}}\n"
    );
    fs::write(folder.join("nginx.conf"), configuration).unwrap();
    let said = fs::File::create(folder.join("said")).unwrap();
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).args(["-g", "daemon off;"]).arg("-c").arg(folder.join("nginx.conf"));
    command.process_group(0).stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said);
    let mut nginx = Nginx(command.spawn().unwrap());
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        if nginx.0.try_wait().unwrap().is_some() || began.elapsed() > PATIENCE {
            return None;
        }
        sleep(Duration::from_millis(20)).await;
    }
    Some(nginx)
}

/// The name of the instance that made a page.
async fn maker_of(page: Response) -> String {
    assert_eq!(page.status(), StatusCode::OK);
    let page = page.text().await.unwrap();
    let names = ["East", "West"].into_iter().filter(|name| page.contains(&format!("{name}</title>")));
    names.collect()
}

#[tokio::test]
async fn a_visit_moves_freely_between_instances() {
    let (Some(site), client) = (Site::open().await, client()) else { return };
    assert_eq!(sign_up(&client, &site.url, "Ada").await, StatusCode::SEE_OTHER);
    let here = log_in(&client, &site.url, "ada").await;
    let there = log_in(&client, &site.url, "ada").await;
    let mut makers = Vec::new();
    for path in ["/", "/account", "/account/sessions", "/account/activity", "/account/password", "/account/username"] {
        for _ in 0..2 {
            makers.push(maker_of(site.get(&client, path, &here).await).await);
        }
    }
    let by_east = makers.iter().filter(|maker| *maker == "East").count();
    assert_eq!((by_east, makers.len()), (6, 12), "in turns: {makers:?}");
    let form = [("current_password", PASSWORD), ("new_password", OTHER_PASSWORD)];
    let changed = site.post(&client, "/account/password", &here, &form).await;
    assert_eq!(changed.status(), StatusCode::SEE_OTHER);
    let here = session_of(&changed);
    for _ in 0..2 {
        assert_eq!(account(&client, &site.url, &there).await, StatusCode::SEE_OTHER, "the other session has ended");
        let activity = site.get(&client, "/account/activity", &here).await.text().await.unwrap();
        assert!(activity.to_lowercase().contains("password"), "both tell of the change");
    }
    site.post(&client, "/log_out", &here, &[("_method", "delete")]).await;
    for _ in 0..2 {
        assert_eq!(account(&client, &site.url, &here).await, StatusCode::SEE_OTHER, "logged out everywhere");
    }
}

#[tokio::test]
async fn attempts_at_all_instances_count_together() {
    let (Some(site), client) = (Site::open().await, client()) else { return };
    assert_eq!(sign_up(&client, &site.url, "ada").await, StatusCode::SEE_OTHER);
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let form = [("username", "ada"), ("password", "some other password")];
        statuses.push(site.post(&client, "/log_in", "", &form).await.status().as_u16());
    }
    assert_eq!(statuses, [422, 422, 422, 422, 422, 429, 429]);
}

#[tokio::test]
async fn six_instances_that_start_at_once_migrate_once() {
    let Some(database) = servers::new_database(Kind::Postgres).await else { return };
    let folder = TempDir::new().unwrap();
    let instances: Vec<_> = std::thread::scope(|scope| {
        let start = |name| {
            scope.spawn({
                let (folder, database) = (&folder, &database);
                move || start(folder.path(), name, database)
            })
        };
        let started = ["one", "two", "three", "four", "five", "six"].map(start);
        started.into_iter().map(|instance| instance.join().unwrap()).collect()
    });
    let client = client();
    assert_eq!(sign_up(&client, &instances[0].url, "ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client, &instances[1].url, "ada").await;
    for instance in &instances {
        assert_eq!(account(&client, &instance.url, &session).await, StatusCode::OK);
    }
    let steps = texts(&database, "SELECT version FROM seaql_migrations").await;
    assert_eq!(steps.iter().collect::<HashSet<_>>().len(), steps.len(), "no step was taken twice");
}

/// Signs up one name after the other, until ten are acknowledged since the kill; returns all acknowledged names and that count.
async fn sign_up_without_end(url: String, prefix: String, is_killed: Arc<AtomicBool>) -> (Vec<String>, usize) {
    let (client, mut acknowledged, mut since) = (client(), Vec::new(), 0);
    for number in 0.. {
        let (name, was_killed) = (format!("{prefix}{number}"), is_killed.load(Ordering::SeqCst));
        let form = [("username", name.as_str()), ("password", PASSWORD)];
        let status = client.post(format!("{url}/sign_up")).form(&form).send().await.unwrap().status();
        if status == StatusCode::SEE_OTHER {
            acknowledged.push(name);
            since += usize::from(was_killed);
        }
        assert!(!was_killed || status == StatusCode::SEE_OTHER, "the survivor answers all that came later: {status}");
        if since == 10 {
            break;
        }
    }
    (acknowledged, since)
}

#[tokio::test]
async fn an_instance_that_is_killed_under_load_takes_no_acknowledged_sign_up_along() {
    let (Some(mut site), client) = (Site::open().await, client()) else { return };
    let is_killed = Arc::new(AtomicBool::new(false));
    let mut visitors = JoinSet::new();
    for visitor in 0..8 {
        visitors.spawn(sign_up_without_end(site.url.clone(), format!("v{visitor}n"), Arc::clone(&is_killed)));
    }
    // The kill comes after 20 sign-ups.
    let began = Instant::now();
    while names_in(&site.database).await.len() < 20 {
        assert!(began.elapsed() < PATIENCE, "nobody signs up");
    }
    site.instances.remove(0).signal("-KILL");
    // By then all answers of the killed instance have arrived, and requests that nginx still has open to it fail.
    sleep(Duration::from_millis(200)).await;
    is_killed.store(true, Ordering::SeqCst);
    let mut acknowledged = Vec::new();
    for (names, since) in visitors.join_all().await {
        assert_eq!(since, 10);
        acknowledged.extend(names);
    }
    assert!(acknowledged.len() > 80, "{}", acknowledged.len());
    let names = names_in(&site.database).await;
    let lost: Vec<_> = acknowledged.iter().filter(|name| !names.contains(*name)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    log_in(&client, &site.url, &acknowledged[0]).await;
}

/// The names of all users in the database.
async fn names_in(database: &str) -> HashSet<String> {
    texts(database, "SELECT username FROM users").await.into_iter().collect()
}

async fn texts(database: &str, sql: &str) -> Vec<String> {
    let store = SeaOrmStore::connect(&StorageConfig::new(database)).await.unwrap();
    let rows = store.connection().query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
}
