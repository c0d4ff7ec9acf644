//! What somebody is told whose address has to be verified before a log-in.

use rocket::serde::Serialize;

use super::{Content, Given};

/// What somebody is told whose address has to be verified before a log-in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct CheckMailNote {
    /// Where the mail went; `None` where there is no address.
    pub address: Option<String>,
}

impl Content for CheckMailNote {
    fn samples(_: &Given) -> Vec<Self> {
        [Some("ada@example.org".to_owned()), None].map(|address| Self { address }).into()
    }
}
