//! What a request asks for: its method as it was sent, and its path as Rocket finds routes.

use rocket::http::Method;
use rocket::request::Request;

/// The method of the request once `_method` is sorted out, as Rocket makes a GET of a HEAD later.
struct AskedMethod(Method);

/// Keeps the method that the request has now, for [`was_head`].
pub(crate) fn keep_method(request: &Request<'_>) {
    request.local_cache(|| AskedMethod(request.method()));
}

/// Whether the client sent a `HEAD`, which changes nothing.
pub(crate) fn was_head(request: &Request<'_>) -> bool {
    request.local_cache(|| AskedMethod(request.method())).0 == Method::Head
}

/// The path as a log may have it: without what follows `/reset`, as that is a secret, or a secret with a full stop behind it.
pub(crate) fn logged_path(request: &Request<'_>) -> String {
    let path = request.uri().path();
    let mut asked = path.segments().filter(|segment| !segment.is_empty());
    if asked.next() == Some("reset") && asked.next().is_some() {
        return "/reset/[redacted]".to_owned();
    }
    path.as_str().escape_debug().to_string()
}

/// Whether a request is for the path of a route, as Rocket finds routes: by decoded segments, of which empty ones do not
/// count, so that `/log_in/` is `/log_in`. A segment in `<>` is any.
pub(crate) fn is_at(request: &Request<'_>, path: &str) -> bool {
    let mut asked = request.uri().path().segments().filter(|segment| !segment.is_empty());
    let mut known = path.split('/').filter(|segment| !segment.is_empty());
    known.all(|known| asked.next().is_some_and(|asked| known.starts_with('<') || known == asked))
        && asked.next().is_none()
}
