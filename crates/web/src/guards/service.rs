use std::ops::Deref;
use std::sync::Arc;

use doorward_domain::system::OsEntropy;
use doorward_domain::{Client, Clock, Language, LoggedIn, PendingLogInToken, Scope, Session, SessionToken, User};
use doorward_storage::SeaOrmStore;
use rocket::http::{CookieJar, Status};
use rocket::request::{self, FromRequest, Request};
use tracing::Span;
use tracing::instrument::Instrument as _;

use super::client_of;
use crate::asked::logged_path;
use crate::auth::SiteAuth;
use crate::cookies::Cookies;
use crate::metrics::{Action, Metrics, Outcome};
use crate::reader;
use crate::request_id::RequestId;

/// The service at this request: its use cases as the client calls them, and the browser's cookies. Use cases that need no
/// client are reached through it as well.
pub(crate) struct Service<'r> {
    here: Scope<'r, SeaOrmStore, Arc<dyn Clock>, OsEntropy>,
    /// The language that the visitor has chosen in this browser, if the site offers it.
    pub(crate) chosen: Option<Language>,
    pub(crate) cookies: &'r Cookies,
    pub(crate) jar: &'r CookieJar<'r>,
    metrics: Option<&'r Metrics>,
    span: Span,
}

impl<'r> Deref for Service<'r> {
    type Target = Scope<'r, SeaOrmStore, Arc<dyn Clock>, OsEntropy>;

    fn deref(&self) -> &Self::Target {
        &self.here
    }
}

impl Service<'_> {
    /// Runs a use case for the visitor. Log lines of the use case name the request, and its outcome is counted if the site has metrics.
    pub(crate) async fn traced<T, E>(&self, action: Action, work: impl Future<Output = Result<T, E>>) -> Result<T, E>
    where
        for<'e> Outcome: From<&'e E>,
    {
        let result = work.instrument(self.span.clone()).await;
        if let Some(metrics) = self.metrics {
            metrics.count_action(action, Outcome::of(&result));
        }
        result
    }

    /// Gives the browser its new session, and the tokens that make it known to the account; saves the language that was
    /// chosen in it to the account.
    pub(crate) async fn welcome(&self, logged_in: &LoggedIn) {
        self.cookies.remember_device(self.jar, &logged_in.device_tokens, self.device_memory());
        self.keep_language(&logged_in.user).await;
        self.cookies.start_session(self.jar, &logged_in.token, self.kept_for(&logged_in.session));
    }

    /// Ends the log-in that waits in this browser. A failure is only logged, and does not affect the visitor's request.
    pub(crate) async fn end_log_in(&self, token: &PendingLogInToken) {
        if let Err(error) = self.end_pending_log_in(token).await {
            tracing::warn!(%error, "a log-in waits on until its end");
        }
    }

    /// Gives the browser a new token of its session.
    pub(crate) fn set_session(&self, session: &Session, token: &SessionToken) {
        self.cookies.set_session(self.jar, token, self.kept_for(session));
    }

    /// Removes the session from the browser.
    pub(crate) fn forget_session(&self) {
        self.cookies.end_session(self.jar);
    }

    /// Saves the chosen language. A failure is only logged, and does not affect the log-in.
    async fn keep_language(&self, user: &User) {
        let chosen = self.chosen.as_ref().filter(|chosen| Some(*chosen) != user.language.as_ref());
        let Some(language) = chosen else { return };
        if let Err(error) = self.save_language(user.id, language).await {
            tracing::warn!(user.id = %user.id, %error, "the language that a user has chosen is not saved");
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Service<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let (Ok(cookies), Some(auth)) = (Cookies::of(request), request.rocket().state::<Arc<SiteAuth>>()) else {
            return request::Outcome::Error((Status::InternalServerError, ()));
        };
        // The span has the level of errors, as one that is filtered out would take its fields from every event in it.
        let span = tracing::error_span!(
            "request", request.id = %RequestId::of(request), http.method = %request.method(),
            http.path = %logged_path(request)
        );
        let client: &Client = request.local_cache(|| {
            client_of(request).in_browser(cookies.browser(request)).reading(reader::read_language(request))
        });
        let chosen = reader::chosen_language(request);
        let (jar, metrics) = (request.cookies(), Metrics::of(request));
        request::Outcome::Success(Self { here: auth.from(client), chosen, cookies, jar, metrics, span })
    }
}
