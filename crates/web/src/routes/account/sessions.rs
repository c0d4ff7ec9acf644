use std::sync::Arc;

use doorward_domain::{EndSessionError, KnownDeviceId, SessionId};
use rocket::form::Form;
use rocket::http::{CookieJar, Status};
use rocket::{Route, State, get, post, routes};

use super::reauthenticate_first;
use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::cookies::Cookies;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{LoggedIn, RequestClient};
use crate::views::{DeviceView, SessionView, SessionsPage, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, end_one, end_others, forget_device]
}

const PATH: &str = "/account/sessions";

#[get("/account/sessions")]
async fn show(logged_in: LoggedIn, auth: &State<Arc<SiteAuth>>) -> Result<Page, Failure> {
    let sessions = auth.sessions_of(&logged_in.0).await?;
    let sessions = sessions.iter().map(|session| SessionView::of(session, &logged_in.0)).collect();
    let devices = auth.known_devices_of(&logged_in.0).await?.iter().map(DeviceView::of).collect();
    Ok(Page::new(View::Sessions { page: SessionsPage { sessions, devices } }, Some(&logged_in.0)))
}

#[post("/account/sessions/log_out", data = "<fields>")]
async fn end_one(
    logged_in: LoggedIn,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
    cookies: &State<Cookies>,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    let Some(id) = SessionId::parse(fields.once("session")) else { return Ok(Answer::Error(Status::NotFound)) };
    match client.traced(auth.from(&client.client).end_session(&logged_in.0, id)).await {
        Ok(()) if id == logged_in.0.session.id => {
            cookies.end_session(jar);
            Ok(SeeOther::to("/log_in").saying(Flash::LoggedOut).into())
        }
        Ok(()) => Ok(SeeOther::to(PATH).saying(Flash::SessionEnded).into()),
        Err(EndSessionError::NotRecent) => Ok(reauthenticate_first(PATH).into()),
        Err(EndSessionError::NotFound) => Ok(Answer::Error(Status::NotFound)),
        Err(EndSessionError::Ended) => Ok(Answer::Error(Status::Unauthorized)),
        Err(error) => Err(error.into()),
    }
}

#[post("/account/sessions/log_out_others")]
async fn end_others(
    logged_in: LoggedIn,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
) -> Result<Answer, Failure> {
    match client.traced(auth.from(&client.client).end_other_sessions(&logged_in.0)).await {
        Ok(_) => Ok(SeeOther::to(PATH).saying(Flash::OtherSessionsEnded).into()),
        Err(EndSessionError::NotRecent) => Ok(reauthenticate_first(PATH).into()),
        Err(EndSessionError::Ended) => Ok(Answer::Error(Status::Unauthorized)),
        Err(error) => Err(error.into()),
    }
}

#[post("/account/sessions/forget_device", data = "<fields>")]
async fn forget_device(
    logged_in: LoggedIn,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
) -> Result<Answer, Failure> {
    let Some(id) = KnownDeviceId::parse(fields.once("device")) else { return Ok(Answer::Error(Status::NotFound)) };
    match client.traced(auth.from(&client.client).forget_device(&logged_in.0, id)).await {
        Ok(()) => Ok(SeeOther::to(PATH).saying(Flash::DeviceForgotten).into()),
        Err(EndSessionError::NotRecent) => Ok(reauthenticate_first(PATH).into()),
        Err(EndSessionError::NotFound) => Ok(Answer::Error(Status::NotFound)),
        Err(error) => Err(error.into()),
    }
}
