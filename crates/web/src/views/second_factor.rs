//! What is set up beside the password.

use doorward_domain::SecondFactorState;
use rocket::serde::Serialize;

use super::{Content, Faults, Given, Moment};

/// What is set up beside the password, and the form to turn it off.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SecondFactorPage {
    /// Since when there is an authenticator app.
    pub totp_since: Option<Moment>,
    /// Whether there is a passkey, which serves after the password as well.
    pub has_passkey: bool,
    /// How many recovery codes are left.
    pub recovery_codes_left: u32,
    /// The code of what is wrong with the code that was typed to turn it off.
    pub error: Option<&'static str>,
}

impl SecondFactorPage {
    pub(crate) fn of(state: SecondFactorState) -> Self {
        let SecondFactorState { totp_since, recovery_codes_left, .. } = state;
        Self { totp_since: totp_since.map(Moment::of), has_passkey: false, recovery_codes_left, error: None }
    }

    /// The page after a code was refused.
    #[must_use]
    pub fn refused(self, error: &'static str) -> Self {
        Self { error: Some(error), ..self }
    }
}

impl Content for SecondFactorPage {
    fn samples(_: &Given) -> Vec<Self> {
        let off = Self { totp_since: None, has_passkey: false, recovery_codes_left: 0, error: None };
        let on = |left| Self { totp_since: Some(Moment::sample()), recovery_codes_left: left, ..off.clone() };
        let with_passkey = |page| Self { has_passkey: true, ..page };
        let by_passkey = |left| with_passkey(Self { recovery_codes_left: left, ..off.clone() });
        vec![
            off.clone(),
            on(10),
            on(3),
            on(1),
            on(0),
            on(10).refused("wrong"),
            on(3).refused("empty"),
            by_passkey(10),
            by_passkey(3),
            with_passkey(on(10)),
            with_passkey(on(1)).refused("wrong"),
        ]
    }

    fn faults(&self) -> Faults {
        Faults::of_field("code", self.error)
    }
}
