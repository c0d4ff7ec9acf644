use std::sync::Arc;

use doorward_domain::LogInError;
use rocket::form::Form;
use rocket::http::CookieJar;
use rocket::{Route, State, get, post, routes};

use crate::cookies::{Cookies, Flash};
use crate::failure::Failure;
use crate::forms::{Fields, wanted_page};
use crate::guards::{RequestClient, SessionCookie, Visitor};
use crate::pages::{Answer, Page, SeeOther};
use crate::site::SiteAuth;
use crate::views::{LogInForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

#[get("/log_in?<next>")]
fn show(visitor: Visitor, next: Option<&str>, auth: &State<Arc<SiteAuth>>) -> Answer {
    if visitor.0.is_some() {
        return SeeOther::to("/").into();
    }
    let next = wanted_page(next);
    Page::new(View::LogIn { form: LogInForm::empty(auth.rules(), &next) }, None).into()
}

#[post("/log_in", data = "<fields>")]
async fn submit(
    earlier: SessionCookie,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
    cookies: &State<Cookies>,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    let (typed, next) = (fields.credentials(), fields.next());
    match auth.log_in(typed, fields.session_kind(), &client.0, earlier.0.as_ref()).await {
        Ok(logged_in) => {
            cookies.start_session(jar, &logged_in.token, auth.kept_for(&logged_in.session));
            let welcome = SeeOther::to(next.as_str());
            Ok(match logged_in.failed_attempts {
                Some(attempts) => welcome.saying(Flash::FailedAttempts(attempts)).into(),
                None => welcome.into(),
            })
        }
        Err(LogInError::Refused) => {
            let form = LogInForm::empty(auth.rules(), &next).refused(typed.username, fields.session_kind());
            Ok(Page::refused(View::LogIn { form }, None).into())
        }
        Err(error) => Err(error.into()),
    }
}
