use std::sync::Arc;

use super::{ChallengeKeys, PasskeyVerifier};

/// The settings of a service with passkeys.
#[derive(Debug, Clone)]
pub struct PasskeyRules {
    /// The site that passkeys are made for.
    pub site: RelyingParty,
    /// The keys that challenges are made with.
    pub keys: ChallengeKeys,
    /// The verifier of authenticators' answers.
    pub verifier: Arc<dyn PasskeyVerifier>,
}

/// The site that a passkey is made for: the standard's relying party (W3C Web Authentication Level 3 §4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// Its id: the host of its pages, or a domain that the host is in. A passkey works for no other id, ever.
    pub id: String,
    /// The name by which people know it.
    pub name: String,
    /// The origins of its pages: scheme, host, and the port where it is not the scheme's.
    pub origins: Vec<String>,
}
