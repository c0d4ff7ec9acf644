//! Responses of handlers: a page, a redirect, or the page of an error.

use std::io::Cursor;

use doorward_domain::browser::ReturnPath;
use doorward_domain::{Language, Throttled, Visit};
use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};

use crate::cookies;
use crate::flash::Flash;
use crate::pages::{Notice, Pages, Reader};
use crate::problem::{self, Problem};
use crate::reader;
use crate::views::{UserView, View};

/// A page as a response: HTML, or a problem document for a client that prefers JSON.
#[derive(Debug)]
pub(crate) struct Page {
    status: Status,
    view: View,
    user: Option<UserView>,
    /// The language that the user has chosen.
    language: Option<Language>,
    throttled: Option<Throttled>,
}

impl Page {
    /// A page with status 200.
    pub(crate) fn new(view: View, visit: Option<&Visit>) -> Self {
        let user = visit.map(|visit| UserView::of(&visit.user));
        let language = visit.and_then(|visit| visit.user.language.clone());
        Self { status: Status::Ok, view, user, language, throttled: None }
    }

    /// Sets another status.
    pub(crate) fn with_status(self, status: Status) -> Self {
        Self { status, ..self }
    }

    /// The page of a form that was throttled, and may be sent again later.
    pub(crate) fn throttled(view: View, visit: Option<&Visit>, throttled: Throttled) -> Self {
        Self { throttled: Some(throttled), ..Self::new(view, visit).with_status(Status::TooManyRequests) }
    }

    /// The page of a form whose input was refused.
    pub(crate) fn refused(view: View, visit: Option<&Visit>) -> Self {
        Self::new(view, visit).with_status(Status::UnprocessableEntity)
    }
}

impl<'r> Responder<'r, 'static> for Page {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let throttled = self.throttled;
        let mut response = self.answer(request)?;
        if let Some(Throttled { retry_after, .. }) = throttled {
            response.set_header(Header::new("Retry-After", retry_after.as_secs().to_string()));
        }
        Ok(response)
    }
}

impl Page {
    fn answer(self, request: &Request<'_>) -> response::Result<'static> {
        if problem::is_preferred(request)
            && let Some(problem) = Problem::of(&self.view, self.status, self.throttled)
        {
            return problem.respond_to(request);
        }
        let pages = request.rocket().state::<Pages>().ok_or(Status::InternalServerError)?;
        // The page of an error or of a wait leaves the flash to the next page, as the visitor may never see this one.
        let notice = match (&self.view, self.throttled) {
            (View::Error { .. }, _) => None,
            (_, Some(throttled)) => Some(Notice::Wait(throttled.retry_after)),
            _ => cookies::take_expired_session(request).or_else(|| cookies::take_flash(request)).map(Notice::Flash),
        };
        if matches!(self.view, View::SignUp { .. } | View::LogIn { .. }) {
            cookies::name_browser(request);
        }
        let saved = self.language.as_ref().map(Language::as_str);
        let lang = reader::language_of(request, pages.languages(), saved);
        // Every link that is no longer valid gets the same page, so the page does not contain the link's path.
        let here =
            if matches!(self.view, View::LinkExpired { .. }) { ReturnPath::default() } else { reader::here(request) };
        let reader = Reader { lang, here: here.as_str() };
        let shell = pages.shell(&self.view, reader, self.user, notice);
        let page = pages.page(&shell).ok_or(Status::InternalServerError)?;
        let body = Cursor::new(page);
        let mut response = Response::build();
        response.status(self.status).header(ContentType::HTML).raw_header("Content-Language", lang.to_owned());
        response.raw_header("Vary", "Accept-Language, Cookie").sized_body(body.get_ref().len(), body).ok()
    }
}

/// A text file for its reader to keep: a heading in their language, and lines below it.
pub(crate) struct TextFile {
    pub(crate) name: &'static str,
    /// The message of the heading, whose variables are `$site` and `$username`.
    pub(crate) heading: &'static str,
    pub(crate) username: String,
    /// The language that the user has chosen.
    pub(crate) language: Option<Language>,
    pub(crate) lines: Vec<String>,
}

impl<'r> Responder<'r, 'static> for TextFile {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let pages = request.rocket().state::<Pages>().ok_or(Status::InternalServerError)?;
        let saved = self.language.as_ref().map(Language::as_str);
        let lang = reader::language_of(request, pages.languages(), saved);
        let heading = pages.heading(lang, self.heading, &self.username).ok_or(Status::InternalServerError)?;
        let text = format!("{heading}\n\n{}\n", self.lines.join("\n"));
        let mut response = Response::build();
        response.header(ContentType::Plain).raw_header("Content-Language", lang.to_owned());
        response.raw_header("Content-Disposition", format!("attachment; filename=\"{}\"", self.name));
        response.sized_body(text.len(), Cursor::new(text)).ok()
    }
}

/// A redirect to a path on this site, with `303 See Other`, which turns any method into GET.
#[derive(Debug)]
pub(crate) struct SeeOther {
    location: String,
    flash: Option<Flash>,
}

impl SeeOther {
    pub(crate) fn to(location: impl Into<String>) -> Self {
        Self { location: location.into(), flash: None }
    }

    /// Shows a message on the next page.
    pub(crate) fn saying(self, flash: Flash) -> Self {
        Self { flash: Some(flash), ..self }
    }
}

impl<'r> Responder<'r, 'static> for SeeOther {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        if let Some(flash) = self.flash {
            cookies::put_flash(request, flash);
        }
        Response::build().status(Status::SeeOther).header(Header::new("Location", self.location)).ok()
    }
}

/// The response of a handler.
#[derive(Debug, rocket::Responder)]
pub(crate) enum Answer {
    Page(Box<Page>),
    SeeOther(SeeOther),
    /// The page of this error. For 401, a redirect to the log-in.
    Error(Status),
}

impl From<Page> for Answer {
    fn from(page: Page) -> Self {
        Self::Page(Box::new(page))
    }
}

impl From<SeeOther> for Answer {
    fn from(redirect: SeeOther) -> Self {
        Self::SeeOther(redirect)
    }
}
