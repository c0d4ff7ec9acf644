//! The names of our cookies, and a check for requests that tamper with them.

use std::borrow::Cow;
use std::time::Duration;

use percent_encoding::percent_decode_str;

/// The cookies of a service: their names, and how they are set. Two services on one host have names of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteCookies {
    /// Holds the session token.
    pub session: String,
    /// Holds the code of a flash message.
    pub flash: String,
    /// Holds the secrets by which accounts know the browser: [`DeviceTokens`](crate::DeviceTokens).
    pub device: String,
    /// Holds the id of the browser until it is closed: [`BrowserId`](crate::client::BrowserId).
    pub browser: String,
    /// Holds the token of a user who has to verify an address before a log-in: [`LinkToken`](crate::LinkToken).
    pub held_back: String,
    /// Holds the token of a log-in that waits for a second factor: [`PendingLogInToken`](crate::token::PendingLogInToken).
    pub pending_log_in: String,
    /// Holds the secret of an authenticator app that is being set up.
    pub totp_secret: String,
    /// Holds recovery codes while they are shown.
    pub recovery_codes: String,
    /// The attributes that all end with.
    suffix: &'static str,
}

impl SiteCookies {
    /// Those of the service with this name under `https`: the prefix `__Host-` makes browsers take such a cookie only from this very
    /// host, only with `Secure`, `Path=/` and without `Domain` (RFC 6265bis §4.1.3.2), so that no sub-domain can plant one.
    ///
    /// ```
    /// use doorward_domain::browser::cookie::SiteCookies;
    ///
    /// assert_eq!(SiteCookies::https("notes").session, "__Host-notes");
    /// assert_eq!(SiteCookies::http("notes").session, "notes");
    /// ```
    ///
    /// # Panics
    /// When the name is empty, or has anything but ASCII letters, digits, `-` and `_` in it.
    #[must_use]
    pub fn https(service: &'static str) -> Self {
        Self::named("__Host-", service, "; Path=/; HttpOnly; Secure")
    }

    /// Those under plain `http`, where browsers refuse the prefix: on a developer's machine.
    ///
    /// # Panics
    /// As [`https`](Self::https).
    #[must_use]
    pub fn http(service: &'static str) -> Self {
        Self::named("", service, "; Path=/; HttpOnly")
    }

    fn named(prefix: &str, service: &str, suffix: &'static str) -> Self {
        let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        assert!(!service.is_empty() && service.bytes().all(is_fit), "{service:?} cannot be the name of a cookie");
        let name = |what: &str| format!("{prefix}{service}{what}");
        Self {
            session: name(""),
            flash: name("-flash"),
            device: name("-device"),
            browser: name("-browser"),
            held_back: name("-held-back"),
            pending_log_in: name("-pending"),
            totp_secret: name("-totp"),
            recovery_codes: name("-recovery"),
            suffix,
        }
    }

    /// Whether one of these cookies has this name. No cache may store a response that sets one.
    #[must_use]
    pub fn is_ours(&self, name: &str) -> bool {
        self.names().contains(&name)
    }

    /// The names of all of them.
    fn names(&self) -> [&str; 8] {
        let Self { session, flash, device, browser, held_back, pending_log_in, totp_secret, recovery_codes, .. } = self;
        [session, flash, device, browser, held_back, pending_log_in, totp_secret, recovery_codes]
    }

    /// Whether browsers send them over TLS alone.
    #[must_use]
    pub fn are_secure(&self) -> bool {
        self.suffix.ends_with("; Secure")
    }

    /// The `Set-Cookie` header that gives a browser its session, with `value` for the token: the token itself, or what a
    /// framework made of it. `SameSite=Lax`, so that a visitor who follows a link from elsewhere is logged in. Without
    /// `kept_for` it has neither `Max-Age` nor `Expires`, so that it goes when the browser does; give it for a kept
    /// session alone: [`Rules::kept_for`](crate::Rules::kept_for).
    #[must_use]
    pub fn set_session(&self, value: &str, kept_for: Option<Duration>) -> String {
        let seconds = kept_for.map(|kept_for| kept_for.as_secs() + u64::from(kept_for.subsec_nanos() > 0));
        let max_age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        format!("{}={value}{}; SameSite=Lax{max_age}", self.session, self.suffix)
    }

