use doorward_domain::{ChangeUsernameError, Username};
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
use crate::views::{UsernameChangeForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

const PAGE: &str = "/account/username";

#[get("/account/username?<username>")]
fn show(logged_in: LoggedIn, username: Option<&str>, service: Service<'_>) -> Page {
    let typed = username.unwrap_or(logged_in.0.user.username.as_str());
    Page::new(View::UsernameChange { form: UsernameChangeForm::of(typed, service.rules()) }, Some(&logged_in.0))
}

#[post("/account/username", data = "<fields>")]
async fn submit(logged_in: LoggedIn, fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let (typed, visit) = (fields.once("username"), &logged_in.0);
    if let Some(page) = meant_for_another(&fields, visit, PAGE) {
        return Ok(page);
    }
    let form = UsernameChangeForm::of(typed, service.rules());
    match service.traced(Action::ChangeUsername, service.change_username_by_email(visit, typed)).await {
        Ok(token) => {
            if let Some(token) = token {
                service.set_session(&visit.session, &token);
            }
            Ok(SeeOther::to("/account").saying(Flash::UsernameChanged).into())
        }
        Err(ChangeUsernameError::NotRecent) => Ok(reauthenticate_first(&page_with(typed)).into()),
        Err(refusal @ (ChangeUsernameError::Unfit(_) | ChangeUsernameError::UsernameTaken)) => {
            Ok(Page::refused(View::UsernameChange { form: form.refused(&refusal) }, Some(visit)).into())
        }
        Err(error) => Interrupted::from(error).in_form(|| View::UsernameChange { form }, Some(visit)),
    }
}

/// The URL of the page with the name filled in, for when the visitor comes back. The name is no secret, and is valid apart
/// from white space around it.
fn page_with(typed: &str) -> String {
    let name = Username::parse(typed).map(|name| name.as_str().replace('+', "%2B")).unwrap_or_default();
    format!("{PAGE}?username={name}")
}
