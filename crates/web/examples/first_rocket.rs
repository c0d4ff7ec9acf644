//! Notes with accounts: sign up, log in, come back, log out.
use doorward_web::config::{Listener, Settings, SiteConfig};
use doorward_web::{Doorward, LoggedIn, server};
use rocket::{get, routes};

#[get("/")]
fn notes(me: LoggedIn) -> String {
    let LoggedIn(visit) = me;
    format!("The notes of {}", visit.user.username)
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let mut listener = Listener::read()?;
    let socket = listener.reserve()?;
    let doorward = Doorward::open(SiteConfig::read(Settings::find()?, listener.address().port())?).await?;
    let rocket = rocket::build().attach(doorward).mount("/notes", routes![notes]);
    server::serve(rocket, socket).await?;
    Ok(())
}
