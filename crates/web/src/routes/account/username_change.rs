use std::sync::Arc;

use doorward_domain::{ChangeUsernameError, Username};
use rocket::form::Form;
use rocket::http::{CookieJar, Status};
use rocket::{Route, State, get, post, routes};

use super::{meant_for_another, reauthenticate_first};
use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::cookies::Cookies;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{LoggedIn, RequestClient};
use crate::views::{UsernameChangeForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

#[get("/account/username?<username>")]
fn show(logged_in: LoggedIn, username: Option<&str>, auth: &State<Arc<SiteAuth>>) -> Page {
    let typed = username.unwrap_or(logged_in.0.user.username.as_str());
    Page::new(View::UsernameChange { form: UsernameChangeForm::of(typed, auth.rules()) }, Some(&logged_in.0))
}

#[post("/account/username", data = "<fields>")]
async fn submit(
    logged_in: LoggedIn,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
    cookies: &State<Cookies>,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    let typed = fields.once("username");
    if let Some(page) = meant_for_another(&fields, &logged_in.0, "/account/username") {
        return Ok(page);
    }
    match client.traced(auth.from(&client.client).change_username_by_email(&logged_in.0, typed)).await {
        Ok(token) => {
            if let Some(token) = token {
                cookies.set_session(jar, &token, auth.kept_for(&logged_in.0.session));
            }
            Ok(SeeOther::to("/account").saying(Flash::UsernameChanged).into())
        }
        // The name comes back with the visitor: it is no secret, and it is a fit one but for white space around it.
        Err(ChangeUsernameError::NotRecent) => {
            let name = Username::parse(typed).map(|name| name.as_str().replace('+', "%2B")).unwrap_or_default();
            let page = format!("/account/username?username={name}");
            Ok(reauthenticate_first(&page).into())
        }
        Err(refusal @ (ChangeUsernameError::Unfit(_) | ChangeUsernameError::UsernameTaken)) => {
            let form = UsernameChangeForm::of(typed, auth.rules()).refused(&refusal);
            Ok(Page::refused(View::UsernameChange { form }, Some(&logged_in.0)).into())
        }
        Err(ChangeUsernameError::Throttled(throttled)) => {
            let view = View::UsernameChange { form: UsernameChangeForm::of(typed, auth.rules()) };
            Ok(Page::throttled(view, Some(&logged_in.0), throttled).into())
        }
        Err(ChangeUsernameError::Ended) => Ok(Answer::Error(Status::Unauthorized)),
        Err(error) => Err(error.into()),
    }
}
