//! Log-ins by passkey. A user signs up with a password, and then adds a passkey. The script is in the page.
//! `cargo run -p doorward-axum --features passkeys --example axum_passkeys`, then open <http://localhost:3000>.

use std::{error::Error, sync::Arc};

use axum::extract::{Form, Json};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{Router, get, post};
use doorward_axum::{CodeForm, LogInForm, LoggedIn, Refusal, RenewSession, Site, Sweep, serve, stop_signal};
use doorward_domain::{AddPasskey, AuthService, ChallengeKeys, LogInByPasskey, PasskeyRules, RecoveryCode};
use doorward_domain::{RecoveryCodes, RelyingParty, SealingKeys, SecondFactorRules, browser::ReturnPath};
use doorward_passkeys::{BrowserAnswers, creation_options, request_options};
use doorward_storage::{SeaOrmStore, StorageConfig};

type Accounts = doorward_axum::Accounts<SeaOrmStore>;
type Visitor = doorward_axum::Visitor<SeaOrmStore>;

/// Opens the accounts of a database; `origin` is where browsers find the service, and `key` encrypts secrets.
pub(crate) async fn open(database: &StorageConfig, origin: &str, key: &[u8]) -> Result<Accounts, Box<dyn Error>> {
    let store = SeaOrmStore::connect(database).await?;
    doorward_migrations::migrate(&store.connection()).await?;
    let site = RelyingParty { id: "localhost".into(), name: "Passkeys".into(), origins: vec![origin.to_owned()] };
    let keys = ChallengeKeys::derive(key, []).ok_or("the key is too short")?;
    let codes = SecondFactorRules::new("Passkeys", SealingKeys::derive(key, []).ok_or("the key is too short")?);
    let auth = AuthService::builder(store).site_name("Passkeys").second_factor(codes);
    let auth = auth.passkeys(PasskeyRules { site, keys, verifier: Arc::new(BrowserAnswers) }).start()?;
    Ok(Accounts::new(auth, Site::at(origin, "passkeys", key)?))
}

pub(crate) fn router(accounts: Accounts) -> Router {
    let page = || get(async || Html(include_str!("axum_passkeys.html")));
    Router::new()
        .route("/", page())
        .route("/hello", get(async |user: LoggedIn| format!("Hello, {}", user.user.username)))
        .route("/sign_up", post(async |who: Visitor, typed: Form<LogInForm>| who.sign_up(&typed).await))
        .route("/log_in", page().post(async |who: Visitor, typed: Form<LogInForm>| who.begin_log_in(&typed).await))
        .route(
            "/log_in/code",
            page().post(async |who: Visitor, typed: Form<CodeForm>| who.finish_log_in(&typed.code).await),
        )
        .route("/log_in/passkey/options", post(request))
        .route("/log_in/passkey", post(log_in))
        .route("/passkeys/options", post(begin))
        .route("/passkeys", post(add))
        .layer(accounts.gate())
        .with_state(accounts)
}

async fn begin(who: Visitor, user: LoggedIn) -> Result<String, Refusal> {
    Ok(creation_options(&who.here().begin_passkey(&user).await?))
}

async fn add(who: Visitor, user: LoggedIn, answer: String) -> Result<Response, Refusal> {
    let added = who.here().add_passkey(&user, AddPasskey::new(&answer)).await?;
    let codes = added.recovery_codes.as_ref().into_iter().flat_map(RecoveryCodes::iter);
    let codes: Vec<_> = codes.map(RecoveryCode::expose_secret).collect();
    Ok((RenewSession::of(&user, &added.token), Json(codes)).into_response())
}

async fn request(who: Visitor) -> Result<String, Refusal> {
    Ok(request_options(&who.here().request_passkey_log_in()?))
}

async fn log_in(who: Visitor, answer: String) -> Result<Response, Refusal> {
    let log_in = LogInByPasskey::new(&answer).replacing(who.session()).by_device(who.device());
    who.go_on(who.here().log_in_by_passkey(log_in).await?, ReturnPath::default()).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The same key after each start: `head -c 32 /dev/urandom > passkeys.key` makes one.
    let database = StorageConfig::new("sqlite://passkeys.sqlite3");
    let accounts = open(&database, "http://localhost:3000", &std::fs::read("passkeys.key")?).await?;
    tokio::spawn(Sweep::of(&accounts).second_factors().passkeys().run());
    let listener = tokio::net::TcpListener::bind("localhost:3000").await?;
    Ok(serve(listener, router(accounts), stop_signal()).await?)
}
