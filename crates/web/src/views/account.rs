//! The account page.

use doorward_domain::User;
use rocket::serde::Serialize;

use super::{Moment, View};

/// What the account page says of the account.
#[derive(Debug, Clone, Serialize)]
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

/// One of each state.
pub(super) fn samples() -> Vec<View> {
    vec![View::Account { account: AccountView { created: Moment::sample() } }]
}
