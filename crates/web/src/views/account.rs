//! The account page.

use doorward_domain::User;
use rocket::serde::Serialize;

use super::{Content, Given, Moment};

/// What the account page says of the account.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct AccountView {
    /// When it was made.
    pub created: Moment,
}

impl AccountView {
    pub(crate) fn of(user: &User) -> Self {
        Self { created: Moment::of(user.created_at) }
    }
}

impl Content for AccountView {
    fn samples(_: &Given) -> Vec<Self> {
        vec![Self { created: Moment::sample() }]
    }
}
