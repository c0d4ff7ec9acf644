use std::sync::Arc;

use doorward_domain::SignUpError;
use rocket::form::Form;
use rocket::{Route, State, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::{Fields, wanted_page};
use crate::guards::{RequestClient, Visitor};
use crate::views::{SignUpForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

#[get("/sign_up?<next>")]
fn show(visitor: Visitor, next: Option<&str>, auth: &State<Arc<SiteAuth>>) -> Answer {
    let next = wanted_page(next);
    if visitor.0.is_some() {
        return SeeOther::to(next.as_str()).into();
    }
    Page::new(View::SignUp { form: SignUpForm::empty(auth.policy(), &next) }, None).into()
}

#[post("/sign_up", data = "<fields>")]
async fn submit(
    visitor: Visitor,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
) -> Result<Answer, Failure> {
    let (typed, next) = (fields.credentials(), fields.next());
    if visitor.0.is_some() {
        return Ok(SeeOther::to(next.as_str()).into());
    }
    let form = || SignUpForm::empty(auth.policy(), &next);
    match client.traced(auth.from(&client.client).sign_up(typed)).await {
        Ok(_) => Ok(SeeOther::to(next.appended_to("/log_in")).saying(Flash::AccountCreated).into()),
        Err(refusal @ (SignUpError::Unfit { .. } | SignUpError::UsernameTaken)) => {
            Ok(Page::refused(View::SignUp { form: form().refused(typed.username, &refusal) }, None).into())
        }
        Err(SignUpError::Throttled(throttled)) => {
            let view = View::SignUp { form: form().filled_in(typed.username) };
            Ok(Page::throttled(view, None, throttled).into())
        }
        Err(error) => Err(error.into()),
    }
}
