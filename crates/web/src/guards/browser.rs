use std::convert::Infallible;

use doorward_domain::DeviceTokens;
use doorward_domain::browser::ReturnPath;
use rocket::request::{FromRequest, Outcome, Request};

use crate::audience;
use crate::cookies::Cookies;

/// What a browser's cookies tell at a log-in.
pub(crate) struct Browser {
    /// The tokens that make it known to accounts.
    pub(crate) device: DeviceTokens,
    support: CookieSupport,
}

impl Browser {
    /// Where a log-in leads: to the wanted page, or first to a page that checks for cookies, if the browser sent none.
    pub(crate) fn welcome(&self, next: &ReturnPath) -> String {
        match self.support {
            CookieSupport::Given => next.as_str().to_owned(),
            CookieSupport::Unproven => next.appended_to("/log_in/cookies"),
        }
    }
}

/// Whether the client sends cookies back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CookieSupport {
    /// It sent some, or it is a program, which handles cookies itself.
    Given,
    /// It is a browser and sent none of ours: it has none yet, or keeps none.
    Unproven,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Browser {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let cookies = Cookies::of(request);
        let device = cookies.map(|cookies| cookies.device_tokens(request)).unwrap_or_default();
        let are_sent = cookies.is_ok_and(|cookies| cookies.are_sent(request));
        // Browsers send this header with a script's request, too, and programs do not.
        let is_browser = audience::is_navigation(request) || request.headers().contains("sec-fetch-mode");
        let is_unproven = is_browser && !are_sent;
        let support = if is_unproven { CookieSupport::Unproven } else { CookieSupport::Given };
        Outcome::Success(Self { device, support })
    }
}
