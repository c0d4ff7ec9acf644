use std::sync::Arc;

use doorward_domain::{EmailGiven, GiveEmailError};
use rocket::form::Form;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::{meant_for_another, reauthenticate_first};
use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{LoggedIn, RequestClient};
use crate::views::{EmailForm, View};

pub(in crate::routes) fn routes() -> Vec<Route> {
    routes![show, submit]
}

const PAGE: &str = "/account/email";

#[get("/account/email")]
async fn show(logged_in: LoggedIn, auth: &State<Arc<SiteAuth>>) -> Result<Page, Failure> {
    let emails = auth.emails_of_user(logged_in.0.user.id).await?;
    Ok(Page::new(View::Email { form: EmailForm::of(&emails, "") }, Some(&logged_in.0)))
}

#[post("/account/email", data = "<fields>")]
async fn submit(
    logged_in: LoggedIn,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
) -> Result<Answer, Failure> {
    if let Some(page) = meant_for_another(&fields, &logged_in.0, PAGE) {
        return Ok(page);
    }
    let (typed, visit) = (fields.once("email"), &logged_in.0);
    let error = match client.traced(auth.from(&client.client).give_email(visit, typed)).await {
        Ok(EmailGiven::Pending) => return Ok(SeeOther::to(PAGE).saying(Flash::EmailGiven).into()),
        Ok(EmailGiven::Unchanged) => return Ok(SeeOther::to(PAGE).saying(Flash::EmailUnchanged).into()),
        Err(error) => error,
    };
    let emails = auth.emails_of_user(visit.user.id).await?;
    let form = EmailForm::of(&emails, typed);
    Ok(match error {
        GiveEmailError::Unfit(error) => {
            Page::refused(View::Email { form: form.refused(error.code()) }, Some(visit)).into()
        }
        // The address does not come back with the visitor: it would be in an address of a page.
        GiveEmailError::NotRecent => reauthenticate_first(PAGE).into(),
        GiveEmailError::Throttled(throttled) => Page::throttled(View::Email { form }, Some(visit), throttled).into(),
        GiveEmailError::Ended => Answer::Error(Status::Unauthorized),
        error => return Err(error.into()),
    })
}
