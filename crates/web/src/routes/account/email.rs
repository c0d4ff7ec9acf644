use doorward_domain::{EmailGiven, GiveEmailError};
use rocket::form::Form;
use rocket::{Route, get, post, routes};

use super::{meant_for_another, reauthenticate_first};
use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{LoggedIn, Service};
use crate::interrupted::Interrupted;
use crate::metrics::Action;
use crate::views::{EmailForm, View};

pub(in crate::routes) fn routes() -> Vec<Route> {
    routes![show, submit]
}

const PAGE: &str = "/account/email";

#[get("/account/email")]
async fn show(logged_in: LoggedIn, service: Service<'_>) -> Result<Page, Failure> {
    let emails = service.emails_of_user(logged_in.0.user.id).await?;
    Ok(Page::new(View::Email { form: EmailForm::of(&emails, "") }, Some(&logged_in.0)))
}

#[post("/account/email", data = "<fields>")]
async fn submit(logged_in: LoggedIn, fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let (typed, visit) = (fields.once("email"), &logged_in.0);
    if let Some(page) = meant_for_another(&fields, visit, PAGE) {
        return Ok(page);
    }
    let error = match service.traced(Action::GiveEmail, service.give_email(visit, typed)).await {
        Ok(EmailGiven::Pending) => return Ok(SeeOther::to(PAGE).saying(Flash::EmailGiven).into()),
        Ok(EmailGiven::Unchanged) => return Ok(SeeOther::to(PAGE).saying(Flash::EmailUnchanged).into()),
        // The typed address is not kept for the visitor, as it would be in the URL of a page.
        Err(GiveEmailError::NotRecent) => return Ok(reauthenticate_first(PAGE).into()),
        Err(GiveEmailError::Failed(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let form = EmailForm::of(&service.emails_of_user(visit.user.id).await?, typed);
    if let GiveEmailError::Unfit(error) = error {
        return Ok(Page::refused(View::Email { form: form.refused(error.code()) }, Some(visit)).into());
    }
    Interrupted::from(error).in_form(|| View::Email { form }, Some(visit))
}
