use doorward_domain::{LogInByPasskey, ProvePasskeyError};
use rocket::http::Status;
use rocket::{Route, post, routes};

use super::passkey_log_in;
use crate::cookies::WaitingLogIn;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::guards::{Browser, Service, SessionCookie, Visitor, Waiting};
use crate::metrics::Action;
use crate::reply::{Done, Refusal, Reply};
use crate::sent::Sent;

pub(super) fn routes() -> Vec<Route> {
    routes![options, submit]
}

#[post("/log_in/code/passkey/options")]
async fn options(waiting: Waiting, visitor: Visitor, service: Service<'_>) -> Result<Reply, Failure> {
    let Some(waiting) = waiting.0 else { return Ok(nobody_waits(&visitor)) };
    match service.request_passkey_second_step(&waiting.token).await {
        Ok(request) => Ok(request.into()),
        Err(error) => unproved(error, &waiting, &service),
    }
}

#[post("/log_in/code/passkey", data = "<sent>")]
async fn submit(
    waiting: Waiting,
    earlier: SessionCookie,
    visitor: Visitor,
    browser: Browser,
    sent: Sent,
    service: Service<'_>,
) -> Result<Reply, Failure> {
    let Some(waiting) = waiting.0 else { return Ok(nobody_waits(&visitor)) };
    let log_in = LogInByPasskey::new(&sent.credential).finishing(&waiting.token).replacing(earlier.0.as_ref());
    let log_in = log_in.by_device(&browser.device).trusting(sent.trust());
    match service.traced(Action::FinishByPasskey, service.log_in_by_passkey(log_in)).await {
        Ok(step) => Ok(passkey_log_in::welcome(step, waiting.next.as_str(), &service).await),
        Err(error) => unproved(error, &waiting, &service),
    }
}

fn unproved(error: ProvePasskeyError, waiting: &WaitingLogIn, service: &Service<'_>) -> Result<Reply, Failure> {
    let ProvePasskeyError::Ended = error else { return Reply::unproved(error) };
    service.cookies.forget_log_in(service.jar);
    Ok(ended(&waiting.next.appended_to("/log_in"), Flash::SessionExpired))
}

/// No log-in waits in this browser: it is finished, perhaps in another tab, or was abandoned there.
fn nobody_waits(visitor: &Visitor) -> Reply {
    match &visitor.0 {
        Some(_) => Done::leading_to("/").into(),
        None => ended("/log_in", Flash::LogInRequired),
    }
}

fn ended(next: &str, flash: Flash) -> Reply {
    let refusal = Refusal::with_status(Status::Conflict, "ended", &"no log-in waits");
    refusal.leading_to(next).saying(flash).into()
}
