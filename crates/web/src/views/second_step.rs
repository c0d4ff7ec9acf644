//! The form that asks for a code after the password.

use std::time::Duration;

use doorward_domain::Trust;
use rocket::serde::Serialize;

use super::{Content, Faults, Given};

/// The form that asks for a code after the password. What was typed does not come back: a code is good once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SecondStepForm {
    /// Which code it asks for: it takes the other one as well.
    pub asks_for: AskedCode,
    /// The code of what is wrong with what was typed.
    pub error: Option<&'static str>,
    /// For how many days the device is trusted on request; 0 where none is.
    pub trust_days: u64,
    /// Whether they asked for it.
    pub trusts: bool,
}

/// A code that a page asks for: a telephone shows the keys that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde", rename_all = "snake_case")]
pub enum AskedCode {
    /// Six digits of an authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
}

impl AskedCode {
    /// The kind that somebody meant who typed this.
    pub(crate) fn of_typed(typed: &str) -> Self {
        if typed.contains(char::is_alphabetic) { Self::RecoveryCode } else { Self::Totp }
    }
}

impl SecondStepForm {
    /// The form before anything is typed, of a site that trusts devices for so long.
    #[must_use]
    pub const fn empty(asks_for: AskedCode, trust: Duration) -> Self {
        Self { asks_for, error: None, trust_days: trust.as_secs() / 86_400, trusts: false }
    }

    /// The form with this wish.
    #[must_use]
    pub fn trusting(self, trust: Trust) -> Self {
        Self { trusts: trust == Trust::Wished, ..self }
    }

    /// The form after a code was turned away.
    #[must_use]
    pub const fn refused(self, error: &'static str) -> Self {
        Self { error: Some(error), ..self }
    }
}

impl Content for SecondStepForm {
    fn samples(_: &Given) -> Vec<Self> {
        let month = Duration::from_hours(30 * 24);
        vec![
            Self::empty(AskedCode::Totp, Duration::ZERO),
            Self::empty(AskedCode::Totp, month),
            Self::empty(AskedCode::RecoveryCode, month),
            Self::empty(AskedCode::Totp, month).trusting(Trust::Wished).refused("wrong"),
            Self::empty(AskedCode::RecoveryCode, Duration::ZERO).refused("empty"),
        ]
    }

    fn faults(&self) -> Faults {
        Faults::of_field("code", self.error)
    }
}
