//! A service in memory, and requests to it.

use std::net::{IpAddr, SocketAddr};

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Form};
use axum::http::{Method, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use doorward_axum::{Accounts, LogInForm, LoggedIn, Refusal, RenewSession, Site, Visitor};
use doorward_domain::testing::{ManualClock, MemoryStore, SeededEntropy, cheap_hasher, keep_out_of_the_log};
use doorward_domain::{AuthService, Credentials, LogIn, SessionKind, SessionToken};
use tower_service::Service as _;

pub(crate) const ORIGIN: &str = "https://notes.example.org";
pub(crate) const PASSWORD: &str = "seven quiet lanterns";
pub(crate) const PROXY: &str = "10.0.0.1";

type Who = Visitor<MemoryStore, ManualClock, SeededEntropy>;

/// The service and its clock.
pub(crate) struct Service {
    pub(crate) accounts: Accounts<MemoryStore, ManualClock, SeededEntropy>,
    pub(crate) clock: ManualClock,
    pub(crate) router: Router,
}

impl Service {
    pub(crate) fn new() -> Self {
        keep_out_of_the_log(PASSWORD);
        let clock = ManualClock::default();
        let auth = AuthService::with_ports(MemoryStore::default(), clock.clone(), SeededEntropy::default());
        let auth = auth.site_name("Notes").hasher(cheap_hasher()).start().unwrap();
        let site = Site::at(ORIGIN, "notes", &[7; 32]).unwrap();
        let site = site.behind(|address| address == PROXY.parse::<IpAddr>().unwrap());
        let accounts = Accounts::new(auth, site);
        let router = Router::new()
            .route("/page", get(async |user: LoggedIn| user.user.username.to_string()))
            .route("/who", get(who))
            .route("/address", get(async |who: Who| who.client().address.unwrap().to_string()))
            .route("/change", post(async || "changed"))
            .route("/cached", get(async |_user: Option<LoggedIn>| ([(header::CACHE_CONTROL, "max-age=60")], "")))
            .route("/sign_up", post(async |who: Who, typed: Form<LogInForm>| who.sign_up(&typed).await))
            .route("/log_in", post(async |who: Who, typed: Form<LogInForm>| who.log_in(&typed).await))
            .route("/log_out", post(async |who: Who| who.log_out().await))
            .route("/reauthenticate", post(reauthenticate))
            .layer(accounts.gate())
            .with_state(accounts.clone());
        Self { accounts, clock, router }
    }

    /// A service in which Ada has signed up.
    pub(crate) async fn with_ada() -> Self {
        let service = Self::new();
        let signed_up = service.form("/sign_up", "username=ada&password=seven+quiet+lanterns").await;
        assert_eq!(signed_up.status(), StatusCode::SEE_OTHER);
        service
    }

    /// Logs Ada in; returns the session's token.
    pub(crate) async fn token(&self, kind: SessionKind) -> SessionToken {
        let here = doorward_domain::Client::default();
        let log_in = LogIn::new(Credentials { username: "ada", password: PASSWORD }).of_kind(kind);
        let token = self.accounts.from(&here).log_in(log_in).await.unwrap().done().unwrap().token;
        keep_out_of_the_log(&token.expose_secret());
        token
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Response {
        self.router.clone().call(request).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.ask(request(Method::GET, path, headers, "")).await
    }

    /// Sends a form as a page of ours does.
    pub(crate) async fn form(&self, path: &str, body: &str) -> Response {
        let headers = [("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")];
        self.ask(request(Method::POST, path, &headers, body)).await
    }
}

async fn who(user: Option<LoggedIn>, again: Option<LoggedIn>) -> Json<[Option<String>; 2]> {
    Json([user, again].map(|user| user.map(|user| user.user.username.to_string())))
}

async fn reauthenticate(who: Who, user: LoggedIn) -> Result<Response, Refusal> {
    let token = who.here().reauthenticate(&user, PASSWORD).await?.ok_or_else(|| Refusal::unfit("once more"))?;
    Ok((RenewSession::of(&user, &token), "").into_response())
}

pub(crate) fn request(method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body.to_owned())).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 4711))));
    request
}

pub(crate) fn cookie_of(token: &SessionToken) -> String {
    format!("__Host-notes={}", token.expose_secret())
}

pub(crate) fn bearer(token: &SessionToken) -> String {
    format!("Bearer {}", token.expose_secret())
}

pub(crate) fn header_of<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// The cookies that a response sets, each with its attributes.
pub(crate) fn set_cookies(response: &Response) -> Vec<&str> {
    response.headers().get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
}

pub(crate) async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}
