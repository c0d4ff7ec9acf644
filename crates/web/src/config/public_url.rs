use url::Url;

/// The address of the site as its visitors see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    is_https: bool,
}

impl PublicUrl {
    pub(super) const ALLOWED: &str = "`http://` or `https://`, a host and, where needed, a port, without a path";

    /// Reads `https://example.org` or the like.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let is_bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        is_bare.then(|| Self { origin: url.origin().ascii_serialization(), is_https })
    }

    /// `localhost`, over plain HTTP.
    #[must_use]
    pub fn localhost(port: u16) -> Self {
        let port = if port == 80 { String::new() } else { format!(":{port}") };
        Self { origin: format!("http://localhost{port}"), is_https: false }
    }

    /// The origin as browsers write it: `https://example.org`, without a slash, with the port where it is not the
    /// scheme's own.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host);
        // An IPv6 address has colons of its own, in brackets.
        host.rsplit_once(':').filter(|_| !host.ends_with(']')).map_or(host, |(host, _)| host)
    }

    /// Whether visitors use TLS, so that cookies are `Secure` and HSTS is sent.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.is_https
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (text, origin) in [
            ("https://example.org", "https://example.org"),
            ("https://Example.ORG:443/", "https://example.org"),
            ("http://example.org:80", "http://example.org"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("https://bücher.example:8443", "https://xn--bcher-kva.example:8443"),
            ("http://[::1]:8000", "http://[::1]:8000"),
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap().origin(), origin);
        }
        assert_eq!(PublicUrl::localhost(80), PublicUrl::parse("http://localhost").unwrap());
        assert_eq!(PublicUrl::localhost(81), PublicUrl::parse("http://localhost:81").unwrap());
    }

    #[test]
    fn the_host_has_no_port() {
        for (text, host) in [
            ("https://example.org", "example.org"),
            ("https://example.org:8443", "example.org"),
            ("http://[::1]:8000", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap().host(), host);
        }
    }

    #[test]
    fn a_url_that_is_not_exactly_an_origin_is_refused() {
        for text in [
            "",
            "example.org",
            "ftp://example.org",
            "https://",
            "https://e/x",
            "https://e?x",
            "https://e#x",
            "https://ada@e",
            "https://ada:pw@e",
        ] {
            assert_eq!(PublicUrl::parse(text), None, "{text}");
        }
    }
}
