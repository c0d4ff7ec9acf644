//! Failures that are not the visitor's fault: the log has all of it, the page only a number.

use std::error::Error;
use std::time::Instant;

use doorward_domain::password::HashingError;
use doorward_domain::repository::Availability;
use doorward_domain::{
    AddPasskeyError, ChangeFactorError, ChangePasskeyError, ChangePasswordError, ChangeUsernameError,
    DeleteAccountError, EmailLinkError, EndSessionError, EntropyError, Failed, GiveEmailError, LinkError, LogInError,
    ProvePasskeyError, ReadEmailError, ReauthenticateError, RemovePasswordError, ResetPasswordError, SecondStepError,
    SetUpTotpError, SignUpError, StoreError,
};
use rocket::http::Status;
use rocket::request::Request;
use rocket::response::{self, Responder};

use crate::asked::logged_path;
use crate::request_id::RequestId;
use crate::sample::Sample;

/// A request that could not be served.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    cause: Box<dyn Error + Send + Sync>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Something is wrong: `500`. Its page names the line of the log, so each one is logged.
    Broken,
    /// The hashing queue is full: `503`, without a number.
    Overloaded,
    /// The database does not answer: `503`, without a number.
    Unreachable,
}

/// Limits how often a `503` is logged, as clients can cause any number of them while there is a reason for one. Managed by the site.
#[derive(Debug, Default)]
pub(crate) struct UnavailableSamples {
    overloaded: Sample,
    unreachable: Sample,
    not_ready: Sample,
}

impl UnavailableSamples {
    /// The sample of failed readiness checks.
    pub(crate) const fn not_ready(&self) -> &Sample {
        &self.not_ready
    }
}

/// Marks a request whose failure is in the log already.
pub(crate) struct IsLogged;

impl Failure {
    fn new(kind: Kind, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, cause: cause.into() }
    }

    /// Logs the cause, unless it is a `503` and enough of them were logged lately, and returns the status for the catcher.
    pub(crate) fn log(&self, request: &Request<'_>) -> Status {
        request.local_cache(|| Some(IsLogged));
        let status = match self.kind {
            Kind::Broken => Status::InternalServerError,
            Kind::Overloaded | Kind::Unreachable => Status::ServiceUnavailable,
        };
        let sample = request.rocket().state::<UnavailableSamples>().and_then(|samples| match self.kind {
            Kind::Broken => None,
            Kind::Overloaded => Some(&samples.overloaded),
            Kind::Unreachable => Some(&samples.unreachable),
        });
        let Some(left_out) = sample.map_or(Some(0), |sample| sample.take(Instant::now())) else { return status };
        let mut causes = vec![self.cause.to_string()];
        let mut next = self.cause.source();
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        causes.dedup();
        let (id, method, path) = (RequestId::of(request), request.method(), logged_path(request));
        let cause = causes.join(": ");
        tracing::error!(
            request.id = %id, http.method = %method, http.path = %path, http.status = status.code, cause,
            log.left_out = sample.map(|_| left_out), "a request failed"
        );
        status
    }
}

impl<'r> Responder<'r, 'static> for Failure {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Err(self.log(request))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let kind = match error.availability() {
            Availability::Unavailable => Kind::Unreachable,
            Availability::Broken => Kind::Broken,
        };
        Self::new(kind, error)
    }
}

impl From<HashingError> for Failure {
    fn from(error: HashingError) -> Self {
        let kind = match error {
            HashingError::Overloaded => Kind::Overloaded,
            _ => Kind::Broken,
        };
        Self::new(kind, error)
    }
}

impl From<EntropyError> for Failure {
    fn from(error: EntropyError) -> Self {
        Self::new(Kind::Broken, error)
    }
}

impl From<Failed> for Failure {
    fn from(error: Failed) -> Self {
        match error {
            Failed::Hashing(error) => error.into(),
            Failed::Store(error) => error.into(),
            error => Self::new(Kind::Broken, error),
        }
    }
}

/// An error that the handler does not answer itself is a failure.
macro_rules! failures_of {
    ($($error:ident),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                match error {
                    $error::Failed(error) => error.into(),
                    error => Self::new(Kind::Broken, error),
                }
            }
        }
    )*};
}

failures_of!(
    AddPasskeyError,
    ChangePasskeyError,
    ProvePasskeyError,
    RemovePasswordError,
    SecondStepError,
    SetUpTotpError,
    ChangeFactorError,
    SignUpError,
    LogInError,
    EndSessionError,
    ReauthenticateError,
    ChangePasswordError,
    ChangeUsernameError,
    DeleteAccountError,
    LinkError,
    ResetPasswordError,
    ReadEmailError,
    GiveEmailError,
    EmailLinkError
);
