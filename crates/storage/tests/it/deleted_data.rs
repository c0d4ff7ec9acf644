//! Reads the bytes of an SQLite file, to find what is left of deleted data.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use doorward_domain::repository::{EmailSetting, EmailState, NewMail, SetEmail};
use doorward_domain::testing::{ManualClock, SeededEntropy, cheap_hasher, fixtures};
use doorward_domain::{
    AuthService, Client, Credentials, EmailAddress, EmailRepository as _, Event, LogIn, Mail, MailId, MailKind,
    PasswordPolicy, Recipient, Rules, User,
};
use doorward_storage::{SeaOrmStore, StorageConfig};
use sea_orm::{ConnectionTrait as _, Statement};
use tempfile::TempDir;

const PASSWORD: &str = "seven quiet lanterns";

/// Returns those of the texts that any of the database's files contains. Another process reads them: closing them here
/// would release the locks that SQLite has on them.
fn found_in(folder: &Path, texts: &[String]) -> BTreeSet<String> {
    let patterns = texts.iter().flat_map(|text| ["-e", text]);
    let grep = Command::new("grep").arg("-rhoaF").args(patterns).arg(folder).env("LC_ALL", "C").output().unwrap();
    let found: BTreeSet<_> = String::from_utf8(grep.stdout).unwrap().lines().map(str::to_owned).collect();
    assert!(grep.stderr.is_empty() && found.is_empty() != grep.status.success());
    found
}

async fn stored_hash(store: &SeaOrmStore, key: &str) -> String {
    let db = store.connection();
    let sql =
        format!("SELECT password_hash FROM passwords JOIN users ON user_id = users.id WHERE username_key = '{key}'");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// Gives the user a verified address, and queues a mail to another one.
async fn get_mail(store: &SeaOrmStore, user: &User, number: u32, entropy: &SeededEntropy) -> [String; 2] {
    let texts = ["verified", "pending"].map(|state| format!("{state}{number}@example.org"));
    for (text, state) in texts.iter().zip([EmailState::Verified, EmailState::Pending]) {
        // At a time apart from the service's, as the ids are drawn alike.
        let now = user.created_at.plus(Duration::from_secs(1));
        let user_id = user.id;
        let address = EmailAddress::parse(text).unwrap();
        let mail = Mail {
            id: MailId::new(now, entropy).unwrap(),
            kind: MailKind::VerifyEmail,
            recipient: Some(Recipient::new(user.clone(), address.clone())),
            client: Client::default(),
            queued_at: now,
            ends_at: now,
        };
        let mail = Some(NewMail { mail, limits: Vec::new() });
        let activity = fixtures::activity_of(user_id, Event::EmailSetByOperator, now, entropy);
        let setting = EmailSetting { user_id, address, state, mail };
        assert_eq!(store.set_email(&setting, &activity).await.unwrap(), SetEmail::Set);
    }
    texts
}

/// Names, hashes and addresses of many users, so that pages are split, joined and freed. Rows that move from a split
/// page are not overwritten there, so its unused part may keep a copy; `VACUUM` rewrites all pages.
#[tokio::test(flavor = "multi_thread")]
async fn of_deleted_accounts_next_to_nothing_is_left_in_the_files_and_nothing_after_a_vacuum() {
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
    let entropy = SeededEntropy::default();
    let mut kept = Vec::new();
    let mut deleted = Vec::new();
    let mut deletions = Vec::new();
    for number in 0..600_u32 {
        // The displayed name goes at once; the name in lower case is reserved for a while.
        let username = format!("Marker{}Of{number}End", "X".repeat(number as usize % 50));
        let address = format!("2001:db8::{:x}:beef", number + 1);
        let here = Client::new(Some("Firefox"), address.parse().ok());
        let typed = Credentials { username: &username, password: PASSWORD };
        auth.from(&here).sign_up(typed).await.unwrap();
        let logged_in = auth.from(&here).log_in(LogIn::new(typed)).await.unwrap().done().unwrap();
        let [verified, pending] = get_mail(&store, &logged_in.user, number, &entropy).await;
        let texts = [stored_hash(&store, &username.to_lowercase()).await, username, address, verified, pending];
        if number % 3 > 0 {
            deletions.push(auth.resume(&logged_in.token).await.unwrap());
            deleted.extend(texts);
        } else {
            kept.extend(texts);
        }
    }
    assert_eq!(found_in(folder.path(), &deleted).len(), deleted.len(), "they are written");
    for visit in &deletions {
        auth.from(&Client::default()).delete_account(visit, PASSWORD).await.unwrap();
    }
    let left = found_in(folder.path(), &deleted).len();
    assert!(left * 20 < deleted.len(), "{left} of {}", deleted.len());

    // The names in lower case, once they are free again, and the addresses of expired sessions.
    deleted.extend(deleted.clone().iter().filter(|text| text.starts_with("Marker")).map(|name| name.to_lowercase()));
    clock.advance(Duration::from_hours(24 * 31));
    auth.sweep().await.unwrap();
    store.forget_deleted().await;
    let left = found_in(folder.path(), &deleted).len();
    assert!(left * 20 < deleted.len(), "{left} of {} once they were swept", deleted.len());

    store.connection().execute_unprepared("VACUUM").await.unwrap();
    store.forget_deleted().await;
    assert_eq!(found_in(folder.path(), &deleted), BTreeSet::new());
    assert_eq!(found_in(folder.path(), &kept).len(), kept.len(), "nobody else's is gone");
    store.disconnect().await;
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the log goes with a clean stop");
}

/// The driver's connections, which migrate, do so too.
#[tokio::test]
async fn every_connection_that_writes_overwrites_what_it_deletes() {
    let folder = TempDir::new().unwrap();
    let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(folder.path().join("db"))).await.unwrap();
    let db = store.connection();
    let pragma = Statement::from_string(db.get_database_backend(), "PRAGMA secure_delete");
    assert_eq!(db.query_one_raw(pragma).await.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap(), 1);
}
