//! The cookies of a site. The session cookie holds its token unencrypted, since only the token's hash is stored; cookies that must not
//! be forged are encrypted.

use std::time::Duration;

use cookie::{Cookie, CookieJar, Key};
use doorward_domain::browser::cookie::{DubiousCookies, SiteCookies};
use doorward_domain::{BrowserId, DeviceTokens, SessionToken};

#[cfg(feature = "second-factor")]
use crate::visitor::WaitingLogIn;

pub(crate) struct Cookies {
    names: SiteCookies,
    key: Key,
}

/// The cookies that a browser sent.
pub(crate) struct SentCookies<'a> {
    cookies: &'a Cookies,
    headers: &'a [&'a str],
    /// The value of the session's cookie.
    pub(crate) session: Option<&'a str>,
}

impl Cookies {
    pub(crate) const fn new(names: SiteCookies, key: Key) -> Self {
        Self { names, key }
    }

    /// Reads the `Cookie` headers of a request.
    pub(crate) fn read<'a>(&'a self, headers: &'a [&'a str]) -> Result<SentCookies<'a>, DubiousCookies> {
        let session = self.names.session_in(headers.iter().copied())?;
        Ok(SentCookies { cookies: self, headers, session })
    }

    pub(crate) fn set_session(&self, token: &SessionToken, kept_for: Option<Duration>) -> String {
        self.names.set_session(&token.expose_secret(), kept_for)
    }

    pub(crate) fn remove_session(&self) -> String {
        self.names.remove_session()
    }

    pub(crate) fn set_device(&self, tokens: &DeviceTokens, remembered_for: Duration) -> String {
        self.names.set_device(&self.seal(&self.names.device, tokens.expose_secret()), remembered_for)
    }

    pub(crate) fn set_browser(&self, browser: BrowserId) -> String {
        self.names.set_browser(&self.seal(&self.names.browser, browser.to_string()))
    }

    #[cfg(feature = "second-factor")]
    pub(crate) fn set_waiting(&self, log_in: &WaitingLogIn) -> String {
        self.names.set_pending_log_in(&self.seal(&self.names.pending_log_in, log_in.expose_secret()))
    }

    #[cfg(feature = "second-factor")]
    pub(crate) fn remove_waiting(&self) -> String {
        self.names.remove_pending_log_in()
    }

    /// Encrypts the value of the cookie with this name.
    fn seal(&self, name: &str, value: String) -> String {
        let mut jar = CookieJar::new();
        jar.private_mut(&self.key).add(Cookie::new(name.to_owned(), value));
        jar.get(name).map(|cookie| cookie.value().to_owned()).unwrap_or_default()
    }
}

impl SentCookies<'_> {
    pub(crate) fn device(&self) -> DeviceTokens {
        self.open(&self.cookies.names.device).map(|value| DeviceTokens::parse(&value)).unwrap_or_default()
    }

    pub(crate) fn browser(&self) -> Option<BrowserId> {
        BrowserId::parse(&self.open(&self.cookies.names.browser)?)
    }

    #[cfg(feature = "second-factor")]
    pub(crate) fn waiting(&self) -> Option<WaitingLogIn> {
        WaitingLogIn::parse(&self.open(&self.cookies.names.pending_log_in)?)
    }

    /// The value of a cookie that we encrypted.
    fn open(&self, name: &str) -> Option<String> {
        let mut pairs =
            self.headers.iter().flat_map(|header| header.split(';')).filter_map(|pair| pair.split_once('='));
        let (_, sealed) = pairs.find(|(sent, _)| sent.trim() == name)?;
        let sealed = Cookie::new(name.to_owned(), sealed.trim().to_owned());
        CookieJar::new().private(&self.cookies.key).decrypt(sealed).map(|cookie| cookie.value().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(key: u8) -> Cookies {
        Cookies::new(SiteCookies::https("notes"), Key::derive_from(&[key; 32]))
    }

    fn browser() -> BrowserId {
        BrowserId::parse("019a0000-0000-7000-8000-000000000001").unwrap()
    }

    #[test]
    fn the_browsers_name_is_encrypted_and_comes_back() {
        let given = cookies(1).set_browser(browser());
        assert!(given.starts_with("__Host-notes-browser=") && !given.contains("019a0000"), "{given}");
        let sent = format!("a=b; {}", given.split(';').next().unwrap());
        let headers = [&*sent];
        assert_eq!(cookies(1).read(&headers).unwrap().browser(), Some(browser()));
        assert_eq!(cookies(2).read(&headers).unwrap().browser(), None, "of another key");
    }

    #[test]
    fn a_cookie_that_we_did_not_encrypt_counts_for_nothing() {
        let of_another_name = cookies(1).seal("__Host-notes-device", browser().to_string());
        for value in [browser().to_string(), of_another_name, String::new(), "A".repeat(80)] {
            let sent = format!("__Host-notes-browser={value}");
            assert_eq!(cookies(1).read(&[&sent]).unwrap().browser(), None, "{value}");
        }
    }
}
