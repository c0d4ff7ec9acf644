//! Whether a person looks at the answer.

use rocket::request::Request;

use crate::asked;

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

/// Whether a browser asks for a page of its own, or sends a form: on the way from one page to the next. All of today say so in
/// one of these ways, over plain HTTP in the latter (Fetch Metadata; Upgrade Insecure Requests §3.2.1). A program does not.
pub(crate) fn is_navigation(request: &Request<'_>) -> bool {
    let is_sent = |name, value| request.headers().get_one(name) == Some(value);
    is_sent("sec-fetch-mode", "navigate") || is_sent("upgrade-insecure-requests", "1")
}

impl Audience {
    pub(crate) fn of(request: &Request<'_>) -> Self {
        let is_ahead = ASKED_AHEAD.into_iter().any(|name| request.headers().contains(name));
        if is_ahead || asked::was_head(request) { Self::Absent } else { Self::Present }
    }
}
