//! Attempts to get around a control, in the log: each kind a few times a minute, however many there are.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rocket::request::Request;

use crate::config::PublicUrl;
use crate::guards::client_of;
use crate::request_id::RequestId;

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// To change something from another site's page.
    AnotherSite,
    /// To send one of our cookies twice, or under a name that is another one to the browser.
    DubiousCookies,
    /// To send a cookie that was not made with our key, or not for this name.
    ForeignCookie,
}

/// Writes it down, unless there was enough of it lately.
pub(crate) fn log(request: &Request<'_>, refusal: Refusal) {
    let Some(samples) = request.rocket().state::<Samples>() else { return };
    let Some(left_out) = samples.of(refusal).take(Instant::now()) else { return };
    let (id, method, network) = (RequestId::of(request), request.method(), client_of(request).network());
    let path = request.uri().path().as_str().escape_debug();
    // Only of a request from another site do these two tell anything.
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

/// The first few of each minute.
#[derive(Debug, Default)]
struct Sample(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    began: Option<Instant>,
    taken: u32,
    left_out: u64,
}

impl Sample {
    /// Enough to see what goes on, few enough that nobody fills a disk with them.
    const MOST: u32 = 10;
    const PERIOD: Duration = Duration::from_mins(1);

    /// Whether this one is written down; then, how many were left out since the last one that was.
    fn take(&self, now: Instant) -> Option<u64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.began.is_none_or(|began| now.duration_since(began) >= Self::PERIOD) {
            (window.began, window.taken) = (Some(now), 0);
        }
        if window.taken == Self::MOST {
            window.left_out += 1;
            return None;
        }
        window.taken += 1;
        Some(std::mem::take(&mut window.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ten_of_a_minute_are_taken_and_the_others_counted() {
        let (sample, now) = (Sample::default(), Instant::now());
        let taken: Vec<_> = (0..100).filter_map(|_| sample.take(now)).collect();
        assert_eq!(taken, [0; 10]);
        let later = now + Sample::PERIOD;
        assert_eq!(sample.take(later.checked_sub(Duration::from_millis(1)).unwrap()), None);
        assert_eq!((sample.take(later), sample.take(later)), (Some(91), Some(0)));
    }
}
