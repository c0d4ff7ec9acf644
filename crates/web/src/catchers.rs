//! Responses to requests that no route answered.

use std::collections::BTreeSet;

use doorward_domain::Visit;
use doorward_domain::browser::ReturnPath;
use rocket::http::uri::Origin;
use rocket::http::{Header, Method, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{Build, Catcher, Rocket, catch, catchers, uri};

use crate::answer::{Page, SeeOther};
use crate::asked::{self, logged_path};
use crate::config::PublicUrl;
use crate::cookies;
use crate::failure::IsLogged;
use crate::flash::Flash;
use crate::guards::{lacks_second_factor, visitor_of_error};
use crate::headers;
use crate::reply::{Refusal, Reply};
use crate::request_id::RequestId;
use crate::routes;
use crate::views::{ErrorNote, View};

/// Registers our catchers, except where the application has its own. Rocket prefers a longer base to a matching status.
/// Where an application's catcher handles every error from a base on, the redirect to the log-in is registered at that
/// base, too.
pub(crate) fn register(mut rocket: Rocket<Build>) -> Rocket<Build> {
    let theirs: Vec<Catcher> = rocket.catchers().cloned().collect();
    let has = |code, base: &Origin<'_>| {
        let at = |other: &Catcher| other.base.path().segments().eq(base.path().segments());
        theirs.iter().any(|other| other.code == code && at(other))
    };
    let root = uri!("/");
    if !has(None, &root) {
        rocket = rocket.register("/", catchers![error]);
    }
    let of_everything = theirs.iter().filter(|theirs| theirs.code.is_none()).map(|theirs| theirs.base.clone());
    let bases: BTreeSet<_> = of_everything.chain([root]).map(|base| base.to_string()).collect();
    for base in bases {
        if Origin::parse(&base).is_ok_and(|at| !has(Some(401), &at)) {
            rocket = rocket.register(&*base, catchers![log_in_first]);
        }
    }
    rocket
}

/// A visitor who has to log in first comes back afterwards if a link can lead there. A user who has to set up a second
/// factor is sent to its set-up. A JSON request of the script gets a JSON response, and the script reloads its page.
#[catch(401)]
fn log_in_first(request: &Request<'_>) -> LogInFirst {
    if request.content_type().is_some_and(|sent| sent.is_json()) {
        return LogInFirst::Reply(Refusal::with_status(Status::Unauthorized, "ended", &"nobody is logged in").into());
    }
    if lacks_second_factor(request) {
        return LogInFirst::SeeOther(SeeOther::to(routes::SET_UP));
    }
    let wanted = match request.method() {
        Method::Get => ReturnPath::parse(&request.uri().to_string()),
        // The page of the form that was sent. Its fields are empty again.
        _ if allowed_methods(request).contains("GET") => ReturnPath::parse(request.uri().path().as_str()),
        _ => None,
    };
    let flash = cookies::take_expired_session(request).unwrap_or(Flash::LogInRequired);
    LogInFirst::SeeOther(SeeOther::to(wanted.unwrap_or_default().appended_to("/log_in")).saying(flash))
}

#[derive(rocket::Responder)]
enum LogInFirst {
    SeeOther(SeeOther),
    Reply(Reply),
}

#[catch(default)]
async fn error(status: Status, request: &Request<'_>) -> ErrorAnswer {
    ErrorAnswer { status, visit: visitor_of_error(request, status).await }
}

struct ErrorAnswer {
    status: Status,
    visit: Option<Visit>,
}

impl<'r> Responder<'r, 'static> for ErrorAnswer {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let allowed = allowed_methods(request);
        // Rocket answers 404 if it knows the path but not the method.
        let is_known = !allowed.is_empty() && !allowed.contains(request.method().as_str());
        let status = if self.status == Status::NotFound && is_known { Status::MethodNotAllowed } else { self.status };
        if status == Status::InternalServerError {
            log_unless_logged(request);
        }
        let request_id = (status == Status::InternalServerError).then(|| RequestId::of(request).to_string());
        let public_url = request.rocket().state::<PublicUrl>().filter(|_| status == Status::Forbidden);
        let site_url = public_url.map(|url| url.origin().to_owned());
        let view = View::Error { error: ErrorNote { request_id, site_url, ..ErrorNote::of(status.code) } };
        let page = Page::new(view, self.visit.as_ref()).with_status(status).respond_to(request);
        let mut response = page.or_else(|_| plain(status, request))?;
        if status == Status::MethodNotAllowed {
            let methods: Vec<_> = allowed.into_iter().collect();
            response.set_header(Header::new("Allow", methods.join(", ")));
        }
        if status == Status::ServiceUnavailable {
            let wait = request.rocket().state().map_or(5, |RetryAfter(seconds)| *seconds);
            response.set_header(Header::new("Retry-After", wait.to_string()));
        }
        headers::set_on(request, &mut response);
        Ok(response)
    }
}

/// Logs a 500 that is not in the log yet: a panic has no handler left to log it.
fn log_unless_logged(request: &Request<'_>) {
    if request.local_cache(|| None::<IsLogged>).is_some() {
        return;
    }
    let (id, method, path) = (RequestId::of(request), request.method(), logged_path(request));
    tracing::error!(
        request.id = %id, http.method = %method, http.path = %path, http.status = 500,
        "a request failed; if it panicked, the message is above"
    );
}

/// How many seconds a client should wait after a `503`: by then, a full hashing queue has emptied.
pub(crate) struct RetryAfter(pub(crate) u64);

/// The response when the page itself cannot be rendered.
fn plain(status: Status, request: &Request<'_>) -> response::Result<'static> {
    Response::build_from(status.reason().unwrap_or("Error").respond_to(request)?).status(status).ok()
}

/// The methods of the routes that match the request's path.
pub(crate) fn allowed_methods(request: &Request<'_>) -> BTreeSet<&'static str> {
    let mut methods = BTreeSet::new();
    for route in request.rocket().routes().filter(|route| asked::is_at(request, route.uri.path())) {
        methods.insert(route.method.as_str());
        if route.method == Method::Get {
            methods.insert(Method::Head.as_str());
        }
    }
    methods
}
