//! Doorward in another team's Rocket application.

use std::fs;

use doorward_web::config::{SecretKey, Settings, SiteConfig};
use doorward_web::intake::Intake;
use doorward_web::{Doorward, SitePage, Visitor};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use rocket::data::{Data, ToByteUnit as _};
use rocket::error::ErrorKind;
use rocket::figment::Figment;
use rocket::http::{ContentType, Header, Status};
use rocket::local::asynchronous::Client;
use rocket::{Config, catch, catchers, get, post, routes};
use tempfile::TempDir;

use crate::support::{Answer, PASSWORD, form, read};

#[path = "../../examples/rocket_notes.rs"]
#[expect(dead_code, reason = "`main` is for whoever runs the example")]
mod example;

/// `docs/rocket.md` promises this.
#[test]
fn the_first_application_is_in_the_guide_word_for_word() {
    let first = include_str!("../../examples/first_rocket.rs");
    assert!(include_str!("../../../../docs/rocket.md").contains(&format!("```rust,no_run\n{first}```\n")));
    let main = first.lines().skip_while(|line| !line.contains("fn main")).skip(1);
    assert!(main.take_while(|line| *line != "}").count() <= 10);
    assert!(include_str!("../../examples/rocket_notes.rs").lines().count() <= 120);
}

/// A team's own settings: Rocket's, with nothing of Doorward's.
fn figment() -> Figment {
    Config::figment()
}

async fn doorward(folder: &TempDir) -> Doorward {
    let settings = format!("data_dir = {:?}\n", folder.path().join("data").display().to_string());
    fs::write(folder.path().join("doorward.toml"), settings).unwrap();
    Doorward::open(SiteConfig::read(Settings::read(folder.path()).unwrap(), 8_000).unwrap()).await.unwrap()
}

/// The application, with one browser.
struct Notes {
    client: Client,
    _folder: TempDir,
}

impl Notes {
    async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let site = example::build(figment(), doorward(&folder).await).await.unwrap();
        Self { client: Client::tracked(site).await.unwrap(), _folder: folder }
    }

    async fn get(&self, path: &str) -> Answer {
        read(self.client.get(path.to_owned()).dispatch().await).await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        read(self.client.post(path.to_owned()).header(ContentType::Form).body(body).dispatch().await).await
    }

    /// Signs up, and logs in to get to the notes.
    async fn arrive(&self, username: &str) {
        assert_eq!(self.post("/sign_up", &form(username, PASSWORD)).await.location(), Some("/log_in"));
        let asked = self.get("/notes").await;
        assert_eq!((asked.status, asked.location()), (Status::SeeOther, Some("/log_in?next=/notes")));
        let answer = self.post("/log_in?next=/notes", &format!("{}&next=/notes", form(username, PASSWORD))).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/notes")), "{}", answer.body);
    }
}

#[tokio::test]
async fn notes_need_a_log_in_and_only_their_owner_sees_and_deletes_them() {
    let notes = Notes::open().await;
    notes.arrive("ada").await;
    assert_eq!(notes.post("/notes", "text=Buy+<b>ink").await.location(), Some("/notes"));
    let page = notes.get("/notes").await;
    assert!(
        page.body.contains("Buy &lt;b&gt;ink") && page.body.contains("action=\"/notes/1/delete\""),
        "{}",
        page.body
    );
    assert!(page.body.contains("href=\"/account\"") && page.body.contains("class=\"navbar\""), "{}", page.body);
    assert_eq!(page.header("cache-control"), Some("no-store"));

    notes.post("/log_out", "_method=delete").await;
    let sent = notes.post("/notes", "text=x").await;
    assert_eq!((sent.status, sent.location()), (Status::SeeOther, Some("/log_in?next=/notes")));
    notes.arrive("bob").await;
    assert!(!notes.get("/notes").await.body.contains("Buy"));
    let refused = notes.post("/notes/1/delete", "").await;
    assert_eq!(refused.status, Status::NotFound);
    assert!(refused.body.contains("There is no such note"), "{}", refused.body);

    notes.post("/log_out", "_method=delete").await;
    let again = notes.post("/log_in", &form("ada", PASSWORD)).await;
    assert_eq!(again.location(), Some("/"));
    assert!(notes.get("/notes").await.body.contains("Buy"));
    assert_eq!(notes.post("/notes/1/delete", "").await.location(), Some("/notes"));
    assert!(!notes.get("/notes").await.body.contains("Buy"));
}

#[tokio::test]
async fn another_sites_page_changes_nothing_of_a_team_and_their_answers_have_our_headers() {
    let notes = Notes::open().await;
    for path in ["/notes", "/notes/1/delete", "/log_in"] {
        let request = notes.client.post(path).header(ContentType::Form).body("text=x");
        let answer = read(request.header(Header::new("Sec-Fetch-Site", "cross-site")).dispatch().await).await;
        assert_eq!(answer.status, Status::Forbidden, "{path}");
    }
    let page = notes.get("/notes/about").await;
    assert_eq!((page.status, page.header("x-frame-options")), (Status::Ok, Some("DENY")));
    assert!(page.body.contains("href=\"/log_in\"") && page.body.contains("<title>About – "), "{}", page.body);
    assert!(notes.get("/nowhere").await.body.contains("class=\"navbar\""));
}

