use std::sync::Arc;

use rocket::http::CookieJar;
use rocket::{Route, State, delete, get, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::cookies::Cookies;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::guards::{LogOutWish, RequestClient, SessionCookie, Visitor};
use crate::views::View;

pub(super) fn routes() -> Vec<Route> {
    routes![by_link, by_button]
}

#[get("/log_out")]
async fn by_link(
    wish: LogOutWish,
    session: SessionCookie,
    visitor: Visitor,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
    cookies: &State<Cookies>,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    match wish {
        LogOutWish::Asked => log_out(session, &client, auth, cookies, jar).await,
        LogOutWish::NotAsked => Ok(Page::new(View::LogOut {}, visitor.0.as_ref()).into()),
    }
}

#[delete("/log_out")]
async fn by_button(
    session: SessionCookie,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
    cookies: &State<Cookies>,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    log_out(session, &client, auth, cookies, jar).await
}

async fn log_out(
    session: SessionCookie,
    client: &RequestClient,
    auth: &SiteAuth,
    cookies: &Cookies,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    if let Some(token) = session.0 {
        client.traced(auth.from(&client.client).log_out(&token)).await?;
    }
    cookies.end_session(jar);
    Ok(SeeOther::to("/log_in").saying(Flash::LoggedOut).into())
}
