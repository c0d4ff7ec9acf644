//! Where a request comes from.

use std::net::IpAddr;
use std::time::Duration;

use crate::device::Device;
pub use crate::id::BrowserId;
use crate::language::Language;
use crate::network::Network;

/// The device and the network address behind a request: shown to the user, who knows best whether it was them. Neither
/// proves who somebody is. Attempts are counted by the address, so pass on the true one:
/// [`client_address`](crate::browser::client_address).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Client {
    /// What kind of browser on what kind of system.
    pub device: Device,
    /// The network address, where it is known.
    pub address: Option<IpAddr>,
    /// Which browser it is, where that is known. What it signs up for twice within a minute is one account, and a user has one
    /// session in it; a store keeps it with these alone.
    pub browser: Option<BrowserId>,
    /// The language that somebody reads there, where that is known: that of mails to a user who has chosen none. No store keeps it.
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

    /// In this browser, where it is known.
    #[must_use]
    pub fn in_browser(self, browser: Option<BrowserId>) -> Self {
        Self { browser, ..self }
    }

    /// Where somebody reads this language, where that is known.
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
    /// Within less than this, a form that a browser sends once more counts as the same form: longer than anybody waits for a page.
    /// Of two log-ins the later one counts then, in whichever order they end, as the browser waits for the answer to what it sent
    /// last. A service whose clock was set back lets nobody of a browser that it knows wait longer than this.
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
    fn what_is_learnt_of_a_client_leaves_the_rest_of_it() {
        let address = Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)));
        let (browser, language) = (Some(BrowserId::from_uuid(uuid::Uuid::max())), Language::parse("pt-BR"));
        let client = Client::new(None, address).in_browser(browser).reading(language.clone());
        assert_eq!(client, Client { address, browser, language, ..Client::default() });
    }
}
