use std::convert::Infallible;

use doorward_domain::link::LinkToken;
use rocket::request::{FromRequest, Outcome, Request};

use crate::cookies::Cookies;

/// The token of a user who has typed the right password, and has to verify an address before anything else; from a cookie.
pub(crate) struct HeldBack(pub(crate) Option<LinkToken>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for HeldBack {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self(Cookies::of(request).ok().and_then(|cookies| cookies.held_back(request))))
    }
}
