//! Sign up and log in over the in-memory store, with no runtime but a plain executor:
//! `cargo run -p doorward-domain --example embed_domain --features system,testing`

use std::num::NonZeroUsize;

use doorward_domain::password::{HashingCost, PoolConfig, WorkerPool};
use doorward_domain::system::{OsEntropy, SystemClock};
use doorward_domain::testing::MemoryStore;
use doorward_domain::{AuthService, Credentials, LogInError, PasswordHasher, PasswordPolicy, SessionLimits};

#[pollster::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = WorkerPool::start(PoolConfig::for_workers(NonZeroUsize::MIN))?;
    let auth = AuthService::new(
        MemoryStore::default(),
        SystemClock,
        OsEntropy,
        PasswordHasher::new(HashingCost::default(), pool),
        PasswordPolicy::new(PasswordPolicy::DEFAULT_MIN_CHARS, "Notes"),
        SessionLimits::default(),
    );

    let ada = Credentials { username: "Ada", password: "seven quiet lanterns" };
    let user = auth.sign_up(ada).await?;
    let logged_in = auth.log_in(ada, None).await?;
    let visit = auth.resume(&logged_in.token).await?;
    assert_eq!(visit.user, user);

    let refused = auth.log_in(Credentials { password: "a guess", ..ada }, None).await;
    assert!(matches!(refused, Err(LogInError::Refused)));
    auth.log_out(&logged_in.token).await?;
    assert!(auth.resume(&logged_in.token).await.is_err());
    Ok(())
}
