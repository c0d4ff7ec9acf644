//! Recovery codes, to be saved.

use doorward_domain::{RecoveryCode, RecoveryCodes};
use rocket::serde::Serialize;

use super::{Content, Given, SecretText};

/// Recovery codes, to be saved.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct RecoveryCodesPage {
    /// Each code, in groups.
    pub codes: Vec<SecretText>,
    /// Whether they replace others once they are saved; else they are good already.
    pub replace_others: bool,
}

impl RecoveryCodesPage {
    /// Of these, which are good already.
    pub(crate) fn of(codes: &RecoveryCodes) -> Self {
        let codes = codes.iter().map(RecoveryCode::expose_secret).map(SecretText).collect();
        Self { codes, replace_others: false }
    }

    /// The same, which replace others once they are saved.
    pub(crate) fn replacing_others(self) -> Self {
        Self { replace_others: true, ..self }
    }
}

impl Content for RecoveryCodesPage {
    fn samples(_: &Given) -> Vec<Self> {
        let codes = vec![SecretText("MWMW-WMWM-MWMW-WMWM-MWMW-WMWM".to_owned()); RecoveryCodes::COUNT];
        let page = Self { codes, replace_others: false };
        vec![page.clone(), page.replacing_others()]
    }
}
