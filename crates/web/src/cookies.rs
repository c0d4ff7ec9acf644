//! The cookies. All are private (encrypted and authenticated with the secret key), so that clients cannot forge them,
//! except the one with the language.
//!
//! Rocket knows one key and makes every cookie with it. Cookies that it cannot open are tried with the former keys.

use std::sync::Arc;
use std::time::Duration;

use cookie::Key;
use doorward_domain::browser::ReturnPath;
use doorward_domain::browser::cookie::SiteCookies;
use doorward_domain::link::LinkToken;
use doorward_domain::{BrowserId, DeviceTokens, PendingLogInToken, SessionToken};
use rocket::http::{Cookie, CookieJar, SameSite, Status};
use rocket::request::Request;
use rocket::response::Response;

use crate::audience::{self, Audience};
use crate::auth::SiteAuth;
use crate::config::SiteConfig;
use crate::flash::Flash;
use crate::refusals::{self, Refusal};
use crate::shown_secret::ShownSecret;

/// The name that our cookies' names derive from.
const NAME: &str = "doorward";

/// The cookie with the tag of the language that the visitor chose. It is not secret, and therefore not private.
const LANGUAGE: &str = "doorward-language";

/// For how long a browser keeps a language.
const LANGUAGE_MEMORY: time::Duration = time::Duration::days(365);

/// Our cookies, as Rocket's jar wants them.
#[derive(Debug)]
pub(crate) struct Cookies {
    site: SiteCookies,
    former_keys: Vec<Key>,
}

/// Which key opened a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenedWith {
    CurrentKey,
    FormerKey,
}

/// A log-in that waits for a second factor, and where it leads.
pub(crate) struct WaitingLogIn {
    pub(crate) token: PendingLogInToken,
    pub(crate) next: ReturnPath,
}

/// The token in a request's session cookie, which is opened once.
struct SentToken(Result<Option<(SessionToken, OpenedWith)>, Status>);

impl Cookies {
    pub(crate) fn new(config: &SiteConfig) -> Self {
        Self {
            site: if config.public_url.is_https() { SiteCookies::https(NAME) } else { SiteCookies::http(NAME) },
            former_keys: config.former_secret_keys.iter().map(|key| key.cookie_key().clone()).collect(),
        }
    }

    pub(crate) fn of<'r>(request: &'r Request<'_>) -> Result<&'r Self, Status> {
        request.rocket().state().ok_or(Status::InternalServerError)
    }

    /// The session token that the browser sent. No other code reads it. `Err` if the names of the browser's cookies are dubious.
    pub(crate) fn session_token(&self, request: &Request<'_>) -> Result<Option<(SessionToken, OpenedWith)>, Status> {
        request.local_cache(|| SentToken(self.open_session_token(request))).0.clone()
    }

    fn open_session_token(&self, request: &Request<'_>) -> Result<Option<(SessionToken, OpenedWith)>, Status> {
        let headers: Vec<_> = request.headers().get("cookie").collect();
        if self.site.session_in(headers).is_err() {
            refusals::log(request, Refusal::DubiousCookies);
            return Err(Status::Forbidden);
        }
        let opened = self.read(request, &self.site.session);
        Ok(opened.and_then(|(cookie, key)| Some((SessionToken::parse(cookie.value())?, key))))
    }

    /// Gives the browser the token of its session, for `kept_for` or until the browser is closed.
    pub(crate) fn set_session(&self, jar: &CookieJar<'_>, token: &SessionToken, kept_for: Option<Duration>) {
        add(jar, self.site.set_session(&token.expose_secret(), kept_for));
    }

    /// Gives the browser its new session.
    pub(crate) fn start_session(&self, jar: &CookieJar<'_>, token: &SessionToken, kept_for: Option<Duration>) {
        self.set_session(jar, token, kept_for);
        // A message from before the log-in, such as “please log in”, is out of date now.
        self.remove(jar, &self.site.flash);
        for name in [&self.site.held_back, &self.site.pending_log_in] {
            self.remove_sent(jar, name);
        }
    }

    /// The tokens that make the browser known to accounts.
    pub(crate) fn device_tokens(&self, request: &Request<'_>) -> DeviceTokens {
        let opened = self.read(request, &self.site.device);
        opened.map(|(cookie, _)| DeviceTokens::parse(cookie.value())).unwrap_or_default()
    }

