use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use doorward_domain::passkey::{ChallengeKeys, PasskeyRules, RelyingParty};
use doorward_passkeys::BrowserAnswers;

use super::SiteConfig;
use super::public_url::PublicUrl;
use super::secret_key::SecretKey;
use super::settings::{SettingError, Settings};

/// Whether a site has passkeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasskeyConfig {
    /// It has passkeys, for the relying party with this id.
    Offered {
        /// The host of the public URL, or a domain that it is in.
        rp_id: String,
    },
    /// It has none, as browsers make none for such a site.
    NotOffered(NoPasskeys),
}

/// Why browsers make no passkeys for a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPasskeys {
    /// Its public URL is not encrypted, and not `localhost`.
    Unencrypted,
    /// Its public URL has an IP address, which is no name.
    Address,
}

impl fmt::Display for NoPasskeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unencrypted => "browsers make none for a site without https",
            Self::Address => "browsers make none for an IP address",
        })
    }
}

impl PasskeyConfig {
    /// Whether the site has passkeys.
    pub(crate) const fn are_offered(&self) -> bool {
        matches!(self, Self::Offered { .. })
    }

    /// Whether browsers make passkeys for a site at this URL; `None` if `rp_id` is not a valid id for it.
    fn of(public_url: &PublicUrl, rp_id: Option<String>) -> Option<Self> {
        let host = public_url.host();
        let is_address = host.starts_with('[') || host.parse::<IpAddr>().is_ok();
        let rp_id = rp_id.unwrap_or_else(|| host.to_owned());
        // A domain of one label would be shared by all sites in it (`localhost` by those on this machine). An address is in no domain.
        let is_above = !is_address
            && host.strip_suffix(rp_id.as_str()).is_some_and(|below| below.ends_with('.'))
            && rp_id.contains('.');
        if rp_id != host && !is_above {
            return None;
        }
        let is_localhost = host == "localhost" || host.ends_with(".localhost");
        Some(if is_address {
            Self::NotOffered(NoPasskeys::Address)
        } else if public_url.is_https() || is_localhost {
            Self::Offered { rp_id }
        } else {
            Self::NotOffered(NoPasskeys::Unencrypted)
        })
    }
}

pub(super) fn take_passkeys(settings: &mut Settings, public_url: &PublicUrl) -> Result<PasskeyConfig, SettingError> {
    const RP_ID: &str = "passkeys.rp_id";
    let source = settings.source_of(RP_ID);
    let rp_id = settings.text(RP_ID, |text| Some(text.to_ascii_lowercase()))?;
    PasskeyConfig::of(public_url, rp_id).ok_or_else(|| {
        let allowed = "it has to be the host of the public URL, or a domain that the host is in";
        SettingError::together(&[RP_ID, "public_url"], source.as_deref(), allowed)
    })
}

impl SiteConfig {
    /// The rules of passkeys, whose challenges are made with keys that are derived from this key and the former ones; `None` where
    /// browsers make no passkeys for the site.
    #[must_use]
    pub fn passkey_rules(&self, key: &SecretKey) -> Option<PasskeyRules> {
        let PasskeyConfig::Offered { rp_id } = &self.passkeys else { return None };
        let former: Vec<_> = self.former_secret_keys.iter().map(SecretKey::bytes).collect();
        let keys = ChallengeKeys::derive(&key.bytes(), former.iter().map(|key| key.as_slice()))?;
        let site = RelyingParty {
            id: rp_id.clone(),
            name: self.site_name.clone(),
            origins: vec![self.public_url.origin().to_owned()],
        };
        Some(PasskeyRules { site, keys, verifier: Arc::new(BrowserAnswers) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<PasskeyConfig, String> {
        let config = SiteConfig::read(Settings::of(pairs), 8_000);
        config.map(|config| config.passkeys).map_err(|error| error.to_string())
    }

    fn offered(rp_id: &str) -> PasskeyConfig {
        PasskeyConfig::Offered { rp_id: rp_id.to_owned() }
    }

    #[test]
    fn passkeys_are_for_the_host_of_the_public_url_or_a_domain_above_it() {
        assert_eq!(read(&[]).unwrap(), offered("localhost"));
        let at = |url, rp_id| read(&[("public_url", url), ("passkeys.rp_id", rp_id)]);
        assert_eq!(read(&[("public_url", "https://login.example.org")]).unwrap(), offered("login.example.org"));
        assert_eq!(at("https://login.example.org", "example.org").unwrap(), offered("example.org"));
        assert_eq!(at("https://login.example.org:8443", "Login.Example.org").unwrap(), offered("login.example.org"));
        for (url, rp_id) in [
            ("https://login.example.org", "org"),
            ("https://login.example.org", "gin.example.org"),
            ("https://login.example.org", "example.net"),
            ("https://example.org", "login.example.org"),
            ("https://example.org", ""),
            ("https://example.org", "https://example.org"),
            ("https://192.0.2.7", "2.7"),
        ] {
            let error = at(url, rp_id).unwrap_err();
            assert!(error.contains("passkeys.rp_id") || error.contains("RP_ID"), "{error}");
        }
    }

    #[test]
    fn without_https_or_a_name_there_are_none() {
        for (url, why) in [
            ("http://example.org", NoPasskeys::Unencrypted),
            ("http://127.0.0.1:8000", NoPasskeys::Address),
            ("https://192.0.2.7", NoPasskeys::Address),
            ("https://[::1]", NoPasskeys::Address),
        ] {
            assert_eq!(read(&[("public_url", url)]).unwrap(), PasskeyConfig::NotOffered(why), "{url}");
        }
        assert_eq!(read(&[("public_url", "http://localhost:8000")]).unwrap(), offered("localhost"));
    }

    #[test]
    fn keys_are_derived_from_every_secret_key_and_debug_shows_none() {
        let [current, former] = ["0123456789abcdef", "fedcba9876543210"].map(|part| part.repeat(4));
        let config = SiteConfig::read(Settings::of(&[("former_secret_keys", &former)]), 8_000).unwrap();
        let rules = config.passkey_rules(&SecretKey::parse(&current).unwrap()).unwrap();
        assert_eq!(
            (rules.site.id.as_str(), rules.site.origins.concat().as_str()),
            ("localhost", "http://localhost:8000")
        );
        let shown = format!("{rules:?}");
        assert!(shown.contains("1 former") && !shown.contains(&current[..16]), "{shown}");
    }
}
