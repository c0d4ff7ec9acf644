//! The network behind an address: as much of it as one customer usually has to themselves.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IPv4 address, or the /64 or /48 of an IPv6 address; what counters count by and the log shows.
///
/// A client with one IPv6 address usually has its whole /64, and may use another address for each request (RFC 6177).
///
/// ```
/// use doorward_domain::network::Network;
///
/// let near = Network::of(Some("2001:db8:1:2:3:4:5:6".parse()?));
/// assert_eq!(near.to_string(), "2001:db8:1:2::/64");
/// assert_eq!(Network::of(Some("::ffff:192.0.2.7".parse()?)).to_string(), "192.0.2.7/32");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// The network of a client without an address. All of these count as one: a service that loses the addresses is slow, not open.
    Unknown,
    /// One IPv4 address.
    V4(Ipv4Addr),
    /// The first 64 bits of an IPv6 address.
    V6Near(Ipv6Addr),
    /// The first 48 bits.
    V6Wide(Ipv6Addr),
}

impl Network {
    /// The network of this address; an IPv4 address in IPv6 form is an IPv4 address.
    #[must_use]
    pub fn of(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            None => Self::Unknown,
            Some(IpAddr::V4(address)) => Self::V4(address),
            Some(IpAddr::V6(address)) => Self::V6Near(first_bits(address, 64)),
        }
    }

    /// The network around it, where there is one that counts.
    #[must_use]
    pub const fn widened(self) -> Option<Self> {
        match self {
            Self::V6Near(address) => Some(Self::V6Wide(first_bits(address, 48))),
            Self::Unknown | Self::V4(_) | Self::V6Wide(_) => None,
        }
    }

    /// Bytes that no other network has.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        match self {
            Self::Unknown => Vec::new(),
            Self::V4(address) => address.octets().to_vec(),
            Self::V6Near(address) => [&[64], &address.octets()[..]].concat(),
            Self::V6Wide(address) => [&[48], &address.octets()[..]].concat(),
        }
    }
}

const fn first_bits(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() >> (128 - bits) << (128 - bits))
}

/// `192.0.2.7/32`, `2001:db8:1:2::/64`, `unknown`.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::V4(address) => write!(f, "{address}/32"),
            Self::V6Near(address) => write!(f, "{address}/64"),
            Self::V6Wide(address) => write!(f, "{address}/48"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_told_apart() {
        let wide = Network::of(Some("2001:db8::1".parse().unwrap())).widened().unwrap();
        assert_eq!(wide.to_string(), "2001:db8::/48");
        let all = [
            Network::Unknown,
            Network::V4(Ipv4Addr::LOCALHOST),
            Network::of(Some("2001:db8::1".parse().unwrap())),
            wide,
            Network::of(Some("2001:db8:0:1::1".parse().unwrap())),
        ];
        for (index, network) in all.into_iter().enumerate() {
            assert!(all[..index].iter().all(|other| other.to_bytes() != network.to_bytes()), "{network}");
        }
        assert_eq!((wide.widened(), Network::Unknown.widened()), (None, None));
        assert_eq!(Network::of(None).to_string(), "unknown");
    }
}
