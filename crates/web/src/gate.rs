//! Checks every request before a route sees it. `_method` is refused except for a log-out. Another site's page can neither
//! change anything nor embed anything of ours, and gets nothing at all from the paths for programs.

use std::convert::Infallible;

use doorward_domain::browser::RequestSource;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::form::Form;
use rocket::http::uri::Origin;
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Data, Route, get};

use crate::asked;
use crate::config::PublicUrl;
use crate::refusals::{self, Refusal};
use crate::surface::Surface;

/// The fairing that checks every path, by its [`Surface`], without exceptions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gate;

#[rocket::async_trait]
impl Fairing for Gate {
    fn info(&self) -> Info {
        Info { name: "gate against cross-site requests", kind: Kind::Request }
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        let method = request.method();
        asked::keep_method(request);
        let is_form = request.content_type().is_some_and(|content| content.is_form());
        let is_ambiguous =
            is_form && method != Method::Post && may_be_overridden(request, data.peek(LOG_OUT_FIELD.len() + 1).await);
        let changes_nothing = matches!(method, Method::Get | Method::Head | Method::Options | Method::Trace);
        let is_harmless = changes_nothing && !is_ambiguous;
        let is_crossed = match Surface::of(request) {
            Surface::Pages if is_harmless => is_for_another_sites_page(request),
            Surface::Pages | Surface::Programs => source_of(request) == RequestSource::OtherSite,
        };
        if is_crossed {
            refusals::log(request, Refusal::AnotherSite);
            refuse(request, Status::Forbidden);
        } else if is_ambiguous {
            refuse(request, Status::BadRequest);
        }
    }
}

/// What the Log Out button sends.
const LOG_OUT_FIELD: &[u8] = b"_method=delete";

/// Rocket turns a POST whose body begins with `_method=…` into a request with that method, before any fairing sees it. Such
/// a request cannot be told from one that was sent with that method and the same body. Doorward's pages send neither,
/// except for the Log Out button.
fn may_be_overridden(request: &Request<'_>, body: &[u8]) -> bool {
    // Parsed as Rocket does it.
    let first = body.get(..LOG_OUT_FIELD.len()).unwrap_or(body);
    let named = str::from_utf8(first).ok().and_then(|form| Form::values(form).next());
    let named = named.filter(|field| field.name == "_method").and_then(|field| field.value.parse::<Method>().ok());
    let is_log_out_button = request.method() == Method::Delete
        && asked::is_at(request, "/log_out")
        && first.eq_ignore_ascii_case(LOG_OUT_FIELD)
        && body.get(LOG_OUT_FIELD.len()).is_none_or(|&next| next == b'&');
    named == Some(request.method()) && !is_log_out_button
}

/// Whether another site's page embeds this: an image, a script, a response to `fetch`. Nothing here is meant for that
/// (OWASP ASVS 5.0 §3.5.8); a followed link is a navigation. Old browsers do not send these headers.
pub(crate) fn is_for_another_sites_page(request: &Request<'_>) -> bool {
    let header = |name| request.headers().get_one(name);
    matches!(header("sec-fetch-site"), Some("cross-site" | "same-site"))
        && header("sec-fetch-mode").is_some_and(|mode| mode != "navigate")
}

pub(crate) fn source_of(request: &Request<'_>) -> RequestSource {
    let header = |name| request.headers().get(name);
    let public_origin = request.rocket().state::<PublicUrl>().map_or("", PublicUrl::origin);
    RequestSource::of(header("sec-fetch-site"), header("origin"), public_origin)
}

/// The path of the response to refused requests.
pub(crate) const REFUSED: &str = "/.refused";

/// The status of a refused request.
struct Refused(Status);

/// Refuses a request. A fairing cannot answer, so the request is rerouted to [`REFUSED`].
pub(crate) fn refuse(request: &mut Request<'_>, status: Status) {
    request.local_cache(|| Refused(status));
    request.set_method(Method::Get);
    request.set_uri(Origin::const_new(REFUSED, None));
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Refused {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        // A client may request the path itself.
        Outcome::Success(request.local_cache(|| Refused(Status::Forbidden)))
    }
}

#[get("/.refused")]
const fn refused(refused: &Refused) -> Status {
    refused.0
}

pub(crate) fn routes() -> Vec<Route> {
    rocket::routes![refused]
}
