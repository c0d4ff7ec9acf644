use std::time::Duration;

use super::SealingKeys;

/// What a service with second factors chooses.
#[derive(Debug, Clone)]
pub struct SecondFactorRules {
    /// What an authenticator app calls the service.
    pub issuer: String,
    /// What the secrets of apps are encrypted with.
    pub keys: SealingKeys,
    /// Who has to have one.
    pub requirement: Requirement,
    /// How long no code is asked for on a device whose user wishes so; zero where nobody may.
    pub trust: Duration,
}

/// Who has to have a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Requirement {
    /// Nobody.
    #[default]
    Optional,
    /// Everybody: send who has none to the set-up, and nowhere else.
    Required,
}

impl SecondFactorRules {
    /// A second factor for whoever wants one, and asked for at each log-in.
    #[must_use]
    pub fn new(issuer: impl Into<String>, keys: SealingKeys) -> Self {
        Self { issuer: issuer.into(), keys, requirement: Requirement::Optional, trust: Duration::ZERO }
    }
}
