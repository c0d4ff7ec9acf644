use std::convert::Infallible;

use rocket::request::{FromRequest, Outcome, Request};

use crate::cookies::Cookies;
use crate::shown_secret::ShownSecret;

/// What a browser keeps of a second factor while it is shown, from cookies.
pub(crate) struct Shown {
    /// The secret of the authenticator app that is being set up.
    pub(crate) totp_secret: Option<ShownSecret>,
    /// Recovery codes.
    pub(crate) recovery_codes: Option<ShownSecret>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Shown {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let cookies = Cookies::of(request).ok();
        Outcome::Success(Self {
            totp_secret: cookies.and_then(|cookies| cookies.totp_secret(request)),
            recovery_codes: cookies.and_then(|cookies| cookies.recovery_codes(request)),
        })
    }
}
