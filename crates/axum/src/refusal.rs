use std::error::Error;
use std::fmt;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_domain::password::HashingError;
use doorward_domain::repository::Availability;
use doorward_domain::sent_session::SentSessionError;
#[cfg(feature = "passkeys")]
use doorward_domain::{AddPasskeyError, ChangePasskeyError, ProvePasskeyError, RemovePasswordError};
#[cfg(feature = "second-factor")]
use doorward_domain::{ChangeFactorError, SecondStepError, SetUpTotpError};
use doorward_domain::{
    ChangePasswordError, ChangeUsernameError, DeleteAccountError, EmailLinkError, EndSessionError, EntropyError,
    Failed, GiveEmailError, LinkError, LogInError, ReadEmailError, ReauthenticateError, ResetPasswordError,
    SignUpError, StoreError, Throttled,
};

/// Why a request was refused: the response for an error of a use case, by `?`. `Display` is a sentence for the visitor, and the body of the
/// response; [`with_body`](Self::with_body) replaces the body by a page of the service's own.
///
/// | status | for |
/// | --- | --- |
/// | 401 | a request without an active session; a browser that asks for a page is sent to log in with 303 instead |
/// | 403 | `NotRecent`: ask for the password first |
/// | 404 | `NotFound` |
/// | 410 | a link that is no longer good |
/// | 422 | any other mistake that the visitor can correct |
/// | 429 | `Throttled`, with `Retry-After` |
/// | 500 | a failure that does not pass by itself |
/// | 503 | a store that cannot be reached, or an overloaded hasher, with `Retry-After` |
///
/// The cause of the last two is logged, and not part of the response.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    said: String,
    retry_after: Option<Duration>,
    challenge: Option<&'static str>,
}

/// Marks a response to a visitor who has to log in, for the gate, which knows whether they asked for a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogInFirst;

impl Refusal {
    fn new(status: StatusCode, said: impl fmt::Display) -> Self {
        Self { status, said: said.to_string(), retry_after: None, challenge: None }
    }

    /// A mistake that the visitor can correct, in words of your own: 422.
    pub fn unfit(said: impl fmt::Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, said)
    }

    /// The visitor has to log in first: 401.
    #[must_use]
    pub fn log_in_first() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "log in first")
    }

    /// There is no such thing, or it is another user's: 404.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no such thing")
    }

    pub(crate) fn forbidden(said: impl fmt::Display) -> Self {
        Self::new(StatusCode::FORBIDDEN, said)
    }

    pub(crate) fn without_gate() -> Self {
        tracing::error!("an extractor of doorward-axum is used on a route outside `Accounts::gate`");
        Self::broken()
    }

    fn broken() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong")
    }

    fn unavailable() -> Self {
        // Most such failures pass within a second.
        let retry_after = Some(Duration::from_secs(1));
        Self { retry_after, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "not available right now; try again") }
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the response with another body, such as the form with its error messages.
    pub fn with_body(self, body: impl IntoResponse) -> Response {
        let mut response = (self.status, body).into_response();
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().into());
        }
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        } else if self.status == StatusCode::UNAUTHORIZED {
            response.extensions_mut().insert(LogInFirst);
        }
        response
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let said = self.said.clone();
        self.with_body(said)
    }
}

impl From<SentSessionError> for Refusal {
    fn from(error: SentSessionError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self { challenge: Some(error.challenge()), ..Self::new(status, error) }
    }
}

impl From<Throttled> for Refusal {
    fn from(throttled: Throttled) -> Self {
        let retry_after = Some(throttled.retry_after);
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, throttled) }
    }
}

impl From<Failed> for Refusal {
    fn from(error: Failed) -> Self {
        let may_pass = match &error {
            Failed::Hashing(error) => *error == HashingError::Overloaded,
            Failed::Store(error) => error.availability() == Availability::Unavailable,
            _ => false,
        };
        let mut causes = vec![error.to_string()];
        let mut next = error.source();
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        causes.dedup();
        tracing::error!(cause = causes.join(": "), "a request failed");
        if may_pass { Self::unavailable() } else { Self::broken() }
    }
}

/// Converts these causes by way of `Failed`.
macro_rules! failed {
    ($($cause:ident),*) => {$(
        impl From<$cause> for Refusal {
            fn from(cause: $cause) -> Self {
                Failed::from(cause).into()
            }
        }
    )*};
}
failed!(StoreError, EntropyError, HashingError);

