use std::sync::Arc;

use doorward_domain::{ResumeError, SessionToken, Visit};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use crate::audience::Audience;
use crate::auth::SiteAuth;
use crate::cookies::{self, Cookies, OpenedWith};
use crate::failure::Failure;
use crate::gate;

/// The token that the browser sent, whether or not it has a session. Fails with `403` if the names of its cookies are dubious.
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

impl SessionCookie {
    /// The logged-in user, for a response that is decided already and shows them.
    pub(crate) async fn visit(&self, auth: &SiteAuth) -> Option<Visit> {
        recognize(auth, self.0.as_ref()?).await
    }
}

/// A visitor, logged in or not. The session is looked up once a request, however often the guard is used.
///
/// The guard fails with `403` if the names of the browser's cookies are dubious, and with `503` if the database does not answer.
#[derive(Debug)]
pub struct Visitor(
    /// The user and the session; `None` for a visitor who is not logged in.
    pub Option<Visit>,
);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visitor {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let looked_up = request.local_cache_async(look_up(request)).await;
        looked_up.update_cookie(request);
        match &looked_up.visit {
            Ok(visit) => Outcome::Success(Self(visit.clone())),
            Err(status) => Outcome::Error((*status, ())),
        }
    }
}

/// The logged-in user, for the page of an error. If the request has not looked up its session, it is looked up now without
/// counting as used. After a failure of ours, the database is not asked again.
pub(crate) async fn visitor_of_error(request: &Request<'_>, status: Status) -> Option<Visit> {
    let is_ours = status.class().is_server_error();
    let looked_up = if is_ours || gate::is_for_another_sites_page(request) {
        request.local_cache(|| LookedUp::NOBODY)
    } else {
        request.local_cache_async(look_up_unused(request)).await
    };
    looked_up.update_cookie(request);
    looked_up.visit.clone().ok().flatten()
}

/// The result of looking up a request's visitor.
struct LookedUp {
    /// The user and the session, if there is one; or the status of the response, if the look-up failed.
    visit: Result<Option<Visit>, Status>,
    /// The token that has to replace the one in the browser's cookie, if that is out of date.
    token: Option<SessionToken>,
}

impl LookedUp {
    const NOBODY: Self = Self { visit: Ok(None), token: None };

    const fn failed(status: Status) -> Self {
        Self { visit: Err(status), token: None }
    }

    /// Gives the browser the token that it has to use now. Each response does so again, as Rocket discards a guard's
    /// changes to cookies when a catcher answers.
    fn update_cookie(&self, request: &Request<'_>) {
        if let Self { visit: Ok(Some(visit)), token: Some(token) } = self
            && let (Ok(cookies), Some(auth)) = (Cookies::of(request), request.rocket().state::<Arc<SiteAuth>>())
        {
            cookies.set_session(request.cookies(), token, auth.kept_for(&visit.session));
        }
    }
}

async fn look_up(request: &Request<'_>) -> LookedUp {
    let (Ok(cookies), Some(auth)) = (Cookies::of(request), request.rocket().state::<Arc<SiteAuth>>()) else {
        return LookedUp::failed(Status::InternalServerError);
    };
    let (token, opened_with) = match cookies.session_token(request) {
        Ok(Some(opened)) => opened,
        Ok(None) => return LookedUp::NOBODY,
        Err(status) => return LookedUp::failed(status),
    };
    let found = match Audience::of(request) {
        Audience::Present => auth.resume(&token).await,
        Audience::Absent => auth.recognize(&token).await,
    };
    match found {
        Ok(visit) => {
            let outdated = (opened_with == OpenedWith::FormerKey).then_some(token);
            let token = visit.renewed_token.clone().or(outdated);
            LookedUp { visit: Ok(Some(visit)), token }
        }
        Err(ResumeError::Failed(error)) => LookedUp::failed(Failure::from(error).log(request)),
        Err(ResumeError::Expired) => {
            cookies::note_expired_session(request);
            LookedUp::NOBODY
        }
        Err(_) => LookedUp::NOBODY,
    }
}

async fn look_up_unused(request: &Request<'_>) -> LookedUp {
    let cookies = Cookies::of(request).and_then(|cookies| cookies.session_token(request));
    let (Ok(Some((token, _))), Some(auth)) = (cookies, request.rocket().state::<Arc<SiteAuth>>()) else {
        return LookedUp::NOBODY;
    };
    LookedUp { visit: Ok(recognize(auth, &token).await), token: None }
}

/// The user with this token; `None` if the look-up fails, as the response is decided already.
async fn recognize(auth: &SiteAuth, token: &SessionToken) -> Option<Visit> {
    match auth.recognize(token).await {
        Ok(visit) => Some(visit),
        Err(ResumeError::Failed(error)) => {
            tracing::warn!(%error, "a page does not show who is logged in, as that cannot be found out");
            None
        }
        Err(_) => None,
    }
}