    /// The `Set-Cookie` header that has a message shown on the next page, within five minutes: `SameSite=Strict`, as only
    /// our own pages lead to it.
    #[must_use]
    pub fn set_flash(&self, value: &str) -> String {
        format!("{}={value}{}; SameSite=Strict; Max-Age=300", self.flash, self.suffix)
    }

    /// The `Set-Cookie` header that has the browser remember its accounts for `remembered_for`, with `value` for what a
    /// framework signed or encrypted. `SameSite=Strict`, as only our own form asks for it. It outlives the log-out on
    /// purpose.
    #[must_use]
    pub fn set_device(&self, value: &str, remembered_for: Duration) -> String {
        format!("{}={value}{}; SameSite=Strict; Max-Age={}", self.device, self.suffix, remembered_for.as_secs())
    }

    /// The `Set-Cookie` header that names a browser until it is closed, with `value` for what a framework signed or encrypted:
    /// set it with the forms to sign up and to log in. `SameSite=Lax`, so that a visitor who follows a link to one has it too.
    #[must_use]
    pub fn set_browser(&self, value: &str) -> String {
        format!("{}={value}{}; SameSite=Lax", self.browser, self.suffix)
    }

    /// The `Set-Cookie` header for a user who has to verify an address before a log-in
    /// ([`AddressUnverified`](crate::LogInStep::AddressUnverified)), for an hour. `SameSite=Strict`, as only our own pages lead there.
    #[must_use]
    pub fn set_held_back(&self, value: &str) -> String {
        format!("{}={value}{}; SameSite=Strict; Max-Age=3600", self.held_back, self.suffix)
    }

    /// The `Set-Cookie` header for a user who has typed the right password and is asked for a second factor
    /// ([`SecondFactor`](crate::LogInStep::SecondFactor)), for the five minutes that a log-in waits. `SameSite=Strict`, as only our own
    /// pages lead there.
    #[must_use]
    pub fn set_pending_log_in(&self, value: &str) -> String {
        format!("{}={value}{}; SameSite=Strict; Max-Age=300", self.pending_log_in, self.suffix)
    }

    /// The `Set-Cookie` header that keeps the secret of an authenticator app for the ten minutes of its set-up, with `value` for what a
    /// framework encrypted. `SameSite=Strict`, as only our own pages need it.
    #[must_use]
    pub fn set_totp_secret(&self, value: &str) -> String {
        format!("{}={value}{}; SameSite=Strict; Max-Age=600", self.totp_secret, self.suffix)
    }

    /// The `Set-Cookie` header that keeps recovery codes for the ten minutes in which their owner saves them, with `value` for what a
    /// framework encrypted. `SameSite=Strict`, as only our own pages need it.
    #[must_use]
    pub fn set_recovery_codes(&self, value: &str) -> String {
        format!("{}={value}{}; SameSite=Strict; Max-Age=600", self.recovery_codes, self.suffix)
    }

    /// The `Set-Cookie` header that removes the session from a browser. The attributes are those it was set with: browsers
    /// ignore the removal of a `__Host-` cookie that lacks them.
    #[must_use]
    pub fn remove_session(&self) -> String {
        format!("{}=; Max-Age=0{}; SameSite=Lax", self.session, self.suffix)
    }

    /// The `Set-Cookie` header that removes the cookie of [`set_pending_log_in`](Self::set_pending_log_in) from a browser.
    #[must_use]
    pub fn remove_pending_log_in(&self) -> String {
        format!("{}=; Max-Age=0{}; SameSite=Strict", self.pending_log_in, self.suffix)
    }

