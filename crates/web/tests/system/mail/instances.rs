//! Several instances that send the mails of one site.

use std::collections::BTreeSet;
use std::time::Duration;

use doorward_domain::system::{OsEntropy, SystemClock};
use doorward_domain::testing::cheap_hasher;
use doorward_domain::{AuthService, Client, Credentials, MailRules, PasswordPolicy, Rules, SignUp};
use doorward_mail::testing::Behaviour;
use doorward_storage::{SeaOrmStore, StorageConfig};
use tempfile::TempDir;

use super::{MailSite, WAITING};
use crate::program::{self, PASSWORD, Program};
use crate::servers::{self, Kind};

const MAILS: usize = 500;

/// The longest time that all mails may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(100);

/// Signs up users with addresses, while no courier sends the mails yet.
async fn queue_mails(database: &str) {
    let store = SeaOrmStore::connect(&StorageConfig::new(database)).await.unwrap();
    doorward_migrations::migrate(&store.connection()).await.unwrap();
    let auth = AuthService::with_ports(store.clone(), SystemClock, OsEntropy)
        .hasher(cheap_hasher())
        .rules(Rules { throttle: None, ..Rules::new(PasswordPolicy::new(15, "Notes")) })
        .mail(MailRules::default());
    let (auth, client) = (auth.start().unwrap(), Client::default());
    for number in 0..MAILS {
        let username = format!("user{number}");
        let email = auth.read_sign_up_email(&format!("{username}@example.org")).await.unwrap();
        let sign_up = SignUp::new(Credentials { username: &username, password: PASSWORD }).with_email(Ok(email));
        auth.from(&client).sign_up(sign_up).await.unwrap();
    }
    store.disconnect().await;
}

async fn each_mail_is_sent_once(database: &str) {
    queue_mails(database).await;
    let settings = [("RUST_LOG", "info"), ("DOORWARD_MAIL__PER_HOUR", "1000000")];
    let mut site = MailSite::open(Some(database), Behaviour::Takes, &settings).await;
    let folder = TempDir::new().unwrap();
    let settings: Vec<_> = site.settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let other = Program::start(folder.path(), &settings);
    site.relay.wait_for(MAILS, PATIENCE).await;
    site.read = MAILS;
    site.until(WAITING, 0).await;
    drop(other);
    let sent = [site.log(), program::log(folder.path())].map(|log| log.matches("mail sent").count());
    assert!(sent.iter().all(|&sent| sent > 0) && sent.iter().sum::<usize>() == MAILS, "both took part: {sent:?}");
    let mails = site.relay.mails();
    let addresses: BTreeSet<_> = mails.iter().map(|mail| mail.to.concat()).collect();
    assert_eq!((mails.len(), addresses.len()), (MAILS, MAILS));
    site.close().await;
}

#[tokio::test]
async fn two_instances_send_each_of_five_hundred_mails_once_on_sqlite() {
    let folder = TempDir::new().unwrap();
    each_mail_is_sent_once(&format!("sqlite:{}", folder.path().join("doorward.sqlite3").display())).await;
}

#[tokio::test]
async fn two_instances_send_each_of_five_hundred_mails_once_on_postgresql() {
    let Some(database) = servers::new_database(Kind::Postgres).await else { return };
    each_mail_is_sent_once(&database).await;
}

#[tokio::test]
async fn two_instances_send_each_of_five_hundred_mails_once_on_mariadb() {
    let Some(database) = servers::new_database(Kind::MariaDb).await else { return };
    each_mail_is_sent_once(&database).await;
}
