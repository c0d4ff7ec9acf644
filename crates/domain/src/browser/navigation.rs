/// Whether a browser is on the way from one page to the next: it asks for a whole page, or sends a form. All of today's browsers say so by
/// `Sec-Fetch-Mode`, or over plain HTTP by `Upgrade-Insecure-Requests` (Fetch Metadata; Upgrade Insecure Requests §3.2.1). A program does
/// not.
#[must_use]
pub fn is_navigation(sec_fetch_mode: Option<&str>, upgrade_insecure_requests: Option<&str>) -> bool {
    sec_fetch_mode == Some("navigate") || upgrade_insecure_requests == Some("1")
}

/// The headers by which browsers mark a prefetch: `Sec-Purpose` (the Fetch standard), `Purpose` (Chromium and Safari
/// before), `X-Moz` (Firefox before), `X-Purpose` (Safari before). Nothing else sends one.
const ASKED_AHEAD: [&str; 4] = ["sec-purpose", "purpose", "x-moz", "x-purpose"];

/// Whether a browser prefetches a page that the visitor may go to next and may never see: a message that is shown once has to
/// wait, and the session does not count as used ([`recognize`](crate::AuthService::recognize)).
pub fn is_asked_ahead(is_sent: impl Fn(&str) -> bool) -> bool {
    ASKED_AHEAD.into_iter().any(is_sent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_navigation_says_so_in_one_of_two_ways() {
        assert!(is_navigation(Some("navigate"), None) && is_navigation(None, Some("1")));
        for (mode, upgrade) in [(None, None), (Some("cors"), None), (Some("Navigate"), Some("0"))] {
            assert!(!is_navigation(mode, upgrade), "{mode:?} {upgrade:?}");
        }
    }

    #[test]
    fn every_browser_that_asks_ahead_is_known_by_a_header() {
        for name in ["sec-purpose", "purpose", "x-moz", "x-purpose"] {
            assert!(is_asked_ahead(|sent| sent == name), "{name}");
        }
        assert!(!is_asked_ahead(|sent| sent == "sec-fetch-mode"));
    }
}
