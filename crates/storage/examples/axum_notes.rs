//! Notes of one's own: an axum service with sign-up, log-in and log-out by Doorward's auth core.
//! `cargo run -p doorward-storage --example axum_notes`, then open <http://localhost:3000>.

#[path = "axum_notes/passkeys.rs"]
mod passkeys;

use std::sync::{Arc, LazyLock};
use std::{fmt::Display, net::SocketAddr, path::Path};

use axum::extract::{ConnectInfo, FromRequestParts, Path as Part, Request, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::middleware::{self, Next};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use doorward_domain::browser::{RequestSource, ReturnPath, cookie::SiteCookies};
use doorward_domain::system::{OsEntropy, SystemClock};
use doorward_domain::{
    AuthService, ChallengeKeys, Client, Credentials, Entropy as _, FinishLogIn, LogIn, LogInError, LogInStep,
    LoggedIn as Begun, PasskeyRules, PendingLogInToken, RelyingParty, ResumeError, SealingKeys, SecondFactorRules,
    SecondStepError, SessionToken, SignUpError, Throttled, Visit,
};
use doorward_passkeys::BrowserAnswers;
use doorward_storage::{SeaOrmStore, StorageConfig};
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Statement, Value};

pub(crate) struct Notes {
    auth: AuthService<SeaOrmStore, SystemClock, OsEntropy>,
    store: SeaOrmStore,
    origin: String,
}

impl Notes {
    /// Opens the notes in this file; `origin` is where browsers find the service, and `key` what secrets are encrypted with.
    pub(crate) async fn open(file: &Path, origin: &str, key: &[u8]) -> Result<Self, Box<dyn std::error::Error>> {
        let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(file)).await?;
        doorward_migrations::migrate(&store.connection()).await?;
        let table = "CREATE TABLE IF NOT EXISTS notes \
                     (id INTEGER PRIMARY KEY, user_id BLOB NOT NULL REFERENCES users ON DELETE CASCADE, text TEXT NOT NULL)";
        store.connection().execute_unprepared(table).await?;
        let keys = SealingKeys::derive(key, []).ok_or("the key is too short")?;
        let second_factor = SecondFactorRules::new("Notes", keys);
        let passkeys = PasskeyRules {
            site: RelyingParty { id: "localhost".into(), name: "Notes".into(), origins: vec![origin.to_owned()] },
            keys: ChallengeKeys::derive(key, []).ok_or("the key is too short")?,
            verifier: Arc::new(BrowserAnswers),
        };
        let auth = AuthService::builder(store.clone()).site_name("Notes");
        let auth = auth.second_factor(second_factor).passkeys(passkeys).start()?;
        Ok(Self { auth, store, origin: origin.to_owned() })
    }

    async fn sql<const N: usize>(&self, sql: &str, values: [Value; N]) -> Result<Vec<QueryResult>, StatusCode> {
        let db = self.store.connection();
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        db.query_all_raw(statement).await.map_err(|_| UNAVAILABLE)
    }
}

static COOKIES: LazyLock<SiteCookies> = LazyLock::new(|| SiteCookies::http("notes"));
type Site = State<Arc<Notes>>;
/// For what is not the visitor's fault. A real service logs it, too.
const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

pub(crate) fn router(notes: Arc<Notes>) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/sign_up", post(sign_up))
        .route("/log_in", get(|| async { page("Notes", FORMS) }).post(log_in))
        .route("/log_in/code", get(|| async { page("Notes", CODE) }).post(finish_log_in))
        .route("/log_out", post(log_out))
        .route("/notes", post(add))
        .route("/notes/{id}/delete", post(delete))
        .merge(passkeys::routes())
        .layer(middleware::from_fn_with_state(Arc::clone(&notes), own_pages_only))
        .with_state(notes)
}

/// Nothing that changes anything is taken from another site's page.
async fn own_pages_only(State(notes): Site, request: Request, next: Next) -> Response {
    let source = {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        RequestSource::of(header("sec-fetch-site"), header("origin"), &notes.origin)
    };
    if !request.method().is_safe() && source == RequestSource::OtherSite {
        return StatusCode::FORBIDDEN.into_response();
    }
    ([(header::CACHE_CONTROL, "no-store")], next.run(request).await).into_response()
}

