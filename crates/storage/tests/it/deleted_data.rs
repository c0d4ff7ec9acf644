//! What is left in an SQLite file of what was deleted from it, read as bytes.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use doorward_domain::testing::{ManualClock, SeededEntropy, cheap_hasher};
use doorward_domain::{AuthService, Client, Credentials, DeviceTokens, PasswordPolicy, Rules, SessionKind};
use doorward_storage::{SeaOrmStore, StorageConfig};
use sea_orm::{ConnectionTrait as _, Statement};
use tempfile::TempDir;

const PASSWORD: &str = "seven quiet lanterns";

/// In which of the database's files this is written. Read by another process: to close them here would give up the locks that
/// SQLite has on them.
fn found_in(folder: &Path, text: &str) -> Vec<String> {
    let grep = Command::new("grep").args(["-rlaF", text]).arg(folder).output().unwrap();
    let found = String::from_utf8(grep.stdout).unwrap();
    assert!(grep.stderr.is_empty() && found.is_empty() != grep.status.success());
    found.lines().map(str::to_owned).collect()
}

async fn stored_hash(store: &SeaOrmStore, key: &str) -> String {
    let db = store.connection();
    let sql = format!("SELECT password_hash FROM users WHERE username_key = '{key}'");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// Names, hashes and addresses, of many users, so that pages are split, joined and given back.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_deleted_account_is_left_in_the_files() {
    let folder = TempDir::new().unwrap();
    let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(folder.path().join("db"))).await.unwrap();
    doorward_migrations::migrate(&store.connection()).await.unwrap();
    let clock = ManualClock::default();
    let rules = Rules { throttle: None, ..Rules::new(PasswordPolicy::new(15, "Notes")) };
    let auth = AuthService::with_ports(store.clone(), clock.clone(), SeededEntropy::default())
        .hasher(cheap_hasher())
        .rules(rules)
        .start()
        .unwrap();
    let mut secrets = Vec::new();
    let mut deletions = Vec::new();
    for number in 0..120 {
        // What is displayed goes at once; the name in lower case is reserved for a while.
        let username = format!("Marker{}Of{number}", "X".repeat(number % 50));
        let address = format!("2001:db8::{:x}:beef", number + 1);
        let here = Client::new(Some("Firefox"), address.parse().ok());
        let typed = Credentials { username: &username, password: PASSWORD };
        auth.sign_up(typed, &here).await.unwrap();
        for kind in [SessionKind::Ordinary, SessionKind::Kept] {
            let logged_in = auth.log_in(typed, kind, &here, None, &DeviceTokens::default()).await.unwrap();
            if kind == SessionKind::Kept {
                deletions.push((auth.resume(&logged_in.token).await.unwrap(), number % 3 > 0));
            }
        }
        let hash = stored_hash(&store, &username.to_lowercase()).await;
        secrets.push([username, address, hash]);
    }
    for [name, address, hash] in &secrets {
        assert!([name, address, hash].iter().all(|text| !found_in(folder.path(), text).is_empty()), "they are written");
    }
    for (visit, is_deleted) in &deletions {
        if *is_deleted {
            auth.delete_account(visit, PASSWORD, &Client::default()).await.unwrap();
        }
    }
    for (texts, (_, is_deleted)) in secrets.iter().zip(&deletions) {
        for text in texts {
            let found = found_in(folder.path(), text);
            assert_eq!(found.is_empty(), *is_deleted, "{text} is in {found:?}");
        }
    }

    // The name in lower case, once it is free again; and a former hash, once the log was emptied.
    let deleted = secrets[1][0].to_lowercase();
    assert!(!found_in(folder.path(), &deleted).is_empty());
    clock.advance(Duration::from_hours(24 * 31));
    auth.sweep().await.unwrap();
    store.forget_deleted().await;
    assert_eq!(found_in(folder.path(), &deleted), Vec::<String>::new());
    assert_eq!(found_in(folder.path(), &secrets[0][1]), Vec::<String>::new(), "an ended session's address");
    store.disconnect().await;
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the log goes with a clean stop");
}

/// Also the driver's connections, which migrate.
#[tokio::test]
async fn every_connection_that_writes_overwrites_what_it_deletes() {
    let folder = TempDir::new().unwrap();
    let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(folder.path().join("db"))).await.unwrap();
    let db = store.connection();
    let pragma = Statement::from_string(db.get_database_backend(), "PRAGMA secure_delete");
    assert_eq!(db.query_one_raw(pragma).await.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap(), 1);
}
