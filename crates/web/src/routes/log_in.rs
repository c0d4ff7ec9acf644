use doorward_domain::LogInError;
use doorward_domain::browser::ReturnPath;
use rocket::form::Form;
use rocket::http::{CookieJar, Status};
use rocket::{Route, State, get, post, routes};

use crate::cookies::Cookies;
use crate::failure::Failure;
use crate::forms::Fields;
use crate::guards::{SessionCookie, Visitor};
use crate::pages::{Answer, Page, SeeOther};
use crate::site::SiteAuth;
use crate::views::{LogInForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

#[get("/log_in?<next>")]
fn show(visitor: Visitor, next: Option<&str>) -> Answer {
    if visitor.0.is_some() {
        return SeeOther::to("/").into();
    }
    let next = next.and_then(ReturnPath::parse).unwrap_or_default();
    Page::new(View::LogIn { form: LogInForm::empty(&next) }, None).into()
}

#[post("/log_in", data = "<fields>")]
async fn submit(
    earlier: SessionCookie,
    fields: Form<Fields<'_>>,
    auth: &State<SiteAuth>,
    cookies: &State<Cookies>,
    jar: &CookieJar<'_>,
) -> Result<Answer, Failure> {
    let (typed, next) = (fields.credentials(), fields.next());
    match auth.log_in(typed, earlier.0.as_ref()).await {
        Ok(logged_in) => {
            cookies.start_session(jar, &logged_in.token);
            Ok(SeeOther::to(next.as_str()).into())
        }
        Err(LogInError::Refused) => {
            let form = LogInForm::empty(&next).refused(typed.username);
            Ok(Page::with_status(Status::UnprocessableEntity, View::LogIn { form }).into())
        }
        Err(error) => Err(error.into()),
    }
}
