use std::sync::Arc;

use doorward_domain::{ResumeError, SessionToken, Visit};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use crate::cookies::{self, Cookies};
use crate::failure::Failure;
use crate::site::SiteAuth;

/// The token that the browser sent, whether or not there is a session for it. `403` when its cookies are dubious.
pub(crate) struct SessionCookie(pub(crate) Option<SessionToken>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for SessionCookie {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match Cookies::session_token(request) {
            Ok(token) => Outcome::Success(Self(token)),
            Err(status) => Outcome::Error((status, ())),
        }
    }
}

/// Anybody, logged in or not.
pub(crate) struct Visitor(pub(crate) Option<Visit>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visitor {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let token = match request.guard::<SessionCookie>().await {
            Outcome::Success(SessionCookie(Some(token))) => token,
            Outcome::Success(SessionCookie(None)) => return Outcome::Success(Self(None)),
            Outcome::Error(error) => return Outcome::Error(error),
            Outcome::Forward(status) => return Outcome::Forward(status),
        };
        let Some(auth) = request.rocket().state::<Arc<SiteAuth>>() else {
            return Outcome::Error((Status::InternalServerError, ()));
        };
        match auth.resume(&token).await {
            Ok(visit) => {
                if let (Some(token), Ok(cookies)) = (&visit.renewed_token, Cookies::of(request)) {
                    cookies.set_session(request.cookies(), token, auth.kept_for(&visit.session));
                }
                Outcome::Success(Self(Some(visit)))
            }
            Err(ResumeError::Failed(error)) => Outcome::Error((Failure::from(error).log(request), ())),
            Err(ResumeError::Expired) => {
                cookies::note_expired_session(request);
                Outcome::Success(Self(None))
            }
            Err(_) => Outcome::Success(Self(None)),
        }
    }
}
