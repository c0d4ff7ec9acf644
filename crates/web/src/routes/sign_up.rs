use doorward_domain::browser::ReturnPath;
use doorward_domain::link::LinkToken;
use doorward_domain::{LinkError, ReadEmailError, SignUpError};
use rocket::form::Form;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::config::SignUp;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::{Fields, wanted_page};
use crate::guards::{Service, Visitor};
use crate::interrupted::Interrupted;
use crate::metrics::Action;
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
    service: Service<'_>,
) -> Result<Answer, Failure> {
    let next = wanted_page(next);
    if visitor.0.is_some() {
        return Ok(SeeOther::to(next.as_str()).into());
    }
    let invite = match invitation(**sign_up, invite.unwrap_or_default()) {
        Ok(Some(token)) => match service.find_invitation(&token).await {
            Ok(_) => Some(token),
            Err(LinkError::Expired) => return Ok(refused(SignUpRefusal::InvitationExpired)),
            Err(error) => return Err(error.into()),
        },
        Ok(None) => None,
        Err(refusal) => return Ok(refused(refusal)),
    };
    Ok(Page::new(View::SignUp { form: empty_form(&service, &next, invite.as_ref(), "") }, None).into())
}

#[post("/sign_up", data = "<fields>")]
async fn submit(
    visitor: Visitor,
    fields: Form<Fields<'_>>,
    sign_up: &State<SignUp>,
    service: Service<'_>,
) -> Result<Answer, Failure> {
    let (username, next) = (fields.credentials().username, fields.next());
    if visitor.0.is_some() {
        return Ok(SeeOther::to(next.as_str()).into());
    }
    let invite = match invitation(**sign_up, fields.once("invite")) {
        Ok(invite) => invite,
        Err(refusal) => return Ok(refused(refusal)),
    };
    let wanted = wanted_user(&fields, &service).await?;
    let signed_up = match &invite {
        Some(token) => service.traced(Action::SignUp, service.sign_up_invited(wanted, token)).await,
        None => service.traced(Action::SignUp, service.sign_up(wanted)).await,
    };
    let form = empty_form(&service, &next, invite.as_ref(), fields.once("email"));
    match signed_up {
        Ok(_) => Ok(SeeOther::to(next.appended_to("/log_in")).saying(Flash::AccountCreated).into()),
        Err(SignUpError::InvitationExpired) => Ok(refused(SignUpRefusal::InvitationExpired)),
        Err(refusal @ (SignUpError::Unfit { .. } | SignUpError::UsernameTaken)) => {
            Ok(Page::refused(View::SignUp { form: form.refused(username, &refusal) }, None).into())
        }
        Err(error) => Interrupted::from(error).in_form(|| View::SignUp { form: form.filled_in(username) }, None),
    }
}

/// The user to sign up, from the form.
async fn wanted_user<'r>(fields: &Fields<'r>, service: &Service<'_>) -> Result<doorward_domain::SignUp<'r>, Failure> {
    let email = match service.read_sign_up_email(fields.once("email")).await {
        Ok(email) => Ok(email),
        Err(ReadEmailError::Unfit(error)) => Err(error),
        Err(error) => return Err(error.into()),
    };
    let wanted = doorward_domain::SignUp::new(fields.credentials());
    Ok(wanted.with_email(email).in_language(service.chosen.clone()))
}

/// The form with nothing typed but the address.
fn empty_form(service: &Service<'_>, next: &ReturnPath, invite: Option<&LinkToken>, email: &str) -> SignUpForm {
    let invite = invite.map(LinkToken::expose_secret);
    let form = SignUpForm::empty(service.policy(), next).invited_by(invite.as_deref());
    form.asking_for_email(service.mail(), email)
}

/// The invitation that the visitor has, if the site needs one. A text that is not a token counts as an unknown invitation.
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
