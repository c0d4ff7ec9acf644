use doorward_domain::Visit;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use super::{Identified, Service};

/// Somebody who is logged in, and has what the site requires of everybody. Anybody else is forwarded with `401`, whose catcher sends
/// them to the log-in, or to the set-up of a second factor. They come back to the page that they asked for, or to the page of the form
/// that they sent.
///
/// The guard errs with `403` where the names of the browser's cookies are dubious, and with `503` where the database does not answer.
#[derive(Debug)]
pub struct LoggedIn(
    /// Who it is, and their session.
    pub Visit,
);

/// Marks a request of somebody who has to set up a second factor first.
struct SecondFactorIsDue;

/// Whether whoever sent the request is logged in, and lacks the second factor that the site requires.
pub(crate) fn lacks_second_factor(request: &Request<'_>) -> bool {
    request.local_cache(|| None::<SecondFactorIsDue>).is_some()
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for LoggedIn {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let visit = match request.guard::<Identified>().await {
            Outcome::Success(Identified(visit)) => visit,
            Outcome::Error(error) => return Outcome::Error(error),
            Outcome::Forward(status) => return Outcome::Forward(status),
        };
        let Outcome::Success(service) = request.guard::<Service<'_>>().await else {
            return Outcome::Error((Status::InternalServerError, ()));
        };
        if service.is_second_factor_due(&visit.user) {
            request.local_cache(|| Some(SecondFactorIsDue));
            return Outcome::Forward(Status::Unauthorized);
        }
        Outcome::Success(Self(visit))
    }
}
