//! The running program over a database server: a whole visit, two instances, and a password in the URL that nothing shows.

use reqwest::StatusCode;
use tempfile::TempDir;

use crate::program::{self, OTHER_PASSWORD, PASSWORD, Program, account, client, log, log_in, sign_up, written_in};
use crate::servers::{self, Kind};

/// Of a user of the database; not one that the programs of the tests type.
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

async fn a_visit_goes_from_one_instance_to_the_other(kind: Kind) {
    let Some(url) = database_of_a_user(kind, DATABASE_PASSWORD).await else { return };
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let key = "0123456789abcdef".repeat(4);
    let settings = [("DOORWARD_DATABASE_URL", url.as_str()), ("ROCKET_SECRET_KEY", &key)];
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
    a_visit_goes_from_one_instance_to_the_other(Kind::Postgres).await;
}

#[tokio::test]
async fn a_visit_goes_from_one_instance_to_the_other_on_mariadb() {
    a_visit_goes_from_one_instance_to_the_other(Kind::MariaDb).await;
}
