//! The example service, driven over real HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::passkey::Algorithm;
use doorward_domain::second_factor::TotpStep;
use doorward_domain::system::SystemClock;
use doorward_domain::testing::keep_out_of_the_log;
use doorward_domain::{
    AuthService, Clock as _, Credentials, LogIn, RecoveryCode, SealingKeys, SecondFactorRules, SetUpTotp,
};
use doorward_passkeys::testing::{Asked, SoftAuthenticator};
use doorward_storage::{SeaOrmStore, StorageConfig};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

#[path = "../../examples/axum_notes.rs"]
#[expect(dead_code, reason = "it is a program: its `main` listens on a port of its own")]
mod axum_notes;

const PASSWORD: &str = "seven quiet lanterns";

struct Service {
    url: String,
    client: Client,
    folder: TempDir,
}

impl Service {
    async fn start() -> Self {
        keep_out_of_the_log(PASSWORD);
        let folder = TempDir::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let file = folder.path().join("notes.sqlite3");
        let notes = axum_notes::Notes::open(&file, &url, &[7; 32]).await.unwrap();
        tokio::spawn(async move {
            let service = axum_notes::router(Arc::new(notes)).into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, service).await
        });
        let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { url, client, folder }
    }

    fn post(&self, path: &str, session: &str, form: &[(&str, &str)]) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).header("cookie", session).form(form)
    }

    async fn send(&self, path: &str, session: &str, form: &[(&str, &str)]) -> Response {
        self.post(path, session, form).send().await.unwrap()
    }

    async fn list(&self, session: &str) -> Response {
        self.client.get(format!("{}/", self.url)).header("cookie", session).send().await.unwrap()
    }

    /// Signs up and logs in; gives the session cookie.
    async fn arrive(&self, username: &str) -> String {
        let form = [("username", username), ("password", PASSWORD)];
        assert_eq!(self.send("/sign_up", "", &form).await.status(), StatusCode::SEE_OTHER);
        let answer = self.send("/log_in", "", &form).await;
        assert_eq!((answer.status(), header(&answer, "location")), (StatusCode::SEE_OTHER, "/"));
        let cookie = header(&answer, "set-cookie");
        assert!(cookie.starts_with("notes=") && cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"));
        let cookie = cookie.split(';').next().unwrap();
        keep_out_of_the_log(cookie.strip_prefix("notes=").unwrap());
        cookie.to_owned()
    }
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn notes_are_added_listed_and_deleted() {
    let service = Service::start().await;
    let ada = service.arrive("Ada").await;
    service.send("/notes", &ada, &[("text", "buy <milk> & eggs")]).await;
    let page = service.list(&ada).await.text().await.unwrap();
    assert!(page.contains("Notes of Ada") && page.contains("buy &lt;milk> &amp; eggs"), "{page}");
    assert_eq!(service.send("/notes/1/delete", &ada, &[]).await.status(), StatusCode::SEE_OTHER);
    assert!(!service.list(&ada).await.text().await.unwrap().contains("milk"));
}

#[tokio::test]
async fn nobody_sees_or_deletes_another_persons_notes() {
    let service = Service::start().await;
    let (ada, bob) = (service.arrive("ada").await, service.arrive("bob").await);
    service.send("/notes", &ada, &[("text", "a secret")]).await;
    assert!(!service.list(&bob).await.text().await.unwrap().contains("a secret"));
    assert_eq!(service.send("/notes/1/delete", &bob, &[]).await.status(), StatusCode::NOT_FOUND);
    assert!(service.list(&ada).await.text().await.unwrap().contains("a secret"));
    for answer in [service.list("").await, service.send("/notes", "", &[("text", "x")]).await] {
        assert_eq!((answer.status(), header(&answer, "location")), (StatusCode::SEE_OTHER, "/log_in"));
    }
}

#[tokio::test]
async fn a_wrong_an_unknown_and_an_unfit_log_in_are_told_the_same() {
    let service = Service::start().await;
    service.arrive("ada").await;
    let mut told = Vec::new();
    for (username, password) in [("ada", "wrong"), ("nobody", PASSWORD), ("no way", PASSWORD), ("ada", "")] {
        let answer = service.send("/log_in", "", &[("username", username), ("password", password)]).await;
        assert_eq!((answer.status(), header(&answer, "set-cookie")), (StatusCode::UNPROCESSABLE_ENTITY, ""));
        told.push(answer.text().await.unwrap());
    }
    assert!(told[0].contains("Username or password are incorrect"));
    assert!(told.iter().all(|page| *page == told[0]));
}

/// Sets one up by the core, over the same database; gives a recovery code.
async fn turn_on(service: &Service, username: &str) -> String {
    let file = service.folder.path().join("notes.sqlite3");
    let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(file)).await.unwrap();
    let rules = SecondFactorRules::new("Notes", SealingKeys::derive(&[7; 32], []).unwrap());
    let auth = AuthService::builder(store).site_name("Notes").second_factor(rules).start().unwrap();
    let here = doorward_domain::Client::default();
    let typed = Credentials { username, password: PASSWORD };
    let logged_in = auth.from(&here).log_in(LogIn::new(typed)).await.unwrap().done().unwrap();
    let (visit, secret) = (auth.resume(&logged_in.token).await.unwrap(), auth.draw_totp_secret().unwrap());
    let code = secret.code(TotpStep::at(SystemClock.now()));
    let done = auth.from(&here).set_up_totp(&visit, SetUpTotp::new(&secret, &code)).await.unwrap();
    done.recovery_codes.unwrap().iter().next().map(RecoveryCode::expose_secret).unwrap()
}

