use std::ops::Deref;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use doorward_domain::Visit;

use crate::asked::Asked;
use crate::refusal::Refusal;

/// Somebody who is logged in. Anybody else is sent to log in: the browser that asks for a page with 303, a program with 401.
///
/// As `Option<LoggedIn>` it is `None` for anybody else. Where that cannot be found out, either refuses with 503: nobody is taken for a stranger.
/// The session is looked up once a request, however many extractors ask.
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