/// Converts the errors of use cases: `Throttled` to 429, the listed variants to their statuses, and the others to 422.
macro_rules! refusals {
    ($($(#[$attribute:meta])* $error:ident $([$throttled:ident])? { $($variant:ident => $status:ident),* })*) => {$(
        $(#[$attribute])*
        impl From<$error> for Refusal {
            fn from(error: $error) -> Self {
                match error {
                    $error::Failed(error) => error.into(),
                    $($error::$throttled(wait) => wait.into(),)?
                    $($error::$variant { .. } => Self::new(StatusCode::$status, error),)*
                    error => Self::unfit(sentence_of(&error)),
                }
            }
        }
    )*};
}

refusals! {
    ChangePasswordError [Throttled] { Ended => UNAUTHORIZED }
    ChangeUsernameError [Throttled] { NotRecent => FORBIDDEN, Ended => UNAUTHORIZED }
    DeleteAccountError [Throttled] { NotRecent => FORBIDDEN, Ended => UNAUTHORIZED }
    EmailLinkError { Expired => GONE }
    EndSessionError { NotRecent => FORBIDDEN, NotFound => NOT_FOUND, Ended => UNAUTHORIZED }
    GiveEmailError [Throttled] { NotRecent => FORBIDDEN, Ended => UNAUTHORIZED }
    LinkError { Expired => GONE }
    LogInError [Throttled] { }
    ReadEmailError { }
    ReauthenticateError [Throttled] { Ended => UNAUTHORIZED }
    ResetPasswordError [Throttled] { Expired => GONE }
    SignUpError [Throttled] { InvitationExpired => GONE }
    #[cfg(feature = "second-factor")]
    ChangeFactorError [Throttled] { NotRecent => FORBIDDEN, Ended => UNAUTHORIZED }
    #[cfg(feature = "second-factor")]
    SecondStepError [Throttled] { Ended => UNAUTHORIZED, Expired => UNAUTHORIZED }
    #[cfg(feature = "second-factor")]
    SetUpTotpError [Throttled] { NotRecent => FORBIDDEN, Ended => UNAUTHORIZED }
    #[cfg(feature = "passkeys")]
    AddPasskeyError [Throttled] { NotRecent => FORBIDDEN, Ended => UNAUTHORIZED }
    #[cfg(feature = "passkeys")]
    ChangePasskeyError [Throttled] { NotRecent => FORBIDDEN, NotFound => NOT_FOUND, Ended => UNAUTHORIZED }
    #[cfg(feature = "passkeys")]
    ProvePasskeyError { Ended => UNAUTHORIZED }
    #[cfg(feature = "passkeys")]
    RemovePasswordError [Throttled] { NotRecent => FORBIDDEN, Ended => UNAUTHORIZED }
}

/// Returns an error's message; for an error about several fields, the messages of all.
fn sentence_of(error: &(dyn Error + 'static)) -> String {
    let reasons: Vec<_> = if let Some(SignUpError::Unfit { username, password, email }) = error.downcast_ref() {
        let username = username.as_ref().map(ToString::to_string);
        username
            .into_iter()
            .chain(password.as_ref().map(ToString::to_string))
            .chain(email.as_ref().map(ToString::to_string))
            .collect()
    } else if let Some(ChangePasswordError::Refused { current, new }) = error.downcast_ref() {
        let current = current.as_ref().map(ToString::to_string);
        current.into_iter().chain(new.as_ref().map(ToString::to_string)).collect()
    } else {
        vec![error.to_string()]
    };
    reasons.join("; ")
}

#[cfg(test)]
mod tests {
    use doorward_domain::LimitName;

    use super::*;

    #[test]
    fn a_failure_of_ours_is_not_told_and_says_when_to_come_back() {
        let unreachable = Refusal::from(StoreError::unavailable("the secret host is down"));
        assert_eq!(
            (unreachable.status(), unreachable.to_string().contains("host")),
            (StatusCode::SERVICE_UNAVAILABLE, false)
        );
        let response = Refusal::from(HashingError::Overloaded).into_response();
        assert_eq!(
            (response.status(), response.headers()["retry-after"].as_bytes()),
            (StatusCode::SERVICE_UNAVAILABLE, &b"1"[..])
        );
        assert_eq!(Refusal::from(StoreError::broken("nonsense")).status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(Refusal::from(EntropyError).status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn a_throttled_request_is_told_how_long_to_wait() {
        let wait = Throttled { retry_after: Duration::from_secs(30), limit: LimitName::Name };
        let response = Refusal::from(LogInError::Throttled(wait)).with_body("a page");
        assert_eq!(
            (response.status(), response.headers()["retry-after"].as_bytes()),
            (StatusCode::TOO_MANY_REQUESTS, &b"30"[..])
        );
    }

    #[test]
    fn a_session_that_has_ended_and_a_step_that_waits_no_longer_lead_to_the_log_in() {
        for refusal in
            [Refusal::from(EndSessionError::Ended), SecondStepError::Expired.into(), ChangePasswordError::Ended.into()]
        {
            let response = refusal.into_response();
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
            assert!(response.extensions().get::<LogInFirst>().is_some());
        }
    }

    #[test]
    fn each_refusal_has_the_status_of_its_kind() {
        for (refusal, status) in [
            (Refusal::from(LogInError::Refused), StatusCode::UNPROCESSABLE_ENTITY),
            (SignUpError::UsernameTaken.into(), StatusCode::UNPROCESSABLE_ENTITY),
            (EndSessionError::NotRecent.into(), StatusCode::FORBIDDEN),
            (EndSessionError::NotFound.into(), StatusCode::NOT_FOUND),
            (LinkError::Expired.into(), StatusCode::GONE),
            (SignUpError::InvitationExpired.into(), StatusCode::GONE),
            (ProvePasskeyError::Unknown.into(), StatusCode::UNPROCESSABLE_ENTITY),
            (SentSessionError::SentTwice.into(), StatusCode::BAD_REQUEST),
            (SentSessionError::Unreadable.into(), StatusCode::UNAUTHORIZED),
        ] {
            assert_eq!(refusal.status(), status, "{refusal}");
        }
    }

    #[test]
    fn a_form_with_two_mistakes_is_told_of_both() {
        let (username, password) =
            (doorward_domain::Username::parse("").err(), doorward_domain::Password::parse("").err());
        let refusal = Refusal::from(SignUpError::Unfit { username, password, email: None }).to_string();
        let (username, password) =
            (doorward_domain::Username::parse("").unwrap_err(), doorward_domain::Password::parse("").unwrap_err());
        assert_eq!(refusal, format!("{username}; {password}"));
    }
}
