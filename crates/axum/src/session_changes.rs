//! Changes of what a client keeps: the handler notes them in the response, and the gate, which knows the key and the client, makes them.

use std::convert::Infallible;

use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
#[cfg(feature = "second-factor")]
use doorward_domain::SecondStep;
#[cfg(feature = "second-factor")]
use doorward_domain::browser::ReturnPath;
use doorward_domain::{DeviceTokens, LoggedIn, Session, SessionToken, Visit};

#[cfg(feature = "second-factor")]
use crate::visitor::WaitingLogIn;

/// One thing that a client keeps from now on, or drops.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    SetSession(SessionToken, Session),
    RemoveSession,
    SetDevice(DeviceTokens),
    #[cfg(feature = "second-factor")]
    SetWaiting(WaitingLogIn),
    #[cfg(feature = "second-factor")]
    RemoveWaiting,
}

/// All that a response changes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes(pub(crate) Vec<Change>);

fn note(mut response: ResponseParts, changes: impl IntoIterator<Item = Change>) -> ResponseParts {
    response.extensions_mut().get_or_insert_default::<Changes>().0.extend(changes);
    response
}

/// Implements the traits of response parts by an expression that makes a value into an iterator of changes.
macro_rules! response_parts {
    ($($part:ident: $changes:expr;)*) => {$(
        impl IntoResponseParts for $part {
            type Error = Infallible;

            fn into_response_parts(self, response: ResponseParts) -> Result<ResponseParts, Infallible> {
                Ok(note(response, $changes(self)))
            }
        }

        impl IntoResponse for $part {
            fn into_response(self) -> Response {
                (self, ()).into_response()
            }
        }
    )*};
}

/// Gives the client the session that has just begun, makes a browser known to the account, and ends the log-in that waited in it.
#[derive(Debug, Clone)]
#[must_use]
pub struct StartSession(Vec<Change>);

impl StartSession {
    /// The session of this log-in.
    pub fn of(logged_in: &LoggedIn) -> Self {
        Self(vec![
            Change::SetSession(logged_in.token.clone(), logged_in.session.clone()),
            Change::SetDevice(logged_in.device_tokens.clone()),
            #[cfg(feature = "second-factor")]
            Change::RemoveWaiting,
        ])
    }
}

/// Gives the client the new token of its session that a use case returned, such as after a change of the password or a reauthentication.
#[derive(Debug, Clone)]
#[must_use]
pub struct RenewSession(Change);

impl RenewSession {
    /// This token, of the session of this visit.
    pub fn of(visit: &Visit, token: &SessionToken) -> Self {
        Self(Change::SetSession(token.clone(), visit.session.clone()))
    }
}

/// Removes the session and a waiting log-in from a browser, after a log-out.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct EndSession;

/// Has a browser keep a log-in that waits for a second factor, and where it leads.
#[cfg(feature = "second-factor")]
#[derive(Debug, Clone)]
#[must_use]
pub struct KeepLogIn(Option<Change>);

#[cfg(feature = "second-factor")]
impl KeepLogIn {
    /// The log-in that this step belongs to.
    pub fn of(step: SecondStep, next: ReturnPath) -> Self {
        Self(step.waits().map(|token| Change::SetWaiting(WaitingLogIn { token, next })))
    }
}

response_parts! {
    StartSession: |started: Self| started.0;
    RenewSession: |renewed: Self| [renewed.0];
    EndSession: |_| [
        Change::RemoveSession,
        #[cfg(feature = "second-factor")]
        Change::RemoveWaiting,
    ];
}

#[cfg(feature = "second-factor")]
response_parts! {
    KeepLogIn: |kept: Self| kept.0;
}
