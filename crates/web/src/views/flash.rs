//! A message shown once.

use doorward_domain::FailedAttempts;
use rocket::serde::Serialize;

use super::Moment;
use crate::flash::Flash;

/// A message shown once.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct FlashView {
    /// The code of the message.
    pub code: &'static str,
    /// How many recovery codes are left, after a log-in with one.
    pub codes_left: Option<u32>,
    /// How many failed attempts there were.
    pub count: Option<u32>,
    /// Whether there may be more failed attempts.
    pub is_at_least: bool,
    /// When the first failed attempt was.
    pub since: Option<Moment>,
}

impl FlashView {
    pub(crate) fn of(flash: Flash) -> Self {
        let (attempts, codes_left) = match flash {
            Flash::FailedAttempts(attempts) => (Some(attempts), None),
            Flash::RecoveryCodesLeft(left, attempts) => (attempts, Some(left)),
            _ => (None, None),
        };
        Self {
            code: flash.code(),
            codes_left,
            count: attempts.map(|attempts| attempts.count),
            is_at_least: attempts.is_some_and(|attempts| attempts.count >= FailedAttempts::MOST),
            since: attempts.map(|attempts| Moment::of(attempts.since)),
        }
    }
}
