use std::fmt;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use doorward_domain::browser::ReturnPath;
use doorward_domain::system::{OsEntropy, SystemClock};
use doorward_domain::{Client, Clock, DeviceTokens, Entropy, LogIn, LogInStep, Scope, SessionToken, Store};
#[cfg(feature = "second-factor")]
use doorward_domain::{FinishLogIn, PendingLogInToken, SecondFactorRepository};

use crate::accounts::Accounts;
use crate::asked::Asked;
use crate::forms::LogInForm;
use crate::refusal::Refusal;
#[cfg(feature = "second-factor")]
use crate::session_changes::KeepLogIn;
use crate::session_changes::{EndSession, StartSession};

/// The visitor of a request, logged in or not: the data that they sent, and the use cases on their behalf. Extracting one looks nothing up.
/// The router's state has to be one from which [`Accounts`] come.
///
/// The methods that return a [`Response`] are complete steps of a log-in by form. A service makes a page of its own of a [`Refusal`] by
/// [`Refusal::with_body`]. For anything else, call the use cases through [`here`](Self::here).
pub struct Visitor<S, C = SystemClock, E = OsEntropy> {
    accounts: Accounts<S, C, E>,
    asked: Asked,
}

impl<S, C: Clock, E: Entropy> Visitor<S, C, E> {
    /// The use cases, called for this client.
    #[must_use]
    pub fn here(&self) -> Scope<'_, S, C, E> {
        self.accounts.from(self.client())
    }

    /// The client of the request.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.asked.sent().client
    }

    /// The session token that the client sent, whether or not a session has it.
    #[must_use]
    pub fn session(&self) -> Option<&SessionToken> {
        self.asked.sent().session.as_ref()
    }

    /// The tokens that make the browser a known device of accounts.
    #[must_use]
    pub fn device(&self) -> &DeviceTokens {
        &self.asked.sent().device
    }
}

impl<S: Store, C: Clock, E: Entropy> Visitor<S, C, E> {
    /// Signs up, and sends the browser to the page to log in.
    ///
    /// # Errors
    /// The [`Refusal`] of a [`SignUpError`](doorward_domain::SignUpError).
    pub async fn sign_up(&self, typed: &LogInForm) -> Result<Response, Refusal> {
        self.here().sign_up(typed.credentials()).await?;
        let page = typed.next().appended_to(self.accounts.site().log_in_page);
        Ok(Redirect::to(&page).into_response())
    }

    /// Logs in by password alone, and sends the browser to the page that the visitor wanted.
    ///
    /// # Errors
    /// The [`Refusal`] of a [`LogInError`](doorward_domain::LogInError), and one for users who have a second factor:
    /// `begin_log_in` asks for it.
    pub async fn log_in(&self, typed: &LogInForm) -> Result<Response, Refusal> {
        let step = self.here().log_in(self.in_place(LogIn::new(typed.credentials()))).await?;
        welcome(step, &typed.next())
    }

    /// Has this log-in replace the visitor's session, and count as one by this device.
    pub fn in_place<'a>(&'a self, log_in: LogIn<'a>) -> LogIn<'a> {
        log_in.replacing(self.session()).by_device(self.device())
    }

    /// Ends the session, removes it and a waiting log-in from the browser, and sends the browser to the log-in page. In a service with
    /// second factors call `end_waiting` first.
    ///
    /// # Errors
    /// [`Refusal`] if the store fails: the session may still be active.
    pub async fn log_out(&self) -> Result<Response, Refusal> {
        if let Some(token) = self.session() {
            self.here().log_out(token).await?;
        }
        Ok((EndSession, Redirect::to(self.accounts.site().log_in_page)).into_response())
    }
}