/// Where a request is from, and the session or the log-in that it brings. A service behind a proxy asks `browser::client_address`.
struct Visitor(Client, Option<SessionToken>, Option<PendingLogInToken>);

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let text =
            |name| parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>();
        let session = COOKIES.session_in(text(header::COOKIE)).map_err(|_| StatusCode::FORBIDDEN)?;
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let client = Client::new(text(header::USER_AGENT).first().copied(), peer);
        let mut sent = text(header::COOKIE).into_iter().flat_map(|cookies| cookies.split("; "));
        let pending = sent.find_map(|cookie| cookie.strip_prefix(&*COOKIES.pending_log_in)?.strip_prefix('='));
        Ok(Self(client, session.and_then(SessionToken::parse), pending.and_then(PendingLogInToken::parse)))
    }
}

/// Somebody who is logged in; anybody else is sent to log in.
struct LoggedIn(Visit);

impl FromRequestParts<Arc<Notes>> for LoggedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, notes: &Arc<Notes>) -> Result<Self, Response> {
        let log_in = || Redirect::to("/log_in").into_response();
        let visitor = Visitor::from_request_parts(parts, notes).await.map_err(IntoResponse::into_response)?;
        match notes.auth.resume(&visitor.1.ok_or_else(log_in)?).await {
            Ok(visit) => Ok(Self(visit)),
            Err(ResumeError::Failed(_)) => Err(UNAVAILABLE.into_response()),
            Err(_) => Err(log_in()),
        }
    }
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct Typed {
    username: String,
    password: String,
    next: String,
    text: String,
    code: String,
}

async fn sign_up(State(notes): Site, from: Visitor, Form(typed): Form<Typed>) -> Result<Response, StatusCode> {
    let typed = Credentials { username: &typed.username, password: &typed.password };
    match notes.auth.from(&from.0).sign_up(typed).await {
        Ok(_) => Ok(Redirect::to("/log_in").into_response()),
        Err(SignUpError::Throttled(wait)) => Ok(too_many(wait)),
        Err(SignUpError::Failed(_)) => Err(UNAVAILABLE),
        Err(refusal) => Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, refusal)),
    }
}

async fn log_in(State(notes): Site, from: Visitor, Form(typed): Form<Typed>) -> Result<Response, StatusCode> {
    // A real service keeps what the browser knows in a signed or encrypted cookie.
    let next = ReturnPath::parse(&typed.next).unwrap_or_default();
    let typed = Credentials { username: &typed.username, password: &typed.password };
    match notes.auth.from(&from.0).log_in(LogIn::new(typed).replacing(from.1.as_ref())).await {
        Ok(LogInStep::Done(logged_in)) => Ok(welcome(&logged_in, next.as_str())),
        Ok(LogInStep::SecondFactor(proved)) => {
            let begun = notes.auth.from(&from.0).begin_second_step(&proved, None).await.map_err(|_| UNAVAILABLE)?;
            // Of a form that was sent twice one has a token, and the browser keeps that one.
            let cookie = begun.waits().map(|token| COOKIES.set_pending_log_in(&token.expose_secret()));
            let headers = AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            Ok((headers, Redirect::to("/log_in/code")).into_response())
        }
        Err(LogInError::Throttled(wait)) => Ok(too_many(wait)),
        Err(LogInError::Refused) => Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, "Username or password are incorrect")),
        _ => Err(UNAVAILABLE),
    }
}

fn welcome(logged_in: &Begun, next: &str) -> Response {
    let cookie = COOKIES.set_session(&logged_in.token.expose_secret(), None);
    ([(header::SET_COOKIE, cookie)], Redirect::to(next)).into_response()
}

async fn finish_log_in(State(notes): Site, from: Visitor, Form(typed): Form<Typed>) -> Result<Response, StatusCode> {
    let log_in = || Ok(Redirect::to("/log_in").into_response());
    let Some(token) = from.2 else { return log_in() };
    let finish = FinishLogIn::new(&token, &typed.code).replacing(from.1.as_ref());
    match notes.auth.from(&from.0).finish_log_in(finish).await {
        Ok(LogInStep::Done(logged_in)) => Ok(welcome(&logged_in, "/")),
        Ok(_) => Ok(Redirect::to("/").into_response()),
        Err(SecondStepError::Throttled(wait)) => Ok(too_many(wait)),
        Err(SecondStepError::Failed(_)) => Err(UNAVAILABLE),
        Err(SecondStepError::Wrong) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page("That code is not right", CODE)).into_response())
        }
        Err(_) => log_in(),
    }
}

