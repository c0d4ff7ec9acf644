//! Accounts: sign up, log in, come back, log out.
use axum::routing::{get, post};
use axum::{Form, Router, response::Html};
use doorward_axum::{LogInForm, LoggedIn, Site, Sweep, serve, stop_signal};
use doorward_domain::AuthService;
use doorward_storage::{SeaOrmStore, StorageConfig};

type Accounts = doorward_axum::Accounts<SeaOrmStore>;
type Visitor = doorward_axum::Visitor<SeaOrmStore>;

const FORM: &str = "<form method=post action=/log_in><input name=username><input name=password type=password>\
    <button>Log In</button><button formaction=/sign_up>Sign Up</button></form>";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = SeaOrmStore::connect(&StorageConfig::new("sqlite://accounts.sqlite3")).await?;
    doorward_migrations::migrate(&store.connection()).await?;
    let auth = AuthService::builder(store).site_name("Notes").start()?;
    let key = std::fs::read("accounts.key")?; // `head -c 32 /dev/urandom > accounts.key` makes one
    let accounts = Accounts::new(auth, Site::at("http://localhost:3000", "notes", &key)?);
    tokio::spawn(Sweep::of(&accounts).run());
    let router = Router::new()
        .route("/", get(async |user: LoggedIn| format!("Hello, {}", user.user.username)))
        .route("/sign_up", post(async |who: Visitor, typed: Form<LogInForm>| who.sign_up(&typed).await))
        .route("/log_in", get(Html(FORM)).post(async |who: Visitor, typed: Form<LogInForm>| who.log_in(&typed).await))
        .route("/log_out", post(async |who: Visitor| who.log_out().await))
        .layer(accounts.gate())
        .with_state(accounts);
    Ok(serve(tokio::net::TcpListener::bind("localhost:3000").await?, router, stop_signal()).await?)
}
