//! The user who looks at a page.

use doorward_domain::User;
use rocket::serde::Serialize;

/// The user who looks at a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct UserView {
    /// The id that forms which act on the account send along.
    pub id: String,
    /// The username as typed at sign-up.
    pub username: String,
}

impl UserView {
    pub(crate) fn of(user: &User) -> Self {
        Self { id: user.id.to_string(), username: user.username.to_string() }
    }

    pub(crate) fn sample() -> Self {
        Self { id: "01890a5d-ac96-774b-bcce-b302099a8059".to_owned(), username: "Ada".to_owned() }
    }
}
