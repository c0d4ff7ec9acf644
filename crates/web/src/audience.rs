//! Whether a person looks at the answer.

use rocket::request::Request;

use crate::gate;

/// Who looks at the answer to a request, as far as its headers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Somebody does, or a program.
    Present,
    /// Perhaps nobody ever will: it is a `HEAD`, or a browser asks ahead of the visitor, for a page that they may go to next.
    /// What is shown once has to wait, and the session was not used.
    Absent,
}

/// How browsers say that they ask ahead: `Sec-Purpose` (the Fetch standard), `Purpose` (Chromium and Safari before), `X-Moz`
/// (Firefox before), `X-Purpose` (Safari before). Nothing else sends one.
const ASKED_AHEAD: [&str; 4] = ["sec-purpose", "purpose", "x-moz", "x-purpose"];

impl Audience {
    pub(crate) fn of(request: &Request<'_>) -> Self {
        let is_ahead = ASKED_AHEAD.into_iter().any(|name| request.headers().contains(name));
        if is_ahead || gate::was_head(request) { Self::Absent } else { Self::Present }
    }
}
