use std::borrow::Cow;
use std::fmt;
use std::mem;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::{ConnectInfo, OriginalUri, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use doorward_domain::browser::{self, RequestSource, ReturnPath};
use doorward_domain::sent_session::SentSession;
use doorward_domain::{Client, Clock, DeviceTokens, Entropy, SessionRepository, SessionToken};
use tower_layer::Layer;
use tower_service::Service;

use crate::accounts::Accounts;
use crate::asked::{Asked, Resume, Sent};
use crate::cookies::SentCookies;
use crate::refusal::{LogInFirst, Refusal};
use crate::session_changes::{Change, Changes};
use crate::site::Site;

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The layer that every request has to pass, of [`Accounts::gate`].
///
/// 1. It reads the session token. Cookies with dubious names are refused with 403, an ambiguous `Authorization` with 400, an unreadable
///    one with 401.
/// 2. It refuses with 403 a change that another site's page requests, on every path ([`RequestSource`]). A request with a bearer token is
///    exempt: no page can send a token that it does not have. In exchange its cookies prove nothing, and its response sets none.
/// 3. It sets the cookies, or for a program the header with its new token, and adds `Cache-Control: no-store`, unless the response has a
///    policy of its own and none of these. A visitor who has to log in first is redirected to the log-in page if they asked for a page.
pub struct Gate<S, C, E>(Accounts<S, C, E>);

/// A service behind the gate.
pub struct Guarded<I, S, C, E> {
    inner: I,
    accounts: Accounts<S, C, E>,
}

impl<S, C, E> Gate<S, C, E> {
    pub(crate) const fn new(accounts: Accounts<S, C, E>) -> Self {
        Self(accounts)
    }
}

impl<I, S, C, E> Layer<I> for Gate<S, C, E> {
    type Service = Guarded<I, S, C, E>;

    fn layer(&self, inner: I) -> Self::Service {
        Guarded { inner, accounts: self.0.clone() }
    }
}

impl<I, S, C, E> Service<Request> for Guarded<I, S, C, E>
where
    I: Service<Request, Response = Response> + Clone + Send + 'static,
    I::Future: Send,
    S: SessionRepository + 'static,
    C: Clock + 'static,
    E: Entropy + 'static,
{
    type Response = Response;
    type Error = I::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, I::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        // `self.inner` is ready to be called; the clone may not be.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let accounts = self.accounts.clone();
        Box::pin(async move {
            let passage = match Passage::of(&accounts, &request) {
                Ok(passage) => passage,
                Err(refusal) => return Ok(not_stored(refusal.into_response())),
            };
            request.extensions_mut().insert(passage.asked.clone());
            let response = inner.call(request).await?;
            Ok(not_stored(passage.finish(&accounts, response)))
        })
    }
}

/// The kind of client that keeps the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeper {
    Browser,
    Program,
}

/// One request on its way through the gate.
struct Passage {
    asked: Asked,
    keeper: Keeper,
    /// Cookies to set with any response.
    cookies: Vec<String>,
    /// Where to send a visitor who has to log in first; `None` for a program, and if the request does not accept a page.
    log_in_page: Option<String>,
}

