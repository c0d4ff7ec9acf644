//! A site in process, over an SQLite file of its own, and helpers for tests of it.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use doorward_domain::password::{HashingCost, PoolConfig, WorkerPool};
use doorward_domain::system::OsEntropy;
use doorward_domain::testing::{ManualClock, cheap_hasher, keep_out_of_the_log};
use doorward_domain::{AuthService, Clock, NextMail, PasswordHasher, ThrottleRules};
use doorward_mail::Written;
use doorward_storage::SeaOrmStore;
use doorward_web::Doorward;
use doorward_web::auth::SiteAuth;
use doorward_web::config::{Listener, SecretKey, Settings, SiteConfig};
use doorward_web::mails::Mails;
use doorward_web::metrics::{Endpoint, Metrics};
use doorward_web::pages::Pages;
use doorward_web::site;
use rocket::Route;
use rocket::http::{ContentType, Cookie, Header, Status};
use rocket::local::asynchronous::{Client, LocalRequest, LocalResponse};
use sea_orm::{ConnectionTrait as _, Statement};
use tempfile::TempDir;

pub(crate) use crate::shared::form;
use crate::shared::written_in;

pub(crate) const PASSWORD: &str = "seven quiet lanterns";

/// The settings of a site that sends mails.
pub(crate) const MAIL: &str = "[mail]\nurl = 'smtp://localhost:2525'\nfrom = 'Notes <notes@example.org>'\n";

/// A header that browsers send when they go to another page, and programs do not.
pub(crate) const NAVIGATION: (&str, &str) = ("Sec-Fetch-Mode", "navigate");

/// A site with its settings, before it is opened.
pub(crate) struct Plan {
    settings: &'static str,
    hasher: PasswordHasher,
    throttle: Option<ThrottleRules>,
    routes: Vec<Route>,
}

/// A site with the default settings but without a throttle: most tests make more attempts than a visitor may.
pub(crate) fn plan() -> Plan {
    Plan { settings: "", hasher: cheap_hasher(), throttle: None, routes: Vec::new() }
}

/// Opens a site with the default settings but without a throttle, and a browser that keeps its cookies.
pub(crate) async fn site() -> TestSite {
    plan().open().await
}

impl Plan {
    /// Sets its `doorward.toml`.
    pub(crate) fn set(self, settings: &'static str) -> Self {
        Self { settings, ..self }
    }

    /// Adds the throttle of a real site.
    pub(crate) fn throttled(self) -> Self {
        Self { throttle: Some(ThrottleRules::default()), ..self }
    }

    /// Adds routes that no site has.
    pub(crate) fn with_routes(self, routes: Vec<Route>) -> Self {
        Self { routes, ..self }
    }

    /// Gives it a hashing pool that refuses all work.
    pub(crate) fn overloaded(self) -> Self {
        let config = PoolConfig { max_wait: Duration::ZERO, ..PoolConfig::for_workers(std::num::NonZeroUsize::MIN) };
        let pool = WorkerPool::start(config).unwrap();
        Self { hasher: PasswordHasher::new(HashingCost::cheap(), pool), ..self }
    }

    pub(crate) async fn open(self) -> TestSite {
        keep_out_of_the_log(PASSWORD);
        let folder = TempDir::new().unwrap();
        let data_dir = folder.path().join("data");
        let settings = format!("data_dir = {:?}\n{}", data_dir.display().to_string(), self.settings);
        fs::write(folder.path().join("doorward.toml"), settings).unwrap();
        let mut config = SiteConfig::read(Settings::read(folder.path()).unwrap(), 8_000).unwrap();
        config.rules.throttle = self.throttle;
        site::make_data_dir(&config).unwrap();
        let store = site::open_store(&config).await.unwrap();
        site::prepare_schema(&config, config.database_migrate, &store).await.unwrap();
        let clock = ManualClock::default();
        let rules = config.rules.clone();
        let auth = AuthService::with_ports(store.clone(), Arc::new(clock.clone()) as Arc<dyn Clock>, OsEntropy)
            .hasher(self.hasher)
            .rules(rules);
        let auth = match &config.mail {
            Some(mail) => auth.mail(mail.rules.clone()),
            None => auth,
        };
        let key = SecretKey::parse(&"0123456789abcdef".repeat(4)).unwrap();
        let auth = auth.second_factor(config.second_factor_rules(&key).unwrap());
        let auth = match config.passkey_rules(&key) {
            Some(rules) => auth.passkeys(rules),
            None => auth,
        };
        let auth = Arc::new(auth.start().unwrap());
        let Texts { pages, mails } = Texts::of(self.settings, &config);
        let rocket = rocket::custom(Listener::read().unwrap().figment());
        let metrics = Arc::new(Metrics::default());
        let doorward = Doorward::of(config, key, auth, store.clone(), pages).counted_by(&metrics);
        let client = Client::tracked(rocket.attach(doorward).mount("/", self.routes)).await.unwrap();
        let auth = Arc::clone(client.rocket().state().unwrap());
        let endpoint = Endpoint::new(metrics, auth, store.clone());
        TestSite { client, store, clock, endpoint, mails, folder }
    }
}

