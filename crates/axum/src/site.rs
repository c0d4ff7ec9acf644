use std::fmt;
use std::net::IpAddr;

use axum::http::Uri;
use cookie::Key;
use doorward_domain::browser::cookie::SiteCookies;

use crate::cookies::Cookies;

/// The origin of a service, its cookies, its pages to log in, and its proxies.
pub struct Site {
    pub(crate) origin: String,
    pub(crate) cookies: Cookies,
    pub(crate) log_in_page: &'static str,
    #[cfg(feature = "second-factor")]
    pub(crate) code_page: &'static str,
    pub(crate) is_proxy: Box<dyn Fn(IpAddr) -> bool + Send + Sync>,
}

impl Site {
    /// The minimum number of bytes of a key: 256 bits, which `cookie` requires.
    pub const MIN_KEY_BYTES: usize = 32;

    /// A site at this origin (`https://notes.example.org`, with the port where it is not the scheme's own), whose cookies are named after
    /// `name` (see [`SiteCookies`]). With `https` they are sent over TLS only.
    ///
    /// The keys that encrypt the cookies which browsers must not change are derived from `key`: at least
    /// [`MIN_KEY_BYTES`](Self::MIN_KEY_BYTES) random bytes, kept outside the database. After a change of the key, every browser seems new.
    ///
    /// # Errors
    /// [`UnfitSiteError`].
    ///
    /// # Panics
    /// If no cookie can be named after `name`.
    pub fn at(origin: &str, name: &'static str, key: &[u8]) -> Result<Self, UnfitSiteError> {
        let names = match scheme_of(origin).ok_or(UnfitSiteError::Origin)? {
            Scheme::Https => SiteCookies::https(name),
            Scheme::Http => SiteCookies::http(name),
        };
        if key.len() < Self::MIN_KEY_BYTES {
            return Err(UnfitSiteError::ShortKey);
        }
        Ok(Self {
            origin: origin.to_owned(),
            cookies: Cookies::new(names, Key::derive_from(key)),
            log_in_page: "/log_in",
            #[cfg(feature = "second-factor")]
            code_page: "/log_in/code",
            is_proxy: Box::new(|_| false),
        })
    }

    /// Sets the path of the log-in page, by default `/log_in`. Visitors who have to log in are sent there, with their page as `next`.
    #[must_use]
    pub fn log_in_page(self, path: &'static str) -> Self {
        Self { log_in_page: path, ..self }
    }

    /// Sets the path of the page where the code of a second factor is typed, by default `/log_in/code`.
    #[cfg(feature = "second-factor")]
    #[must_use]
    pub fn code_page(self, path: &'static str) -> Self {
        Self { code_page: path, ..self }
    }

    /// Trusts proxies at these addresses to name the client's address
    /// ([`client_address`](doorward_domain::browser::client_address)). Without it, the client's address is the peer's.
    #[must_use]
    pub fn behind(self, is_proxy: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Self {
        Self { is_proxy: Box::new(is_proxy), ..self }
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("origin", &self.origin)
            .field("log_in_page", &self.log_in_page)
            .finish_non_exhaustive()
    }
}

enum Scheme {
    Https,
    Http,
}

/// Returns the scheme of an origin as browsers send it in `Origin`; `None` for anything else.
fn scheme_of(origin: &str) -> Option<Scheme> {
    let (scheme, own_port, host) = match origin.split_once("://")? {
        ("https", host) => (Scheme::Https, ":443", host),
        ("http", host) => (Scheme::Http, ":80", host),
        _ => return None,
    };
    let uri: Uri = origin.parse().ok()?;
    let is_origin = uri.authority()?.as_str() == host && !host.contains('@') && !host.ends_with(own_port);
    (is_origin && host.to_ascii_lowercase() == host).then_some(scheme)
}

/// Why a [`Site`] cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnfitSiteError {
    /// No browser sends this as its `Origin`.
    #[error("that is no origin: write one as https://notes.example.org")]
    Origin,
    /// The key is too short.
    #[error("the key has less than {} bytes", Site::MIN_KEY_BYTES)]
    ShortKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends_and_nothing_else() {
        for origin in
            ["https://notes.example.org", "http://localhost:3000", "https://[2001:db8::1]:8443", "http://a:443"]
        {
            assert!(Site::at(origin, "notes", &[7; 32]).is_ok(), "{origin}");
        }
        for origin in [
            "",
            "notes.example.org",
            "https://",
            "https://notes.example.org/",
            "https://Notes.example.org",
            "https://a:443",
            "http://a:80",
            "ftp://a",
            "https://u@a",
            "https://a?b",
            "https://a b",
            "null",
            "*",
        ] {
            assert_eq!(Site::at(origin, "notes", &[7; 32]).unwrap_err(), UnfitSiteError::Origin, "{origin}");
        }
    }

    #[test]
    fn a_short_key_is_refused_and_none_is_shown() {
        assert_eq!(Site::at("http://a", "notes", &[7; 31]).unwrap_err(), UnfitSiteError::ShortKey);
        let site = Site::at("https://a", "notes", &[7; 32]).unwrap().log_in_page("/enter");
        assert_eq!(format!("{site:?}"), r#"Site { origin: "https://a", log_in_page: "/enter", .. }"#);
    }
}