    /// Has the browser keep these tokens for `remembered_for`.
    pub(crate) fn remember_device(&self, jar: &CookieJar<'_>, tokens: &DeviceTokens, remembered_for: Duration) {
        if !remembered_for.is_zero() {
            add(jar, self.site.set_device(&tokens.expose_secret(), remembered_for));
        }
    }

    /// Keeps the token of a user who has to verify an address before anything else.
    pub(crate) fn hold_back(&self, jar: &CookieJar<'_>, token: &LinkToken) {
        add(jar, self.site.set_held_back(&token.expose_secret()));
    }

    /// The token of the user who has to verify an address before anything else.
    pub(crate) fn held_back(&self, request: &Request<'_>) -> Option<LinkToken> {
        self.read(request, &self.site.held_back).and_then(|(cookie, _)| LinkToken::parse(cookie.value()))
    }

    /// Keeps a log-in that waits for a second factor.
    pub(crate) fn keep_log_in(&self, jar: &CookieJar<'_>, token: &PendingLogInToken, next: &ReturnPath) {
        add(jar, self.site.set_pending_log_in(&format!("{} {next}", token.expose_secret())));
    }

    /// The log-in that waits in this browser.
    pub(crate) fn waiting_log_in(&self, request: &Request<'_>) -> Option<WaitingLogIn> {
        let (cookie, _) = self.read(request, &self.site.pending_log_in)?;
        let (token, next) = cookie.value().split_once(' ')?;
        Some(WaitingLogIn { token: PendingLogInToken::parse(token)?, next: ReturnPath::parse(next)? })
    }

    /// Forgets the log-in that waited.
    pub(crate) fn forget_log_in(&self, jar: &CookieJar<'_>) {
        self.remove_sent(jar, &self.site.pending_log_in);
    }

    /// Keeps the secret of an authenticator app while it is set up.
    pub(crate) fn keep_totp_secret(&self, jar: &CookieJar<'_>, secret: &ShownSecret) {
        add(jar, self.site.set_totp_secret(&secret.to_value()));
    }

    /// The secret of the authenticator app that is being set up.
    pub(crate) fn totp_secret(&self, request: &Request<'_>) -> Option<ShownSecret> {
        ShownSecret::from_value(self.read(request, &self.site.totp_secret)?.0.value())
    }

    /// Forgets the secret of an authenticator app.
    pub(crate) fn forget_totp_secret(&self, jar: &CookieJar<'_>) {
        self.remove_sent(jar, &self.site.totp_secret);
    }

    /// Keeps recovery codes while they are shown.
    pub(crate) fn keep_recovery_codes(&self, jar: &CookieJar<'_>, codes: &ShownSecret) {
        add(jar, self.site.set_recovery_codes(&codes.to_value()));
    }

    /// The recovery codes that are being shown.
    pub(crate) fn recovery_codes(&self, request: &Request<'_>) -> Option<ShownSecret> {
        ShownSecret::from_value(self.read(request, &self.site.recovery_codes)?.0.value())
    }

    /// Forgets the recovery codes that were shown.
    pub(crate) fn forget_recovery_codes(&self, jar: &CookieJar<'_>) {
        self.remove_sent(jar, &self.site.recovery_codes);
    }

    /// The id of the browser.
    pub(crate) fn browser(&self, request: &Request<'_>) -> Option<BrowserId> {
        self.read(request, &self.site.browser).and_then(|(cookie, _)| BrowserId::parse(cookie.value()))
    }

    /// Gives the browser an id.
    fn name_browser(&self, jar: &CookieJar<'_>, browser: BrowserId) {
        add(jar, self.site.set_browser(&browser.to_string()));
    }

    /// Has the browser keep the language with this tag.
    pub(crate) fn set_language(&self, jar: &CookieJar<'_>, tag: &str) {
        let cookie = Cookie::build((LANGUAGE, tag.to_owned())).path("/").http_only(true).same_site(SameSite::Lax);
        jar.add(cookie.secure(self.site.are_secure()).max_age(LANGUAGE_MEMORY));
    }

    /// Whether the browser sent any of our cookies.
    pub(crate) fn are_sent(&self, request: &Request<'_>) -> bool {
        let SiteCookies { session, flash, device, browser, .. } = &self.site;
        [session, flash, device, browser].into_iter().any(|name| request.cookies().get(name).is_some())
    }

