use std::sync::Arc;

use doorward_domain::DeleteAccountError;
use rocket::form::Form;
use rocket::http::{CookieJar, Status};
use rocket::{Route, State, get, post, routes};

use super::meant_for_another;
use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::cookies::Cookies;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{LoggedIn, RequestClient};
use crate::views::{AccountDeletionForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

#[get("/account/delete")]
fn show(logged_in: LoggedIn, auth: &State<Arc<SiteAuth>>) -> Page {
    Page::new(View::AccountDeletion { form: AccountDeletionForm::empty(auth.rules()) }, Some(&logged_in.0))
}

#[post("/account/delete", data = "<fields>")]
async fn submit(
    logged_in: LoggedIn,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
    cookies: &State<Cookies>,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    let visit = &logged_in.0;
    if let Some(page) = meant_for_another(&fields, visit, "/account/delete") {
        return Ok(page);
    }
    match client.traced(auth.from(&client.client).delete_account(visit, fields.once("password"))).await {
        Ok(()) => {
            cookies.end_session(jar);
            Ok(SeeOther::to("/").saying(Flash::AccountDeleted).into())
        }
        Err(DeleteAccountError::Refused) => {
            let form = AccountDeletionForm::empty(auth.rules()).refused();
            Ok(Page::refused(View::AccountDeletion { form }, Some(visit)).into())
        }
        Err(DeleteAccountError::Throttled(throttled)) => {
            let view = View::AccountDeletion { form: AccountDeletionForm::empty(auth.rules()) };
            Ok(Page::throttled(view, Some(visit), throttled).into())
        }
        Err(DeleteAccountError::Ended) => Ok(Answer::Error(Status::Unauthorized)),
        Err(error) => Err(error.into()),
    }
}
