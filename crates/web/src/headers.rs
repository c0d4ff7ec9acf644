//! The security headers of every response.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::request::Request;
use rocket::response::Response;

use crate::config::{HstsScope, SiteConfig};
use crate::cookies::Cookies;
use crate::surface::Surface;

/// What a page may load and do: only what is the site's own.
const OF_PAGES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                        connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What a response to a program may load and do, in case a browser shows it (OWASP REST Security Cheat Sheet).
const OF_PROGRAMS: &str = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of every response: OWASP HTTP Headers Cheat Sheet and OWASP ASVS 5.0 §3.4. `Referrer-Policy` is not
/// `no-referrer`, as Chromium would then send `Origin: null` with our own forms.
const ALWAYS: [(&str, &str); 6] = [
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
];

/// Without it, the Back button could show a user's pages after they have logged out.
const NOT_STORED: (&str, &str) = ("Cache-Control", "no-store");

/// `Strict-Transport-Security`: none without TLS, otherwise for two years, as the cheat sheet has it.
#[derive(Debug)]
pub(crate) struct Hsts(Option<&'static str>);

impl Hsts {
    pub(crate) fn of(config: &SiteConfig) -> Self {
        Self(config.public_url.is_https().then_some(match config.hsts_scope {
            HstsScope::Host => "max-age=63072000",
            HstsScope::HostAndSubdomains => "max-age=63072000; includeSubDomains",
        }))
    }
}

/// The fairing that sets these headers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Headers;

#[rocket::async_trait]
impl Fairing for Headers {
    fn info(&self) -> Info {
        Info { name: "security headers", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        set_on(request, response);
    }
}

/// Sets the headers that the response does not set itself. Our routes set only how long an asset may be cached, and a route
/// beside ours may allow more; but no cache may store one of our cookies. Rocket answers requests that it cannot parse
/// without running fairings, so the catcher of such responses calls this itself.
pub(crate) fn set_on(request: &Request<'_>, response: &mut Response<'_>) {
    let policy = match Surface::of(request) {
        Surface::Pages => OF_PAGES,
        Surface::Programs => OF_PROGRAMS,
    };
    let hsts = request.rocket().state::<Hsts>().and_then(|hsts| hsts.0).map(|hsts| ("Strict-Transport-Security", hsts));
    let ours = ALWAYS.into_iter().chain([("Content-Security-Policy", policy), NOT_STORED]).chain(hsts);
    for (name, value) in ours {
        if !response.headers().contains(name) {
            response.set_header(Header::new(name, value));
        }
    }
    if Cookies::of(request).is_ok_and(|cookies| cookies.are_set_by(response)) {
        response.set_header(Header::new(NOT_STORED.0, NOT_STORED.1));
    }
}
