//! The set-up of an authenticator app.

use doorward_domain::{ClockOffset, TotpSecret};
use rocket::serde::Serialize;

use super::qr_code::QrCodeView;
use super::{Content, Faults, Given, SecretText};

/// The set-up of an authenticator app.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SecondFactorTotpForm {
    /// The secret in groups of four, for typing.
    pub key: SecretText,
    /// The URL that opens an app on the same device.
    pub url: SecretText,
    /// The URL as a QR code; `None` if it is too long for one.
    pub qr_code: Option<QrCodeView>,
    /// Whether the site requires a second factor, and the user has none.
    pub is_required: bool,
    /// Whether there is an app already, whose code is asked for as well.
    pub is_replacement: bool,
    /// The code of what is wrong with the new app's code.
    pub error: Option<&'static str>,
    /// By how many minutes the device's clock is off, if it is.
    pub minutes_off: Option<u32>,
    /// The code of what is wrong with the present app's code.
    pub current_error: Option<&'static str>,
}

impl SecondFactorTotpForm {
    /// The form for an app with this secret, which it reads from this address.
    pub(crate) fn new(secret: &TotpSecret, url: String) -> Self {
        Self {
            key: SecretText(secret.in_groups()),
            qr_code: QrCodeView::of(&url),
            url: SecretText(url),
            is_required: false,
            is_replacement: false,
            error: None,
            minutes_off: None,
            current_error: None,
        }
    }

    /// The form after the new app's code was refused.
    #[must_use]
    pub fn refused(self, error: &'static str) -> Self {
        Self { error: Some(error), ..self }
    }

    /// The form after a code that shows that the clock of the device is off.
    #[must_use]
    pub fn with_clock_off(self, offset: ClockOffset) -> Self {
        let (error, minutes) = match offset {
            ClockOffset::Ahead(minutes) => ("clock_ahead", minutes),
            ClockOffset::Behind(minutes) => ("clock_behind", minutes),
        };
        Self { minutes_off: Some(minutes), ..self.refused(error) }
    }

    /// The form after the present app's code was refused.
    #[must_use]
    pub fn with_current_refused(self, error: &'static str) -> Self {
        Self { current_error: Some(error), ..self }
    }
}

impl Content for SecondFactorTotpForm {
    fn samples(_: &Given) -> Vec<Self> {
        let key = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP";
        let url =
            format!("otpauth://totp/Notes%20%26%20Co:Ada?secret={}&issuer=Notes%20%26%20Co", key.replace(' ', ""));
        let form = || Self {
            key: SecretText(key.to_owned()),
            qr_code: QrCodeView::of(&url),
            url: SecretText(url.clone()),
            is_required: false,
            is_replacement: false,
            error: None,
            minutes_off: None,
            current_error: None,
        };
        let replacement = || Self { is_replacement: true, ..form() };
        vec![
            form(),
            Self { is_required: true, ..form() },
            Self { qr_code: None, ..form() },
            replacement(),
            form().refused("wrong"),
            form().refused("empty"),
            form().refused("outdated"),
            form().with_clock_off(ClockOffset::Ahead(2)),
            form().with_clock_off(ClockOffset::Behind(1)),
            replacement().with_current_refused("wrong"),
            replacement().refused("empty").with_current_refused("empty"),
        ]
    }

    fn faults(&self) -> Faults {
        Faults::of_field("code", self.error).and(Faults::of_field("current_code", self.current_error))
    }
}
