use doorward_domain::authentication::AuthenticationMethods;
use doorward_domain::browser::ReturnPath;
use doorward_domain::{FinishLogIn, LogInStep, LoggedIn, SecondStepError};
use rocket::form::Form;
use rocket::{Route, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::cookies::WaitingLogIn;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{Browser, Service, SessionCookie, Visitor, Waiting};
use crate::interrupted::Interrupted;
use crate::metrics::Action;
use crate::views::{AskedCode, SecondStepForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

/// The path of the form.
pub(super) fn page() -> ReturnPath {
    ReturnPath::parse("/log_in/code").unwrap_or_default()
}

#[get("/log_in/code?<recovery_code>")]
async fn show(
    waiting: Waiting,
    visitor: Visitor,
    recovery_code: Option<&str>,
    service: Service<'_>,
) -> Result<Answer, Failure> {
    let Some(waiting) = waiting.0 else { return Ok(nobody_waits(&visitor)) };
    match service.find_pending_log_in(&waiting.token).await {
        Ok(user) => {
            let asks_for = recovery_code.map_or(AskedCode::Totp, |_| AskedCode::RecoveryCode);
            let form = SecondStepForm::empty(asks_for, user.second_factors, service.trust());
            Ok(Page::new(View::SecondStep { form }, visitor.0.as_ref()).into())
        }
        Err(SecondStepError::Expired) => Ok(log_in_again(&waiting, Flash::SessionExpired, &service)),
        Err(error) => Err(error.into()),
    }
}

#[post("/log_in/code", data = "<fields>")]
async fn submit(
    waiting: Waiting,
    earlier: SessionCookie,
    visitor: Visitor,
    browser: Browser,
    fields: Form<Fields<'_>>,
    service: Service<'_>,
) -> Result<Answer, Failure> {
    let Some(waiting) = waiting.0 else { return Ok(nobody_waits(&visitor)) };
    let (code, trust) = (fields.once("code"), fields.trust());
    let factors = factors_of(&waiting, &service).await?;
    let form = SecondStepForm::empty(AskedCode::of_typed(code), factors, service.trust()).trusting(trust);
    let refused = |error| Page::refused(View::SecondStep { form: form.refused(error) }, visitor.0.as_ref());
    if code.trim().is_empty() {
        return Ok(refused("empty").into());
    }
    let finish = FinishLogIn::new(&waiting.token, code).replacing(earlier.0.as_ref());
    match service
        .traced(Action::FinishLogIn, service.finish_log_in(finish.by_device(&browser.device).trusting(trust)))
        .await
    {
        Ok(LogInStep::Done(logged_in)) => Ok(welcome(&logged_in, waiting.next.as_str(), &service).await),
        // Another request of this browser has begun a session.
        Ok(_) => Ok(SeeOther::to(waiting.next.as_str()).into()),
        Err(SecondStepError::Wrong) => Ok(refused("wrong").into()),
        Err(SecondStepError::Ended) => Ok(log_in_again(&waiting, Flash::TooManyCodes, &service)),
        Err(SecondStepError::Expired) => Ok(log_in_again(&waiting, Flash::SessionExpired, &service)),
        Err(error) => Interrupted::from(error).in_form(|| View::SecondStep { form }, visitor.0.as_ref()),
    }
}

/// The second factors that the form asks for if it is shown again; none for a log-in that no longer waits.
async fn factors_of(waiting: &WaitingLogIn, service: &Service<'_>) -> Result<AuthenticationMethods, Failure> {
    match service.find_pending_log_in(&waiting.token).await {
        Ok(user) => Ok(user.second_factors),
        Err(SecondStepError::Failed(error)) => Err(error.into()),
        Err(_) => Ok(AuthenticationMethods::NONE),
    }
}

/// The response to a finished log-in, with a message that its user should see once.
pub(super) async fn welcome(logged_in: &LoggedIn, next: &str, service: &Service<'_>) -> Answer {
    service.welcome(logged_in).await;
    let page = SeeOther::to(next);
    match news(logged_in) {
        Some(flash) => page.saying(flash).into(),
        None => page.into(),
    }
}

/// The message for a user who has just logged in, if there is one.
pub(super) fn news(logged_in: &LoggedIn) -> Option<Flash> {
    match (logged_in.recovery_codes_left, logged_in.failed_attempts) {
        (Some(left), attempts) => Some(Flash::RecoveryCodesLeft(left, attempts)),
        (None, attempts) => attempts.map(Flash::FailedAttempts),
    }
}

fn log_in_again(waiting: &WaitingLogIn, flash: Flash, service: &Service<'_>) -> Answer {
    service.cookies.forget_log_in(service.jar);
    SeeOther::to(waiting.next.appended_to("/log_in")).saying(flash).into()
}

/// No log-in waits in this browser: the visitor opened an address from memory, or sent the form twice.
fn nobody_waits(visitor: &Visitor) -> Answer {
    match &visitor.0 {
        Some(_) => SeeOther::to("/").into(),
        None => SeeOther::to("/log_in").saying(Flash::LogInRequired).into(),
    }
}
