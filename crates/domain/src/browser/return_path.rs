use std::borrow::Cow;

use percent_encoding::{AsciiSet, percent_decode, utf8_percent_encode};

/// A path on this site to go to after the log-in: a `next` parameter that is safe to follow.
///
/// It begins with one `/`, and neither it nor any percent-decoding of it holds a backslash, a control character or, before
/// the `?`, a second `/` in a row: those could lead a browser to another host. It is printable ASCII, so it can stand in a
/// `Location` header as it is.
///
/// ```
/// use doorward_domain::browser::ReturnPath;
///
/// assert_eq!(ReturnPath::parse("/account?tab=1").map(|path| path.to_string()).as_deref(), Some("/account?tab=1"));
/// assert!(ReturnPath::parse("//evil.example").is_none());
/// assert_eq!(ReturnPath::default().as_str(), "/");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnPath(Cow<'static, str>);

impl ReturnPath {
    /// The most bytes of a path: more than any page of ours has, less than a header may hold.
    pub const MAX_BYTES: usize = 2048;

    /// Reads a `next` parameter. `None` for a path that may not be followed: use the default then, the home page.
    #[must_use]
    pub fn parse(next: &str) -> Option<Self> {
        let printable = next.bytes().all(|byte| byte.is_ascii_graphic());
        if next.len() > Self::MAX_BYTES || !printable {
            return None;
        }
        // An encoding inside an encoding is judged too: each round undoes one layer, and shortens what it undoes.
        let mut layer = next.as_bytes().to_vec();
        loop {
            if !stays_on_this_site(&layer) {
                return None;
            }
            let decoded: Vec<u8> = percent_decode(&layer).collect();
            if decoded.len() == layer.len() {
                return Some(Self(Cow::Owned(next.to_owned())));
            }
            layer = decoded;
        }
    }

    /// The path, for a `Location` header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the home page, which needs no `next`.
    #[must_use]
    pub fn is_home(&self) -> bool {
        self.0 == "/"
    }

    /// `page` with this path as its `next` parameter, or just `page` when this is the home page.
    #[must_use]
    pub fn appended_to(&self, page: &str) -> String {
        if self.is_home() {
            return page.to_owned();
        }
        format!("{page}?next={}", utf8_percent_encode(&self.0, SPECIAL_IN_A_PARAMETER))
    }
}

/// The characters of a path that would end or change a parameter's value.
const SPECIAL_IN_A_PARAMETER: &AsciiSet = &AsciiSet::EMPTY.add(b'%').add(b'&').add(b'+').add(b'#');

/// The home page.
impl Default for ReturnPath {
    fn default() -> Self {
        Self(Cow::Borrowed("/"))
    }
}

impl std::fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn stays_on_this_site(next: &[u8]) -> bool {
    let path = next.split(|&byte| byte == b'?' || byte == b'#').next().unwrap_or_default();
    path.first() == Some(&b'/')
        && !path.windows(2).any(|pair| pair == b"//")
        && !next.iter().any(|byte| byte.is_ascii_control() || *byte == b'\\')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_of_this_site_are_followed() {
        for next in ["/", "/account", "/account?x=1&y=%20z", "/ok?x=//e", "/ok#f", "/caf%C3%A9", "/100%", "/a/../b"] {
            assert_eq!(ReturnPath::parse(next).as_ref().map(ReturnPath::as_str), Some(next));
        }
    }

    #[test]
    fn a_path_may_have_2048_bytes_and_no_more() {
        let longest = format!("/{}", "a".repeat(2047));
        assert_eq!(ReturnPath::parse(&longest).unwrap().to_string(), longest);
        assert_eq!(ReturnPath::parse(&format!("{longest}a")), None);
    }

    #[test]
    fn a_path_that_could_lead_elsewhere_is_not_followed() {
        let long = format!("/{}", "a".repeat(8 * 1024));
        for next in [
            "",
            "//e",
            "///e",
            "/\\e",
            "\\\\e",
            "/%5ce",
            "/%5Ce",
            "/%2f%2fe",
            "/%2fe",
            "/%2Fe",
            "https:e",
            "https://e",
            "javascript:1",
            "data:,x",
            "@e",
            ".e",
            "/..//e",
            "/./\\/e",
            "/\t/e",
            "/\te",
            "%0d%0aX:1",
            "/%0d%0aX:1",
            "/%00",
            "/%7f",
            "/a%09b",
            "/%255ce",
            "/%252f%252fe",
            "/%25252fe",
            "/a//b",
            " /a",
            "/a b",
            "/é",
            "e",
            "?next=/",
            "#",
            "/https://e",
            long.as_str(),
        ] {
            assert_eq!(ReturnPath::parse(next), None, "{next:?}");
        }
    }

    #[test]
    fn a_path_survives_being_a_parameter() {
        assert_eq!(ReturnPath::parse("/account").unwrap().appended_to("/log_in"), "/log_in?next=/account");
        let path = ReturnPath::parse("/a?b=c&d=%20+#e").unwrap();
        assert_eq!(path.appended_to("/log_in"), "/log_in?next=/a?b=c%26d=%2520%2B%23e");
        assert_eq!(ReturnPath::default().appended_to("/log_in"), "/log_in");
    }

    proptest! {
        #[test]
        fn every_followed_path_stays_on_this_site(next in "[/\\\\%2f5cC0da.?#:@ \t\r\né]{0,24}|\\PC{0,40}|/[a-z/]{0,9}") {
            if let Some(path) = ReturnPath::parse(&next) {
                prop_assert!(path.as_str().starts_with('/') && !path.as_str().starts_with("//"));
                prop_assert!(path.as_str().bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\'));
            }
        }
    }
}
