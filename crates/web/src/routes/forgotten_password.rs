use std::sync::Arc;

use rocket::form::Form;
use rocket::{Route, State, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::RequestClient;
use crate::views::{ForgottenPasswordForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

#[get("/forgot_password")]
fn show() -> Page {
    Page::new(View::ForgottenPassword { form: ForgottenPasswordForm::default() }, None)
}

/// Says the same whoever it is that has forgotten the password, and whether or not there is an account.
#[post("/forgot_password", data = "<fields>")]
async fn submit(
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
) -> Result<Answer, Failure> {
    let login = fields.once("login");
    if login.trim().is_empty() {
        let form = ForgottenPasswordForm { error: Some("empty") };
        return Ok(Page::refused(View::ForgottenPassword { form }, None).into());
    }
    client.traced(auth.from(&client.client).request_reset(login)).await?;
    Ok(SeeOther::to("/forgot_password").saying(Flash::ResetRequested).into())
}
