//! The JSON responses to the site's script.

use doorward_domain::{PasskeyCreation, PasskeyRequest, ProvePasskeyError, UnfitAnswer};
use doorward_passkeys::{creation_options, request_options};
use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::serde::{Serialize, json};

use crate::cookies;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::problem::Problem;
use crate::views::PasskeySignals;

/// A response to the script.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The options for an authenticator.
    Options(String),
    /// It is done.
    Done(Done),
    /// It is not done.
    Refused(Refusal),
    /// The response of any other route to this error; for 401, with the way to the log-in.
    Error(Status),
}

/// It is done, and the browser goes on to another page.
#[derive(Debug, Serialize)]
#[serde(crate = "rocket::serde")]
pub(crate) struct Done {
    next: String,
    /// The passkeys that the browser should list.
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<PasskeySignals>,
    #[serde(skip)]
    flash: Option<Flash>,
}

/// It is not done.
#[derive(Debug)]
pub(crate) struct Refusal {
    problem: Problem,
    flash: Option<Flash>,
    /// How many seconds to wait.
    retry_after: Option<u64>,
}

impl From<PasskeyCreation> for Reply {
    fn from(creation: PasskeyCreation) -> Self {
        Self::Options(creation_options(&creation))
    }
}

impl From<PasskeyRequest> for Reply {
    fn from(request: PasskeyRequest) -> Self {
        Self::Options(request_options(&request))
    }
}

impl Done {
    /// The browser goes on to this page.
    pub(crate) fn leading_to(next: impl Into<String>) -> Self {
        Self { next: next.into(), signal: None, flash: None }
    }

    /// Shows a message on the next page, if there is one.
    pub(crate) fn saying(self, flash: impl Into<Option<Flash>>) -> Self {
        Self { flash: flash.into(), ..self }
    }

    /// Adds the passkeys that the browser should list, if they are known.
    pub(crate) fn with_signal(self, signal: Option<PasskeySignals>) -> Self {
        Self { signal, ..self }
    }
}

impl Refusal {
    /// A refusal for the reason with this code, for which the script has a text.
    pub(crate) fn of_code(code: &'static str, detail: &impl ToString) -> Self {
        Self::with_status(Status::UnprocessableEntity, code, detail)
    }

    /// The same, with another status.
    pub(crate) fn with_status(status: Status, code: &'static str, detail: &impl ToString) -> Self {
        Self { problem: Problem::of_code(status, code, detail), flash: None, retry_after: None }
    }

    /// Adds the page where the visitor can solve the problem.
    pub(crate) fn leading_to(self, next: impl Into<String>) -> Self {
        Self { problem: self.problem.leading_to(next), ..self }
    }

    /// Shows a message on the next page.
    pub(crate) fn saying(self, flash: Flash) -> Self {
        Self { flash: Some(flash), ..self }
    }

    /// Sets the number of seconds to wait.
    pub(crate) fn for_seconds(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl From<Done> for Reply {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Reply {
    /// The response if a passkey proved nothing.
    pub(crate) fn unproved(error: ProvePasskeyError) -> Result<Self, Failure> {
        let code = match &error {
            ProvePasskeyError::NotOffered => return Ok(Self::Error(Status::NotFound)),
            ProvePasskeyError::Ended => return Ok(Self::Error(Status::Unauthorized)),
            ProvePasskeyError::Unfit(unfit) => unfit_code(*unfit),
            ProvePasskeyError::Expired => "expired",
            ProvePasskeyError::Unknown => "unknown",
            ProvePasskeyError::Refused => "refused",
            ProvePasskeyError::CounterWentBack => "counter_went_back",
            ProvePasskeyError::BackupChanged => "backup_changed",
            _ => return Err(error.into()),
        };
        Ok(Refusal::of_code(code, &error).into())
    }
}

/// The code of why an answer is unfit, for which the script has a text.
pub(crate) const fn unfit_code(unfit: UnfitAnswer) -> &'static str {
    match unfit {
        UnfitAnswer::OtherOrigin => "other_origin",
        UnfitAnswer::OtherSite => "other_site",
        UnfitAnswer::NotPresent => "not_present",
        UnfitAnswer::NotVerified => "not_verified",
        UnfitAnswer::OtherCeremony => "other_ceremony",
        UnfitAnswer::UnfitKey => "unfit_key",
        UnfitAnswer::UnfitBackup => "unfit_backup",
        _ => "malformed",
    }
}

impl<'r> Responder<'r, 'static> for Reply {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match self {
            Self::Options(options) => json_of(options, request),
            Self::Done(done) => {
                if let Some(flash) = done.flash {
                    cookies::put_flash(request, flash);
                }
                in_json(&done, request)
            }
            Self::Refused(Refusal { problem, flash, retry_after }) => {
                if let Some(flash) = flash {
                    cookies::put_flash(request, flash);
                }
                let mut response = problem.respond_to(request)?;
                if let Some(seconds) = retry_after {
                    response.set_header(Header::new("Retry-After", seconds.to_string()));
                }
                Ok(response)
            }
            Self::Error(status) => Err(status),
        }
    }
}

fn in_json(said: &impl Serialize, request: &Request<'_>) -> response::Result<'static> {
    json_of(json::to_string(said).map_err(|_| Status::InternalServerError)?, request)
}

fn json_of(json: String, request: &Request<'_>) -> response::Result<'static> {
    Response::build_from(json.respond_to(request)?).header(ContentType::JSON).ok()
}
