use rocket::{Route, delete, get, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::guards::{LogOutWish, Service, SessionCookie, Visitor, Waiting};
use crate::metrics::Action;
use crate::views::View;

pub(super) fn routes() -> Vec<Route> {
    routes![by_link, by_button]
}

#[get("/log_out")]
async fn by_link(
    wish: LogOutWish,
    session: SessionCookie,
    waiting: Waiting,
    visitor: Visitor,
    service: Service<'_>,
) -> Result<Answer, Failure> {
    match wish {
        LogOutWish::Asked => by_button(session, waiting, service).await,
        LogOutWish::NotAsked => Ok(Page::new(View::LogOut {}, visitor.0.as_ref()).into()),
    }
}

#[delete("/log_out")]
async fn by_button(session: SessionCookie, waiting: Waiting, service: Service<'_>) -> Result<Answer, Failure> {
    if let Some(waiting) = waiting.0 {
        service.end_log_in(&waiting.token).await;
        service.cookies.forget_log_in(service.jar);
    }
    if let Some(token) = session.0 {
        service.traced(Action::LogOut, service.log_out(&token)).await?;
    }
    service.forget_session();
    Ok(SeeOther::to("/log_in").saying(Flash::LoggedOut).into())
}
