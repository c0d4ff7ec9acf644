//! Which clients a path is for: the gate and the headers go by it.

use rocket::request::Request;

/// Which clients a path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// People in a browser. Another site's page may lead here, and nothing else.
    Pages,
    /// Programs without cookies, such as what asks whether the site is ready. Another site's page may not even lead a browser here.
    Programs,
}

/// The paths that are not for people, by their first segment. What is not listed has the rules of pages.
const OTHERS: [(&str, Surface); 1] = [("health", Surface::Programs)];

impl Surface {
    /// That of the path which is asked for, as Rocket finds routes: by decoded segments, of which empty ones do not count.
    pub(crate) fn of(request: &Request<'_>) -> Self {
        let path = request.uri().path();
        let first = path.segments().find(|segment| !segment.is_empty());
        OTHERS.iter().find(|(segment, _)| first == Some(segment)).map_or(Self::Pages, |(_, surface)| *surface)
    }
}
