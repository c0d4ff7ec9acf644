//! Pages of the service that Doorward is a part of, in the look of Doorward's.

use doorward_domain::Visit;
use rocket::http::Status;
use rocket::request::Request;
use rocket::response::{self, Responder};

use crate::answer::Page;
use crate::views::{SitePageContent, View};

/// A page of your own in the look of Doorward's: with its head, navigation and footer, in the language of who reads it.
#[derive(Debug)]
pub struct SitePage(Page);

impl SitePage {
    /// A page with status 200. The `title` is text, and escaped; `html` stays as it is, so that its template has to escape what
    /// people typed. It begins with an `<h1 class="title">`, and has no scripts or styles in it: the site's
    /// `Content-Security-Policy` allows none. The navigation shows who makes the visit, if anybody is logged in.
    #[must_use]
    pub fn new(title: impl Into<String>, html: impl Into<String>, visit: Option<&Visit>) -> Self {
        let page = SitePageContent { title: title.into(), html: html.into() };
        Self(Page::new(View::SitePage { page }, visit))
    }

    /// The same, with another status.
    #[must_use]
    pub fn with_status(self, status: Status) -> Self {
        Self(self.0.with_status(status))
    }
}

impl<'r> Responder<'r, 'static> for SitePage {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        self.0.respond_to(request)
    }
}