impl Passage {
    fn of<S, C, E>(accounts: &Accounts<S, C, E>, request: &Request) -> Result<Self, Refusal>
    where
        S: SessionRepository + 'static,
        C: Clock + 'static,
        E: Entropy + 'static,
    {
        let (site, headers) = (accounts.site(), Headers(request.headers()));
        let cookies = headers.texts(&header::COOKIE);
        let cookies: Vec<_> = cookies.iter().map(AsRef::as_ref).collect();
        let cookies_sent = site.cookies.read(&cookies).map_err(Refusal::forbidden)?;
        let authorization = headers.texts(&header::AUTHORIZATION);
        let session = SentSession::of(authorization.iter().map(AsRef::as_ref), cookies_sent.session)?;
        let client = Client::new(headers.first(&header::USER_AGENT).as_deref(), client_address(site, request));
        let is_ahead =
            *request.method() == Method::HEAD || browser::is_asked_ahead(|name| headers.0.contains_key(name));
        let resume = if is_ahead { recognize(accounts.clone()) } else { resume(accounts.clone()) };
        if let SentSession::Bearer(token) = session {
            let asked = Asked::new(Sent::program(client, token), resume);
            return Ok(Self { asked, keeper: Keeper::Program, cookies: Vec::new(), log_in_page: None });
        }
        if !request.method().is_safe() && source_of(site, &headers) == RequestSource::OtherSite {
            tracing::info!(client.network = %client.network(), "another site's page was refused");
            return Err(Refusal::forbidden("this was sent by another site's page"));
        }
        let mut sent = Sent::browser(client, &cookies_sent);
        let mut cookies = Vec::new();
        let is_form_next = request.method().is_safe() && headers.is_navigation() && !is_ahead;
        if is_form_next
            && sent.client.browser.is_none()
            && let Ok(name) = accounts.name_browser()
        {
            cookies.push(site.cookies.set_browser(name));
        }
        if let SentSession::Cookie(value) = session {
            sent.session = SessionToken::parse(value);
        }
        let log_in_page = headers.accept_pages().then(|| log_in_page(site, request));
        Ok(Self { asked: Asked::new(sent, resume), keeper: Keeper::Browser, cookies, log_in_page })
    }

    /// Makes the changes that the handler has noted, and gives the client its renewed token unless one of them sets or removes the session.
    fn finish<S, C: Clock, E: Entropy>(self, accounts: &Accounts<S, C, E>, mut response: Response) -> Response {
        let Changes(mut changes) = response.extensions_mut().remove().unwrap_or_default();
        let is_changed = changes.iter().any(|change| matches!(change, Change::SetSession(..) | Change::RemoveSession));
        if let Some(visit) = self.asked.known_visit().filter(|_| !is_changed)
            && let Some(token) = &visit.renewed_token
        {
            changes.push(Change::SetSession(token.clone(), visit.session.clone()));
        }
        if response.extensions_mut().remove::<LogInFirst>().is_some() {
            response = match &self.log_in_page {
                Some(page) => Redirect::to(page).into_response(),
                None => challenged(response, self.keeper),
            };
        }
        match self.keeper {
            Keeper::Browser => {
                let set = changes.iter().filter_map(|change| set_cookie(accounts, change));
                for cookie in self.cookies.into_iter().chain(set) {
                    append_secret(&mut response, header::SET_COOKIE, &cookie);
                }
            }
            Keeper::Program => {
                for change in &changes {
                    if let Change::SetSession(token, _) = change {
                        let name = HeaderName::from_static(SentSession::NEW_TOKEN_HEADER);
                        append_secret(&mut response, name, &token.expose_secret());
                    }
                }
            }
        }
        response
    }
}

/// Returns the `Set-Cookie` value that makes this change; `None` if devices are not to be remembered.
fn set_cookie<S, C: Clock, E: Entropy>(accounts: &Accounts<S, C, E>, change: &Change) -> Option<String> {
    let cookies = &accounts.site().cookies;
    match change {
        Change::SetSession(token, session) => Some(cookies.set_session(token, accounts.kept_for(session))),
        Change::RemoveSession => Some(cookies.remove_session()),
        Change::SetDevice(tokens) => {
            let memory = accounts.device_memory();
            (!memory.is_zero()).then(|| cookies.set_device(tokens, memory))
        }
        #[cfg(feature = "second-factor")]
        Change::SetWaiting(log_in) => Some(cookies.set_waiting(log_in)),
        #[cfg(feature = "second-factor")]
        Change::RemoveWaiting => Some(cookies.remove_waiting()),
    }
}

/// Adds a header that is for this client alone: no cache may store the response, whatever the handler allows.
fn append_secret(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(mut value) = HeaderValue::from_str(value) {
        value.set_sensitive(true);
        response.headers_mut().append(name, value);
        response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    }
}

/// A 401 names the authentication scheme (RFC 9110 §11.6.1), and says of a program's token that it is invalid (RFC 6750 §3.1).
fn challenged(mut response: Response, keeper: Keeper) -> Response {
    let challenge = match keeper {
        Keeper::Browser => "Bearer",
        Keeper::Program => r#"Bearer error="invalid_token""#,
    };
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

/// Without `no-store`, the Back button could show a user's pages after they have logged out.
fn not_stored(mut response: Response) -> Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    response
}

