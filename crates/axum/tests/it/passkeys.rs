//! The example with passkeys, driven over real HTTP by an authenticator in memory.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::passkey::Algorithm;
use doorward_domain::testing::keep_out_of_the_log;
use doorward_passkeys::testing::{Asked, SoftAuthenticator};
use doorward_storage::StorageConfig;
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

#[path = "../../examples/axum_passkeys.rs"]
#[expect(dead_code, reason = "it is a program: its `main` listens on a port of its own")]
mod axum_passkeys;

const TYPED: [(&str, &str); 2] = [("username", "ada"), ("password", "seven quiet lanterns")];

struct Service {
    url: String,
    client: Client,
    _folder: TempDir,
}

impl Service {
    async fn start() -> Self {
        keep_out_of_the_log(TYPED[1].1);
        let folder = TempDir::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let database = StorageConfig::sqlite_file(folder.path().join("passkeys.sqlite3"));
        let accounts = axum_passkeys::open(&database, &url, &[7; 32]).await.unwrap();
        let router = axum_passkeys::router(accounts).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { url, client, _folder: folder }
    }

    async fn log_in(&self) -> Response {
        self.client.post(format!("{}/log_in", self.url)).form(&TYPED).send().await.unwrap()
    }

    /// Sends a body as the page's script does.
    async fn send(&self, path: &str, session: &str, body: String) -> Response {
        let request = self.client.post(format!("{}{path}", self.url)).header("cookie", session).body(body);
        request.send().await.unwrap()
    }

    /// The challenge that a browser is asked to sign, and the whole request.
    async fn ask(&self, path: &str, session: &str) -> (String, Value) {
        let answer = self.send(path, session, String::new()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let asked: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        (asked["challenge"].as_str().unwrap().to_owned(), asked)
    }

    async fn hello(&self, session: &str) -> StatusCode {
        self.client.get(format!("{}/hello", self.url)).header("cookie", session).send().await.unwrap().status()
    }
}

/// The session that a response gives to a browser; empty where it gives none.
fn session_of(answer: &Response) -> String {
    let set = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    set.filter_map(|set| set.split(';').next()).find(|set| set.starts_with("passkeys=")).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_passkey_is_added_and_logs_in_once_by_each_answer() {
    let service = Service::start().await;
    service.client.post(format!("{}/sign_up", service.url)).form(&TYPED).send().await.unwrap();
    let ada = session_of(&service.log_in().await);
    let (challenge, asked) = service.ask("/passkeys/options", &ada).await;
    let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
    authenticator.user_handle = Some(URL_SAFE_NO_PAD.decode(asked["user"]["id"].as_str().unwrap()).unwrap());
    let asked = Asked { challenge: &challenge, origin: &service.url, rp_id: "localhost" };
    let added = service.send("/passkeys", &ada, authenticator.register(&asked)).await;
    assert_eq!(added.status(), StatusCode::OK);
    let renewed = session_of(&added);
    assert_eq!(serde_json::from_str::<Vec<String>>(&added.text().await.unwrap()).unwrap().len(), 10);
    assert_eq!((service.hello(&renewed).await, service.hello(&ada).await), (StatusCode::OK, StatusCode::UNAUTHORIZED));

    let password = service.log_in().await;
    assert_eq!(
        (session_of(&password), &password.headers()["location"]),
        (String::new(), &"/log_in/code".parse().unwrap())
    );
    let (challenge, _) = service.ask("/log_in/passkey/options", "").await;
    let answer = authenticator.assert(&Asked { challenge: &challenge, ..asked });
    let logged_in = service.send("/log_in/passkey", "", answer.clone()).await;
    assert_eq!(logged_in.status(), StatusCode::SEE_OTHER);
    assert_eq!(service.hello(&session_of(&logged_in)).await, StatusCode::OK);
    let again = service.send("/log_in/passkey", "", answer).await;
    assert_eq!((again.status(), session_of(&again)), (StatusCode::UNPROCESSABLE_ENTITY, String::new()));
}

#[tokio::test]
async fn another_sites_page_adds_no_passkey() {
    let service = Service::start().await;
    for path in ["/passkeys", "/passkeys/options", "/log_in/passkey", "/log_in/passkey/options"] {
        let request = service.client.post(format!("{}{path}", service.url)).header("sec-fetch-site", "cross-site");
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{path}");
    }
}
