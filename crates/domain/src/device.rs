//! Kinds of browsers and systems, as codes that a page shows in its visitor's language.

use std::sync::LazyLock;

use woothee::parser::Parser;

/// The kind of browser, and of the system that it runs on; either, or both, may be unknown.
///
/// Made of the `User-Agent` header by the library woothee, and of the values below alone: nothing that a client writes reaches a
/// page or a log through it. Versions are left out, as they change under the same device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Device {
    /// The browser.
    #[cfg_attr(feature = "serde", serde(default, deserialize_with = "crate::serialized::known"))]
    pub browser: Option<Browser>,
    /// The system that it runs on.
    #[cfg_attr(feature = "serde", serde(default, deserialize_with = "crate::serialized::known"))]
    pub system: Option<System>,
}

impl Device {
    /// The most bytes of a header that is looked at; browsers send about 120.
    const MAX_USER_AGENT: usize = 512;

    /// The device that sends this `User-Agent` header.
    ///
    /// ```
    /// use doorward_domain::device::{Browser, Device, System};
    ///
    /// let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    /// let device = Device::of(Some(firefox));
    /// assert_eq!(device, Device { browser: Some(Browser::Firefox), system: Some(System::Linux) });
    /// assert_eq!(Device::of(None), Device::default());
    /// ```
    #[must_use]
    pub fn of(user_agent: Option<&str>) -> Self {
        static PARSER: LazyLock<Parser> = LazyLock::new(Parser::new);
        let known = user_agent.filter(|header| header.len() <= Self::MAX_USER_AGENT && header.is_ascii());
        let Some(found) = known.and_then(|header| PARSER.parse(header)) else { return Self::default() };
        Self { browser: browser_of(found.name), system: system_of(found.os) }
    }
}

/// An enumeration whose values have codes.
macro_rules! coded {
    ($(#[$about:meta])* $name:ident { $($value:ident = $code:literal, $meaning:literal;)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $meaning] $value,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// A stable name, at most 32 characters, for stores, templates and translations.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$value => $code,)+
                }
            }

            /// The one with this code; `None` also for one that a newer release wrote.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.code() == code)
            }
        }
    };
}

coded! {
    /// A browser, as far as woothee tells them apart.
    Browser {
        Chrome = "chrome", "Chrome, and what calls itself so.";
        Edge = "edge", "Edge.";
        Firefox = "firefox", "Firefox.";
        GoogleApp = "google_app", "Google's app for searching.";
        InternetExplorer = "internet_explorer", "Internet Explorer.";
        Opera = "opera", "Opera.";
        Safari = "safari", "Safari.";
        SamsungInternet = "samsung_internet", "Samsung Internet.";
        Sleipnir = "sleipnir", "Sleipnir.";
        Vivaldi = "vivaldi", "Vivaldi.";
        WebView = "web_view", "A page inside of another app.";
        Yandex = "yandex", "Yandex Browser.";
    }
}

coded! {
    /// A system that browsers run on, as far as woothee tells them apart.
    System {
        Android = "android", "Android.";
        BlackBerry = "blackberry", "BlackBerry.";
        Bsd = "bsd", "One of the BSDs.";
        ChromeOs = "chrome_os", "ChromeOS.";
        IPad = "ipad", "An iPad that says so: most call themselves a Mac.";
        IPhone = "iphone", "An iPhone.";
        IPod = "ipod", "An iPod.";
        Linux = "linux", "Linux.";
        MacOs = "macos", "macOS.";
        Nintendo = "nintendo", "A console of Nintendo's.";
        PlayStation = "playstation", "A PlayStation.";
        Windows = "windows", "Windows; 11 calls itself 10, so none gets its number.";
        WindowsPhone = "windows_phone", "Windows Phone.";
        Xbox = "xbox", "An Xbox.";
    }
}

/// The browser that the library has this name for.
fn browser_of(name: &str) -> Option<Browser> {
    Some(match name {
        "Chrome" => Browser::Chrome,
        "Edge" => Browser::Edge,
        "Firefox" => Browser::Firefox,
        "Google Search App" => Browser::GoogleApp,
        "Internet Explorer" => Browser::InternetExplorer,
        "Opera" => Browser::Opera,
        "Safari" => Browser::Safari,
        "SamsungBrowser" => Browser::SamsungInternet,
        "Sleipnir" => Browser::Sleipnir,
        "Vivaldi" => Browser::Vivaldi,
        "Webview" => Browser::WebView,
        "Yandex Browser" => Browser::Yandex,
        _ => return None,
    })
}