#[get("/")]
fn with_headers() -> TextWithHeaders {
    let policy = Header::new("Content-Security-Policy", "default-src 'none'");
    TextWithHeaders("mine", Header::new("Cache-Control", "max-age=60"), policy)
}

#[derive(rocket::Responder)]
struct TextWithHeaders(&'static str, Header<'static>, Header<'static>);

#[get("/")]
const fn their_home() -> &'static str {
    "a home of theirs"
}

#[get("/")]
fn guarded(_me: doorward_web::LoggedIn) -> &'static str {
    "inside"
}

#[catch(default)]
const fn any_error() -> &'static str {
    "an error of theirs"
}

#[tokio::test]
async fn headers_that_a_team_sets_stay_and_its_catchers_do_not_hide_the_log_in() {
    let folder = TempDir::new().unwrap();
    let mut their_routes = routes![their_home];
    their_routes[0].rank = -100;
    let site = rocket::custom(figment())
        .attach(doorward(&folder).await)
        .mount("/headers", routes![with_headers])
        .mount("/inner", routes![guarded])
        .mount("/", their_routes)
        .register("/", catchers![any_error])
        .register("/inner", catchers![any_error]);
    let client = Client::tracked(site).await.unwrap();
    let answer = read(client.get("/headers").dispatch().await).await;
    assert_eq!(
        ["cache-control", "content-security-policy", "x-content-type-options"].map(|name| answer.header(name)),
        [Some("max-age=60"), Some("default-src 'none'"), Some("nosniff")]
    );
    assert_eq!(read(client.get("/").dispatch().await).await.body, "a home of theirs");
    assert_eq!(read(client.get("/nowhere").dispatch().await).await.body, "an error of theirs");
    assert_eq!(read(client.get("/inner").dispatch().await).await.location(), Some("/log_in?next=/inner"));
}

#[get("/")]
fn cached_page(visitor: Visitor) -> CachedPage {
    let Visitor(visit) = visitor;
    CachedPage(SitePage::new("Cached", "<p>the same</p>", visit.as_ref()), Header::new("Cache-Control", "max-age=60"))
}

#[derive(rocket::Responder)]
struct CachedPage(SitePage, Header<'static>);

#[tokio::test]
async fn a_page_of_a_team_that_sets_one_of_our_cookies_is_never_stored() {
    let folder = TempDir::new().unwrap();
    let site = rocket::custom(figment()).attach(doorward(&folder).await).mount("/cached", routes![cached_page]);
    let client = Client::tracked(site).await.unwrap();
    let sign_up = client.post("/sign_up").header(ContentType::Form).body(form("ada", PASSWORD));
    assert_eq!(sign_up.dispatch().await.status(), Status::SeeOther);
    let with_message = read(client.get("/cached").dispatch().await).await;
    assert!(with_message.header("set-cookie").unwrap().starts_with("doorward-flash="), "{:?}", with_message.headers);
    assert_eq!(with_message.all("cache-control").collect::<Vec<_>>(), ["no-store"]);
    assert_eq!(read(client.get("/cached").dispatch().await).await.header("cache-control"), Some("max-age=60"));
}

#[post("/", data = "<body>")]
async fn size(body: Data<'_>) -> String {
    body.open(1.mebibytes()).into_bytes().await.unwrap().len().to_string()
}

#[tokio::test]
async fn a_body_that_is_longer_than_anything_here_takes_gets_413_before_a_route_of_a_team_sees_it() {
    const LONGEST: usize = 64 * 1024;
    let folder = TempDir::new().unwrap();
    let site = rocket::custom(figment()).attach(doorward(&folder).await).mount("/size", routes![size]);
    let intake = Intake::open(site).await.unwrap();
    let send = async |path: &str, length: usize| {
        let body = Full::new(Bytes::from(vec![b'x'; length]));
        let request = hyper::Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        let answer = intake.answer(([127, 0, 0, 1], 1_025).into(), request.body(body).unwrap()).await;
        let status = answer.status().as_u16();
        (status, answer.into_body().collect().await.unwrap().to_bytes())
    };
    assert_eq!(send("/size", LONGEST).await, (200, Bytes::from("65536")));
    for path in ["/size", "/log_in", "/nowhere"] {
        assert_eq!(send(path, LONGEST + 1).await.0, 413, "{path}");
    }
}

#[tokio::test]
async fn a_rocket_with_another_secret_key_does_not_ignite() {
    let folder = TempDir::new().unwrap();
    let theirs = "0123456789abcdef".repeat(4);
    let figment = figment().merge(("secret_key", &theirs));
    let refused = rocket::custom(figment.clone()).attach(doorward(&folder).await).ignite().await.unwrap_err();
    let ErrorKind::FailedFairings(failed) = refused.kind() else { panic!("{refused}") };
    assert_eq!(failed.iter().map(|fairing| fairing.name).collect::<Vec<_>>(), ["Doorward"]);

    let config = SiteConfig::read(Settings::read(folder.path()).unwrap(), 8_000).unwrap();
    let doorward = Doorward::open_with_key(config, SecretKey::parse(&theirs).unwrap()).await.unwrap();
    assert!(rocket::custom(figment).attach(doorward).ignite().await.is_ok());
}
