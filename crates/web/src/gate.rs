//! What happens to every request before a route sees it: `_method` counts for nothing but a log-out, and another site's page
//! can neither change anything nor have anything of ours as a part of itself.

use doorward_domain::browser::RequestSource;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::http::{Method, Status};
use rocket::request::Request;
use rocket::{Data, Route, get, routes};

use crate::config::PublicUrl;
use crate::refusals::{self, Refusal};

/// The fairing that does it, for every path: an exception is a hole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gate;

/// The method of the request once `_method` is sorted out, as Rocket makes a GET of a HEAD later.
struct AskedMethod(Method);

/// Whether the client sent a `HEAD`, which changes nothing.
pub(crate) fn was_head(request: &Request<'_>) -> bool {
    request.local_cache(|| AskedMethod(request.method())).0 == Method::Head
}

#[rocket::async_trait]
impl Fairing for Gate {
    fn info(&self) -> Info {
        Info { name: "gate against cross-site requests", kind: Kind::Request }
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        let is_form = request.content_type().is_some_and(|content| content.is_form());
        if is_form && request.method() != Method::Post {
            undo_method_override(request, data.peek(METHOD_FIELD.len() + 1).await);
        }
        let method = request.method();
        request.local_cache(|| AskedMethod(method));
        let changes_nothing = matches!(method, Method::Get | Method::Head | Method::Options | Method::Trace);
        let is_refused = if changes_nothing {
            is_for_another_sites_page(request)
        } else {
            source_of(request) == RequestSource::OtherSite
        };
        if is_refused {
            refusals::log(request, Refusal::AnotherSite);
            refuse(request);
        }
    }
}

const METHOD_FIELD: &[u8] = b"_method=delete";

/// Rocket makes a POST whose body begins with `_method=…` a request of that method, before any fairing sees it. This
/// makes it a POST again, but for the one that the Log Out button sends.
fn undo_method_override(request: &mut Request<'_>, body: &[u8]) {
    let was_overridden = body.windows(b"_method".len()).any(|window| window == b"_method");
    let is_log_out_button = request.method() == Method::Delete
        && request.uri().path() == "/log_out"
        && body.get(..METHOD_FIELD.len()).is_some_and(|field| field.eq_ignore_ascii_case(METHOD_FIELD))
        && body.get(METHOD_FIELD.len()).is_none_or(|&next| next == b'&');
    if was_overridden && !is_log_out_button {
        request.set_method(Method::Post);
    }
}

/// Whether another site's page wants this as a part of itself: an image, a script, an answer to `fetch`. Nothing here is
/// meant for that (OWASP ASVS 5.0 §3.5.8); who follows a link comes by a navigation. Old browsers do not say.
fn is_for_another_sites_page(request: &Request<'_>) -> bool {
    let header = |name| request.headers().get_one(name);
    matches!(header("sec-fetch-site"), Some("cross-site" | "same-site"))
        && header("sec-fetch-mode").is_some_and(|mode| mode != "navigate")
}

pub(crate) fn source_of(request: &Request<'_>) -> RequestSource {
    // Browsers send each once; whoever sends one twice wants two readers to see two things.
    let header = |name| {
        let mut values = request.headers().get(name);
        values.next().map(|first| if values.next().is_none() { first } else { "" })
    };
    let public_origin = request.rocket().state::<PublicUrl>().map_or("", PublicUrl::origin);
    RequestSource::of(header("sec-fetch-site"), header("origin"), public_origin)
}

/// A fairing cannot answer, so the request goes where the answer is.
fn refuse(request: &mut Request<'_>) {
    request.set_method(Method::Get);
    request.set_uri(Origin::const_new("/.refused", None));
}

#[get("/.refused")]
const fn refused() -> Status {
    Status::Forbidden
}

pub(crate) fn routes() -> Vec<Route> {
    routes![refused]
}
