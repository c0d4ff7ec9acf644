//! Whether a response is looked at.

use doorward_domain::browser;
use rocket::request::Request;

use crate::asked;

/// Whether the response to a request is looked at, as far as the request's headers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// A visitor or a program looks at it.
    Present,
    /// It may never be seen: the request is a `HEAD`, or a browser's prefetch of a page that the visitor may open next.
    /// One-time messages wait for another response, and the session does not count as used.
    Absent,
}

/// Whether a browser requests a page by a navigation.
pub(crate) fn is_navigation(request: &Request<'_>) -> bool {
    let header = |name| request.headers().get_one(name);
    browser::is_navigation(header("sec-fetch-mode"), header("upgrade-insecure-requests"))
}

impl Audience {
    pub(crate) fn of(request: &Request<'_>) -> Self {
        let is_ahead = browser::is_asked_ahead(|name| request.headers().contains(name));
        if is_ahead || asked::was_head(request) { Self::Absent } else { Self::Present }
    }
}
