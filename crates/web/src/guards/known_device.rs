use std::convert::Infallible;

use doorward_domain::KnownAccounts;
use rocket::request::{FromRequest, Outcome, Request};

use crate::cookies::Cookies;

/// The accounts that somebody logged in to in this browser before.
pub(crate) struct KnownDevice(pub(crate) KnownAccounts);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for KnownDevice {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let known = Cookies::of(request).map(|cookies| cookies.known_accounts(request)).unwrap_or_default();
        Outcome::Success(Self(known))
    }
}
