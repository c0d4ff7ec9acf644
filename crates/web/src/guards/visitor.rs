use std::sync::Arc;

use doorward_domain::{ResumeError, SessionToken, Visit};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use crate::audience::Audience;
use crate::auth::SiteAuth;
use crate::cookies::{self, Cookies, OpenedWith};
use crate::failure::Failure;
use crate::gate;

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

impl SessionCookie {
    /// Who is logged in by it, for an answer that is decided already and greets them.
    pub(crate) async fn visit(&self, auth: &SiteAuth) -> Option<Visit> {
        recognize(auth, self.0.as_ref()?).await
    }
}

/// Anybody, logged in or not. The session is looked up once a request, however often this is asked for.
///
/// The guard errs with `403` where the names of the browser's cookies are dubious, and with `503` where the database does not answer.
#[derive(Debug)]
pub struct Visitor(
    /// Who it is, and their session; `None` of somebody who is not logged in.
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

/// Who is logged in, for the page of an error. Where the request did not need to know, the session is looked up without
/// being used; after a failure of ours nothing is asked of the database once more.
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

/// What a request found out about its visitor.
struct LookedUp {
    /// Who it is, if anybody; or how to answer, where that cannot be found out.
    visit: Result<Option<Visit>, Status>,
    /// What the browser's cookie has to be from now on, where it is out of date.
    token: Option<SessionToken>,
}

impl LookedUp {
    const NOBODY: Self = Self { visit: Ok(None), token: None };

    const fn failed(status: Status) -> Self {
        Self { visit: Err(status), token: None }
    }

    /// Gives the browser the token that it has to use now. Each answer does it anew, as Rocket forgets what a guard did to
    /// the cookies when a catcher answers.
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

/// Who is logged in by this token; nobody where that cannot be found out, as the answer is another one already.
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
