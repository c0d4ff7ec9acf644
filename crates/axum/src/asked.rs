//! A request's credentials: the gate reads them, and the extractors take them.

use std::pin::Pin;
use std::sync::Arc;

use axum::http::request::Parts;
use doorward_domain::{Client, DeviceTokens, ResumeError, SessionToken, Visit};
use tokio::sync::OnceCell;

use crate::refusal::Refusal;
#[cfg(feature = "second-factor")]
use crate::visitor::WaitingLogIn;

/// Looks up the session of a token, and its user.
pub(crate) type Resume =
    Box<dyn Fn(SessionToken) -> Pin<Box<dyn Future<Output = Result<Visit, ResumeError>> + Send>> + Send + Sync>;

/// The data that a client sent. None of it proves that the client is logged in.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) client: Client,
    pub(crate) session: Option<SessionToken>,
    pub(crate) device: DeviceTokens,
    #[cfg(feature = "second-factor")]
    pub(crate) waiting: Option<WaitingLogIn>,
}

/// One request.
#[derive(Clone)]
pub(crate) struct Asked(Arc<Memory>);

struct Memory {
    sent: Sent,
    resume: Resume,
    visit: OnceCell<Option<Visit>>,
}

impl Asked {
    pub(crate) fn new(sent: Sent, resume: Resume) -> Self {
        Self(Arc::new(Memory { sent, resume, visit: OnceCell::new() }))
    }

    /// Returns what the gate has read from the request.
    pub(crate) fn of(parts: &Parts) -> Result<&Self, Refusal> {
        parts.extensions.get().ok_or_else(Refusal::without_gate)
    }

    pub(crate) fn sent(&self) -> &Sent {
        &self.0.sent
    }

    /// Returns the logged-in user's visit, which is looked up by the first call.
    pub(crate) async fn visit(&self) -> Result<Option<Visit>, Refusal> {
        let look_up = async || {
            let Some(token) = self.0.sent.session.clone() else { return Ok(None) };
            match (self.0.resume)(token).await {
                Ok(visit) => Ok(Some(visit)),
                Err(ResumeError::Failed(error)) => Err(Refusal::from(error)),
                Err(_) => Ok(None),
            }
        };
        Ok(self.0.visit.get_or_try_init(look_up).await?.clone())
    }

    /// Returns the visit if it has been looked up.
    pub(crate) fn known_visit(&self) -> Option<&Visit> {
        self.0.visit.get()?.as_ref()
    }
}
