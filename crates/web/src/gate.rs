//! What happens to every request before a route sees it: `_method` counts for nothing but a log-out, and nothing that
//! changes anything is taken from another site's page.

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
        if !changes_nothing && source_of(request) == RequestSource::OtherSite {
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

fn source_of(request: &Request<'_>) -> RequestSource {
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
