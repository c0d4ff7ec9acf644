use doorward_domain::RemovePasswordError;
use rocket::form::Form;
use rocket::http::Status;
use rocket::{Route, post, routes};

use super::{meant_for_another, passkeys, reauthenticate_first};
use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{LoggedIn, Service};
use crate::metrics::Action;
use crate::views::View;

pub(super) fn routes() -> Vec<Route> {
    routes![submit]
}

/// Removes the password. The button is on the page of the passkeys, which replace it. Needs a code, too, in a session that
/// has proved no second factor.
#[post("/account/password/delete", data = "<fields>")]
async fn submit(logged_in: LoggedIn, fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let visit = &logged_in.0;
    if let Some(page) = meant_for_another(&fields, visit, passkeys::PAGE) {
        return Ok(page);
    }
    let code = fields.once("code");
    let refused = async |error| {
        let page = passkeys::page(visit, &service).await?.password_removal_refused(error);
        Ok(Page::refused(View::Passkeys { page }, Some(visit)).into())
    };
    if service.has_recent_log_in(visit) && passkeys::needs_code(visit) && code.trim().is_empty() {
        return refused("empty").await;
    }
    match service.traced(Action::RemovePassword, service.remove_password(visit, code)).await {
        Ok(token) => {
            service.set_session(&visit.session, &token);
            Ok(SeeOther::to(passkeys::PAGE).saying(Flash::PasswordRemoved).into())
        }
        Err(RemovePasswordError::NotRecent) => Ok(reauthenticate_first(passkeys::PAGE).into()),
        Err(RemovePasswordError::Wrong) => refused("wrong").await,
        Err(RemovePasswordError::Throttled(throttled)) => {
            let page = passkeys::page(visit, &service).await?;
            Ok(Page::throttled(View::Passkeys { page }, Some(visit), throttled).into())
        }
        Err(RemovePasswordError::Ended) => Ok(Answer::Error(Status::Unauthorized)),
        Err(RemovePasswordError::NoneSet | RemovePasswordError::Superseded) => Ok(SeeOther::to(passkeys::PAGE).into()),
        Err(RemovePasswordError::LastWayIn) => {
            let page = passkeys::page(visit, &service).await?.refused("password_needed");
            Ok(Page::refused(View::Passkeys { page }, Some(visit)).into())
        }
        Err(error) => Err(error.into()),
    }
}
