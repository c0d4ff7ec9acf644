//! Errors that every form can meet, and the response to them.

use doorward_domain::{
    ChangeFactorError, ChangePasskeyError, ChangePasswordError, ChangeUsernameError, DeleteAccountError,
    GiveEmailError, LogInError, ReauthenticateError, ResetPasswordError, SecondStepError, SetUpTotpError, SignUpError,
    Throttled, Visit,
};
use rocket::http::Status;

use crate::answer::{Answer, Page};
use crate::failure::Failure;
use crate::views::View;

/// Why a form was not processed.
#[derive(Debug)]
pub(crate) enum Interrupted {
    /// There were too many attempts lately.
    Throttled(Throttled),
    /// The session has ended meanwhile.
    Ended,
    /// Something failed that is not the visitor's fault.
    Failed(Failure),
}

impl Interrupted {
    /// Shows the form again, with the time to wait; or asks for a log-in.
    pub(crate) fn in_form(self, form: impl FnOnce() -> View, visit: Option<&Visit>) -> Result<Answer, Failure> {
        match self {
            Self::Throttled(throttled) => Ok(Page::throttled(form(), visit, throttled).into()),
            Self::Ended => Ok(Answer::Error(Status::Unauthorized)),
            Self::Failed(failure) => Err(failure),
        }
    }
}

/// Errors that a handler does not answer itself.
macro_rules! interruptions_of {
    ($($error:ident $(with $ended:ident)?,)*) => {$(
        impl From<$error> for Interrupted {
            fn from(error: $error) -> Self {
                match error {
                    $error::Throttled(throttled) => Self::Throttled(throttled),
                    $($error::$ended => Self::Ended,)?
                    error => Self::Failed(error.into()),
                }
            }
        }
    )*};
}

interruptions_of! {
    SignUpError,
    LogInError,
    SecondStepError,
    ResetPasswordError,
    ReauthenticateError with Ended,
    ChangePasswordError with Ended,
    ChangeUsernameError with Ended,
    DeleteAccountError with Ended,
    GiveEmailError with Ended,
    SetUpTotpError with Ended,
    ChangeFactorError with Ended,
    ChangePasskeyError with Ended,
}
