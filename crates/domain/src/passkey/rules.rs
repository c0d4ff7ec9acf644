use std::sync::Arc;

use super::{ChallengeKeys, PasskeyVerifier};

/// What a service with passkeys chooses.
#[derive(Debug, Clone)]
pub struct PasskeyRules {
    /// For which site passkeys are made.
    pub site: RelyingParty,
    /// What challenges are made with.
    pub keys: ChallengeKeys,
    /// What reads the answers of authenticators.
    pub verifier: Arc<dyn PasskeyVerifier>,
}

/// The site that a passkey is made for: the standard's relying party (W3C Web Authentication Level 3 §4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// Its id: the host of its pages, or a domain that the host is in. A passkey works for no other id, ever.
    pub id: String,
    /// What people know it as.
    pub name: String,
    /// The origins of its pages: scheme, host, and the port where it is not the scheme's.
    pub origins: Vec<String>,
}
