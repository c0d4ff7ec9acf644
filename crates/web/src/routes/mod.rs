//! The routes: each parses, calls one use case, and picks a view.

mod account;
mod assets;
mod health;
mod home;
mod log_in;
mod log_out;
mod sign_up;

use rocket::Route;
use rocket::request::Request;

use crate::gate;

/// Whether a request is for the path of a route, as Rocket finds routes: by decoded segments, of which empty ones do not
/// count, so that `/log_in/` is `/log_in`. A segment in `<>` is any.
pub(crate) fn is_at(request: &Request<'_>, path: &str) -> bool {
    let mut asked = request.uri().path().segments().filter(|segment| !segment.is_empty());
    let mut known = path.split('/').filter(|segment| !segment.is_empty());
    known.all(|known| asked.next().is_some_and(|asked| known.starts_with('<') || known == asked))
        && asked.next().is_none()
}

/// Every route of the site.
pub(crate) fn all() -> Vec<Route> {
    [
        home::routes(),
        sign_up::routes(),
        log_in::routes(),
        log_out::routes(),
        account::routes(),
        health::routes(),
        assets::routes(),
        gate::routes(),
    ]
    .concat()
}
