//! Sign up and log in over the in-memory store, with no runtime but a plain executor:
//! `cargo run -p doorward-domain --example embed_domain --features system,testing`

use doorward_domain::testing::MemoryStore;
use doorward_domain::{AuthService, Client, Credentials, DeviceTokens, LogInError, SessionKind};

#[pollster::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthService::builder(MemoryStore::default()).site_name("Notes").start()?;

    let ada = Credentials { username: "Ada", password: "seven quiet lanterns" };
    let here = Client::default();
    let user = auth.sign_up(ada, &here).await?;
    let logged_in = auth.log_in(ada, SessionKind::Ordinary, &here, None, &DeviceTokens::default()).await?;
    let visit = auth.resume(&logged_in.token).await?;
    assert_eq!(visit.user, user);

    let guess = Credentials { password: "a guess", ..ada };
    let refused = auth.log_in(guess, SessionKind::Ordinary, &here, None, &logged_in.device_tokens).await;
    assert!(matches!(refused, Err(LogInError::Refused)));
    auth.log_out(&logged_in.token, &here).await?;
    assert!(auth.resume(&logged_in.token).await.is_err());
    Ok(())
}
