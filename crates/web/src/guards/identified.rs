use doorward_domain::Visit;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use super::Visitor;

/// A logged-in user, with or without the second factor that the site may require: for the pages that set one up. Any other
/// request is forwarded with `401`, whose catcher redirects it to the log-in.
pub(crate) struct Identified(pub(crate) Visit);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Identified {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match request.guard::<Visitor>().await {
            Outcome::Success(Visitor(Some(visit))) => Outcome::Success(Self(visit)),
            Outcome::Success(Visitor(None)) => Outcome::Forward(Status::Unauthorized),
            Outcome::Error(error) => Outcome::Error(error),
            Outcome::Forward(status) => Outcome::Forward(status),
        }
    }
}