#[tokio::test]
async fn who_has_a_second_factor_is_logged_in_by_a_code_and_not_before() {
    let service = Service::start().await;
    service.arrive("ada").await;
    let code = turn_on(&service, "ada").await;
    let answer = service.send("/log_in", "", &[("username", "ada"), ("password", PASSWORD)]).await;
    assert_eq!((answer.status(), header(&answer, "location")), (StatusCode::SEE_OTHER, "/log_in/code"));
    let pending = header(&answer, "set-cookie").split(';').next().unwrap().to_owned();
    keep_out_of_the_log(pending.strip_prefix("notes-pending=").unwrap());
    assert_eq!(header(&service.list(&pending).await, "location"), "/log_in", "it opens nothing");
    let wrong = service.send("/log_in/code", &pending, &[("code", "123456")]).await;
    assert_eq!((wrong.status(), header(&wrong, "set-cookie")), (StatusCode::UNPROCESSABLE_ENTITY, ""));
    let right = service.send("/log_in/code", &pending, &[("code", &code)]).await;
    assert_eq!((right.status(), header(&right, "location")), (StatusCode::SEE_OTHER, "/"));
    let session = header(&right, "set-cookie").split(';').next().unwrap();
    assert_eq!(service.list(session).await.status(), StatusCode::OK);
    let without = service.send("/log_in/code", "", &[("code", &code)]).await;
    assert_eq!(header(&without, "location"), "/log_in");
}

impl Service {
    /// As the script sends it.
    async fn send_json(&self, path: &str, session: &str, body: String) -> Response {
        let request = self.client.post(format!("{}{path}", self.url)).header("cookie", session).body(body);
        request.send().await.unwrap()
    }

    /// The challenge that a browser is asked to sign, and the whole request.
    async fn ask(&self, path: &str, session: &str) -> (String, Value) {
        let answer = self.send_json(path, session, String::new()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let asked: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        (asked["challenge"].as_str().unwrap().to_owned(), asked)
    }
}

#[tokio::test]
async fn a_passkey_is_added_and_logs_in() {
    let service = Service::start().await;
    let ada = service.arrive("ada").await;
    let (challenge, asked) = service.ask("/passkeys/options", &ada).await;
    let handle = URL_SAFE_NO_PAD.decode(asked["user"]["id"].as_str().unwrap()).unwrap();
    let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
    authenticator.user_handle = Some(handle);
    let asked = Asked { challenge: &challenge, origin: &service.url, rp_id: "localhost" };
    let added = service.send_json("/passkeys", &ada, authenticator.register(&asked)).await;
    assert_eq!(added.status(), StatusCode::OK);
    let ada = header(&added, "set-cookie").split(';').next().unwrap().to_owned();
    let codes: Value = serde_json::from_str(&added.text().await.unwrap()).unwrap();
    assert_eq!(codes["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(service.list(&ada).await.status(), StatusCode::OK);

    let password = service.send("/log_in", "", &[("username", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(header(&password, "location"), "/log_in/code", "a password is not enough any more");
    let (challenge, _) = service.ask("/log_in/passkey/options", "").await;
    let asked = Asked { challenge: &challenge, ..asked };
    let answer = authenticator.assert(&asked);
    let logged_in = service.send_json("/log_in/passkey", "", answer.clone()).await;
    assert_eq!(logged_in.status(), StatusCode::OK);
    let session = header(&logged_in, "set-cookie").split(';').next().unwrap();
    assert_eq!(service.list(session).await.status(), StatusCode::OK);
    let again = service.send_json("/log_in/passkey", "", answer).await;
    assert_eq!((again.status(), header(&again, "set-cookie")), (StatusCode::UNPROCESSABLE_ENTITY, ""));
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let service = Service::start().await;
    let ada = service.arrive("ada").await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        for path in ["/notes", "/log_out", "/log_in", "/sign_up", "/passkeys", "/log_in/passkey"] {
            let answer = service.post(path, &ada, &[("text", "spam")]).header(name, value).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {name}");
        }
    }
    assert!(!service.list(&ada).await.text().await.unwrap().contains("spam"));
}

#[tokio::test]
async fn a_log_out_ends_the_session_and_a_log_in_the_one_before() {
    let service = Service::start().await;
    let first = service.arrive("ada").await;
    let form = [("username", "ada"), ("password", PASSWORD), ("next", "//evil.example")];
    let again = service.send("/log_in", &first, &form).await;
    assert_eq!(header(&again, "location"), "/");
    let second = header(&again, "set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(service.list(&first).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(service.list(&second).await.status(), StatusCode::OK);
    let out = service.send("/log_out", &second, &[]).await;
    assert!(header(&out, "set-cookie").contains("Max-Age=0"));
    assert_eq!(service.list(&second).await.status(), StatusCode::SEE_OTHER);
    let twice = format!("{second}; {second}");
    assert_eq!(service.list(&twice).await.status(), StatusCode::FORBIDDEN);
}
