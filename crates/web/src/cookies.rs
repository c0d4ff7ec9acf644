//! The two cookies: both private (encrypted and authenticated with the secret key), so nobody else can write one.

use doorward_domain::SessionToken;
use doorward_domain::browser::cookie::{self, SiteCookies};
use rocket::http::{Cookie, CookieJar, Status};
use rocket::request::Request;

use crate::config::PublicUrl;
use crate::gate;

/// Our cookies, as Rocket's jar wants them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies(SiteCookies);

impl Cookies {
    pub(crate) const fn new(public_url: &PublicUrl) -> Self {
        Self(if public_url.is_https() { cookie::SECURE } else { cookie::PLAIN })
    }

    fn of<'r>(request: &'r Request<'_>) -> Result<&'r Self, Status> {
        request.rocket().state().ok_or(Status::InternalServerError)
    }

    /// The token that the browser sent: the one place that reads it. `Err` when its cookies' names are dubious.
    pub(crate) fn session_token(request: &Request<'_>) -> Result<Option<SessionToken>, Status> {
        let Self(site) = Self::of(request)?;
        let headers: Vec<_> = request.headers().get("cookie").collect();
        if let Err(error) = site.session_in(headers) {
            tracing::warn!(%error, "refused a request");
            return Err(Status::Forbidden);
        }
        Ok(request.cookies().get_private(site.session).and_then(|cookie| SessionToken::parse(cookie.value())))
    }

    /// Gives the browser its session.
    pub(crate) fn start_session(&self, jar: &CookieJar<'_>, token: &SessionToken) {
        add(jar, self.0.set_session(&token.expose_secret()));
        // What was to be said before the log-in, “please log in” above all, is out of date now.
        self.remove(jar, self.0.flash);
    }

    /// Takes the session from the browser.
    pub(crate) fn end_session(&self, jar: &CookieJar<'_>) {
        self.remove(jar, self.0.session);
    }

    /// Browsers take a removal only with the attributes that the name's prefix asks for.
    fn remove(&self, jar: &CookieJar<'_>, name: &'static str) {
        jar.remove_private(Cookie::build(name).path("/").http_only(true).secure(self.0 == cookie::SECURE));
    }
}

/// Encrypts the value of a `Set-Cookie` header and sends it, with its attributes and no others: left to itself Rocket would
/// add `Expires`.
fn add(jar: &CookieJar<'_>, set_cookie: String) {
    if let Ok(mut cookie) = Cookie::parse(set_cookie) {
        cookie.set_expires(None);
        jar.add_private(cookie);
    }
}

/// A text shown once, on the next page: only its code travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flash {
    /// “Account created. Please log in.”
    AccountCreated,
    /// “Successfully logged out.”
    LoggedOut,
    /// “Please log in to continue.”
    LogInRequired,
}

impl Flash {
    const ALL: [Self; 3] = [Self::AccountCreated, Self::LoggedOut, Self::LogInRequired];

    /// The code that the cookie holds, and under which the templates have the text.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AccountCreated => "account_created",
            Self::LoggedOut => "logged_out",
            Self::LogInRequired => "log_in_required",
        }
    }
}

/// Has `flash` shown on the next page, within five minutes.
pub(crate) fn put_flash(request: &Request<'_>, flash: Flash) {
    if let Ok(cookies) = Cookies::of(request) {
        add(request.cookies(), cookies.0.set_flash(flash.code()));
    }
}

/// The message to show on this page; it is gone with it. A `HEAD` shows nothing and leaves it.
pub(crate) fn take_flash(request: &Request<'_>) -> Option<Flash> {
    let cookies = Cookies::of(request).ok()?;
    if gate::was_head(request) {
        return None;
    }
    let jar = request.cookies();
    let code = jar.get(cookies.0.flash).map(|_| jar.get_private(cookies.0.flash))?;
    cookies.remove(jar, cookies.0.flash);
    Flash::ALL.into_iter().find(|flash| code.as_ref().is_some_and(|code| code.value() == flash.code()))
}