fn system_of(name: &str) -> Option<System> {
    Some(match name {
        "Android" => System::Android,
        "BSD" => System::Bsd,
        "ChromeOS" => System::ChromeOs,
        "iPad" => System::IPad,
        "iPhone" | "iOS" => System::IPhone,
        "iPod" => System::IPod,
        "Linux" => System::Linux,
        "Mac OSX" => System::MacOs,
        "Windows Phone OS" => System::WindowsPhone,
        name if name.starts_with("BlackBerry") => System::BlackBerry,
        name if name.starts_with("Nintendo") => System::Nintendo,
        name if name.starts_with("PlayStation") => System::PlayStation,
        name if name.starts_with("Windows") => System::Windows,
        name if name.starts_with("Xbox") => System::Xbox,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn devices_are_told_apart_as_people_do() {
        let webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0";
        let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0";
        for (user_agent, browser, system) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".to_owned(),
                Browser::Firefox,
                System::Linux,
            ),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36"),
                Browser::Chrome,
                System::Windows,
            ),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36 Edg/142.0"),
                Browser::Edge,
                System::Windows,
            ),
            (
                format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {webkit} Safari/605.1.15"),
                Browser::Safari,
                System::MacOs,
            ),
            (
                format!("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {webkit} Safari/604.1"),
                Browser::Safari,
                System::IPhone,
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 10; K) {chrome} Mobile Safari/537.36"),
                Browser::Chrome,
                System::Android,
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 14) {chrome} SamsungBrowser/23.0 Mobile Safari/537.36"),
                Browser::SamsungInternet,
                System::Android,
            ),
        ] {
            let device = Device { browser: Some(browser), system: Some(system) };
            assert_eq!(Device::of(Some(&user_agent)), device, "{user_agent}");
        }
    }

    #[test]
    fn a_missing_or_unusual_user_agent_is_an_unknown_device() {
        let long = format!("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/{}", "1".repeat(512));
        for user_agent in [None, Some(""), Some("curl/8.5.0"), Some("<script>"), Some("Firefox\u{202e}"), Some(&long)] {
            assert_eq!(Device::of(user_agent), Device::default(), "{user_agent:?}");
        }
    }

    #[test]
    fn every_browser_and_every_system_has_a_short_code_of_its_own() {
        for &browser in Browser::ALL {
            assert_eq!(Browser::from_code(browser.code()), Some(browser));
            assert!(browser.code().len() <= 32);
        }
        for &system in System::ALL {
            assert_eq!(System::from_code(system.code()), Some(system));
            assert!(system.code().len() <= 32);
        }
        assert_eq!((Browser::from_code("Chrome"), System::from_code("")), (None, None));
    }

    #[test]
    fn every_name_of_the_library_has_its_value() {
        for (name, browser) in [
            ("Chrome", Browser::Chrome),
            ("Edge", Browser::Edge),
            ("Firefox", Browser::Firefox),
            ("Google Search App", Browser::GoogleApp),
            ("Internet Explorer", Browser::InternetExplorer),
            ("Opera", Browser::Opera),
            ("Safari", Browser::Safari),
            ("SamsungBrowser", Browser::SamsungInternet),
            ("Sleipnir", Browser::Sleipnir),
            ("Vivaldi", Browser::Vivaldi),
            ("Webview", Browser::WebView),
            ("Yandex Browser", Browser::Yandex),
        ] {
            assert_eq!(browser_of(name), Some(browser));
        }
        for (name, system) in [
            ("Android", System::Android),
            ("BSD", System::Bsd),
            ("BlackBerry 10", System::BlackBerry),
            ("ChromeOS", System::ChromeOs),
            ("Linux", System::Linux),
            ("Mac OSX", System::MacOs),
            ("Nintendo Wii U", System::Nintendo),
            ("PlayStation 4", System::PlayStation),
            ("Windows Phone OS", System::WindowsPhone),
            ("Windows XP", System::Windows),
            ("Xbox One", System::Xbox),
            ("iOS", System::IPhone),
            ("iPad", System::IPad),
            ("iPhone", System::IPhone),
            ("iPod", System::IPod),
        ] {
            assert_eq!(system_of(name), Some(system));
        }
        assert_eq!((browser_of("Googlebot"), system_of("UNKNOWN")), (None, None));
    }

    proptest! {
        #[test]
        fn any_header_at_all_is_some_device(header in "\\PC{0,120}|(Mozilla/5.0 )?[A-Za-z0-9/().; ]{0,200}") {
            let Device { browser, system } = Device::of(Some(&header));
            prop_assert!(browser.is_none_or(|browser| Browser::ALL.contains(&browser)));
            prop_assert!(system.is_none_or(|system| System::ALL.contains(&system)));
        }
    }
}
