//! What somebody sees whose one-time link is good for nothing.

use rocket::serde::Serialize;

use super::{Content, Faults, Given};

/// That the link is good no longer: the same for every link.
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
