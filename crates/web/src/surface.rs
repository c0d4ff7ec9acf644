//! The kinds of clients that a path is for: the gate and the headers depend on it.

use rocket::request::Request;

/// The kind of clients that a path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// People in a browser. Another site's page may lead a browser here, and do nothing else.
    Pages,
    /// Programs without cookies, such as a readiness check. Another site's page may not even lead a browser here.
    Programs,
}

/// The paths that are not for people, by their first segment. All other paths have the rules of pages.
const OTHERS: [(&str, Surface); 1] = [("health", Surface::Programs)];

impl Surface {
    /// The surface of the request's path, as Rocket matches routes: by decoded segments, without empty ones.
    pub(crate) fn of(request: &Request<'_>) -> Self {
        let path = request.uri().path();
        let first = path.segments().find(|segment| !segment.is_empty());
        OTHERS.iter().find(|(segment, _)| first == Some(segment)).map_or(Self::Pages, |(_, surface)| *surface)
    }
}