/// The pages and the mails of a site.
#[derive(Clone)]
struct Texts {
    pages: Pages,
    mails: Option<Mails>,
}

impl Texts {
    /// Loads them once for all sites with the same settings: it takes longer than most tests.
    fn of(settings: &'static str, config: &SiteConfig) -> Self {
        static LOADED: Mutex<BTreeMap<&str, Texts>> = Mutex::new(BTreeMap::new());
        let load = || {
            let languages = site::load_languages(config).unwrap();
            let mails = site::load_mails(config, &languages).unwrap();
            Self { pages: site::load_pages(config, &languages).unwrap(), mails }
        };
        LOADED.lock().unwrap().entry(settings).or_insert_with(load).clone()
    }
}

/// A form, each value encoded.
pub(crate) fn fields(pairs: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs).finish()
}

/// A site with one browser.
pub(crate) struct TestSite {
    pub(crate) client: Client,
    pub(crate) store: SeaOrmStore,
    /// The clock, which only the test advances.
    pub(crate) clock: ManualClock,
    pub(crate) endpoint: Endpoint,
    mails: Option<Mails>,
    folder: TempDir,
}

/// Checks that no password is in any of its files.
impl Drop for TestSite {
    fn drop(&mut self) {
        let is_written = written_in(&self.folder.path().join("data")).contains(PASSWORD);
        assert!(!is_written || std::thread::panicking(), "the password is on the disk");
    }
}

/// A mail that was sent.
#[derive(Debug, Clone)]
pub(crate) struct SentMail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl SentMail {
    /// The path of its link.
    pub(crate) fn link(&self) -> String {
        let links: Vec<_> = self.text.lines().filter_map(|line| line.strip_prefix("http://localhost:8000/")).collect();
        assert_eq!(links.len(), 1, "{}", self.text);
        format!("/{}", links[0])
    }
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: Status,
    /// The headers in order, without `date`.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl TestSite {
    /// The core behind the pages, for actions that visitors do not have.
    pub(crate) fn auth(&self) -> &SiteAuth {
        self.client.rocket().state::<Arc<SiteAuth>>().unwrap()
    }

    /// Returns the next mail as it would go out now, and marks it as sent.
    pub(crate) async fn mail(&self) -> SentMail {
        self.try_mail().await.unwrap()
    }

    pub(crate) async fn try_mail(&self) -> Option<SentMail> {
        let NextMail::Letter(letter) = self.auth().next_mail().await.unwrap() else { return None };
        if let Some(link) = &letter.link {
            keep_out_of_the_log(&link.token.expose_secret());
        }
        keep_out_of_the_log(letter.to.address.as_str());
        let Written { subject, text } = self.mails.as_ref().unwrap().write(&letter).unwrap();
        self.auth().mail_sent(&letter).await.unwrap();
        Some(SentMail { to: letter.to.address.as_str().to_owned(), subject, text })
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// Sends a GET a moment after the earlier request, so that activity has an order.
    pub(crate) async fn get_with(&self, path: &str, headers: &[(&'static str, &'static str)]) -> Answer {
        self.clock.advance(Duration::from_millis(1));
        read(with_headers(self.client.get(path.to_owned()), headers).dispatch().await).await
    }

    /// Sends an urlencoded form as it is.
    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        self.post_with(path, form, &[]).await
    }

    /// Sends a POST a moment after the earlier request, so that activity has an order.
    pub(crate) async fn post_with(&self, path: &str, form: &str, headers: &[(&'static str, &'static str)]) -> Answer {
        self.clock.advance(Duration::from_millis(1));
        let request = self.client.post(path.to_owned()).header(ContentType::Form).body(form);
        read(with_headers(request, headers).dispatch().await).await
    }

