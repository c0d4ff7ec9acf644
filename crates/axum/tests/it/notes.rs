//! The example service, driven over real HTTP.

use std::net::SocketAddr;

use doorward_domain::second_factor::TotpStep;
use doorward_domain::system::SystemClock;
use doorward_domain::testing::keep_out_of_the_log;
use doorward_domain::{
    AuthService, Clock as _, Credentials, LogIn, RecoveryCode, SealingKeys, SecondFactorRules, SetUpTotp,
};
use doorward_storage::{SeaOrmStore, StorageConfig};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use sea_orm::ConnectionTrait as _;
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
            let service = axum_notes::router(notes).into_make_service_with_connect_info::<SocketAddr>();
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
        self.client.get(format!("{}/notes", self.url)).header("cookie", session).send().await.unwrap()
    }

    async fn add(&self, session: &str, text: &str) -> Response {
        let request = self.client.post(format!("{}/notes", self.url)).header("cookie", session);
        request.body(text.to_owned()).send().await.unwrap()
    }

    /// Sends a request as a program does, with its token.
    async fn by_token(&self, request: RequestBuilder, token: &str) -> Response {
        request.bearer_auth(token).send().await.unwrap()
    }

    /// Signs up and logs in; returns the session cookie.
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
    service.add(&ada, "buy <milk> & eggs").await;
    assert_eq!(service.list(&ada).await.text().await.unwrap(), r#"[[1,"buy <milk> & eggs"]]"#);
    assert_eq!(service.send("/notes/1/delete", &ada, &[]).await.status(), StatusCode::SEE_OTHER);
    assert!(!service.list(&ada).await.text().await.unwrap().contains("milk"));
}

