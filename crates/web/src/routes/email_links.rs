use doorward_domain::link::LinkToken;
use doorward_domain::{AddressOfUser, EmailLinkError, LinkError};
use rocket::form::Form;
use rocket::{Route, get, post, routes};

use super::password_reset::expired;
use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{Service, Visitor};
use crate::metrics::Action;
use crate::views::{EmailLinkForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show_verification, verify, show_undo, undo]
}

/// Changes nothing, however often it is requested: programs that scan mail open links, too.
#[get("/verify_email/<token>")]
async fn show_verification(token: &str, service: Service<'_>) -> Result<Answer, Failure> {
    let Some(found) = find_verification(token, &service).await? else { return Ok(expired()) };
    Ok(Page::new(View::EmailVerification { form: EmailLinkForm::of(token, &found) }, None).into())
}

#[post("/verify_email", data = "<fields>")]
async fn verify(visitor: Visitor, fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let typed = fields.once("token");
    let Some(token) = LinkToken::parse(typed) else { return Ok(expired()) };
    if fields.once("answer") == "reject" {
        return match service.traced(Action::RejectEmail, service.reject_email(&token)).await {
            Ok(()) => Ok(SeeOther::to("/").saying(Flash::EmailRejected).into()),
            Err(LinkError::Expired) => Ok(expired()),
            Err(error) => Err(error.into()),
        };
    }
    match service.traced(Action::VerifyEmail, service.verify_email(&token)).await {
        Ok(_) => {
            let next = if visitor.0.is_some() { "/account/email" } else { "/log_in" };
            Ok(SeeOther::to(next).saying(Flash::EmailVerified).into())
        }
        Err(EmailLinkError::Expired) => Ok(expired()),
        Err(EmailLinkError::TakenByAnother) => Ok(match find_verification(typed, &service).await? {
            Some(found) => {
                let form = EmailLinkForm::of(typed, &found).taken();
                Page::refused(View::EmailVerification { form }, None).into()
            }
            None => expired(),
        }),
        Err(error) => Err(error.into()),
    }
}

/// Changes nothing, either.
#[get("/undo_email/<token>")]
async fn show_undo(token: &str, service: Service<'_>) -> Result<Answer, Failure> {
    let Some(found) = find_undo(token, &service).await? else { return Ok(expired()) };
    Ok(Page::new(View::EmailUndo { form: EmailLinkForm::of(token, &found) }, None).into())
}

/// Leads on to the page that sets another password.
#[post("/undo_email", data = "<fields>")]
async fn undo(fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let typed = fields.once("token");
    let Some(token) = LinkToken::parse(typed) else { return Ok(expired()) };
    match service.traced(Action::UndoEmail, service.undo_email(&token)).await {
        Ok(reset) => Ok(SeeOther::to(format!("/reset/{}", reset.expose_secret())).into()),
        Err(EmailLinkError::Expired) => Ok(expired()),
        Err(EmailLinkError::TakenByAnother) => Ok(match find_undo(typed, &service).await? {
            Some(found) => {
                Page::refused(View::EmailUndo { form: EmailLinkForm::of(typed, &found).taken() }, None).into()
            }
            None => expired(),
        }),
        Err(error) => Err(error.into()),
    }
}

async fn find_verification(token: &str, service: &Service<'_>) -> Result<Option<AddressOfUser>, Failure> {
    let Some(token) = LinkToken::parse(token) else { return Ok(None) };
    unless_expired(service.find_verification(&token).await)
}

async fn find_undo(token: &str, service: &Service<'_>) -> Result<Option<AddressOfUser>, Failure> {
    let Some(token) = LinkToken::parse(token) else { return Ok(None) };
    unless_expired(service.find_undo(&token).await)
}

fn unless_expired(found: Result<AddressOfUser, LinkError>) -> Result<Option<AddressOfUser>, Failure> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(LinkError::Expired) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
