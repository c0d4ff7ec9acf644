use doorward_domain::browser::ReturnPath;
use doorward_domain::{LogIn, LogInError, LogInStep, SecondStep};
use rocket::form::Form;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::{SET_UP, second_step};
use crate::answer::{Answer, Page, SeeOther};
use crate::config::PublicUrl;
use crate::failure::Failure;
use crate::forms::{Fields, wanted_page};
use crate::guards::{Browser, Service, SessionCookie, Visitor, Waiting};
use crate::interrupted::Interrupted;
use crate::metrics::Action;
use crate::views::{CookiesNote, LogInForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit, show_cookies]
}

#[get("/log_in?<next>")]
fn show(visitor: Visitor, next: Option<&str>, service: Service<'_>) -> Answer {
    let next = wanted_page(next);
    if visitor.0.is_some() {
        return SeeOther::to(next.as_str()).into();
    }
    Page::new(View::LogIn { form: LogInForm::empty(service.rules(), &next) }, None).into()
}

#[post("/log_in", data = "<fields>")]
async fn submit(
    earlier: SessionCookie,
    waiting: Waiting,
    browser: Browser,
    fields: Form<Fields<'_>>,
    service: Service<'_>,
) -> Result<Answer, Failure> {
    let (typed, kind, next) = (fields.credentials(), fields.session_kind(), fields.next());
    let log_in = LogIn::new(typed).of_kind(kind).replacing(earlier.0.as_ref()).by_device(&browser.device);
    let error = match service.traced(Action::LogIn, service.log_in_by_email(log_in)).await {
        Ok(step) => return go_on(step, waiting, &browser, &next, &service).await,
        Err(LogInError::Failed(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let form = LogInForm::empty(service.rules(), &next);
    let visit = earlier.visit(&service).await;
    if matches!(error, LogInError::Refused) {
        let form = form.refused(typed.username, kind);
        return Ok(Page::refused(View::LogIn { form }, visit.as_ref()).into());
    }
    let form = form.filled_in(typed.username, kind);
    Interrupted::from(error).in_form(|| View::LogIn { form }, visit.as_ref())
}

/// The response to a right password.
async fn go_on(
    step: LogInStep,
    waiting: Waiting,
    browser: &Browser,
    next: &ReturnPath,
    service: &Service<'_>,
) -> Result<Answer, Failure> {
    Ok(match step {
        LogInStep::Done(logged_in) => {
            if let Some(waiting) = waiting.0 {
                service.end_log_in(&waiting.token).await;
            }
            // If the site requires a second factor and the user has none, its set-up comes first.
            let due = service.is_second_factor_due(&logged_in.user).then(|| ReturnPath::parse(SET_UP)).flatten();
            let next = due.as_ref().unwrap_or(next);
            second_step::welcome(&logged_in, &browser.welcome(next), service).await
        }
        LogInStep::Overtaken => SeeOther::to(browser.welcome(next)).into(),
        LogInStep::AddressUnverified(token) => {
            service.cookies.hold_back(service.jar, &token);
            SeeOther::to("/check_mail").into()
        }
        LogInStep::SecondFactor(proved) => {
            let earlier = waiting.0.map(|waiting| waiting.token);
            // If a form was sent twice, only one of the requests gets a token, and the browser keeps that one.
            if let SecondStep::Waits(token) =
                service.traced(Action::BeginSecondStep, service.begin_second_step(&proved, earlier.as_ref())).await?
            {
                service.cookies.keep_log_in(service.jar, &token, next);
            }
            SeeOther::to(browser.welcome(&second_step::page())).into()
        }
        // There are no other steps.
        _ => Answer::Error(Status::InternalServerError),
    })
}

/// Where a browser goes after its first log-in: on to the wanted page, unless the browser keeps no cookies.
#[get("/log_in/cookies?<next>")]
fn show_cookies(visitor: Visitor, waiting: Waiting, next: Option<&str>, public_url: &State<PublicUrl>) -> Answer {
    let next = wanted_page(next);
    if visitor.0.is_some() || waiting.0.is_some() {
        return SeeOther::to(next.as_str()).into();
    }
    Page::new(View::Cookies { note: CookiesNote::new(public_url.origin(), &next) }, None).into()
}
