//! A secret that a page shows or a form sends along.

use std::fmt;

use rocket::serde::Serialize;

/// A secret: the token of a link, the key of an authenticator app, a recovery code. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde", transparent)]
pub struct SecretText(pub String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText([redacted])")
    }
}
