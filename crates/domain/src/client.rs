//! Where a request comes from.

use std::net::IpAddr;
use std::time::Duration;

use crate::device::Device;
pub use crate::id::BrowserId;
use crate::language::Language;
use crate::network::Network;

/// The device and the network address behind a request: shown to the user, who knows best whether it was them. Neither
/// proves a user's identity. Attempts are counted by the address, so pass on the true one:
/// [`client_address`](crate::browser::client_address).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Client {
    /// The kind of browser, and of the system that it runs on.
    pub device: Device,
    /// The network address, if it is known.
    pub address: Option<IpAddr>,
    /// The browser, if that is known. A sign-up that it sends twice within a minute makes one account, and a user has one
    /// session in it; a store keeps it with these alone.
    pub browser: Option<BrowserId>,
    /// The language that the visitor reads there, if that is known: that of mails to a user who has chosen none. No store keeps it.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub language: Option<Language>,
}

impl Client {
    /// The client that sent this `User-Agent` header from this address.
    #[must_use]
    pub fn new(user_agent: Option<&str>, address: Option<IpAddr>) -> Self {
        let address = address.map(|address| address.to_canonical());
        Self { device: Device::of(user_agent), address, browser: None, language: None }
    }

    /// The same client in this browser, if that is known.
    #[must_use]
    pub fn in_browser(self, browser: Option<BrowserId>) -> Self {
        Self { browser, ..self }
    }

    /// The same client with this language, if that is known.
    #[must_use]
    pub fn reading(self, language: Option<Language>) -> Self {
        Self { language, ..self }
    }

    /// The network that it is in.
    #[must_use]
    pub fn network(&self) -> Network {
        Network::of(self.address)
    }
}

impl BrowserId {
    /// A form that a browser sends once more within less than this counts as the same form: visitors do not wait longer than this
    /// for a page. Of two log-ins the later one counts then, in whichever order they end, as the browser waits for the answer to
    /// the one that it sent last. If a service's clock was set back, a user of a browser that it knows waits no longer than this.
    pub const SENT_TWICE: Duration = Duration::from_mins(1);
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        let mapped = "::ffff:192.0.2.7".parse().unwrap();
        assert_eq!(Client::new(None, Some(mapped)).address, Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))));
    }

    #[test]
    fn a_browser_and_a_language_leave_the_rest_of_a_client_as_it_is() {
        let address = Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)));
        let (browser, language) = (Some(BrowserId::from_uuid(uuid::Uuid::max())), Language::parse("pt-BR"));
        let client = Client::new(None, address).in_browser(browser).reading(language.clone());
        assert_eq!(client, Client { address, browser, language, ..Client::default() });
    }
}
