use std::sync::Arc;

use doorward_domain::{ResumeError, SessionToken, Visit};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use crate::cookies::{self, Cookies, OpenedWith};
use crate::failure::Failure;
use crate::site::SiteAuth;

/// The token that the browser sent, whether or not there is a session for it. `403` when its cookies are dubious.
pub(crate) struct SessionCookie(pub(crate) Option<SessionToken>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for SessionCookie {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match Cookies::of(request).and_then(|cookies| cookies.session_token(request)) {
            Ok(opened) => Outcome::Success(Self(opened.map(|(token, _)| token))),
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
        let (Ok(cookies), Some(auth)) = (Cookies::of(request), request.rocket().state::<Arc<SiteAuth>>()) else {
            return Outcome::Error((Status::InternalServerError, ()));
        };
        let (token, opened_with) = match cookies.session_token(request) {
            Ok(Some(opened)) => opened,
            Ok(None) => return Outcome::Success(Self(None)),
            Err(status) => return Outcome::Error((status, ())),
        };
        match auth.resume(&token).await {
            Ok(visit) => {
                let outdated = (opened_with == OpenedWith::FormerKey).then_some(&token);
                if let Some(token) = visit.renewed_token.as_ref().or(outdated) {
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
