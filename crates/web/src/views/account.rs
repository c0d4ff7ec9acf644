//! The account page.

use doorward_domain::User;
use rocket::serde::Serialize;

use super::{Content, Given, Moment};

/// The data of the account page.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct AccountView {
    /// When the account was created.
    pub created: Moment,
    /// How many recovery codes are left, of an account that has a second factor.
    pub recovery_codes_left: Option<u32>,
}

impl AccountView {
    pub(crate) fn of(user: &User, recovery_codes_left: Option<u32>) -> Self {
        Self { created: Moment::of(user.created_at), recovery_codes_left }
    }
}

impl Content for AccountView {
    fn samples(_: &Given) -> Vec<Self> {
        let left = [None, Some(10), Some(3), Some(1), Some(0)];
        left.map(|recovery_codes_left| Self { created: Moment::sample(), recovery_codes_left }).into()
    }
}
