use doorward_domain::{EndSessionError, KnownDeviceId, SessionId};
use rocket::form::Form;
use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::reauthenticate_first;
use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{LoggedIn, Service};
use crate::metrics::Action;
use crate::views::{DeviceView, SessionView, SessionsPage, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, end_one, end_others, forget_device]
}

const PAGE: &str = "/account/sessions";

#[get("/account/sessions")]
async fn show(logged_in: LoggedIn, service: Service<'_>) -> Result<Page, Failure> {
    let sessions = service.sessions_of(&logged_in.0).await?;
    let sessions = sessions.iter().map(|session| SessionView::of(session, &logged_in.0)).collect();
    let devices = service.known_devices_of(&logged_in.0).await?;
    let devices = devices.iter().map(|device| DeviceView::of(device, service.now())).collect();
    Ok(Page::new(View::Sessions { page: SessionsPage { sessions, devices } }, Some(&logged_in.0)))
}

#[post("/account/sessions/log_out", data = "<fields>")]
async fn end_one(logged_in: LoggedIn, fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let Some(id) = SessionId::parse(fields.once("session")) else { return Ok(Answer::Error(Status::NotFound)) };
    match service.traced(Action::EndSession, service.end_session(&logged_in.0, id)).await {
        Ok(()) if id == logged_in.0.session.id => {
            service.forget_session();
            Ok(SeeOther::to("/log_in").saying(Flash::LoggedOut).into())
        }
        Ok(()) => Ok(SeeOther::to(PAGE).saying(Flash::SessionEnded).into()),
        Err(error) => refused(error),
    }
}

#[post("/account/sessions/log_out_others")]
async fn end_others(logged_in: LoggedIn, service: Service<'_>) -> Result<Answer, Failure> {
    match service.traced(Action::EndOtherSessions, service.end_other_sessions(&logged_in.0)).await {
        Ok(_) => Ok(SeeOther::to(PAGE).saying(Flash::OtherSessionsEnded).into()),
        Err(error) => refused(error),
    }
}

#[post("/account/sessions/forget_device", data = "<fields>")]
async fn forget_device(logged_in: LoggedIn, fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let Some(id) = KnownDeviceId::parse(fields.once("device")) else { return Ok(Answer::Error(Status::NotFound)) };
    match service.traced(Action::ForgetDevice, service.forget_device(&logged_in.0, id)).await {
        Ok(()) => Ok(SeeOther::to(PAGE).saying(Flash::DeviceForgotten).into()),
        Err(error) => refused(error),
    }
}

fn refused(error: EndSessionError) -> Result<Answer, Failure> {
    match error {
        EndSessionError::NotRecent => Ok(reauthenticate_first(PAGE).into()),
        EndSessionError::NotFound => Ok(Answer::Error(Status::NotFound)),
        EndSessionError::Ended => Ok(Answer::Error(Status::Unauthorized)),
        error => Err(error.into()),
    }
}
