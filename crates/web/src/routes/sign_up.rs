use std::sync::Arc;

use doorward_domain::link::LinkToken;
use doorward_domain::{LinkError, ReadEmailError, SignUpError};
use rocket::form::Form;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::config::SignUp;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::{Fields, wanted_page};
use crate::guards::{RequestClient, Visitor};
use crate::views::{SignUpForm, SignUpRefusal, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

#[get("/sign_up?<next>&<invite>")]
async fn show(
    visitor: Visitor,
    next: Option<&str>,
    invite: Option<&str>,
    sign_up: &State<SignUp>,
    auth: &State<Arc<SiteAuth>>,
) -> Result<Answer, Failure> {
    let next = wanted_page(next);
    if visitor.0.is_some() {
        return Ok(SeeOther::to(next.as_str()).into());
    }
    let invite = match invitation(**sign_up, invite.unwrap_or_default()) {
        Ok(invite) => invite,
        Err(refusal) => return Ok(refused(refusal)),
    };
    if let Some(token) = &invite {
        match auth.find_invitation(token).await {
            Ok(_) => {}
            Err(LinkError::Expired) => return Ok(refused(SignUpRefusal::InvitationExpired)),
            Err(error) => return Err(error.into()),
        }
    }
    let invite = invite.map(|token| token.expose_secret());
    let form = SignUpForm::empty(auth.policy(), &next).invited_by(invite.as_deref());
    let form = form.asking_for_email(auth.mail(), "");
    Ok(Page::new(View::SignUp { form }, None).into())
}

#[post("/sign_up", data = "<fields>")]
async fn submit(
    visitor: Visitor,
    fields: Form<Fields<'_>>,
    client: RequestClient,
    sign_up: &State<SignUp>,
    auth: &State<Arc<SiteAuth>>,
) -> Result<Answer, Failure> {
    let (typed, next) = (fields.credentials(), fields.next());
    if visitor.0.is_some() {
        return Ok(SeeOther::to(next.as_str()).into());
    }
    let invite = match invitation(**sign_up, fields.once("invite")) {
        Ok(invite) => invite,
        Err(refusal) => return Ok(refused(refusal)),
    };
    let from_here = auth.from(&client.client);
    let email = match auth.read_sign_up_email(fields.once("email")).await {
        Ok(email) => Ok(email),
        Err(ReadEmailError::Unfit(error)) => Err(error),
        Err(error) => return Err(error.into()),
    };
    let wanted = doorward_domain::SignUp::new(typed).with_email(email).in_language(client.chosen.clone());
    let signed_up = match &invite {
        Some(token) => client.traced(from_here.sign_up_invited(wanted, token)).await,
        None => client.traced(from_here.sign_up(wanted)).await,
    };
    let form = || {
        let invite = invite.as_ref().map(LinkToken::expose_secret);
        let form = SignUpForm::empty(auth.policy(), &next).invited_by(invite.as_deref());
        form.asking_for_email(auth.mail(), fields.once("email"))
    };
    match signed_up {
        Ok(_) => Ok(SeeOther::to(next.appended_to("/log_in")).saying(Flash::AccountCreated).into()),
        Err(refusal @ (SignUpError::Unfit { .. } | SignUpError::UsernameTaken)) => {
            Ok(Page::refused(View::SignUp { form: form().refused(typed.username, &refusal) }, None).into())
        }
        Err(SignUpError::InvitationExpired) => Ok(refused(SignUpRefusal::InvitationExpired)),
        Err(SignUpError::Throttled(throttled)) => {
            let view = View::SignUp { form: form().filled_in(typed.username) };
            Ok(Page::throttled(view, None, throttled).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The invitation that somebody brings, where the site wants one. One that is no token is as good as an unknown one.
fn invitation(sign_up: SignUp, sent: &str) -> Result<Option<LinkToken>, SignUpRefusal> {
    match sign_up {
        SignUp::Open => Ok(None),
        SignUp::Closed => Err(SignUpRefusal::Closed),
        SignUp::Invited if sent.is_empty() => Err(SignUpRefusal::InvitationRequired),
        SignUp::Invited => LinkToken::parse(sent).map(Some).ok_or(SignUpRefusal::InvitationExpired),
    }
}

fn refused(refusal: SignUpRefusal) -> Answer {
    let status = match refusal {
        SignUpRefusal::Closed | SignUpRefusal::InvitationRequired => Status::Forbidden,
        SignUpRefusal::InvitationExpired => Status::Gone,
    };
    Page::new(View::SignUpRefused { refusal }, None).with_status(status).into()
}
