use doorward_domain::{ChangePasswordError, Visit};
use rocket::form::Form;
use rocket::{Route, get, post, routes};

use super::meant_for_another;
use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{LoggedIn, Service};
use crate::interrupted::Interrupted;
use crate::metrics::Action;
use crate::views::{PasswordChangeForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit, well_known]
}

const PAGE: &str = "/account/password";

#[get("/account/password")]
async fn show(logged_in: LoggedIn, service: Service<'_>) -> Result<Page, Failure> {
    let form = form(&logged_in.0, &service).await?;
    Ok(Page::new(View::PasswordChange { form }, Some(&logged_in.0)))
}

async fn form(visit: &Visit, service: &Service<'_>) -> Result<PasswordChangeForm, Failure> {
    let has_password = service.has_password(visit.user.id).await?;
    Ok(PasswordChangeForm { has_password, ..PasswordChangeForm::empty(service.policy()) })
}

#[post("/account/password", data = "<fields>")]
async fn submit(logged_in: LoggedIn, fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let (visit, current, new) = (&logged_in.0, fields.once("current_password"), fields.once("new_password"));
    if let Some(page) = meant_for_another(&fields, visit, PAGE) {
        return Ok(page);
    }
    let form = form(visit, &service).await?;
    match service.traced(Action::ChangePassword, service.change_password(visit, current, new)).await {
        Ok(token) => {
            service.set_session(&visit.session, &token);
            Ok(SeeOther::to("/account").saying(Flash::PasswordChanged).into())
        }
        Err(ChangePasswordError::Refused { current, new }) => {
            let form = form.refused(current, new.as_ref());
            Ok(Page::refused(View::PasswordChange { form }, Some(visit)).into())
        }
        Err(error) => Interrupted::from(error).in_form(|| View::PasswordChange { form }, Some(visit)),
    }
}

/// The URL where password managers look for the page (W3C, A Well-Known URL for Changing Passwords).
#[get("/.well-known/change-password")]
fn well_known() -> SeeOther {
    SeeOther::to(PAGE)
}