fn resume<S: SessionRepository + 'static, C: Clock + 'static, E: Entropy + 'static>(
    accounts: Accounts<S, C, E>,
) -> Resume {
    Box::new(move |token| {
        let accounts = accounts.clone();
        Box::pin(async move { accounts.resume(&token).await })
    })
}

/// Used for responses that the user may never see: it renews no token.
fn recognize<S: SessionRepository + 'static, C: Clock + 'static, E: Entropy + 'static>(
    accounts: Accounts<S, C, E>,
) -> Resume {
    Box::new(move |token| {
        let accounts = accounts.clone();
        Box::pin(async move { accounts.recognize(&token).await })
    })
}

impl Sent {
    /// A program has no cookies: any that it sends prove nothing.
    fn program(client: Client, token: SessionToken) -> Self {
        Self {
            client,
            session: Some(token),
            device: DeviceTokens::default(),
            #[cfg(feature = "second-factor")]
            waiting: None,
        }
    }

    fn browser(client: Client, sent: &SentCookies<'_>) -> Self {
        Self {
            client: client.in_browser(sent.browser()),
            session: None,
            device: sent.device(),
            #[cfg(feature = "second-factor")]
            waiting: sent.waiting(),
        }
    }
}

fn source_of(site: &Site, headers: &Headers<'_>) -> RequestSource {
    let (fetch_site, origin) = (headers.texts(&SEC_FETCH_SITE), headers.texts(&header::ORIGIN));
    RequestSource::of(fetch_site.iter().map(AsRef::as_ref), origin.iter().map(AsRef::as_ref), &site.origin)
}

fn client_address(site: &Site, request: &Request) -> Option<IpAddr> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let headers = Headers(request.headers());
    let (forwarded, older) = (headers.texts(&header::FORWARDED), headers.texts(&X_FORWARDED_FOR));
    let forwarded: Vec<_> = forwarded.iter().map(AsRef::as_ref).collect();
    let older: Vec<_> = older.iter().map(AsRef::as_ref).collect();
    Some(browser::client_address(peer.ip(), &forwarded, &older, &site.is_proxy))
}

/// Returns the path of the log-in page, which leads back to the requested page.
fn log_in_page(site: &Site, request: &Request) -> String {
    let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |OriginalUri(uri)| uri);
    let wanted = uri.path_and_query().filter(|_| request.method().is_safe());
    let next = wanted.and_then(|wanted| ReturnPath::parse(wanted.as_str())).unwrap_or_default();
    next.appended_to(site.log_in_page)
}

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The headers of a request. Invalid UTF-8 becomes replacement characters, which occur in no name, token or address.
struct Headers<'a>(&'a HeaderMap);

impl<'a> Headers<'a> {
    fn texts(&self, name: &HeaderName) -> Vec<Cow<'a, str>> {
        self.0.get_all(name).into_iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect()
    }

    fn first(&self, name: &HeaderName) -> Option<Cow<'a, str>> {
        self.0.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()))
    }

    fn is_navigation(&self) -> bool {
        let (mode, upgrade) = (self.first(&SEC_FETCH_MODE), self.first(&header::UPGRADE_INSECURE_REQUESTS));
        browser::is_navigation(mode.as_deref(), upgrade.as_deref())
    }

    /// Whether the client accepts a page, as a browser does when it navigates.
    fn accept_pages(&self) -> bool {
        self.texts(&header::ACCEPT).iter().any(|accepted| accepted.contains("text/html"))
    }
}

impl<S, C, E> Clone for Gate<S, C, E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<I: Clone, S, C, E> Clone for Guarded<I, S, C, E> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), accounts: self.accounts.clone() }
    }
}

impl<S, C, E> fmt::Debug for Gate<S, C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gate").field(&self.0).finish()
    }
}

impl<I: fmt::Debug, S, C, E> fmt::Debug for Guarded<I, S, C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("inner", &self.inner).field("accounts", &self.accounts).finish()
    }
}