    /// Signs a user up with the one password of these tests.
    pub(crate) async fn sign_up(&self, username: &str) {
        let answer = self.post("/sign_up", &form(username, PASSWORD)).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")), "{}", answer.body);
    }

    /// Tries to log in.
    pub(crate) async fn try_log_in(&self, username: &str, password: &str) -> Answer {
        self.post("/log_in", &form(username, password)).await
    }

    /// Signs up and logs in.
    pub(crate) async fn arrive(&self, username: &str) {
        self.sign_up(username).await;
        let answer = self.try_log_in(username, PASSWORD).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/")), "{}", answer.body);
    }

    /// Whether this browser is logged in.
    pub(crate) async fn is_logged_in(&self) -> bool {
        self.get("/account").await.status == Status::Ok
    }

    /// The encrypted value of this browser's session cookie.
    pub(crate) fn session_cookie(&self) -> Option<String> {
        self.client.cookies().get("doorward").map(|cookie| cookie.value().to_owned())
    }

    /// Gets `/account` with this value instead of this browser's session cookie.
    pub(crate) async fn account_with_session(&self, value: &str) -> Answer {
        let cookie = Cookie::new("doorward", value.to_owned());
        read(self.client.get("/account").cookie(cookie).dispatch().await).await
    }

    /// The first column of a query's rows, as text.
    pub(crate) async fn query(&self, sql: &str) -> Vec<String> {
        let db = self.store.connection();
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.store.connection().execute_unprepared(sql).await.unwrap();
    }

    /// Whether this text is in any of the site's files.
    pub(crate) fn files_hold(&self, text: &str) -> bool {
        written_in(&self.folder.path().join("data")).contains(text)
    }

    /// Everything in the database, except the times when sessions were last seen.
    pub(crate) async fn dump(&self) -> Vec<String> {
        let mut dump = Vec::new();
        for table in self.query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1").await {
            let columns = format!("SELECT name FROM pragma_table_info('{table}') WHERE name <> 'last_seen_at'");
            let cells: Vec<_> = self.query(&columns).await.iter().map(|column| format!("quote({column})")).collect();
            let rows = self.query(&format!("SELECT {} FROM {table} ORDER BY 1", cells.join(" || ' ' || "))).await;
            dump.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        dump
    }
}

fn with_headers<'c>(request: LocalRequest<'c>, headers: &[(&'static str, &'static str)]) -> LocalRequest<'c> {
    headers.iter().fold(request, |request, &(name, value)| request.header(Header::new(name, value)))
}

pub(crate) async fn read(response: LocalResponse<'_>) -> Answer {
    let session = response.cookies().get_private("doorward");
    if let Some(token) = session.as_ref().map(Cookie::value).filter(|token| token.len() >= 8) {
        keep_out_of_the_log(token);
    }
    let headers = response.headers().iter().map(|header| (header.name().to_string(), header.value().to_owned()));
    let (status, headers) = (response.status(), headers.collect());
    let body = response.into_string().await.unwrap_or_default();
    assert!(!body.contains(PASSWORD), "the password is on a page: {body}");
    Answer { status, headers, body }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(sent, _)| sent.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(sent, _)| sent.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn location(&self) -> Option<&str> {
        self.header("location")
    }

    /// The tag of the input with this name.
    pub(crate) fn input(&self, name: &str) -> &str {
        let at = self.body.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {}", self.body));
        let start = self.body[..at].rfind('<').unwrap();
        let end = at + self.body[at..].find('>').unwrap();
        &self.body[start..=end]
    }

    pub(crate) fn title(&self) -> &str {
        let start = self.body.find("<title>").unwrap() + "<title>".len();
        let end = self.body.find("</title>").unwrap();
        self.body[start..end].trim()
    }

    /// The page's text without tags, white space folded.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut is_inside = false;
        for char in self.body.chars() {
            match char {
                '<' => is_inside = true,
                '>' => {
                    is_inside = false;
                    text.push(' ');
                }
                _ if !is_inside => text.push(char),
                _ => {}
            }
        }
        let text = text.replace("&#x27;", "'").replace("&quot;", "\"").replace("&amp;", "&");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
