use doorward_domain::LinkError;
use rocket::{Route, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::guards::{HeldBack, Service};
use crate::metrics::Action;
use crate::views::{CheckMailNote, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

#[get("/check_mail")]
async fn show(held_back: HeldBack, service: Service<'_>) -> Result<Answer, Failure> {
    let Some(token) = held_back.0 else { return Ok(log_in_first()) };
    match service.find_unverified(&token).await {
        Ok((_, emails)) => {
            let note = CheckMailNote { address: emails.pending.map(|address| address.as_str().to_owned()) };
            Ok(Page::new(View::CheckMail { note }, None).into())
        }
        Err(LinkError::Expired) => Ok(log_in_first()),
        Err(error) => Err(error.into()),
    }
}

/// Sends the mail once more.
#[post("/check_mail")]
async fn submit(held_back: HeldBack, service: Service<'_>) -> Result<Answer, Failure> {
    let Some(token) = held_back.0 else { return Ok(log_in_first()) };
    match service.traced(Action::ResendVerification, service.resend_verification(&token)).await {
        Ok(()) => Ok(SeeOther::to("/check_mail").saying(Flash::MailSent).into()),
        Err(LinkError::Expired) => Ok(log_in_first()),
        Err(error) => Err(error.into()),
    }
}

fn log_in_first() -> Answer {
    SeeOther::to("/log_in").saying(Flash::LogInRequired).into()
}