async fn log_out(State(notes): Site, Visitor(client, token, waiting): Visitor) -> Result<Response, StatusCode> {
    if let Some(waiting) = waiting {
        notes.auth.end_pending_log_in(&waiting).await.map_err(|_| UNAVAILABLE)?;
    }
    if let Some(token) = token {
        notes.auth.from(&client).log_out(&token).await.map_err(|_| UNAVAILABLE)?;
    }
    Ok(([(header::SET_COOKIE, COOKIES.remove_session())], Redirect::to("/log_in")).into_response())
}

async fn list(State(notes): Site, LoggedIn(Visit { user, .. }): LoggedIn) -> Result<Html<String>, StatusCode> {
    let rows = notes.sql("SELECT id, text FROM notes WHERE user_id = ?", [user.id.as_uuid().into()]).await?;
    let item = |row: QueryResult| -> Result<String, DbErr> {
        let (id, text): (i64, String) = row.try_get_many_by_index()?;
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        Ok(format!("<li>{text}<form method=post action=/notes/{id}/delete><button>Delete</button></form>"))
    };
    let items = rows.into_iter().map(item).collect::<Result<String, _>>().map_err(|_| UNAVAILABLE)?;
    Ok(page(&format!("Notes of {}", user.username), &format!("<ul>{items}</ul>{ADD}")))
}

async fn add(
    State(notes): Site,
    LoggedIn(Visit { user, .. }): LoggedIn,
    Form(typed): Form<Typed>,
) -> Result<Redirect, StatusCode> {
    notes.sql("INSERT INTO notes VALUES (NULL, ?, ?)", [user.id.as_uuid().into(), typed.text.into()]).await?;
    Ok(Redirect::to("/"))
}

async fn delete(
    State(notes): Site,
    LoggedIn(Visit { user, .. }): LoggedIn,
    Part(id): Part<i64>,
) -> Result<Redirect, StatusCode> {
    let delete = "DELETE FROM notes WHERE id = ? AND user_id = ? RETURNING id";
    let deleted = notes.sql(delete, [id.into(), user.id.as_uuid().into()]).await?;
    (deleted.len() == 1).then(|| Redirect::to("/")).ok_or(StatusCode::NOT_FOUND)
}

const FORMS: &str = "<form method=post action=/log_in><input name=username autocomplete=username required>\
    <input name=password type=password autocomplete=current-password required><button>Log In</button></form>\
    <button data-passkey=log_in hidden>Log in with a passkey</button>\
    <form method=post action=/sign_up><input name=username autocomplete=username required>\
    <input name=password type=password autocomplete=new-password required><button>Sign Up</button></form>\
    <script src=/passkeys.js defer></script>";
const CODE: &str = "<form method=post action=/log_in/code><input name=code inputmode=numeric \
    autocomplete=one-time-code required><button>Log In</button></form>";
const ADD: &str = "<form method=post action=/notes><input name=text required><button>Add</button></form>\
    <form method=post action=/log_out><button>Log Out</button></form>\
    <button data-passkey=add hidden>Add a passkey</button><script src=/passkeys.js defer></script>";

fn page(title: &str, body: &str) -> Html<String> {
    Html(format!("<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1>{body}</html>"))
}

fn refused(status: StatusCode, why: impl Display) -> Response {
    (status, page("Notes", &format!("<p role=alert>{why}</p>{FORMS}"))).into_response()
}

fn too_many(wait: Throttled) -> Response {
    let seconds = [(header::RETRY_AFTER, wait.retry_after.as_secs())];
    (seconds, refused(StatusCode::TOO_MANY_REQUESTS, wait)).into_response()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A real service keeps its key outside the database, and has the same one after each start.
    let mut key = [0; SealingKeys::MIN_BYTES];
    OsEntropy.fill(&mut key)?;
    let notes = Notes::open(Path::new("notes.sqlite3"), "http://localhost:3000", &key).await?;
    let service = router(Arc::new(notes)).into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, service).await?)
}
