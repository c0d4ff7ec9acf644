//! The token of a link, in the form that sends it along.

use std::fmt;

use rocket::serde::Serialize;

/// The token of a link. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde", transparent)]
pub struct LinkSecret(pub String);

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret([redacted])")
    }
}
