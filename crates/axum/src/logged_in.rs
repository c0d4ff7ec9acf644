use std::ops::Deref;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use doorward_domain::Visit;

use crate::asked::Asked;
use crate::refusal::Refusal;

/// The logged-in user of a request. Without one the request is refused: a browser that asks for a page is redirected to the log-in page
/// with 303, any other client gets 401.
///
/// As `Option<LoggedIn>` it is `None` without a logged-in user. If the session cannot be looked up, both refuse with 503 or 500,
/// rather than take a user for a stranger. The session is looked up once per request, even with several extractors.
#[derive(Debug, Clone)]
pub struct LoggedIn(pub Visit);

impl Deref for LoggedIn {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.0
    }
}

impl<T: Sync> FromRequestParts<T> for LoggedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Self, Refusal> {
        Asked::of(parts)?.visit().await?.map(Self).ok_or_else(Refusal::log_in_first)
    }
}

impl<T: Sync> OptionalFromRequestParts<T> for LoggedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Option<Self>, Refusal> {
        Ok(Asked::of(parts)?.visit().await?.map(Self))
    }
}
