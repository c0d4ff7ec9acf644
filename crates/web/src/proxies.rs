//! Finds proxies that the settings do not name: all their visitors seem to be one client, and share its limits.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use rocket::Data;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::request::Request;

use crate::config::TrustedProxies;

/// Names each such proxy in the log, once.
#[derive(Debug, Default)]
pub(crate) struct ProxyWatch(Mutex<HashSet<IpAddr>>);

impl ProxyWatch {
    /// How many are named: an attacker with a network of private addresses could fill the log otherwise.
    const MOST: usize = 16;

    /// Whether this address is to be named now.
    fn is_news(&self, address: IpAddr) -> bool {
        let mut named = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        named.len() < Self::MOST && named.insert(address)
    }
}

#[rocket::async_trait]
impl Fairing for ProxyWatch {
    fn info(&self) -> Info {
        Info { name: "watch for proxies that are not trusted", kind: Kind::Request }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        let headers = request.headers();
        if !headers.contains("forwarded") && !headers.contains("x-forwarded-for") {
            return;
        }
        let Some(peer) = request.remote().map(|peer| peer.ip().to_canonical()) else { return };
        let is_trusted = request.rocket().state::<TrustedProxies>().is_some_and(|proxies| proxies.contain(peer));
        if !is_trusted && is_near(peer) && self.is_news(peer) {
            tracing::warn!(
                proxy.address = %peer,
                "this proxy is not trusted, so that all its visitors count as one; if it is yours, set DOORWARD_TRUSTED_PROXIES"
            );
        }
    }
}

/// Whether an address is this machine's or in a private network. Headers from any other address are a stranger's.
const fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_on_this_machine_or_in_a_private_network() {
        for near in ["127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "::1", "fd00::1", "fe80::1"] {
            assert!(is_near(near.parse().unwrap()), "{near}");
        }
        for far in ["203.0.113.7", "172.32.0.1", "2001:db8::1", "0.0.0.0"] {
            assert!(!is_near(far.parse().unwrap()), "{far}");
        }
    }

    #[test]
    fn each_is_named_once_and_not_very_many() {
        let watch = ProxyWatch::default();
        let named = (0..100_u8).flat_map(|last| [last, last]).filter(|&last| watch.is_news([10, 0, 0, last].into()));
        assert_eq!(named.collect::<Vec<_>>(), (0..16).collect::<Vec<_>>());
    }
}
