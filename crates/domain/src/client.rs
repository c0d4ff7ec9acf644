//! Where a request comes from, in words that a person understands.

use std::fmt;
use std::net::IpAddr;
use std::sync::LazyLock;

use woothee::parser::Parser;

pub use crate::id::BrowserId;
use crate::network::Network;

/// The device and the network address behind a request: shown to the user, who knows best whether it was them. Neither
/// proves who somebody is. Attempts are counted by the address, so pass on the true one:
/// [`client_address`](crate::browser::client_address).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Client {
    /// What kind of browser on what kind of system.
    pub device: DeviceName,
    /// The network address, where it is known.
    pub address: Option<IpAddr>,
    /// Which browser it is, where that is known. What it signs up for twice within a minute is one account, and a user has one
    /// session in it; a store keeps it with these alone.
    pub browser: Option<BrowserId>,
}

impl Client {
    /// The client that sent this `User-Agent` header from this address.
    #[must_use]
    pub fn new(user_agent: Option<&str>, address: Option<IpAddr>) -> Self {
        let address = address.map(|address| address.to_canonical());
        Self { device: DeviceName::of(user_agent), address, browser: None }
    }

    /// In this browser, where it is known.
    #[must_use]
    pub fn in_browser(self, browser: Option<BrowserId>) -> Self {
        Self { browser, ..self }
    }

    /// The network that it is in.
    #[must_use]
    pub fn network(&self) -> Network {
        Network::of(self.address)
    }
}

/// What kind of browser on what kind of system: “Firefox on Linux”.
///
/// Made of the `User-Agent` header by the library woothee, and of the names in its tables alone: nothing that a client
/// writes reaches a page or a log through it. Versions are left out, as they change under the same device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceName(String);

impl DeviceName {
    /// The most characters of a name.
    pub const MAX_CHARS: usize = 64;

    /// The most bytes of a header that is looked at; browsers send about 120.
    const MAX_USER_AGENT: usize = 512;

    /// The name for this `User-Agent` header.
    ///
    /// ```
    /// use doorward_domain::client::DeviceName;
    ///
    /// let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    /// assert_eq!(DeviceName::of(Some(firefox)).as_str(), "Firefox on Linux");
    /// assert_eq!(DeviceName::of(None).as_str(), "Unknown device");
    /// ```
    #[must_use]
    pub fn of(user_agent: Option<&str>) -> Self {
        static PARSER: LazyLock<Parser> = LazyLock::new(Parser::new);
        let known = user_agent.filter(|header| header.len() <= Self::MAX_USER_AGENT && header.is_ascii());
        let Some(found) = known.and_then(|header| PARSER.parse(header)) else { return Self::default() };
        let browser = (found.category != "misc").then(|| known_name(found.name)).flatten();
        let name = match (browser, known_name(found.os)) {
            (Some(browser), Some(system)) => format!("{browser} on {system}"),
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => return Self::default(),
        };
        Self::from_stored(name)
    }

    /// Takes what a store kept.
    pub fn from_stored(name: impl Into<String>) -> Self {
        let name: String = name.into();
        Self(name.chars().take(Self::MAX_CHARS).collect())
    }

    /// The name, for a page or a store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// “Unknown device”.
impl Default for DeviceName {
    fn default() -> Self {
        Self("Unknown device".to_owned())
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The library's name for something as people call it. Windows 11 calls itself 10, so no Windows gets its number.
fn known_name(name: &str) -> Option<&str> {
    match name {
        "UNKNOWN" => None,
        "Mac OSX" => Some("macOS"),
        "SamsungBrowser" => Some("Samsung Internet"),
        windows if windows.starts_with("Windows ") && !windows.contains("Phone") => Some("Windows"),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn devices_have_the_names_that_people_call_them_by() {
        let webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0";
        let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0";
        for (user_agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".to_owned(), "Firefox on Linux"),
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36"), "Chrome on Windows"),
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36 Edg/142.0"), "Edge on Windows"),
            (format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {webkit} Safari/605.1.15"), "Safari on macOS"),
            (
                format!("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {webkit} Safari/604.1"),
                "Safari on iPhone",
            ),
            (format!("Mozilla/5.0 (Linux; Android 10; K) {chrome} Mobile Safari/537.36"), "Chrome on Android"),
            (
                format!("Mozilla/5.0 (Linux; Android 14) {chrome} SamsungBrowser/23.0 Mobile Safari/537.36"),
                "Samsung Internet on Android",
            ),
        ] {
            assert_eq!(DeviceName::of(Some(&user_agent)).to_string(), name, "{user_agent}");
        }
    }

    #[test]
    fn what_is_no_browser_of_a_person_is_an_unknown_device() {
        let long = format!("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/{}", "1".repeat(512));
        for user_agent in [None, Some(""), Some("curl/8.5.0"), Some("<script>"), Some("Firefox\u{202e}"), Some(&long)] {
            assert_eq!(DeviceName::of(user_agent), DeviceName::default(), "{user_agent:?}");
        }
    }

    #[test]
    fn an_address_has_one_spelling() {
        let mapped = "::ffff:192.0.2.7".parse().unwrap();
        assert_eq!(Client::new(None, Some(mapped)).address, Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))));
    }

    proptest! {
        #[test]
        fn a_name_is_short_and_holds_nothing_of_the_header(header in "\\PC{0,120}|(Mozilla/5.0 )?[A-Za-z0-9/().; ]{0,200}") {
            let name = DeviceName::of(Some(&header));
            prop_assert!((1..=DeviceName::MAX_CHARS).contains(&name.as_str().chars().count()));
            prop_assert!(!name.as_str().contains(['<', '>', '&', '"', '\n']));
        }
    }
}
