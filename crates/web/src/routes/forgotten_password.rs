use rocket::form::Form;
use rocket::{Route, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::Service;
use crate::metrics::Action;
use crate::views::{ForgottenPasswordForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

#[get("/forgot_password")]
fn show() -> Page {
    Page::new(View::ForgottenPassword { form: ForgottenPasswordForm::default() }, None)
}

/// Gives everyone the same response, whether or not there is an account.
#[post("/forgot_password", data = "<fields>")]
async fn submit(fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let login = fields.once("login");
    if login.trim().is_empty() {
        let form = ForgottenPasswordForm { error: Some("empty") };
        return Ok(Page::refused(View::ForgottenPassword { form }, None).into());
    }
    service.traced(Action::RequestReset, service.request_reset(login)).await?;
    Ok(SeeOther::to("/forgot_password").saying(Flash::ResetRequested).into())
}
