//! The method of a request as it was sent, and its path as Rocket matches routes.

use rocket::http::Method;
use rocket::http::uri::Path;
use rocket::request::Request;

/// The request's method after `_method` is applied, kept because Rocket turns HEAD into GET later.
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

/// The path for the log. Everything after the page of a one-time link is left out, as it is a secret, or a secret with a
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

/// Whether the request's path matches a route's, as Rocket matches routes: by decoded segments, without empty ones, so that
/// `/log_in/` matches `/log_in`. A segment in `<>` matches any segment.
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
