use doorward_domain::authentication::AuthenticationMethod;
use doorward_domain::{SetUpTotp, SetUpTotpError, TotpSecret, TotpSetUp, Visit};
use rocket::form::Form;
use rocket::{Route, get, post, routes};

use super::{meant_for_another, reauthenticate_first, recovery_codes, second_factor};
use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{Identified, Service, Shown};
use crate::interrupted::Interrupted;
use crate::metrics::Action;
use crate::shown_secret::ShownSecret;
use crate::views::{SecondFactorTotpForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

pub(crate) const PAGE: &str = "/account/second_factor/totp";

#[get("/account/second_factor/totp")]
fn show(identified: Identified, shown: Shown, service: Service<'_>) -> Result<Answer, Failure> {
    let visit = &identified.0;
    if !service.has_recent_log_in(visit) {
        return Ok(reauthenticate_first(PAGE).into());
    }
    let secret = match shown_secret(&shown, visit, &service) {
        Some(secret) => secret,
        None => draw(visit, &service)?,
    };
    Ok(Page::new(View::SecondFactorTotp { form: form(&secret, visit, &service) }, Some(visit)).into())
}

#[post("/account/second_factor/totp", data = "<fields>")]
async fn submit(
    identified: Identified,
    shown: Shown,
    fields: Form<Fields<'_>>,
    service: Service<'_>,
) -> Result<Answer, Failure> {
    let (visit, code, current) = (&identified.0, fields.once("code"), fields.once("current_code"));
    if let Some(page) = meant_for_another(&fields, visit, PAGE) {
        return Ok(page);
    }
    if !service.has_recent_log_in(visit) {
        return Ok(reauthenticate_first(PAGE).into());
    }
    let refused = |form| Ok(Page::refused(View::SecondFactorTotp { form }, Some(visit)).into());
    let Some(secret) = shown_secret(&shown, visit, &service) else {
        let form = form(&draw(visit, &service)?, visit, &service);
        return refused(form.refused("outdated"));
    };
    let form = form(&secret, visit, &service);
    if let Some(form) = unfilled(&form, code, current) {
        return refused(form);
    }
    match service
        .traced(Action::SetUpTotp, service.set_up_totp(visit, SetUpTotp::new(&secret, code).replacing(current)))
        .await
    {
        Ok(set_up) => Ok(finish(&set_up, visit, &service)),
        Err(SetUpTotpError::NotRecent) => Ok(reauthenticate_first(PAGE).into()),
        Err(SetUpTotpError::Superseded) => Ok(SeeOther::to(PAGE).into()),
        Err(SetUpTotpError::Wrong) => refused(form.refused("wrong")),
        Err(SetUpTotpError::ClockOff(offset)) => refused(form.with_clock_off(offset)),
        Err(SetUpTotpError::CurrentWrong) => refused(form.with_current_refused("wrong")),
        Err(error) => Interrupted::from(error).in_form(|| View::SecondFactorTotp { form }, Some(visit)),
    }
}

/// The secret that is shown in this session already.
fn shown_secret(shown: &Shown, visit: &Visit, service: &Service<'_>) -> Option<TotpSecret> {
    let shown = shown.totp_secret.as_ref()?;
    TotpSecret::parse(shown.of(visit, service.now())?)
}

/// Draws a secret, which is shown from now on.
fn draw(visit: &Visit, service: &Service<'_>) -> Result<TotpSecret, Failure> {
    let secret = service.draw_totp_secret()?;
    let shown = ShownSecret::new(secret.expose_secret(), visit, service.now());
    service.cookies.keep_totp_secret(service.jar, &shown);
    Ok(secret)
}

fn form(secret: &TotpSecret, visit: &Visit, service: &Service<'_>) -> SecondFactorTotpForm {
    SecondFactorTotpForm {
        is_required: service.is_second_factor_due(&visit.user),
        is_replacement: visit.user.second_factors.contain(AuthenticationMethod::Totp),
        ..SecondFactorTotpForm::new(secret, service.totp_url(secret, &visit.user))
    }
}

/// The form with an error for each empty field, if there is one.
fn unfilled(form: &SecondFactorTotpForm, code: &str, current: &str) -> Option<SecondFactorTotpForm> {
    let is_empty = |typed: &str| typed.trim().is_empty();
    let current_error = (form.is_replacement && is_empty(current)).then_some("empty");
    let error = is_empty(code).then_some("empty");
    let is_unfilled = current_error.is_some() || error.is_some();
    is_unfilled.then(|| SecondFactorTotpForm { error, current_error, ..form.clone() })
}

/// Shows the recovery codes that came with the app, if any did.
fn finish(set_up: &TotpSetUp, visit: &Visit, service: &Service<'_>) -> Answer {
    service.set_session(&visit.session, &set_up.token);
    service.cookies.forget_totp_secret(service.jar);
    match &set_up.recovery_codes {
        Some(codes) => recovery_codes::show_first(codes, visit, service).into(),
        None => SeeOther::to(second_factor::PAGE).saying(Flash::SecondFactorReplaced).into(),
    }
}
