//! Sign up and log in over the in-memory store, with no runtime but a plain executor:
//! `cargo run -p doorward-domain --example embed_domain --features system,testing`

use doorward_domain::testing::MemoryStore;
use doorward_domain::{AuthService, Client, Credentials, LogIn, LogInError, LogInStep};

#[pollster::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthService::builder(MemoryStore::default()).site_name("Notes").start()?;

    let ada = Credentials { username: "Ada", password: "seven quiet lanterns" };
    let here = Client::default();
    let from_here = auth.from(&here);
    let user = from_here.sign_up(ada).await?;
    let LogInStep::Done(logged_in) = from_here.log_in(LogIn::new(ada)).await? else { return Ok(()) };
    let visit = auth.resume(&logged_in.token).await?;
    assert_eq!(visit.user, user);

    let guess = Credentials { password: "a guess", ..ada };
    let refused = from_here.log_in(LogIn::new(guess).by_device(&logged_in.device_tokens)).await;
    assert!(matches!(refused, Err(LogInError::Refused)));
    from_here.log_out(&logged_in.token).await?;
    assert!(auth.resume(&logged_in.token).await.is_err());
    Ok(())
}
