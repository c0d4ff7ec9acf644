use std::convert::Infallible;

use doorward_domain::DeviceTokens;
use doorward_domain::browser::ReturnPath;
use rocket::request::{FromRequest, Outcome, Request};

use crate::audience;
use crate::cookies::Cookies;

/// What the cookies of a browser tell of it at a log-in.
pub(crate) struct Browser {
    /// What makes it known to accounts that somebody logged in to with it before.
    pub(crate) device: DeviceTokens,
    support: CookieSupport,
}

impl Browser {
    /// Where a log-in leads: to the page that is wanted; by way of a page that looks whether cookies come back, where none ever did.
    pub(crate) fn welcome(&self, next: &ReturnPath) -> String {
        match self.support {
            CookieSupport::Given => next.as_str().to_owned(),
            CookieSupport::Unproven => next.appended_to("/log_in/cookies"),
        }
    }
}

/// Whether cookies come back from where a request is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CookieSupport {
    /// Some did; or a program asks, which knows what it does.
    Given,
    /// It is a browser, and none of ours came: it has none yet, or keeps none.
    Unproven,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Browser {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let cookies = Cookies::of(request);
        let device = cookies.map(|cookies| cookies.device_tokens(request)).unwrap_or_default();
        let are_sent = cookies.is_ok_and(|cookies| cookies.are_sent(request));
        // Browsers say so of what a script sends, and programs do not.
        let is_browser = audience::is_navigation(request) || request.headers().contains("sec-fetch-mode");
        let is_unproven = is_browser && !are_sent;
        let support = if is_unproven { CookieSupport::Unproven } else { CookieSupport::Given };
        Outcome::Success(Self { device, support })
    }
}
