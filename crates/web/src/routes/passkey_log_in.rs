use doorward_domain::{LogInByPasskey, LogInStep, LoggedIn};
use rocket::http::Status;
use rocket::{Route, post, routes};

use super::second_step;
use crate::failure::Failure;
use crate::guards::{Browser, Service, SessionCookie, Waiting};
use crate::metrics::Action;
use crate::reply::{Done, Reply};
use crate::sent::Sent;
use crate::views::PasskeySignals;

pub(super) fn routes() -> Vec<Route> {
    routes![options, submit]
}

#[post("/log_in/passkey/options")]
fn options(service: Service<'_>) -> Result<Reply, Failure> {
    match service.request_passkey_log_in() {
        Ok(request) => Ok(request.into()),
        Err(error) => Reply::unproved(error),
    }
}

/// A passkey is a complete log-in: nothing else is asked for, except an address if the site requires one.
#[post("/log_in/passkey", data = "<sent>")]
async fn submit(
    earlier: SessionCookie,
    waiting: Waiting,
    browser: Browser,
    sent: Sent,
    service: Service<'_>,
) -> Result<Reply, Failure> {
    let log_in = LogInByPasskey::new(&sent.credential).of_kind(sent.session_kind()).replacing(earlier.0.as_ref());
    match service
        .traced(Action::LogInByPasskey, service.log_in_by_passkey_by_email(log_in.by_device(&browser.device)))
        .await
    {
        Ok(step) => {
            if let Some(waiting) = waiting.0 {
                service.end_log_in(&waiting.token).await;
            }
            Ok(welcome(step, &browser.welcome(&sent.next()), &service).await)
        }
        Err(error) => Reply::unproved(error),
    }
}

/// The response to a finished log-in, which also tells the browser which passkeys the user has.
pub(super) async fn welcome(step: LogInStep, next: &str, service: &Service<'_>) -> Reply {
    match step {
        LogInStep::Done(logged_in) => {
            service.welcome(&logged_in).await;
            let signal = signal_of(&logged_in, service).await;
            Done::leading_to(next).saying(second_step::news(&logged_in)).with_signal(signal).into()
        }
        // Another request of this browser has begun a session.
        LogInStep::Overtaken => Done::leading_to(next).into(),
        LogInStep::AddressUnverified(token) => {
            service.cookies.hold_back(service.jar, &token);
            Done::leading_to("/check_mail").into()
        }
        // There are no other steps.
        _ => Reply::Error(Status::InternalServerError),
    }
}

/// `None` if the passkeys cannot be read: the browser would delete a passkey that the list lacks.
async fn signal_of(LoggedIn { user, .. }: &LoggedIn, service: &Service<'_>) -> Option<PasskeySignals> {
    let site = service.passkey_site()?;
    let handle = service.user_handle_of(user.id).await;
    match (handle, service.passkeys_of(user.id).await) {
        (Ok(handle), Ok(passkeys)) => Some(PasskeySignals::of(site, user, handle?, &passkeys)),
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(user.id = %user.id, %error, "a browser is not told which passkeys there are");
            None
        }
    }
}
