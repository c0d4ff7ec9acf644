use std::sync::Arc;

use doorward_domain::{Language, LogIn, LogInError, LogInStep, User};
use rocket::form::Form;
use rocket::http::{CookieJar, Status};
use rocket::{Route, State, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::config::PublicUrl;
use crate::cookies::Cookies;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::{Fields, wanted_page};
use crate::guards::{Browser, CookieSupport, RequestClient, SessionCookie, Visitor};
use crate::views::{CookiesNote, LogInForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit, show_cookies]
}

#[get("/log_in?<next>")]
fn show(visitor: Visitor, next: Option<&str>, auth: &State<Arc<SiteAuth>>) -> Answer {
    let next = wanted_page(next);
    if visitor.0.is_some() {
        return SeeOther::to(next.as_str()).into();
    }
    Page::new(View::LogIn { form: LogInForm::empty(auth.rules(), &next) }, None).into()
}

#[post("/log_in", data = "<fields>")]
async fn submit(
    earlier: SessionCookie,
    browser: Browser,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
    cookies: &State<Cookies>,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    let (typed, next) = (fields.credentials(), fields.next());
    let kind = fields.session_kind();
    let form = || LogInForm::empty(auth.rules(), &next);
    let welcome = || match browser.support {
        CookieSupport::Given => SeeOther::to(next.as_str()),
        CookieSupport::Unproven => SeeOther::to(next.appended_to("/log_in/cookies")),
    };
    let log_in = LogIn::new(typed).of_kind(kind).replacing(earlier.0.as_ref()).by_device(&browser.device);
    match client.traced(auth.from(&client.client).log_in_by_email(log_in)).await {
        Ok(LogInStep::Done(logged_in)) => {
            cookies.remember_device(jar, &logged_in.device_tokens, auth.device_memory());
            save_language(client.chosen.as_ref(), &logged_in.user, auth).await;
            cookies.start_session(jar, &logged_in.token, auth.kept_for(&logged_in.session));
            let welcome = welcome();
            Ok(match logged_in.failed_attempts {
                Some(attempts) => welcome.saying(Flash::FailedAttempts(attempts)).into(),
                None => welcome.into(),
            })
        }
        Ok(LogInStep::Overtaken) => Ok(welcome().into()),
        Ok(LogInStep::AddressUnverified(token)) => {
            cookies.hold_back(jar, &token);
            Ok(SeeOther::to("/check_mail").into())
        }
        // No account has anything else that could be asked for.
        Ok(_) => Ok(Answer::Error(Status::InternalServerError)),
        Err(LogInError::Refused) => {
            let view = View::LogIn { form: form().refused(typed.username, kind) };
            Ok(Page::refused(view, earlier.visit(auth).await.as_ref()).into())
        }
        Err(LogInError::Throttled(throttled)) => {
            let view = View::LogIn { form: form().filled_in(typed.username, kind) };
            Ok(Page::throttled(view, earlier.visit(auth).await.as_ref(), throttled).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Keeps with the account the language that was chosen in this browser. The log-in counts whatever becomes of that.
async fn save_language(chosen: Option<&Language>, user: &User, auth: &SiteAuth) {
    let Some(language) = chosen.filter(|chosen| Some(*chosen) != user.language.as_ref()) else { return };
    if let Err(error) = auth.save_language(user.id, language).await {
        tracing::warn!(user.id = %user.id, %error, "the language that a user has chosen is not saved");
    }
}

/// Where a browser goes after its first log-in: on to the page that it wants, unless it keeps no cookies.
#[get("/log_in/cookies?<next>")]
fn show_cookies(visitor: Visitor, next: Option<&str>, public_url: &State<PublicUrl>) -> Answer {
    let next = wanted_page(next);
    if visitor.0.is_some() {
        return SeeOther::to(next.as_str()).into();
    }
    Page::new(View::Cookies { note: CookiesNote::new(public_url.origin(), &next) }, None).into()
}
