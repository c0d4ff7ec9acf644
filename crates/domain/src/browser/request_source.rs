/// Where a request comes from, as far as its headers tell: the gate against cross-site requests (OWASP ASVS 5.0 §3.5.1).
///
/// Instead of a token in every form, which can expire, leak or be forgotten, this reads the browser's own headers. A
/// state-changing request from [`OtherSite`](Self::OtherSite) must be refused before it is acted on, the log-in form's
/// too: another site's page could log the visitor in to an account that is not theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum RequestSource {
    /// One of our own pages, or the visitor in person (the address bar, a bookmark).
    OwnSite,
    /// Another site's page, another port or a sub-domain of ours among them.
    OtherSite,
    /// Neither header was sent: no browser does that with a state-changing request, so no visitor is being tricked.
    NotABrowser,
}

impl RequestSource {
    /// Judges by `Sec-Fetch-Site`, which no page can forge, and if a browser sends none by `Origin`, which must be
    /// `public_origin` to the letter (`https://example.org`, with the port if it is not the scheme's own). Both are the
    /// values of all headers of that name: browsers send one, and a client that sends two wants two readers to see two
    /// things.
    pub fn of<'a>(
        sec_fetch_site: impl IntoIterator<Item = &'a str>,
        origin: impl IntoIterator<Item = &'a str>,
        public_origin: &str,
    ) -> Self {
        match (only_one(sec_fetch_site), only_one(origin)) {
            (Some("same-origin" | "none"), _) => Self::OwnSite,
            (None, Some(origin)) if origin == public_origin => Self::OwnSite,
            (None, None) => Self::NotABrowser,
            (Some(_), _) | (None, Some(_)) => Self::OtherSite,
        }
    }
}

/// The value of a header, or the empty one, which no browser sends, if there are two.
fn only_one<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut values = values.into_iter();
    values.next().map(|first| if values.next().is_none() { first } else { "" })
}

#[cfg(test)]
mod tests {
    use super::RequestSource::{self, NotABrowser, OtherSite, OwnSite};

    #[test]
    fn the_source_is_judged_by_both_headers() {
        const OURS: &str = "https://example.org";
        for (site, origin, expected) in [
            (Some("same-origin"), None, OwnSite),
            (Some("same-origin"), Some(OURS), OwnSite),
            // A privacy setting may hide the origin; the browser vouches for it all the same.
            (Some("same-origin"), Some("null"), OwnSite),
            (Some("none"), None, OwnSite),
            (Some("same-site"), Some("https://www.example.org"), OtherSite),
            (Some("cross-site"), Some("https://evil.example"), OtherSite),
            (Some("cross-site"), Some(OURS), OtherSite),
            (Some("cross-site"), None, OtherSite),
            (Some(""), None, OtherSite),
            (Some("SAME-ORIGIN"), None, OtherSite),
            (Some("same-origin, cross-site"), None, OtherSite),
            (None, Some(OURS), OwnSite),
            (None, Some("http://example.org"), OtherSite),
            (None, Some("https://example.org:8443"), OtherSite),
            (None, Some("https://example.org."), OtherSite),
            (None, Some("https://example.org/"), OtherSite),
            (None, Some("null"), OtherSite),
            (None, Some(""), OtherSite),
            (None, None, NotABrowser),
        ] {
            assert_eq!(RequestSource::of(site, origin, OURS), expected, "{site:?} {origin:?}");
        }
    }

    #[test]
    fn a_header_sent_twice_is_another_sites() {
        const OURS: &str = "https://example.org";
        assert_eq!(RequestSource::of(["same-origin", "same-origin"], [OURS], OURS), OtherSite);
        assert_eq!(RequestSource::of([], [OURS, OURS], OURS), OtherSite);
    }
}
