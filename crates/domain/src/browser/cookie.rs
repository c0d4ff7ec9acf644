//! What our cookies are called, and whether somebody tampers with their names.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The names of our two cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CookieNames {
    /// Holds the session token.
    pub session: &'static str,
    /// Holds the code of a flash message.
    pub flash: &'static str,
}

/// Under `https`: the prefix `__Host-` makes browsers take such a cookie only from this very host, only with `Secure`,
/// `Path=/` and without `Domain` (RFC 6265bis §4.1.3.2), so that no sub-domain can plant one.
pub const SECURE: CookieNames = CookieNames { session: "__Host-doorward", flash: "__Host-doorward-flash" };

/// Under plain `http`, where browsers refuse the prefix.
pub const PLAIN: CookieNames = CookieNames { session: "doorward", flash: "doorward-flash" };

/// Whether somebody plays with our cookies' names: one of `names` is sent twice, or percent-encoded.
///
/// Frameworks that decode names read `__%48ost-doorward` as `__Host-doorward`, while to the browser it is an ordinary
/// cookie that any sub-domain or port may set (the class of CVE-2020-8184, CVE-2020-7070 and CVE-2022-31629). Whoever
/// sees such a request cannot tell whose session it carries, and must not act on either.
///
/// ```
/// use doorward_domain::browser::cookie::{SECURE, are_names_dubious};
///
/// let names = [SECURE.session, SECURE.flash];
/// assert!(!are_names_dubious(["theme=dark; __Host-doorward=x"], &names));
/// assert!(are_names_dubious(["__Host-doorward=x; __%48ost-doorward=y"], &names));
/// ```
#[must_use]
pub fn are_names_dubious<'a>(cookie_headers: impl IntoIterator<Item = &'a str>, names: &[&str]) -> bool {
    let mut seen = vec![false; names.len()];
    for pair in cookie_headers.into_iter().flat_map(|header| header.split(';')) {
        let raw = pair.split('=').next().unwrap_or_default().trim();
        let decoded = Cow::from(percent_decode_str(raw));
        let meant = decoded.trim_ascii();
        for (name, seen) in names.iter().zip(&mut seen) {
            if meant != name.as_bytes() {
                continue;
            }
            if raw != *name || *seen {
                return true;
            }
            *seen = true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dubious(headers: &[&str]) -> bool {
        are_names_dubious(headers.iter().copied(), &[SECURE.session, SECURE.flash])
    }

    #[test]
    fn ordinary_cookies_are_fine() {
        assert!(!dubious(&[]));
        assert!(!dubious(&["", ";", "=", "a"]));
        assert!(!dubious(&["__Host-doorward=x; __Host-doorward-flash=y; other=1; other=2; o%74her=3"]));
        assert!(!dubious(&["__Host-doorward=x", "theme=dark"]));
        assert!(!dubious(&["x=__Host-doorward; doorward=1; doorward=2"]));
    }

    #[test]
    fn a_name_sent_twice_is_dubious() {
        assert!(dubious(&["__Host-doorward=x; __Host-doorward=y"]));
        assert!(dubious(&["__Host-doorward=x", "__Host-doorward=x"]));
        assert!(dubious(&["__Host-doorward-flash=x;__Host-doorward-flash"]));
    }

    #[test]
    fn a_percent_encoded_name_is_dubious_even_alone() {
        for name in ["__%48ost-doorward", "%5F_Host-doorward", "%5f%5fHost-doorward-flash", "__Host-doorward%20"] {
            assert!(dubious(&[&format!("{name}=x")]), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_header_panics(header in "\\PC{0,60}|[_%48HhostDdrwa=; -]{0,60}") {
            dubious(&[&header, &header]);
        }
    }
}
