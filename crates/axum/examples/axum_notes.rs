//! Notes that only their owner sees. A browser logs in by a form, a program gets a token to send as `Authorization: Bearer`.
//! `cargo run -p doorward-axum --features second-factor --example axum_notes`, then open <http://localhost:3000>.

use std::{error::Error, path::Path as File};

use axum::extract::{Form, FromRef, Json, Path, State};
use axum::response::{Html, Redirect};
use axum::routing::{Router, get, post};
use doorward_axum::{CodeForm, LogInForm, LoggedIn, Refusal, Site, Sweep, serve, stop_signal};
use doorward_domain::{AuthService, EndSessionError, LogIn, SealingKeys, SecondFactorRules, SessionId, StoreError};
use doorward_storage::{SeaOrmStore, StorageConfig};
use sea_orm::{ConnectionTrait as _, QueryResult, Statement, Value};

type Accounts = doorward_axum::Accounts<SeaOrmStore>;
type Visitor = doorward_axum::Visitor<SeaOrmStore>;

#[derive(Clone, FromRef)]
pub(crate) struct Notes {
    pub(crate) accounts: Accounts,
    pub(crate) store: SeaOrmStore,
}

impl Notes {
    pub(crate) async fn open(file: &File, origin: &str, key: &[u8]) -> Result<Self, Box<dyn Error>> {
        let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(file)).await?;
        doorward_migrations::migrate(&store.connection()).await?;
        let table = "CREATE TABLE IF NOT EXISTS notes \
                     (id INTEGER PRIMARY KEY, user_id BLOB NOT NULL REFERENCES users ON DELETE CASCADE, text TEXT NOT NULL)";
        store.connection().execute_unprepared(table).await?;
        let codes = SecondFactorRules::new("Notes", SealingKeys::derive(key, []).ok_or("the key is too short")?);
        let auth = AuthService::builder(store.clone()).site_name("Notes").second_factor(codes).start()?;
        Ok(Self { accounts: Accounts::new(auth, Site::at(origin, "notes", key)?), store })
    }

    async fn sql<const N: usize>(&self, sql: &str, values: [Value; N]) -> Result<Vec<QueryResult>, Refusal> {
        let statement = Statement::from_sql_and_values(self.store.connection().get_database_backend(), sql, values);
        self.store.connection().query_all_raw(statement).await.map_err(|error| StoreError::unavailable(error).into())
    }
}

pub(crate) fn router(notes: Notes) -> Router {
    let page = || get(async || Html(include_str!("axum_notes.html")));
    Router::new()
        .route("/", page())
        .route("/sign_up", post(async |who: Visitor, typed: Form<LogInForm>| who.sign_up(&typed).await))
        .route("/log_in", page().post(async |who: Visitor, typed: Form<LogInForm>| who.begin_log_in(&typed).await))
        .route(
            "/log_in/code",
            page().post(async |who: Visitor, typed: Form<CodeForm>| who.finish_log_in(&typed.code).await),
        )
        .route("/log_out", post(async |who: Visitor| who.end_waiting().await?.log_out().await))
        .route("/token", post(give_token))
        .route("/sessions", get(list_sessions))
        .route("/sessions/{id}/end", post(end_session))
        .route("/notes", get(list).post(add))
        .route("/notes/{id}/delete", post(delete))
        .layer(notes.accounts.gate())
        .with_state(notes)
}

async fn give_token(who: Visitor, typed: Form<LogInForm>) -> Result<String, Refusal> {
    let step = who.here().log_in(LogIn::new(typed.credentials())).await?;
    Ok(step.done().ok_or_else(|| Refusal::unfit("log in in a browser"))?.token.expose_secret())
}

async fn list_sessions(who: Visitor, user: LoggedIn) -> Result<Json<Vec<(String, String)>>, Refusal> {
    let sessions = who.here().sessions_of(&user).await?.into_iter();
    Ok(Json(sessions.map(|session| (session.id.to_string(), session.client.network().to_string())).collect()))
}

async fn end_session(who: Visitor, user: LoggedIn, Path(id): Path<String>) -> Result<Redirect, Refusal> {
    who.here().end_session(&user, SessionId::parse(&id).ok_or(EndSessionError::NotFound)?).await?;
    Ok(Redirect::to("/"))
}

async fn list(State(notes): State<Notes>, LoggedIn(visit): LoggedIn) -> Result<Json<Vec<(i64, String)>>, Refusal> {
    let rows = notes.sql("SELECT id, text FROM notes WHERE user_id = ?", [visit.user.id.as_uuid().into()]).await?;
    let notes = rows.iter().map(QueryResult::try_get_many_by_index).collect::<Result<_, _>>();
    notes.map(Json).map_err(|error| StoreError::broken(error).into())
}

async fn add(State(notes): State<Notes>, LoggedIn(visit): LoggedIn, text: String) -> Result<Redirect, Refusal> {
    notes.sql("INSERT INTO notes VALUES (NULL, ?, ?)", [visit.user.id.as_uuid().into(), text.into()]).await?;
    Ok(Redirect::to("/"))
}

async fn delete(State(notes): State<Notes>, user: LoggedIn, Path(id): Path<i64>) -> Result<Redirect, Refusal> {
    let sql = "DELETE FROM notes WHERE id = ? AND user_id = ? RETURNING id";
    let deleted = notes.sql(sql, [id.into(), user.user.id.as_uuid().into()]).await?;
    (deleted.len() == 1).then(|| Redirect::to("/")).ok_or_else(Refusal::not_found)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The same key after each start: `head -c 32 /dev/urandom > notes.key` makes one.
    let notes = Notes::open(File::new("notes.sqlite3"), "http://localhost:3000", &std::fs::read("notes.key")?).await?;
    tokio::spawn(Sweep::of(&notes.accounts).second_factors().run());
    let listener = tokio::net::TcpListener::bind("localhost:3000").await?;
    Ok(serve(listener, router(notes), stop_signal()).await?)
}
