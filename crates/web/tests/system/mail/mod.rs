//! Mails of the running program, to a relay of the tests on this machine.

mod crashes;
mod folder;
mod instances;
mod outages;
mod secrets;
mod whole_way;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use doorward_mail::testing::{Behaviour, Received, Security, Sink};
use doorward_storage::{SeaOrmStore, StorageConfig};
use reqwest::{Client, Response, StatusCode};
use sea_orm::{ConnectionTrait as _, Statement};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::program::{self, PASSWORD, PATIENCE, PATIENT, Program, open_database};

/// Ada's address, as she writes it.
const ADA: &str = "Ada@Example.org";

/// The setting of the sender, for sites that send mails.
pub(crate) const SENDER: (&str, &str) = ("DOORWARD_MAIL__FROM", "Notes <notes@example.org>");

/// A site that sends mails, its relay, and a visitor who keeps no cookies.
struct MailSite {
    folder: TempDir,
    settings: Vec<(String, String)>,
    /// `None` while it does not run.
    program: Option<Program>,
    relay: Sink,
    client: Client,
    /// How many mails the test has read.
    read: usize,
}

impl MailSite {
    /// Opens a site on this database; `None` is SQLite in the data directory.
    async fn open(database_url: Option<&str>, behaviour: Behaviour, settings: &[(&str, &str)]) -> Self {
        let relay = Sink::start(behaviour, Security::Plain).await.unwrap();
        let database = database_url.map(|url| ("DOORWARD_DATABASE_URL", url));
        let relay_url = relay.url();
        let all = [PATIENT, SENDER, ("DOORWARD_MAIL__URL", &relay_url)].into_iter().chain(database);
        let all = all.chain(settings.iter().copied());
        let settings: Vec<_> = all.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let folder = TempDir::new().unwrap();
        let mut site = Self { folder, settings, program: None, relay, client: program::client(), read: 0 };
        site.start();
        site
    }

    fn start(&mut self) {
        let settings: Vec<_> = self.settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        self.program = Some(Program::start(self.folder.path(), &settings));
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.program.as_ref().unwrap().url)
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        program::post(&self.client, self.url(path), form).await
    }

    /// Posts a form with this session.
    async fn post_as(&self, session: &str, path: &str, form: &[(&str, &str)]) -> Response {
        self.client.post(self.url(path)).header("cookie", session).form(form).send().await.unwrap()
    }

    /// The status of a link's page.
    async fn show(&self, link: &str) -> StatusCode {
        self.client.get(self.url(path_of(link))).send().await.unwrap().status()
    }

    async fn sign_up(&self, username: &str, email: &str) {
        let answer = self.post("/sign_up", &[("username", username), ("password", PASSWORD), ("email", email)]).await;
        assert_eq!(led_to(&answer), "/log_in");
    }

    /// Signs up a user, and verifies the address by the link in the mail.
    async fn sign_up_verified(&mut self, username: &str, email: &str) {
        self.sign_up(username, email).await;
        let link = link_of(&self.mail().await);
        assert_eq!(led_to(&self.follow(&link).await), "/log_in");
    }

    async fn forget(&self, login: &str) {
        assert_eq!(led_to(&self.post("/forgot_password", &[("login", login)]).await), "/forgot_password");
    }

    /// Presses the first button of the page of a link to verify or to undo.
    async fn follow(&self, link: &str) -> Response {
        let (page, token) = path_of(link).rsplit_once('/').unwrap();
        self.post(page, &[("token", token)]).await
    }

    /// Sets a password by the link in a mail.
    async fn reset(&self, link: &str, password: &str) -> Response {
        self.post("/reset", &[("token", token_of(link)), ("new_password", password)]).await
    }

    async fn log_in(&self, login: &str, password: &str) -> Response {
        self.post("/log_in", &[("username", login), ("password", password)]).await
    }

    /// The next mail.
    async fn mail(&mut self) -> Received {
        self.mails(1).await.remove(0)
    }

    /// The next `count` mails, ordered by address.
    async fn mails(&mut self, count: usize) -> Vec<Received> {
        let mails = self.relay.wait_for(self.read + count, PATIENCE).await;
        assert!(mails.len() >= self.read + count, "{mails:#?} {}", self.log());
        let mut mails = mails[self.read..self.read + count].to_vec();
        self.read += count;
        mails.sort_by(|one, other| one.to.cmp(&other.to));
        mails
    }

    async fn store(&self) -> SeaOrmStore {
        let url = self.settings.iter().find(|(key, _)| key == "DOORWARD_DATABASE_URL");
        match url {
            Some((_, url)) => SeaOrmStore::connect(&StorageConfig::new(url)).await.unwrap(),
            None => open_database(self.folder.path()).await,
        }
    }

    /// How many rows each of these tables has; a condition may follow the name.
    async fn rows<const N: usize>(&self, tables: [&str; N]) -> [i64; N] {
        let store = self.store().await;
        let db = store.connection();
        let mut counts = [0; N];
        for (table, count) in tables.into_iter().zip(&mut counts) {
            let sql = Statement::from_string(db.get_database_backend(), format!("SELECT count(*) FROM {table}"));
            *count = db.query_one_raw(sql).await.unwrap().unwrap().try_get_by_index(0).unwrap();
        }
        store.disconnect().await;
        counts
    }

    /// Waits until this table has `count` rows.
    async fn until(&self, table: &str, count: i64) {
        let began = Instant::now();
        while self.rows([table]).await != [count] {
            assert!(began.elapsed() < PATIENCE, "{table}: not {count}; {}", self.log());
            sleep(Duration::from_millis(50)).await;
        }
    }

    fn log(&self) -> String {
        program::log(self.folder.path())
    }

    /// Closes the site: all mails have to be read, none may be in the queue, and no secret of a mail may be written anywhere.
    async fn close(self) {
        self.until(WAITING, 0).await;
        let mails = self.relay.mails();
        assert_eq!(mails.len(), self.read, "there are more mails than were read: {mails:#?}");
        drop(self.program);
        assert_unwritten(self.folder.path(), &mails);
    }
}

