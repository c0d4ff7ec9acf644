//! The names of browsers and systems: the same in every language.

/// The name of the browser with this code; `None` if it has no name of its own, such as a page inside another app.
pub(super) fn browser(code: &str) -> Option<&'static str> {
    Some(match code {
        "chrome" => "Chrome",
        "edge" => "Edge",
        "firefox" => "Firefox",
        "google_app" => "Google app",
        "internet_explorer" => "Internet Explorer",
        "opera" => "Opera",
        "safari" => "Safari",
        "samsung_internet" => "Samsung Internet",
        "sleipnir" => "Sleipnir",
        "vivaldi" => "Vivaldi",
        "yandex" => "Yandex Browser",
        _ => return None,
    })
}

/// The name of the system with this code.
pub(super) fn system(code: &str) -> Option<&'static str> {
    Some(match code {
        "android" => "Android",
        "blackberry" => "BlackBerry",
        "bsd" => "BSD",
        "chrome_os" => "ChromeOS",
        "ipad" => "iPad",
        "iphone" => "iPhone",
        "ipod" => "iPod",
        "linux" => "Linux",
        "macos" => "macOS",
        "nintendo" => "Nintendo",
        "playstation" => "PlayStation",
        "windows" => "Windows",
        "windows_phone" => "Windows Phone",
        "xbox" => "Xbox",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use doorward_domain::device::{Browser, System};

    use super::*;

    #[test]
    fn every_browser_and_every_system_has_a_name() {
        for known in Browser::ALL {
            assert_eq!(browser(known.code()).is_none(), *known == Browser::WebView, "{known:?}");
        }
        for known in System::ALL {
            assert!(system(known.code()).is_some(), "{known:?}");
        }
    }
}
