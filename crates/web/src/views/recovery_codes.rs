//! Recovery codes, to be saved.

use doorward_domain::{RecoveryCode, RecoveryCodes};
use rocket::serde::Serialize;

use super::{Content, Faults, Given, SecretText};

/// Recovery codes, to be saved.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct RecoveryCodesPage {
    /// Each code, in groups.
    pub codes: Vec<SecretText>,
    /// Whether they replace others once they are saved; otherwise, they are valid already.
    pub replace_others: bool,
    /// Whether saving them needs a code, as the session has proved no second factor.
    pub takes_code: bool,
    /// The code of what is wrong with the code that was typed.
    pub error: Option<&'static str>,
}

impl RecoveryCodesPage {
    /// The page of these codes, which are valid already.
    pub(crate) fn of(codes: &RecoveryCodes) -> Self {
        let codes = codes.iter().map(RecoveryCode::expose_secret).map(SecretText).collect();
        Self { codes, replace_others: false, takes_code: false, error: None }
    }

    /// The page of codes that replace others once they are saved.
    pub(crate) fn replacing_others(self) -> Self {
        Self { replace_others: true, ..self }
    }

    /// The page of codes whose saving needs a code.
    pub(crate) fn taking_code(self) -> Self {
        Self { takes_code: true, ..self }
    }

    /// The page after a code was refused.
    pub(crate) fn refused(self, error: &'static str) -> Self {
        Self { error: Some(error), ..self }
    }
}

impl Content for RecoveryCodesPage {
    fn samples(_: &Given) -> Vec<Self> {
        let codes = vec![SecretText("MWMW-WMWM-MWMW-WMWM-MWMW-WMWM".to_owned()); RecoveryCodes::COUNT];
        let page = Self { codes, replace_others: false, takes_code: false, error: None };
        let by_code = page.clone().replacing_others().taking_code();
        vec![
            page.clone(),
            page.replacing_others(),
            by_code.clone(),
            by_code.clone().refused("wrong"),
            by_code.refused("empty"),
        ]
    }

    fn faults(&self) -> Faults {
        Faults::of_field("code", self.error)
    }
}
