use std::sync::Arc;

use doorward_domain::ChangePasswordError;
use rocket::form::Form;
use rocket::http::{CookieJar, Status};
use rocket::{Route, State, get, post, routes};

use super::meant_for_another;
use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::cookies::Cookies;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{LoggedIn, RequestClient};
use crate::views::{PasswordChangeForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit, well_known]
}

#[get("/account/password")]
fn show(logged_in: LoggedIn, auth: &State<Arc<SiteAuth>>) -> Page {
    Page::new(View::PasswordChange { form: PasswordChangeForm::empty(auth.policy()) }, Some(&logged_in.0))
}

#[post("/account/password", data = "<fields>")]
async fn submit(
    logged_in: LoggedIn,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
    cookies: &State<Cookies>,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    let (visit, current, new) = (&logged_in.0, fields.once("current_password"), fields.once("new_password"));
    if let Some(page) = meant_for_another(&fields, visit, "/account/password") {
        return Ok(page);
    }
    match client.traced(auth.from(&client.client).change_password(visit, current, new)).await {
        Ok(token) => {
            cookies.set_session(jar, &token, auth.kept_for(&visit.session));
            Ok(SeeOther::to("/account").saying(Flash::PasswordChanged).into())
        }
        Err(ChangePasswordError::Refused { current, new }) => {
            let form = PasswordChangeForm::empty(auth.policy()).refused(current, new.as_ref());
            Ok(Page::refused(View::PasswordChange { form }, Some(visit)).into())
        }
        Err(ChangePasswordError::Throttled(throttled)) => {
            let view = View::PasswordChange { form: PasswordChangeForm::empty(auth.policy()) };
            Ok(Page::throttled(view, Some(visit), throttled).into())
        }
        Err(ChangePasswordError::Ended) => Ok(Answer::Error(Status::Unauthorized)),
        Err(error) => Err(error.into()),
    }
}

/// Where password managers look for it (W3C, A Well-Known URL for Changing Passwords).
#[get("/.well-known/change-password")]
fn well_known() -> SeeOther {
    SeeOther::to("/account/password")
}
