use std::time::Duration;

use super::SealingKeys;

/// The settings of a service with second factors.
#[derive(Debug, Clone)]
pub struct SecondFactorRules {
    /// The name of the service in an authenticator app.
    pub issuer: String,
    /// The keys that the secrets of apps are encrypted with.
    pub keys: SealingKeys,
    /// Whether users have to have one.
    pub requirement: Requirement,
    /// How long no code is asked for on a device that its user trusts; zero if no device may be trusted.
    pub trust: Duration,
}

/// Whether users have to have a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Requirement {
    /// No user has to.
    #[default]
    Optional,
    /// Every user has to: send a user who has none to the set-up, and nowhere else.
    Required,
}

impl SecondFactorRules {
    /// A second factor that is optional, and asked for at each log-in.
    #[must_use]
    pub fn new(issuer: impl Into<String>, keys: SealingKeys) -> Self {
        Self { issuer: issuer.into(), keys, requirement: Requirement::Optional, trust: Duration::ZERO }
    }
}
