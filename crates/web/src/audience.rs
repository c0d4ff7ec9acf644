//! Whether a person looks at the answer.

use doorward_domain::browser;
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

/// Whether a browser is on the way to a page.
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
