//! The running program over a database server: a whole visit, two instances, and a password in the URL that nothing shows.
//! Also with `PgBouncer` between.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::program::{self, OTHER_PASSWORD, PASSWORD, PATIENCE, Program, account, client, log, log_in, sign_up};
use crate::servers::{self, Extra, Kind};
use crate::shared::written_in;
use crate::support::leave_out;

/// The password of a user of the database, different from those of the site's users.
const DATABASE_PASSWORD: &str = "MARKERofadatabase";

/// The URL of an empty database, as a user of the server who has this password.
async fn database_of_a_user(kind: Kind, password: &str) -> Option<String> {
    let (server, url) = (servers::server_of(kind).await?, servers::new_database(kind).await?);
    let (name, user) = (url.rsplit('/').next().unwrap(), servers::new_name());
    let statements = match kind {
        Kind::Postgres => {
            vec![format!("CREATE USER {user} PASSWORD '{password}'"), format!("ALTER DATABASE {name} OWNER TO {user}")]
        }
        Kind::MariaDb => vec![
            format!("CREATE USER {user}@'%' IDENTIFIED BY '{password}'"),
            format!("GRANT ALL ON {name}.* TO {user}@'%'"),
        ],
    };
    for statement in statements {
        servers::administrate(kind, server, &statement).await;
    }
    let address = server.rsplit('@').next().unwrap();
    let scheme = server.split(':').next().unwrap();
    Some(format!("{scheme}://{user}:{password}@{address}/{name}"))
}

async fn a_visit_goes_from_one_instance_to_the_other(url: &str) {
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let key = "0123456789abcdef".repeat(4);
    let settings = [("DOORWARD_DATABASE_URL", url), ("ROCKET_SECRET_KEY", &key)];
    let [one, two] = folders.each_ref().map(|folder| Program::start(folder.path(), &settings));
    let client = client();
    assert_eq!(sign_up(&client, &one.url, "Ada").await, StatusCode::SEE_OTHER);
    assert_eq!(sign_up(&client, &two.url, "ADA").await, StatusCode::UNPROCESSABLE_ENTITY);
    let (here, there) = (log_in(&client, &two.url, "ada").await, log_in(&client, &one.url, "ada").await);
    for url in [&one.url, &two.url] {
        assert_eq!(account(&client, url, &here).await, StatusCode::OK);
        for page in ["sessions", "activity", "password", "username", "delete"] {
            let page = client.get(format!("{url}/account/{page}")).header("cookie", &here).send().await.unwrap();
            assert_eq!(page.status(), StatusCode::OK);
        }
        let ready = client.get(format!("{url}/health/ready")).send().await.unwrap();
        assert_eq!(ready.status(), StatusCode::OK);
    }
    let form = [("current_password", PASSWORD), ("new_password", OTHER_PASSWORD)];
    let change = client.post(format!("{}/account/password", one.url)).header("cookie", &here).form(&form);
    let changed = change.send().await.unwrap();
    assert_eq!(changed.status(), StatusCode::SEE_OTHER);
    let here = program::session_of(&changed);
    assert_eq!(account(&client, &two.url, &there).await, StatusCode::SEE_OTHER, "the other session has ended");
    assert_eq!(account(&client, &two.url, &here).await, StatusCode::OK);
    client.delete(format!("{}/log_out", two.url)).header("cookie", &here).send().await.unwrap();
    assert_eq!(account(&client, &one.url, &here).await, StatusCode::SEE_OTHER);
    drop((one, two));
    for folder in &folders {
        let written = [log(folder.path()), written_in(&folder.path().join("data"))].concat();
        assert!(written.contains("logged in") || written.contains("signed up"));
        assert!(!written.contains(DATABASE_PASSWORD), "the password of the database is in the log");
    }
}

#[tokio::test]
async fn a_visit_goes_from_one_instance_to_the_other_on_postgres() {
    let Some(url) = database_of_a_user(Kind::Postgres, DATABASE_PASSWORD).await else { return };
    a_visit_goes_from_one_instance_to_the_other(&url).await;
}

#[tokio::test]
async fn a_visit_goes_from_one_instance_to_the_other_on_mariadb() {
    let Some(url) = database_of_a_user(Kind::MariaDb, DATABASE_PASSWORD).await else { return };
    a_visit_goes_from_one_instance_to_the_other(&url).await;
}

/// `PgBouncer`, which is killed on drop.
struct Bouncer {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Bouncer {
    /// Starts it in front of a `PostgreSQL` on this machine.
    async fn start(server: &str) -> Option<Self> {
        let program = Path::new("/usr/sbin/pgbouncer");
        if !program.exists() {
            return leave_out("PgBouncer");
        }
        let port = servers::free_port();
        let (folder, server_port) = (TempDir::new().unwrap(), server.rsplit(':').next().unwrap());
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={server_port} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = session\n\
             ignore_startup_parameters = extra_float_digits\n"
        );
        fs::write(folder.path().join("settings"), settings).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new(program);
        // It refuses to run as root.
        if fs::metadata(folder.path()).unwrap().uid() == 0 {
            command.arg("--user=postgres");
        }
        let process = command.arg(folder.path().join("settings")).stderr(Stdio::null()).spawn().unwrap();
        let (bouncer, began) = (Self { process, port, _folder: folder }, Instant::now());
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "PgBouncer does not start");
            sleep(Duration::from_millis(20)).await;
        }
        Some(bouncer)
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _gone_already = self.process.wait();
    }
}

/// It pools by session, as Debian's version does not support prepared statements: see `docs/scaling.md`.
#[tokio::test]
async fn a_visit_goes_through_a_pgbouncer_that_lends_connections_by_the_session() {
    let Some(server) = servers::another_server(Kind::Postgres, &Extra::default()).await else { return };
    let Some(bouncer) = Bouncer::start(&server.url).await else { return };
    let database = server.new_database().await;
    let name = database.rsplit('/').next().unwrap();
    let url = format!("postgres://anybody:{DATABASE_PASSWORD}@127.0.0.1:{}/{name}", bouncer.port);
    a_visit_goes_from_one_instance_to_the_other(&url).await;
}
