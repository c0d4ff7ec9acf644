use std::sync::Arc;

use doorward_domain::ConfirmError;
use rocket::form::Form;
use rocket::http::{CookieJar, Status};
use rocket::{Route, State, get, post, routes};

use crate::cookies::Cookies;
use crate::failure::Failure;
use crate::forms::{Fields, wanted_page};
use crate::guards::{LoggedIn, RequestClient};
use crate::pages::{Answer, Page, SeeOther};
use crate::site::SiteAuth;
use crate::views::{ConfirmationForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

#[get("/account/confirm?<next>")]
fn show(logged_in: LoggedIn, next: Option<&str>, auth: &State<Arc<SiteAuth>>) -> Answer {
    let next = wanted_page(next);
    if auth.has_recent_log_in(&logged_in.0) {
        return SeeOther::to(next.as_str()).into();
    }
    Page::new(View::Confirm { form: ConfirmationForm::empty(&next) }, Some(&logged_in.0)).into()
}

#[post("/account/confirm", data = "<fields>")]
async fn submit(
    logged_in: LoggedIn,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
    cookies: &State<Cookies>,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    let (visit, next) = (&logged_in.0, fields.next());
    match client.traced(auth.from(&client.client).confirm(visit, fields.once("password"))).await {
        Ok(token) => {
            if let Some(token) = token {
                cookies.set_session(jar, &token, auth.kept_for(&visit.session));
            }
            Ok(SeeOther::to(next.as_str()).into())
        }
        Err(ConfirmError::Refused) => {
            let form = ConfirmationForm::empty(&next).refused();
            Ok(Page::refused(View::Confirm { form }, Some(visit)).into())
        }
        Err(ConfirmError::Throttled(throttled)) => {
            let view = View::Confirm { form: ConfirmationForm::empty(&next) };
            Ok(Page::throttled(view, Some(visit), throttled).into())
        }
        Err(ConfirmError::Ended) => Ok(Answer::Error(Status::Unauthorized)),
        Err(error) => Err(error.into()),
    }
}
