//! What is not the visitor's fault: said in full in the log, and with a number only on the page.

use std::error::Error;

use doorward_domain::password::HashingError;
use doorward_domain::repository::Availability;
use doorward_domain::{
    ChangePasswordError, ChangeUsernameError, ConfirmError, DeleteAccountError, EndSessionError, Failed, LogInError,
    SignUpError, StoreError,
};
use rocket::http::Status;
use rocket::request::Request;
use rocket::response::{self, Responder};

use crate::request_id::RequestId;

/// A request that could not be served.
#[derive(Debug)]
pub(crate) struct Failure {
    status: Status,
    cause: Box<dyn Error + Send + Sync>,
}

/// Marks a request whose failure is in the log already.
pub(crate) struct IsLogged;

impl Failure {
    fn new(status: Status, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { status, cause: cause.into() }
    }

    /// Writes the cause to the log, and gives the status for the catcher.
    pub(crate) fn log(&self, request: &Request<'_>) -> Status {
        request.local_cache(|| Some(IsLogged));
        let mut causes = vec![self.cause.to_string()];
        let mut next = self.cause.source();
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        causes.dedup();
        let (id, method, path) = (RequestId::of(request), request.method(), request.uri().path());
        let (status, cause) = (self.status.code, causes.join(": "));
        tracing::error!(
            request.id = %id, http.method = %method, http.path = %path.as_str().escape_debug(), http.status = status, cause,
            "a request failed"
        );
        self.status
    }
}

impl<'r> Responder<'r, 'static> for Failure {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Err(self.log(request))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let status = match error.availability() {
            Availability::Unavailable => Status::ServiceUnavailable,
            Availability::Broken => Status::InternalServerError,
        };
        Self::new(status, error)
    }
}

impl From<HashingError> for Failure {
    fn from(error: HashingError) -> Self {
        let status = match error {
            HashingError::Overloaded => Status::ServiceUnavailable,
            _ => Status::InternalServerError,
        };
        Self::new(status, error)
    }
}

impl From<Failed> for Failure {
    fn from(error: Failed) -> Self {
        match error {
            Failed::Hashing(error) => error.into(),
            Failed::Store(error) => error.into(),
            error => Self::new(Status::InternalServerError, error),
        }
    }
}

/// What a handler did not answer is no answer to a visitor.
macro_rules! failures_of {
    ($($error:ident),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                match error {
                    $error::Failed(error) => error.into(),
                    error => Self::new(Status::InternalServerError, error),
                }
            }
        }
    )*};
}

failures_of!(
    SignUpError,
    LogInError,
    EndSessionError,
    ConfirmError,
    ChangePasswordError,
    ChangeUsernameError,
    DeleteAccountError
);