#[tokio::test]
async fn a_user_neither_sees_nor_deletes_another_users_notes() {
    let service = Service::start().await;
    let (ada, bob) = (service.arrive("ada").await, service.arrive("bob").await);
    service.add(&ada, "a secret").await;
    assert!(!service.list(&bob).await.text().await.unwrap().contains("a secret"));
    assert_eq!(service.send("/notes/1/delete", &bob, &[]).await.status(), StatusCode::NOT_FOUND);
    assert!(service.list(&ada).await.text().await.unwrap().contains("a secret"));
    for answer in [service.list("").await, service.add("", "x").await] {
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    let page = service.client.get(format!("{}/notes", service.url)).header("accept", "text/html").send().await.unwrap();
    assert_eq!((page.status(), header(&page, "location")), (StatusCode::SEE_OTHER, "/log_in?next=/notes"));
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
    assert!(told[0].contains("username or password are incorrect"));
    assert!(told.iter().all(|page| *page == told[0]));
}

/// Sets up a second factor by the core, over the same database; returns a recovery code.
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
async fn a_user_with_a_second_factor_is_logged_in_by_a_code_and_not_before() {
    let service = Service::start().await;
    service.arrive("ada").await;
    let code = turn_on(&service, "ada").await;
    let typed = [("username", "ada"), ("password", PASSWORD), ("next", "/sessions")];
    let answer = service.send("/log_in", "", &typed).await;
    assert_eq!((answer.status(), header(&answer, "location")), (StatusCode::SEE_OTHER, "/log_in/code"));
    let pending = header(&answer, "set-cookie").split(';').next().unwrap().to_owned();
    keep_out_of_the_log(pending.strip_prefix("notes-pending=").unwrap());
    assert_eq!(service.list(&pending).await.status(), StatusCode::UNAUTHORIZED, "it opens nothing");
    let wrong = service.send("/log_in/code", &pending, &[("code", "123456")]).await;
    assert_eq!((wrong.status(), header(&wrong, "set-cookie")), (StatusCode::UNPROCESSABLE_ENTITY, ""));
    let right = service.send("/log_in/code", &pending, &[("code", &code)]).await;
    assert_eq!((right.status(), header(&right, "location")), (StatusCode::SEE_OTHER, "/sessions"));
    let set: Vec<_> = right.headers().get_all("set-cookie").iter().map(|set| set.to_str().unwrap()).collect();
    assert!(set.iter().any(|set| set.starts_with("notes-pending=; Max-Age=0")), "{set:?}");
    let session = header(&right, "set-cookie").split(';').next().unwrap();
    assert_eq!(service.list(session).await.status(), StatusCode::OK);
    let without = service.send("/log_in/code", "", &[("code", &code)]).await;
    assert_eq!(without.status(), StatusCode::UNAUTHORIZED);
}

/// Not even by a copy of its cookie.
#[tokio::test]
async fn a_waiting_log_in_cannot_be_finished_after_a_log_out_or_another_log_in() {
    let service = Service::start().await;
    service.arrive("ada").await;
    service.arrive("grace").await;
    let code = turn_on(&service, "ada").await;
    for end in ["/log_out", "/log_in"] {
        let answer = service.send("/log_in", "", &[("username", "ada"), ("password", PASSWORD)]).await;
        let pending = header(&answer, "set-cookie").split(';').next().unwrap().to_owned();
        keep_out_of_the_log(pending.strip_prefix("notes-pending=").unwrap());
        let ended = service.send(end, &pending, &[("username", "grace"), ("password", PASSWORD)]).await;
        assert_eq!(ended.status(), StatusCode::SEE_OTHER, "{end}");
        let late = service.send("/log_in/code", &pending, &[("code", &code)]).await;
        assert_eq!(late.status(), StatusCode::UNAUTHORIZED, "{end}");
    }
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let service = Service::start().await;
    let ada = service.arrive("ada").await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        for path in ["/notes", "/log_out", "/log_in", "/sign_up", "/token", "/sessions/x/end"] {
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
    assert_eq!(service.list(&first).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(service.list(&second).await.status(), StatusCode::OK);
    let out = service.send("/log_out", &second, &[]).await;
    assert!(header(&out, "set-cookie").contains("Max-Age=0"));
    assert_eq!(service.list(&second).await.status(), StatusCode::UNAUTHORIZED);
    let twice = format!("{second}; {second}");
    assert_eq!(service.list(&twice).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_program_logs_in_and_writes_notes_by_its_token() {
    let service = Service::start().await;
    let ada = service.arrive("ada").await;
    let form = [("username", "ada"), ("password", PASSWORD)];
    let given = service.send("/token", "", &form).await;
    assert_eq!((given.status(), header(&given, "set-cookie")), (StatusCode::OK, ""));
    let token = given.text().await.unwrap();
    keep_out_of_the_log(&token);
    let notes = format!("{}/notes", service.url);
    let added = service.by_token(service.client.post(&notes).body("by a program"), &token).await;
    assert_eq!(added.status(), StatusCode::SEE_OTHER);
    assert!(service.list(&ada).await.text().await.unwrap().contains("by a program"));
    let both = service.by_token(service.client.get(&notes).header("cookie", &ada), &token).await;
    assert_eq!(both.status(), StatusCode::BAD_REQUEST);
    assert_eq!(service.send("/token", "", &[("username", "ada"), ("password", "wrong")]).await.status(), 422);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_user_alone() {
    let service = Service::start().await;
    let (first, bob) = (service.arrive("ada").await, service.arrive("bob").await);
    let again = service.send("/log_in", "", &[("username", "ada"), ("password", PASSWORD)]).await;
    let second = header(&again, "set-cookie").split(';').next().unwrap().to_owned();
    let list = async |session: &str| -> Vec<(String, String)> {
        let request = service.client.get(format!("{}/sessions", service.url)).header("cookie", session);
        serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap()
    };
    let (of_ada, of_bob) = (list(&first).await, list(&bob).await);
    assert_eq!((of_ada.len(), of_bob.len()), (2, 1));
    for (id, _) in &of_ada {
        let ended = service.send(&format!("/sessions/{id}/end"), &bob, &[]).await;
        assert_eq!(ended.status(), StatusCode::NOT_FOUND);
    }
    assert_eq!(service.send("/sessions/no-id/end", &bob, &[]).await.status(), StatusCode::NOT_FOUND);
    for (id, _) in of_ada {
        service.send(&format!("/sessions/{id}/end"), &first, &[]).await;
    }
    for session in [first, second] {
        assert_eq!(service.list(&session).await.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_deleted_users_notes_are_deleted_too() {
    let service = Service::start().await;
    let ada = service.arrive("ada").await;
    service.add(&ada, "gone").await;
    let store =
        SeaOrmStore::connect(&StorageConfig::sqlite_file(service.folder.path().join("notes.sqlite3"))).await.unwrap();
    let auth = AuthService::builder(store.clone()).start().unwrap();
    let user = auth.find_user("ada").await.unwrap().unwrap().id;
    auth.delete_user(user).await.unwrap();
    let count = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT id FROM notes");
    assert!(store.connection().query_all_raw(count).await.unwrap().is_empty());
}

#[tokio::test]
async fn where_the_store_fails_a_user_is_not_taken_for_a_stranger() {
    let service = Service::start().await;
    let ada = service.arrive("ada").await;
    let file = service.folder.path().join("notes.sqlite3");
    let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(file)).await.unwrap();
    store.connection().execute_unprepared("ALTER TABLE sessions RENAME TO gone").await.unwrap();
    let page =
        service.client.get(format!("{}/notes", service.url)).header("cookie", &ada).header("accept", "text/html");
    let answer = page.send().await.unwrap();
    assert_eq!((answer.status(), header(&answer, "location")), (StatusCode::INTERNAL_SERVER_ERROR, ""));
    assert_eq!(answer.text().await.unwrap(), "something went wrong");
}
