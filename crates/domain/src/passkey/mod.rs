//! Passkeys: key pairs of an authenticator, of which the service keeps the public half (W3C Web Authentication Level 3). A passkey works
//! for one site alone, so that a page that looks like the site's cannot obtain a proof by it.

mod challenge;
mod credential;
mod rules;
mod verification;

pub use challenge::{Ceremony, Challenge, ChallengeHash, ChallengeKeys};
pub use credential::{
    Aaguid, Algorithm, Backup, CredentialId, Passkey, PasskeyName, PasskeyNameError, PublicKey, Transport, Transports,
    UserHandle,
};
pub use rules::{PasskeyRules, RelyingParty};
pub use verification::{Assertion, PasskeyVerifier, Registration, Signature, UnfitAnswer};

pub use crate::id::PasskeyId;
