use std::convert::Infallible;

use rocket::request::{FromRequest, Outcome, Request};

use crate::cookies::{Cookies, WaitingLogIn};

/// The log-in of a user who has typed the right password, and is asked for a second factor; from a cookie.
pub(crate) struct Waiting(pub(crate) Option<WaitingLogIn>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Waiting {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self(Cookies::of(request).ok().and_then(|cookies| cookies.waiting_log_in(request))))
    }
}
