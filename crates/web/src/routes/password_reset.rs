use doorward_domain::link::LinkToken;
use doorward_domain::{LinkError, ResetPasswordError, User};
use rocket::form::Form;
use rocket::http::Status;
use rocket::{Route, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::Service;
use crate::interrupted::Interrupted;
use crate::metrics::Action;
use crate::views::{LinkExpiredNote, PasswordResetForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

/// Changes nothing, however often it is requested: programs that scan mail open links, too.
#[get("/reset/<token>")]
async fn show(token: &str, service: Service<'_>) -> Result<Answer, Failure> {
    let Some(user) = find_user(token, &service).await? else { return Ok(expired()) };
    Ok(Page::new(View::PasswordReset { form: PasswordResetForm::empty(token, &user, service.policy()) }, None).into())
}

#[post("/reset", data = "<fields>")]
async fn submit(fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let (typed, new) = (fields.once("token"), fields.once("new_password"));
    let Some(token) = LinkToken::parse(typed) else { return Ok(expired()) };
    let error = match service.traced(Action::ResetPassword, service.reset_password(&token, new)).await {
        Ok(_) => return Ok(SeeOther::to("/log_in").saying(Flash::PasswordReset).into()),
        Err(ResetPasswordError::Expired) => return Ok(expired()),
        Err(ResetPasswordError::Failed(error)) => return Err(error.into()),
        Err(error) => error,
    };
    // The form is shown again, with the username, as long as the link is valid.
    let Some(user) = find_user(typed, &service).await? else { return Ok(expired()) };
    let form = PasswordResetForm::empty(typed, &user, service.policy());
    if let ResetPasswordError::Unfit(error) = error {
        return Ok(Page::refused(View::PasswordReset { form: form.refused(&error) }, None).into());
    }
    Interrupted::from(error).in_form(|| View::PasswordReset { form }, None)
}

/// The user whose password the link sets, if it is valid.
async fn find_user(token: &str, service: &Service<'_>) -> Result<Option<User>, Failure> {
    let Some(token) = LinkToken::parse(token) else { return Ok(None) };
    match service.find_reset(&token).await {
        Ok(user) => Ok(Some(user)),
        Err(LinkError::Expired) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The same page for a link that is used, expired or unknown.
pub(super) fn expired() -> Answer {
    Page::new(View::LinkExpired { note: LinkExpiredNote {} }, None).with_status(Status::Gone).into()
}
