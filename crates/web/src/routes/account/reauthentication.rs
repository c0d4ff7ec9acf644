use std::sync::Arc;

use doorward_domain::ReauthenticateError;
use doorward_domain::browser::ReturnPath;
use rocket::form::Form;
use rocket::http::{CookieJar, Status};
use rocket::{Route, State, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::cookies::Cookies;
use crate::failure::Failure;
use crate::forms::{Fields, wanted_page};
use crate::guards::{LoggedIn, RequestClient};
use crate::views::{ReauthenticationForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit, show_formerly, submit_formerly]
}

#[get("/account/reauthenticate?<next>")]
fn show(logged_in: LoggedIn, next: Option<&str>, auth: &State<Arc<SiteAuth>>) -> Answer {
    let next = wanted_page(next);
    if auth.has_recent_log_in(&logged_in.0) {
        return SeeOther::to(next.as_str()).into();
    }
    Page::new(View::Reauthentication { form: ReauthenticationForm::empty(&next) }, Some(&logged_in.0)).into()
}

#[post("/account/reauthenticate", data = "<fields>")]
async fn submit(
    logged_in: LoggedIn,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
    cookies: &State<Cookies>,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    let (visit, next) = (&logged_in.0, fields.next());
    match client.traced(auth.from(&client.client).reauthenticate(visit, fields.once("password"))).await {
        Ok(token) => {
            if let Some(token) = token {
                cookies.set_session(jar, &token, auth.kept_for(&visit.session));
            }
            Ok(SeeOther::to(next.as_str()).into())
        }
        Err(ReauthenticateError::Refused) => {
            let form = ReauthenticationForm::empty(&next).refused();
            Ok(Page::refused(View::Reauthentication { form }, Some(visit)).into())
        }
        Err(ReauthenticateError::Throttled(throttled)) => {
            let view = View::Reauthentication { form: ReauthenticationForm::empty(&next) };
            Ok(Page::throttled(view, Some(visit), throttled).into())
        }
        Err(ReauthenticateError::Ended) => Ok(Answer::Error(Status::Unauthorized)),
        Err(error) => Err(error.into()),
    }
}

/// Where the page was at first.
#[get("/account/confirm?<next>")]
fn show_formerly(next: Option<&str>) -> SeeOther {
    reauthenticate_for(&wanted_page(next))
}

#[post("/account/confirm", data = "<fields>")]
fn submit_formerly(fields: Form<Fields<'_>>) -> SeeOther {
    reauthenticate_for(&fields.next())
}

/// Asks for the password, and then goes on to `next`.
pub(super) fn reauthenticate_for(next: &ReturnPath) -> SeeOther {
    SeeOther::to(next.appended_to("/account/reauthenticate"))
}
