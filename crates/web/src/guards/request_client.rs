use std::convert::Infallible;

use doorward_domain::browser::client_address;
use doorward_domain::{Client, Language};
use rocket::request::{FromRequest, Outcome, Request};
use tracing::Span;
use tracing::instrument::{Instrument as _, Instrumented};

use crate::asked::logged_path;
use crate::config::TrustedProxies;
use crate::cookies::Cookies;
use crate::reader;
use crate::request_id::RequestId;

/// The device and the address behind a request: the socket's other end, whatever a header says, unless that is a proxy of
/// ours.
pub(crate) struct RequestClient {
    pub(crate) client: Client,
    /// The language that somebody has chosen in this browser, where the site offers it.
    pub(crate) chosen: Option<Language>,
    span: Span,
}

impl RequestClient {
    /// Has whatever is logged meanwhile name the request.
    pub(crate) fn traced<Work>(&self, work: Work) -> Instrumented<Work> {
        work.instrument(self.span.clone())
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for RequestClient {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        // At the level of errors, as a span that is filtered out would take its fields from every event in it.
        let span = tracing::error_span!(
            "request", request.id = %RequestId::of(request), http.method = %request.method(),
            http.path = %logged_path(request)
        );
        let browser = Cookies::of(request).ok().and_then(|cookies| cookies.browser(request));
        let read = reader::read_language(request);
        let (client, chosen) = (client_of(request).in_browser(browser).reading(read), reader::chosen_language(request));
        Outcome::Success(Self { client, chosen, span })
    }
}

/// Who sent this request.
pub(crate) fn client_of(request: &Request<'_>) -> Client {
    let proxies = request.rocket().state::<TrustedProxies>();
    let [forwarded, x_forwarded_for] =
        ["forwarded", "x-forwarded-for"].map(|name| request.headers().get(name).collect::<Vec<_>>());
    let address = request.remote().map(|peer| {
        let is_trusted = |address| proxies.is_some_and(|proxies| proxies.contain(address));
        client_address(peer.ip(), &forwarded, &x_forwarded_for, is_trusted)
    });
    Client::new(request.headers().get_one("user-agent"), address)
}
