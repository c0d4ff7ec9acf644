use std::convert::Infallible;

use doorward_domain::DeviceTokens;
use rocket::request::{FromRequest, Outcome, Request};

use crate::cookies::Cookies;

/// What makes this browser known to accounts that somebody logged in to with it before.
pub(crate) struct KnownDevice(pub(crate) DeviceTokens);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for KnownDevice {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let tokens = Cookies::of(request).map(|cookies| cookies.device_tokens(request)).unwrap_or_default();
        Outcome::Success(Self(tokens))
    }
}
