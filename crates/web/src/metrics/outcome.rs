use doorward_domain::{
    AddPasskeyError, ChangeFactorError, ChangePasskeyError, ChangePasswordError, ChangeUsernameError,
    DeleteAccountError, EmailLinkError, EndSessionError, Failed, GiveEmailError, LimitName, LinkError, LogInError,
    ProvePasskeyError, ReauthenticateError, RemovePasswordError, ResetPasswordError, SecondStepError, SetUpTotpError,
    SignUpError,
};

/// The outcome of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was done.
    Done,
    /// It was refused because of what the visitor sent.
    Refused,
    /// It has to wait for this limit.
    Throttled(LimitName),
    /// Something failed that is not the visitor's fault.
    Failed,
}

impl Outcome {
    /// The outcome of a use case.
    pub(crate) fn of<T, E>(result: &Result<T, E>) -> Self
    where
        for<'e> Self: From<&'e E>,
    {
        result.as_ref().err().map_or(Self::Done, Self::from)
    }

    /// The values of the label.
    pub(crate) const NAMES: [&'static str; 4] = ["done", "refused", "throttled", "failed"];

    /// The value of the label.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Throttled(_) => "throttled",
            Self::Failed => "failed",
        }
    }
}

impl From<&Failed> for Outcome {
    fn from(_: &Failed) -> Self {
        Self::Failed
    }
}

/// An error that is neither a limit nor a failure counts as refused.
macro_rules! outcomes_of {
    ($($error:ident $(with $throttled:ident)?,)*) => {$(
        impl From<&$error> for Outcome {
            fn from(error: &$error) -> Self {
                match error {
                    $($error::$throttled(throttled) => Self::Throttled(throttled.limit),)?
                    $error::Failed(_) => Self::Failed,
                    _ => Self::Refused,
                }
            }
        }
    )*};
}

outcomes_of! {
    AddPasskeyError with Throttled,
    ChangeFactorError with Throttled,
    ChangePasskeyError with Throttled,
    ChangePasswordError with Throttled,
    ChangeUsernameError with Throttled,
    DeleteAccountError with Throttled,
    EmailLinkError,
    EndSessionError,
    GiveEmailError with Throttled,
    LinkError,
    LogInError with Throttled,
    ProvePasskeyError,
    ReauthenticateError with Throttled,
    RemovePasswordError with Throttled,
    ResetPasswordError with Throttled,
    SecondStepError with Throttled,
    SetUpTotpError with Throttled,
    SignUpError with Throttled,
}
