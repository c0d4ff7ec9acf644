//! The page of a one-time link that is not valid.

use rocket::serde::Serialize;

use super::{Content, Faults, Given};

/// The note that a link is no longer valid: the same for every link.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct LinkExpiredNote {}

impl Content for LinkExpiredNote {
    fn samples(_: &Given) -> Vec<Self> {
        vec![Self {}]
    }

    fn faults(&self) -> Faults {
        Faults::as_a_whole("This link has expired or has already been used.")
    }
}
