use doorward_domain::authentication::AuthenticationMethod;
use doorward_domain::browser::ReturnPath;
use doorward_domain::{ReauthenticateError, Visit};
use rocket::form::Form;
use rocket::{Route, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::forms::{Fields, wanted_page};
use crate::guards::{Identified, Service};
use crate::interrupted::Interrupted;
use crate::metrics::Action;
use crate::views::{ReauthenticationForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit, show_formerly, submit_formerly]
}

#[get("/account/reauthenticate?<next>")]
async fn show(logged_in: Identified, next: Option<&str>, service: Service<'_>) -> Result<Answer, Failure> {
    let (visit, next) = (&logged_in.0, wanted_page(next));
    if service.has_recent_log_in(visit) {
        return Ok(SeeOther::to(next.as_str()).into());
    }
    let form = form(visit, &next, &service).await?;
    Ok(Page::new(View::Reauthentication { form }, Some(visit)).into())
}

#[post("/account/reauthenticate", data = "<fields>")]
async fn submit(logged_in: Identified, fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let (visit, next) = (&logged_in.0, fields.next());
    let form = form(visit, &next, &service).await?;
    match service.traced(Action::Reauthenticate, service.reauthenticate(visit, fields.once("password"))).await {
        Ok(token) => {
            if let Some(token) = token {
                service.set_session(&visit.session, &token);
            }
            Ok(SeeOther::to(next.as_str()).into())
        }
        Err(ReauthenticateError::Refused) => {
            Ok(Page::refused(View::Reauthentication { form: form.refused() }, Some(visit)).into())
        }
        Err(error) => Interrupted::from(error).in_form(|| View::Reauthentication { form }, Some(visit)),
    }
}

/// The form, which asks for the password or the passkey that the account has.
async fn form(visit: &Visit, next: &ReturnPath, service: &Service<'_>) -> Result<ReauthenticationForm, Failure> {
    let has_passkey = visit.user.second_factors.contain(AuthenticationMethod::Passkey);
    let has_password = service.has_password(visit.user.id).await?;
    Ok(ReauthenticationForm { has_password, has_passkey, ..ReauthenticationForm::empty(next) })
}

/// The former path of the page.
#[get("/account/confirm?<next>")]
fn show_formerly(next: Option<&str>) -> SeeOther {
    reauthenticate_for(&wanted_page(next))
}

#[post("/account/confirm", data = "<fields>")]
fn submit_formerly(fields: Form<Fields<'_>>) -> SeeOther {
    reauthenticate_for(&fields.next())
}

/// Asks for the password, or for a passkey, and then goes on to `next`.
pub(super) fn reauthenticate_for(next: &ReturnPath) -> SeeOther {
    SeeOther::to(next.appended_to("/account/reauthenticate"))
}

/// The path of the form that asks for it, and then goes on to this page.
pub(super) fn path_for(page: &str) -> String {
    ReturnPath::parse(page).unwrap_or_default().appended_to("/account/reauthenticate")
}
