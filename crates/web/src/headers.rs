//! What every answer says to browsers, whatever it is.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::request::Request;
use rocket::response::Response;

use crate::config::PublicUrl;

/// OWASP HTTP Headers Cheat Sheet and OWASP ASVS 5.0 §3.4. `Referrer-Policy` is not `no-referrer`: with that Chromium
/// sends `Origin: null` with our own forms. Everything is ours, so `default-src` is nothing.
const ALWAYS: [(&str, &str); 7] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
];

/// Two years, as the cheat sheet has it.
const HSTS: (&str, &str) = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains");

/// The fairing that says it.
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

/// Rocket answers what it cannot parse without asking fairings; the catcher of such answers calls this itself.
pub(crate) fn set_on(request: &Request<'_>, response: &mut Response<'_>) {
    for (name, value) in ALWAYS {
        response.set_header(Header::new(name, value));
    }
    if request.rocket().state::<PublicUrl>().is_some_and(PublicUrl::is_https) {
        response.set_header(Header::new(HSTS.0, HSTS.1));
    }
    if !response.headers().contains("Cache-Control") {
        response.set_header(Header::new("Cache-Control", "no-store"));
    }
}
