//! What a request asks for: its method as it was sent, and its path as Rocket finds routes.

use rocket::http::Method;
use rocket::http::uri::Path;
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

/// Pages whose path goes on with the token of a one-time link.
const LINK_PAGES: [&str; 3] = ["reset", "verify_email", "undo_email"];

/// The path as a log may have it: without what follows the page of a one-time link, as that is a secret, or a secret with a
/// full stop behind it.
pub(crate) fn logged_path(request: &Request<'_>) -> String {
    logged(&request.uri().path())
}

fn logged(path: &Path<'_>) -> String {
    let mut asked = path.segments().filter(|segment| !segment.is_empty());
    let page = asked.next().and_then(|first| LINK_PAGES.into_iter().find(|page| *page == first));
    match (page, asked.next()) {
        (Some(page), Some(_)) => format!("/{page}/[redacted]"),
        _ => path.as_str().escape_debug().to_string(),
    }
}

/// Whether a request is for the path of a route, as Rocket finds routes: by decoded segments, of which empty ones do not
/// count, so that `/log_in/` is `/log_in`. A segment in `<>` is any.
pub(crate) fn is_at(request: &Request<'_>, path: &str) -> bool {
    let mut asked = request.uri().path().segments().filter(|segment| !segment.is_empty());
    let mut known = path.split('/').filter(|segment| !segment.is_empty());
    known.all(|known| asked.next().is_some_and(|asked| known.starts_with('<') || known == asked))
        && asked.next().is_none()
}

#[cfg(test)]
mod tests {
    use rocket::http::uri::Origin;

    use super::*;

    #[test]
    fn no_token_of_a_link_is_in_a_path_that_is_logged() {
        for (sent, is_logged) in [
            ("/reset/MARKER", "/reset/[redacted]"),
            ("/verify_email/MARKER", "/verify_email/[redacted]"),
            ("/undo_email/MARKER.", "/undo_email/[redacted]"),
            ("//undo%5Femail//MARKER/x", "/undo_email/[redacted]"),
            ("/verify_email", "/verify_email"),
            ("/account/email", "/account/email"),
        ] {
            assert_eq!(logged(&Origin::parse(sent).unwrap().path()), is_logged, "{sent}");
        }
    }
}
