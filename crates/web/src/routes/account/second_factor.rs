use doorward_domain::authentication::AuthenticationMethod;
use doorward_domain::{ChangeFactorError, Visit};
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
use crate::views::{SecondFactorPage, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, turn_off]
}

pub(super) const PAGE: &str = "/account/second_factor";

#[get("/account/second_factor")]
async fn show(logged_in: LoggedIn, service: Service<'_>) -> Result<Page, Failure> {
    let page = page(&logged_in.0, &service).await?;
    Ok(Page::new(View::SecondFactor { page }, Some(&logged_in.0)))
}

async fn page(visit: &Visit, service: &Service<'_>) -> Result<SecondFactorPage, Failure> {
    let page = SecondFactorPage::of(service.second_factor_of(visit.user.id).await?);
    Ok(SecondFactorPage { has_passkey: has_passkey(visit), ..page })
}

const fn has_passkey(visit: &Visit) -> bool {
    visit.user.second_factors.contain(AuthenticationMethod::Passkey)
}

#[post("/account/second_factor/off", data = "<fields>")]
async fn turn_off(logged_in: LoggedIn, fields: Form<Fields<'_>>, service: Service<'_>) -> Result<Answer, Failure> {
    let (visit, code) = (&logged_in.0, fields.once("code"));
    if let Some(page) = meant_for_another(&fields, visit, PAGE) {
        return Ok(page);
    }
    let is_empty = code.trim().is_empty();
    let error = if is_empty && service.has_recent_log_in(visit) {
        ChangeFactorError::Wrong
    } else {
        match service.traced(Action::TurnOffSecondFactor, service.turn_off_second_factor(visit, code)).await {
            Ok(token) => {
                service.set_session(&visit.session, &token);
                let flash = if has_passkey(visit) { Flash::AppTurnedOff } else { Flash::SecondFactorTurnedOff };
                return Ok(SeeOther::to(PAGE).saying(flash).into());
            }
            Err(ChangeFactorError::NotRecent) => return Ok(reauthenticate_first(PAGE).into()),
            Err(ChangeFactorError::NotSetUp | ChangeFactorError::Superseded) => return Ok(SeeOther::to(PAGE).into()),
            Err(error) => error,
        }
    };
    let page = page(visit, &service).await?;
    if matches!(error, ChangeFactorError::Wrong) {
        let page = page.refused(if is_empty { "empty" } else { "wrong" });
        return Ok(Page::refused(View::SecondFactor { page }, Some(visit)).into());
    }
    Interrupted::from(error).in_form(|| View::SecondFactor { page }, Some(visit))
}