    /// The value of the session cookie in a request's `Cookie` headers; of a service that sets the bare token, what
    /// [`SessionToken::parse`](crate::SessionToken::parse) takes.
    ///
    /// # Errors
    /// [`DubiousCookies`]: refuse the request, with `403`.
    pub fn session_in<'a>(
        &self,
        cookie_headers: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Result<Option<&'a str>, DubiousCookies> {
        if are_names_dubious(cookie_headers.clone(), &self.names()) {
            return Err(DubiousCookies);
        }
        let mut pairs = cookie_headers.into_iter().flat_map(|header| header.split(';'));
        Ok(pairs
            .find_map(|pair| pair.split_once('=').filter(|(name, _)| name.trim() == self.session))
            .map(|(_, v)| v.trim()))
    }
}

/// A request tampers with the names of its cookies, so that it is unclear whose session it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the names of the cookies are dubious")]
pub struct DubiousCookies;

/// Whether a request tampers with our cookies' names: one of `names` is sent twice, or percent-encoded.
///
/// Frameworks that decode names read `__%48ost-doorward` as `__Host-doorward`, while to the browser it is an ordinary
/// cookie that any sub-domain or port may set (the class of CVE-2020-8184, CVE-2020-7070 and CVE-2022-31629). A service
/// that gets such a request cannot tell whose session it carries, and must not act on either.
fn are_names_dubious<'a>(cookie_headers: impl IntoIterator<Item = &'a str>, names: &[&str]) -> bool {
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

    fn secure() -> SiteCookies {
        SiteCookies::https("doorward")
    }

    fn plain() -> SiteCookies {
        SiteCookies::http("doorward")
    }

    fn dubious(headers: &[&str]) -> bool {
        secure().session_in(headers.iter().copied()).is_err()
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let found = |headers: &[&'static str]| secure().session_in(headers.iter().copied());
        assert_eq!(found(&["a=b; __Host-doorward=x; c"]), Ok(Some("x")));
        assert_eq!(found(&["a=b", " __Host-doorward = x=y "]), Ok(Some("x=y")));
        assert_eq!(found(&["__Host-doorward-flash=x", "doorward=y", "__Host-doorward"]), Ok(None));
        assert_eq!(found(&["__Host-doorward=x; __Host-doorward=x"]), Err(DubiousCookies));
    }

    #[test]
    fn cookies_are_set_and_removed_with_the_same_attributes() {
        let kept = "__Host-doorward=x; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=3";
        assert_eq!(secure().set_session("x", Some(Duration::from_millis(2_001))), kept);
        assert_eq!(plain().set_session("x", None), "doorward=x; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(secure().set_session("x", None), "__Host-doorward=x; Path=/; HttpOnly; Secure; SameSite=Lax");
        let removal = "__Host-doorward=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax";
        assert_eq!(secure().remove_session(), removal);
        let removal = "doorward-pending=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict";
        assert_eq!(plain().remove_pending_log_in(), removal);
        let flash = "__Host-doorward-flash=x; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=300";
        assert_eq!(secure().set_flash("x"), flash);
        let device = "__Host-doorward-device=x; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=86400";
        assert_eq!(secure().set_device("x", Duration::from_hours(24)), device);
        let five_minutes = "x; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=300";
        assert_eq!(secure().set_pending_log_in("x"), format!("__Host-doorward-pending={five_minutes}"));
        let ten_minutes = "x; Path=/; HttpOnly; SameSite=Strict; Max-Age=600";
        assert_eq!(plain().set_totp_secret("x"), format!("doorward-totp={ten_minutes}"));
        assert_eq!(plain().set_recovery_codes("x"), format!("doorward-recovery={ten_minutes}"));
        assert_eq!(plain().set_browser("x"), "doorward-browser=x; Path=/; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn two_services_on_one_host_have_cookies_of_their_own() {
        let (notes, wiki) = (SiteCookies::http("notes"), SiteCookies::http("wiki"));
        let header = "notes=x; wiki=y; wiki-device=z";
        assert_eq!((notes.session_in([header]), wiki.session_in([header])), (Ok(Some("x")), Ok(Some("y"))));
        assert!(SiteCookies::https("notes").are_secure() && !notes.are_secure());
    }

    #[test]
    fn a_name_that_no_cookie_can_have_is_refused() {
        for name in ["", "my notes", "notes;", "n=o", "nötes", "a,b"] {
            assert!(std::panic::catch_unwind(|| SiteCookies::https(name)).is_err(), "{name}");
        }
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
