//! Users and sessions as a sign-up and a log-in would hand them to a store.
//!
//! ```
//! use doorward_domain::testing::{MemoryStore, SeededEntropy, fixtures};
//! use doorward_domain::{Event, SessionRepository, SessionToken, UserRepository};
//!
//! # #[pollster::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (store, entropy) = (MemoryStore::default(), SeededEntropy::default());
//! let ada = fixtures::new_user("ada", &entropy);
//! store.insert(&ada).await?;
//! let (session, token) = (fixtures::session_of(ada.id, &entropy), SessionToken::generate(&entropy)?);
//! let logged_in = fixtures::activity_of(ada.id, Event::LoggedIn, fixtures::NOON, &entropy);
//! store.start(&fixtures::new_session(&session, token.hash()), &logged_in).await?;
//! assert!(store.find_by_token(&token.hash()).await?.is_some());
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "passkeys")]
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::activity::{Activity, ActivityId, Event, Notice};
use crate::authentication::{Authentication, AuthenticationMethod};
use crate::client::Client;
use crate::clock::Timestamp;
#[cfg(feature = "passkeys")]
use crate::device::Device;
#[cfg(feature = "passkeys")]
use crate::entropy::Entropy as _;
#[cfg(feature = "passkeys")]
use crate::passkey::{
    Algorithm, Backup, Challenge, ChallengeHash, CredentialId, Passkey, PasskeyId, PublicKey, Transports,
};
use crate::password::PasswordHash;
use crate::repository::{NewSession, Settlement};
use crate::session::{Session, SessionId, SessionKind};
use crate::testing::SeededEntropy;
use crate::token::TokenHash;
use crate::user::{NewUser, UserId};
use crate::username::Username;

/// When the users sign up and the sessions begin: 2026-01-01, 123,457 µs after 12:00 UTC, as a store keeps each microsecond.
pub const NOON: Timestamp = Timestamp::from_unix_micros(1_767_268_800_123_457);

/// A user of this name, with a hash that no password has.
///
/// # Panics
/// When `username` is not a valid username.
#[must_use]
pub fn new_user(username: &str, entropy: &SeededEntropy) -> NewUser {
    let id = UserId::new(NOON, entropy).expect("seeded entropy never fails");
    let password_hash = Some(PasswordHash::from_stored(format!("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ${username}")));
    let username = Username::parse(username).expect("a fit username");
    NewUser { id, username, password_hash, created_at: NOON, signed_up_in: None, language: None, email: None }
}

/// An ordinary session of the user, begun by a password.
///
/// # Panics
/// Never.
#[must_use]
pub fn session_of(user_id: UserId, entropy: &SeededEntropy) -> Session {
    Session {
        id: SessionId::new(NOON, entropy).expect("seeded entropy never fails"),
        user_id,
        kind: SessionKind::Ordinary,
        client: Client::default(),
        created_at: NOON,
        authentication: Authentication::by(AuthenticationMethod::Password, NOON),
        renewed_at: NOON,
        last_seen_at: NOON,
    }
}

/// The start of the session by the user's first credentials. It replaces no other session, and its device does not become known.
#[must_use]
pub fn new_session(session: &Session, token: TokenHash) -> NewSession {
    NewSession {
        session: session.clone(),
        token,
        replacing: None,
        credentials_version: 0,
        most: Session::MOST,
        device: None,
        settlement: Settlement::default(),
    }
}

/// An activity of the user, or of no user, from an unknown client.
///
/// # Panics
/// Never.
#[must_use]
pub fn activity_of(
    user_id: impl Into<Option<UserId>>,
    event: Event,
    at: Timestamp,
    entropy: &SeededEntropy,
) -> Activity {
    let id = ActivityId::new(at, entropy).expect("seeded entropy never fails");
    Activity { id, user_id: user_id.into(), event, at, client: Client::default(), notice: Notice::None }
}

/// A passkey of the user, for `example.org`, of an authenticator that syncs it and does not count, added at noon. It has no private key.
///
/// # Panics
/// Never.
#[cfg(feature = "passkeys")]
#[must_use]
pub fn passkey_of(user_id: UserId, entropy: &SeededEntropy) -> Passkey {
    Passkey {
        id: PasskeyId::new(NOON, entropy).expect("seeded entropy never fails"),
        user_id,
        credential_id: CredentialId::from_bytes(random(16, entropy)).expect("a fit id"),
        rp_id: "example.org".to_owned(),
        public_key: PublicKey { algorithm: Algorithm::Es256, spki: random(91, entropy) },
        counter: 0,
        backup: Backup::Synced,
        transports: Transports::from_codes(["internal", "hybrid"]),
        aaguid: None,
        name: None,
        device: Device::default(),
        created_at: NOON,
        last_used_at: None,
    }
}

/// The hash of a random challenge, which no site issued.
///
/// # Panics
/// Never.
#[cfg(feature = "passkeys")]
#[must_use]
pub fn challenge(entropy: &SeededEntropy) -> ChallengeHash {
    let bytes = random(Challenge::BYTES, entropy);
    Challenge::parse(&URL_SAFE_NO_PAD.encode(bytes)).expect("as many bytes as a challenge has").hash()
}

#[cfg(feature = "passkeys")]
fn random(count: usize, entropy: &SeededEntropy) -> Vec<u8> {
    let mut bytes = vec![0; count];
    entropy.fill(&mut bytes).expect("seeded entropy never fails");
    bytes
}
