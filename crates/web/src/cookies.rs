//! The two cookies: both private (encrypted and authenticated with the secret key), so nobody else can write one.

use doorward_domain::SessionToken;
use doorward_domain::browser::cookie::{self, CookieNames};
use rocket::http::{Cookie, CookieJar, SameSite, Status};
use rocket::request::Request;
use rocket::time::Duration;

use crate::config::PublicUrl;
use crate::gate;

/// What our cookies are called here, and whether they are `Secure`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    names: CookieNames,
    secure: bool,
}

impl Cookies {
    pub(crate) const fn new(public_url: &PublicUrl) -> Self {
        let names = if public_url.is_https() { cookie::SECURE } else { cookie::PLAIN };
        Self { names, secure: public_url.is_https() }
    }

    fn of<'r>(request: &'r Request<'_>) -> Result<&'r Self, Status> {
        request.rocket().state().ok_or(Status::InternalServerError)
    }

    /// The token that the browser sent: the one place that reads it. `Err` when its cookies' names are dubious.
    pub(crate) fn session_token(request: &Request<'_>) -> Result<Option<SessionToken>, Status> {
        let Self { names, .. } = Self::of(request)?;
        if cookie::are_names_dubious(request.headers().get("cookie"), &[names.session, names.flash]) {
            tracing::warn!("refused a request whose cookies have dubious names");
            return Err(Status::Forbidden);
        }
        Ok(request.cookies().get_private(names.session).and_then(|cookie| SessionToken::parse(cookie.value())))
    }

    /// Gives the browser its session. Without `Max-Age` and `Expires` the cookie goes when the browser does.
    pub(crate) fn start_session(&self, jar: &CookieJar<'_>, token: &SessionToken) {
        jar.add_private(self.cookie(self.names.session, token.expose_secret(), SameSite::Lax));
        // What was to be said before the log-in, “please log in” above all, is out of date now.
        self.remove(jar, self.names.flash);
    }

    /// Takes the session from the browser.
    pub(crate) fn end_session(&self, jar: &CookieJar<'_>) {
        self.remove(jar, self.names.session);
    }

    fn cookie(&self, name: &'static str, value: String, same_site: SameSite) -> Cookie<'static> {
        // Rocket sets neither `Secure` behind a proxy, nor leaves `Expires` away, unless told to.
        Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(same_site)
            .secure(self.secure)
            .expires(None)
            .build()
    }

    /// Browsers take a removal only with the attributes that the name's prefix asks for.
    fn remove(&self, jar: &CookieJar<'_>, name: &'static str) {
        jar.remove_private(Cookie::build(name).path("/").http_only(true).secure(self.secure));
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
        let mut cookie = cookies.cookie(cookies.names.flash, flash.code().to_owned(), SameSite::Strict);
        cookie.set_max_age(Duration::minutes(5));
        request.cookies().add_private(cookie);
    }
}

/// The message to show on this page; it is gone with it. A `HEAD` shows nothing and leaves it.
pub(crate) fn take_flash(request: &Request<'_>) -> Option<Flash> {
    let cookies = Cookies::of(request).ok()?;
    if gate::was_head(request) {
        return None;
    }
    let jar = request.cookies();
    let code = jar.get(cookies.names.flash).map(|_| jar.get_private(cookies.names.flash))?;
    cookies.remove(jar, cookies.names.flash);
    Flash::ALL.into_iter().find(|flash| code.as_ref().is_some_and(|code| code.value() == flash.code()))
}