    /// Whether the response sets or removes any of our private cookies.
    pub(crate) fn are_set_by(&self, response: &Response<'_>) -> bool {
        let mut set = response.headers().get("Set-Cookie");
        set.any(|cookie| cookie.split('=').next().is_some_and(|name| self.site.is_ours(name)))
    }

    /// Removes the session from the browser.
    pub(crate) fn end_session(&self, jar: &CookieJar<'_>) {
        self.remove(jar, &self.site.session);
    }

    /// Removes a cookie. Browsers accept a removal only with the attributes that the name's prefix requires.
    fn remove(&self, jar: &CookieJar<'_>, name: &str) {
        jar.remove_private(Cookie::build(name.to_owned()).path("/").http_only(true).secure(self.site.are_secure()));
    }

    /// Removes a cookie if the browser sent it.
    fn remove_sent(&self, jar: &CookieJar<'_>, name: &str) {
        if jar.get(name).is_some() {
            self.remove(jar, name);
        }
    }

    /// The cookie of this name, if the browser sent it and we made it.
    fn read(&self, request: &Request<'_>, name: &str) -> Option<(Cookie<'static>, OpenedWith)> {
        let jar = request.cookies();
        if let Some(cookie) = jar.get_private(name) {
            return Some((cookie, OpenedWith::CurrentKey));
        }
        let closed = jar.get(name)?;
        let opened =
            self.former_keys.iter().find_map(|key| cookie::CookieJar::new().private(key).decrypt(closed.clone()));
        if opened.is_none() {
            refusals::log(request, Refusal::ForeignCookie);
        }
        opened.map(|cookie| (cookie, OpenedWith::FormerKey))
    }
}

/// Encrypts the value of a `Set-Cookie` header and sends it, with its own attributes only: by default, Rocket would add `Expires`.
fn add(jar: &CookieJar<'_>, set_cookie: String) {
    if let Ok(mut cookie) = Cookie::parse(set_cookie) {
        cookie.set_expires(None);
        jar.add_private(cookie);
    }
}

/// The language cookie that the browser sent. It may hold any text, as it is not private.
pub(crate) fn language<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    request.cookies().get(LANGUAGE).map(Cookie::value)
}

/// Gives an id to a browser that has none yet, so that a form that it sends twice counts once.
pub(crate) fn name_browser(request: &Request<'_>) {
    if !audience::is_navigation(request) || Audience::of(request) == Audience::Absent {
        return;
    }
    if let (Ok(cookies), Some(auth)) = (Cookies::of(request), request.rocket().state::<Arc<SiteAuth>>())
        && cookies.browser(request).is_none()
        && let Ok(browser) = auth.name_browser()
    {
        cookies.name_browser(request.cookies(), browser);
    }
}

/// Shows `flash` on the next page, within five minutes. A request whose response may never be seen sets none.
pub(crate) fn put_flash(request: &Request<'_>, flash: Flash) {
    if Audience::of(request) == Audience::Present
        && let Ok(cookies) = Cookies::of(request)
    {
        add(request.cookies(), cookies.site.set_flash(&flash.to_value()));
    }
}

/// Marks a request whose session has reached one of its limits.
struct SessionHasExpired;

/// Records for the rest of this request that its session has expired.
pub(crate) fn note_expired_session(request: &Request<'_>) {
    request.local_cache(|| Some(SessionHasExpired));
}

/// The message for a visitor whose session has expired. The cookie is removed with it, unless the response may never be
/// seen. A guard cannot remove it: Rocket discards a guard's changes to cookies when a catcher answers.
pub(crate) fn take_expired_session(request: &Request<'_>) -> Option<Flash> {
    request.local_cache(|| None::<SessionHasExpired>).as_ref()?;
    if Audience::of(request) == Audience::Absent {
        return None;
    }
    if let Ok(cookies) = Cookies::of(request) {
        cookies.end_session(request.cookies());
    }
    Some(Flash::SessionExpired)
}

/// Takes the message to show on this page. A page that may never be seen leaves it to the next one.
pub(crate) fn take_flash(request: &Request<'_>) -> Option<Flash> {
    let cookies = Cookies::of(request).ok()?;
    if Audience::of(request) == Audience::Absent {
        return None;
    }
    let jar = request.cookies();
    jar.get(&cookies.site.flash)?;
    let opened = cookies.read(request, &cookies.site.flash);
    cookies.remove(jar, &cookies.site.flash);
    opened.and_then(|(code, _)| Flash::from_value(code.value()))
}
