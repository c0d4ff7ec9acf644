use doorward_domain::{DeleteAccountError, Visit};
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
use crate::views::{AccountDeletionForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

const PAGE: &str = "/account/delete";

#[get("/account/delete")]
async fn show(logged_in: LoggedIn, service: Service<'_>) -> Result<Answer, Failure> {
    let visit = &logged_in.0;
    let form = form(visit, &service).await?;
    if !form.has_password && !service.has_recent_log_in(visit) {
        return Ok(reauthenticate_first(PAGE).into());
    }
    Ok(Page::new(View::AccountDeletion { form }, Some(visit)).into())
}

async fn form(visit: &Visit, service: &Service<'_>) -> Result<AccountDeletionForm, Failure> {
    let has_password = service.has_password(visit.user.id).await?;
    Ok(AccountDeletionForm { has_password, ..AccountDeletionForm::empty(service.rules()) })
}

#[post("/account/delete", data = "<fields>")]
async fn submit(logged_in: LoggedIn, fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let visit = &logged_in.0;
    if let Some(page) = meant_for_another(&fields, visit, PAGE) {
        return Ok(page);
    }
    let form = form(visit, &service).await?;
    let deletion = if form.has_password {
        service.traced(Action::DeleteAccount, service.delete_account(visit, fields.once("password"))).await
    } else {
        service.traced(Action::DeleteAccount, service.delete_passwordless_account(visit)).await
    };
    match deletion {
        Ok(()) => {
            service.forget_session();
            Ok(SeeOther::to("/").saying(Flash::AccountDeleted).into())
        }
        Err(DeleteAccountError::NotRecent) => Ok(reauthenticate_first(PAGE).into()),
        Err(DeleteAccountError::Refused) => {
            Ok(Page::refused(View::AccountDeletion { form: form.refused() }, Some(visit)).into())
        }
        Err(error) => Interrupted::from(error).in_form(|| View::AccountDeletion { form }, Some(visit)),
    }
}
