//! Pages of the embedder's service, in the look of Doorward's.

use doorward_domain::Visit;
use rocket::http::Status;
use rocket::request::Request;
use rocket::response::{self, Responder};

use crate::answer::Page;
use crate::views::{SitePageContent, View};

/// A page of your own in the look of Doorward's: with its head, navigation and footer, in the reader's language.
#[derive(Debug)]
pub struct SitePage(Page);

impl SitePage {
    /// A page with status 200. The `title` is text, and is escaped. The `html` is used as it is, so its template has to
    /// escape user input. It begins with an `<h1 class="title">`, and contains no scripts or styles, as the site's
    /// `Content-Security-Policy` allows none. The navigation shows the user of the visit, if there is one.
    #[must_use]
    pub fn new(title: impl Into<String>, html: impl Into<String>, visit: Option<&Visit>) -> Self {
        let page = SitePageContent { title: title.into(), html: html.into() };
        Self(Page::new(View::SitePage { page }, visit))
    }

    /// Sets another status.
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
