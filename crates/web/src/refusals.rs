//! Attempts to bypass a control: all are counted, and at most a few a minute of each kind are logged.

use std::time::Instant;

use rocket::request::Request;

use crate::asked::logged_path;
use crate::config::PublicUrl;
use crate::guards::client_of;
use crate::metrics::Metrics;
use crate::request_id::RequestId;
use crate::sample::Sample;

/// The kinds of attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A change from another site's page.
    AnotherSite,
    /// One of our cookies was sent twice, or under a name that browsers treat as another one.
    DubiousCookies,
    /// A cookie was not made with our key, or not for this name.
    ForeignCookie,
}

/// Counts the attempt if the site has metrics, and logs it, unless enough of its kind were logged lately.
pub(crate) fn log(request: &Request<'_>, refusal: Refusal) {
    if let Some(metrics) = Metrics::of(request) {
        metrics.count_refusal(refusal);
    }
    let Some(samples) = request.rocket().state::<Samples>() else { return };
    let Some(left_out) = samples.of(refusal).take(Instant::now()) else { return };
    let (id, method, network) = (RequestId::of(request), request.method(), client_of(request).network());
    let path = logged_path(request);
    // These two are useful only for a request from another site.
    let is_another_site = refusal == Refusal::AnotherSite;
    let origin = request.headers().get_one("origin").filter(|_| is_another_site);
    let public_url = request.rocket().state::<PublicUrl>().filter(|_| is_another_site);
    tracing::warn!(
        request.id = %id, http.method = %method, http.path = %path, client.network = %network,
        http.origin = origin.map(|origin| tracing::field::display(origin.escape_debug())),
        public_url = public_url.map(PublicUrl::origin), log.left_out = left_out, "{}", refusal.description()
    );
}

impl Refusal {
    /// Every one.
    pub(crate) const ALL: [Self; 3] = [Self::AnotherSite, Self::DubiousCookies, Self::ForeignCookie];

    /// One word, for metrics.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::AnotherSite => "another_site",
            Self::DubiousCookies => "dubious_cookies",
            Self::ForeignCookie => "foreign_cookie",
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Self::AnotherSite => "refused a request from another site; if this is your own, set DOORWARD_PUBLIC_URL",
            Self::DubiousCookies => "refused a request whose cookies have dubious names",
            Self::ForeignCookie => "ignored a cookie that is not ours; after a new secret key each of the old ones is",
        }
    }
}

/// One sample for each kind; managed by the site.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    another_site: Sample,
    dubious_cookies: Sample,
    foreign_cookie: Sample,
}

impl Samples {
    const fn of(&self, refusal: Refusal) -> &Sample {
        match refusal {
            Refusal::AnotherSite => &self.another_site,
            Refusal::DubiousCookies => &self.dubious_cookies,
            Refusal::ForeignCookie => &self.foreign_cookie,
        }
    }
}
