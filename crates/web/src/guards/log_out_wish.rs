use std::convert::Infallible;

use doorward_domain::browser::RequestSource;
use rocket::request::{FromRequest, Outcome, Request};

use crate::audience::Audience;
use crate::gate;

/// Whether a `GET /log_out` is the visitor's own wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogOutWish {
    /// They followed our link or typed the address, or the client is not a browser.
    Asked,
    /// Another site's page caused the request, a page embeds it as an image or a frame, or the browser prefetches it.
    NotAsked,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for LogOutWish {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let is = |name, values: &[&str]| request.headers().get(name).all(|value| values.contains(&value));
        let is_own =
            gate::source_of(request) != RequestSource::OtherSite && is("sec-fetch-dest", &["document", "empty"]);
        let wish = if is_own && Audience::of(request) == Audience::Present { Self::Asked } else { Self::NotAsked };
        Outcome::Success(wish)
    }
}
