//! The form that asks for a code after the password.

use std::time::Duration;

use doorward_domain::Trust;
use doorward_domain::authentication::{AuthenticationMethod, AuthenticationMethods};
use rocket::serde::Serialize;

use super::{Content, Faults, Given};

/// The form that asks for a code after the password. What was typed does not come back: a code is good once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SecondStepForm {
    /// The kind of code that it asks for; it accepts the other one as well.
    pub asks_for: AskedCode,
    /// Whether a code of an app can be typed.
    pub has_app: bool,
    /// Whether a passkey serves as well.
    pub has_passkey: bool,
    /// The code of what is wrong with what was typed.
    pub error: Option<&'static str>,
    /// For how many days the device is trusted on request; 0 if none is trusted.
    pub trust_days: u64,
    /// Whether the user asked for it.
    pub trusts: bool,
}

/// A code that a page asks for: a telephone shows the matching keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde", rename_all = "snake_case")]
pub enum AskedCode {
    /// Six digits of an authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
}

impl AskedCode {
    /// The kind of code that the user meant by this text.
    pub(crate) fn of_typed(typed: &str) -> Self {
        if typed.contains(char::is_alphabetic) { Self::RecoveryCode } else { Self::Totp }
    }
}

impl SecondStepForm {
    /// The form before anything is typed, for a user with these second factors, of a site that trusts devices for `trust`.
    #[must_use]
    pub const fn empty(asks_for: AskedCode, factors: AuthenticationMethods, trust: Duration) -> Self {
        let has_passkey = factors.contain(AuthenticationMethod::Passkey);
        let has_app = factors.contain(AuthenticationMethod::Totp) || !has_passkey;
        let asks_for = if has_app { asks_for } else { AskedCode::RecoveryCode };
        Self { asks_for, has_app, has_passkey, error: None, trust_days: trust.as_secs() / 86_400, trusts: false }
    }

    /// The form with this wish.
    #[must_use]
    pub fn trusting(self, trust: Trust) -> Self {
        Self { trusts: trust == Trust::Wished, ..self }
    }

    /// The form after a code was refused.
    #[must_use]
    pub const fn refused(self, error: &'static str) -> Self {
        Self { error: Some(error), ..self }
    }
}

impl Content for SecondStepForm {
    fn samples(_: &Given) -> Vec<Self> {
        let month = Duration::from_hours(30 * 24);
        let app = AuthenticationMethods::NONE.with(AuthenticationMethod::Totp);
        let passkey = AuthenticationMethods::NONE.with(AuthenticationMethod::Passkey);
        vec![
            Self::empty(AskedCode::Totp, app, Duration::ZERO),
            Self::empty(AskedCode::Totp, app, month),
            Self::empty(AskedCode::RecoveryCode, app, month),
            Self::empty(AskedCode::Totp, app, month).trusting(Trust::Wished).refused("wrong"),
            Self::empty(AskedCode::RecoveryCode, app, Duration::ZERO).refused("empty"),
            Self::empty(AskedCode::Totp, app.and(passkey), month),
            Self::empty(AskedCode::RecoveryCode, app.and(passkey), Duration::ZERO),
            Self::empty(AskedCode::Totp, passkey, month),
            Self::empty(AskedCode::Totp, passkey, Duration::ZERO).refused("wrong"),
        ]
    }

    fn faults(&self) -> Faults {
        Faults::of_field("code", self.error)
    }
}
