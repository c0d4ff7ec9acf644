use doorward_domain::Visit;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use super::{Identified, Service};

/// A logged-in user who has everything that the site requires of its users. Any other request is forwarded with `401`,
/// whose catcher redirects it to the log-in, or to the set-up of a second factor. The visitor then comes back to the page
/// that they asked for, or to the page of the form that they sent.
///
/// The guard fails with `403` if the names of the browser's cookies are dubious, and with `503` if the database does not answer.
#[derive(Debug)]
pub struct LoggedIn(
    /// The user and the session.
    pub Visit,
);

/// Marks a request of a user who has to set up a second factor first.
struct SecondFactorIsDue;

/// Whether the request is of a logged-in user without the second factor that the site requires.
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