/// The mails that still have a recipient, for [`MailSite::rows`] to count.
const WAITING: &str = "outbox WHERE address IS NOT NULL";

/// Where a `303` leads.
fn led_to(answer: &Response) -> &str {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()["location"].to_str().unwrap()
}

/// The one link to a page of the site, on a line of its own.
fn link_of(mail: &Received) -> String {
    let text = mail.text();
    let links: Vec<_> = text.lines().filter(|line| line.starts_with("http") && line.matches('/').count() > 3).collect();
    assert_eq!(links.len(), 1, "{text}");
    links[0].to_owned()
}

/// The path of a link, without the site's address, whose port changes with each start.
fn path_of(link: &str) -> &str {
    &link[link.match_indices('/').nth(2).unwrap().0..]
}

fn token_of(link: &str) -> &str {
    let token = link.rsplit('/').next().unwrap();
    assert_eq!(token.len(), 43, "256 bits: {link}");
    token
}

/// Checks that no secret of these mails is in the log or in a file of the data directory: as in the link, as bytes, or in hexadecimal.
fn assert_unwritten(folder: &Path, mails: &[Received]) {
    let files = fs::read_dir(folder.join("data")).unwrap().map(|entry| entry.unwrap().path());
    let written: Vec<_> = files.chain([folder.join("log")]).map(|file| (fs::read(&file).unwrap(), file)).collect();
    for link in mails.iter().flat_map(Received::links).filter(|link| link.matches('/').count() > 3) {
        let token = token_of(&link);
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).unwrap();
        let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        for (secret, form) in [(token.as_bytes(), "base64url"), (&bytes, "bytes"), (hex.as_bytes(), "hexadecimal")] {
            for (text, file) in &written {
                let is_there = text.windows(secret.len()).any(|window| window == secret);
                assert!(!is_there, "the secret of a mail is in {} as {form}", file.display());
            }
        }
    }
}

/// All cases run at once, as each of them waits for a minute.
#[tokio::test(flavor = "multi_thread", worker_threads = 12)]
async fn a_mail_comes_after_all_whatever_becomes_of_the_program_or_the_relay() {
    let mut cases = JoinSet::new();
    crashes::begin(&mut cases).await;
    outages::begin(&mut cases);
    while let Some(case) = cases.join_next().await {
        case.unwrap();
    }
}
