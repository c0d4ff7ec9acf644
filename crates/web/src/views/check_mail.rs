//! The note for a user who has to verify an address before a log-in.

use rocket::serde::Serialize;

use super::{Content, Given};

/// The note for a user who has to verify an address before a log-in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct CheckMailNote {
    /// The address that the mail went to; `None` if there is none.
    pub address: Option<String>,
}

impl Content for CheckMailNote {
    fn samples(_: &Given) -> Vec<Self> {
        [Some("ada@example.org".to_owned()), None].map(|address| Self { address }).into()
    }
}