#[cfg(feature = "second-factor")]
impl<S: SecondFactorRepository + Store, C: Clock, E: Entropy> Visitor<S, C, E> {
    /// Logs in by password, or has the log-in wait and sends the browser to the page where a code is typed.
    ///
    /// # Errors
    /// The [`Refusal`] of a [`LogInError`](doorward_domain::LogInError).
    pub async fn begin_log_in(&self, typed: &LogInForm) -> Result<Response, Refusal> {
        let step = self.here().log_in(self.in_place(LogIn::new(typed.credentials()))).await?;
        if let LogInStep::Done(_) = step {
            // The log-in succeeds even if the earlier one cannot be ended, which expires by itself within minutes.
            if let Err(refusal) = self.end_waiting().await {
                tracing::warn!(%refusal, "an earlier log-in waits on until its end");
            }
        }
        self.go_on(step, typed.next()).await
    }

    /// Ends the log-in that waits in this browser, so that not even a copy of its cookie can finish it.
    ///
    /// # Errors
    /// [`Refusal`] if the store fails: the log-in waits until it expires.
    pub async fn end_waiting(&self) -> Result<&Self, Refusal> {
        if let Some(waiting) = self.waiting() {
            self.accounts.end_pending_log_in(&waiting.token).await?;
        }
        Ok(self)
    }

    /// Finishes the waiting log-in by this code, and sends the browser to the page that the visitor wanted.
    ///
    /// # Errors
    /// The [`Refusal`] of a [`SecondStepError`](doorward_domain::SecondStepError). If no log-in waits, the browser is sent to begin one.
    pub async fn finish_log_in(&self, code: &str) -> Result<Response, Refusal> {
        let waiting = self.waiting().ok_or_else(Refusal::log_in_first)?;
        let finish = FinishLogIn::new(&waiting.token, code);
        let step = self.here().finish_log_in(finish.replacing(self.session()).by_device(self.device())).await?;
        self.go_on(step, waiting.next.clone()).await
    }

    /// Returns the response after this step of a log-in, made in any way, which leads to `next`.
    ///
    /// # Errors
    /// [`Refusal`] if the store fails, or if the step is one that the service has to answer in its own way.
    pub async fn go_on(&self, step: LogInStep, next: ReturnPath) -> Result<Response, Refusal> {
        let LogInStep::SecondFactor(proved) = step else { return welcome(step, &next) };
        let earlier = self.waiting().map(|waiting| &waiting.token);
        let step = self.here().begin_second_step(&proved, earlier).await?;
        let page = Redirect::to(self.accounts.site().code_page);
        Ok((KeepLogIn::of(step, next), page).into_response())
    }

    /// The log-in that waits for a second factor in this browser.
    #[must_use]
    pub fn waiting(&self) -> Option<&WaitingLogIn> {
        self.asked.sent().waiting.as_ref()
    }
}

/// Returns the response to a completed log-in.
fn welcome(step: LogInStep, next: &ReturnPath) -> Result<Response, Refusal> {
    let next = Redirect::to(next.as_str());
    match step {
        LogInStep::Done(logged_in) => Ok((StartSession::of(&logged_in), next).into_response()),
        LogInStep::Overtaken => Ok(next.into_response()),
        _ => Err(Refusal::unfit("this account asks for more than a password")),
    }
}

impl<T, S, C, E> FromRequestParts<T> for Visitor<S, C, E>
where
    Accounts<S, C, E>: FromRef<T>,
    T: Sync,
    S: Send + Sync,
    C: Send + Sync,
    E: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &T) -> Result<Self, Refusal> {
        Ok(Self { accounts: Accounts::from_ref(state), asked: Asked::of(parts)?.clone() })
    }
}

impl<S, C, E> fmt::Debug for Visitor<S, C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Visitor").field(self.asked.sent()).finish()
    }
}

/// A log-in that waits for a second factor, and where it leads.
#[cfg(feature = "second-factor")]
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WaitingLogIn {
    /// The token that finishes it.
    pub token: PendingLogInToken,
    /// Where the visitor wants to go.
    pub next: ReturnPath,
}

#[cfg(feature = "second-factor")]
impl WaitingLogIn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (token, next) = text.split_once(' ')?;
        Some(Self { token: PendingLogInToken::parse(token)?, next: ReturnPath::parse(next)? })
    }

    pub(crate) fn expose_secret(&self) -> String {
        format!("{} {}", self.token.expose_secret(), self.next)
    }
}
