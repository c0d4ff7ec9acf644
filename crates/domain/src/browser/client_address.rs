use std::net::{IpAddr, SocketAddr};

/// The network address of the client behind a request that came from `peer`: the peer itself, unless `is_trusted` says
/// that it is a proxy of ours. Then it is the right-most address that the proxies named and that is none of them; the text
/// left of it was written by the client, who may write anything.
///
/// `forwarded` and `x_forwarded_for` are the values of these headers (RFC 7239, and its older kin), in the order in which
/// they came. A proxy writes one of the two and may pass the other on as the client sent it: if both are there and do not
/// agree, neither is believed.
///
/// ```
/// use doorward_domain::browser::client_address;
///
/// let proxy = "10.0.0.1".parse()?;
/// let client = client_address(proxy, &[], &["203.0.113.9, 198.51.100.7"], |address| address == proxy);
/// assert_eq!(client.to_string(), "198.51.100.7");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
pub fn client_address(
    peer: IpAddr,
    forwarded: &[&str],
    x_forwarded_for: &[&str],
    is_trusted: impl Fn(IpAddr) -> bool,
) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer) {
        return peer;
    }
    let behind = |hops: Vec<&str>| nearest_client(peer, &hops, &is_trusted);
    let by_old = || behind(x_forwarded_for.iter().flat_map(|value| value.split(',')).collect());
    let by_new = || behind(forwarded.iter().flat_map(|value| value.split(',')).map(node_of).collect());
    match (forwarded.is_empty(), x_forwarded_for.is_empty()) {
        (true, true) => peer,
        (true, false) => by_old(),
        (false, true) => by_new(),
        (false, false) => Some(by_new()).filter(|address| *address == by_old()).unwrap_or(peer),
    }
}

/// Goes from right to left, past our proxies. Text that cannot be read ends the search, as nothing vouches for the text left of it.
fn nearest_client(peer: IpAddr, hops: &[&str], is_trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        let Some(address) = address_of(hop) else { break };
        nearest = address;
        if !is_trusted(address) {
            break;
        }
    }
    nearest
}

/// The `for` of `for="[2001:db8::7]:4711";proto=https`.
fn node_of(element: &str) -> &str {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let node = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, node)| node.trim()).next();
    node.map(|node| node.strip_prefix('"').and_then(|node| node.strip_suffix('"')).unwrap_or(node)).unwrap_or_default()
}

/// An address, perhaps with a port, perhaps in brackets.
fn address_of(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip())).ok();
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn is_ours(address: IpAddr) -> bool {
        address.to_string().starts_with("10.") || address == ip("fd00::1")
    }

    #[test]
    fn headers_from_a_stranger_are_not_read() {
        for header in ["10.0.0.1", "198.51.100.7", "garbage"] {
            let client = client_address(ip("203.0.113.9"), &[header], &[header], is_ours);
            assert_eq!(client, ip("203.0.113.9"));
        }
        assert_eq!(client_address(ip("::ffff:203.0.113.9"), &[], &["1.2.3.4"], is_ours), ip("203.0.113.9"));
    }

    #[test]
    fn behind_our_proxies_the_right_most_stranger_counts() {
        for (headers, client) in [
            (&["198.51.100.7"][..], "198.51.100.7"),
            (&["1.2.3.4, 198.51.100.7"], "198.51.100.7"),
            (&["1.2.3.4, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            (&["1.2.3.4", "198.51.100.7", "10.0.0.2,fd00::1"], "198.51.100.7"),
            (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (&["2001:db8::7"], "2001:db8::7"),
            (&["[2001:db8::7]:4711"], "2001:db8::7"),
            (&["198.51.100.7:4711"], "198.51.100.7"),
            (&["::ffff:198.51.100.7"], "198.51.100.7"),
            (&["1.2.3.4, unknown"], "10.0.0.1"),
            (&["1.2.3.4, unknown, 10.0.0.2"], "10.0.0.2"),
            (&[""], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(client_address(ip("10.0.0.1"), &[], headers, is_ours), ip(client), "{headers:?}");
        }
    }

    #[test]
    fn the_standard_header_is_read_in_all_its_forms() {
        for (headers, client) in [
            (&["for=198.51.100.7"][..], "198.51.100.7"),
            (&["For=\"198.51.100.7:4711\";proto=https;by=10.0.0.1"], "198.51.100.7"),
            (&["for=1.2.3.4, proto=https ; for=\"[2001:db8::7]:4711\""], "2001:db8::7"),
            (&["for=1.2.3.4", "for=\"[2001:db8::7]\", for=10.0.0.2"], "2001:db8::7"),
            (&["for=198.51.100.7, for=_hidden"], "10.0.0.1"),
            (&["for=198.51.100.7, for=unknown"], "10.0.0.1"),
            (&["proto=https"], "10.0.0.1"),
            (&["for=\"198.51.100.7"], "10.0.0.1"),
        ] {
            assert_eq!(client_address(ip("10.0.0.1"), headers, &[], is_ours), ip(client), "{headers:?}");
        }
    }

    #[test]
    fn two_headers_that_do_not_agree_are_not_believed() {
        let of = |new: &str, old: &str| client_address(ip("10.0.0.1"), &[new], &[old], is_ours);
        assert_eq!(of("for=198.51.100.7", "198.51.100.7"), ip("198.51.100.7"));
        assert_eq!(of("for=1.2.3.4", "198.51.100.7"), ip("10.0.0.1"));
        assert_eq!(of("for=198.51.100.7", "1.2.3.4"), ip("10.0.0.1"));
    }

    proptest! {
        #[test]
        fn text_left_of_the_right_most_stranger_changes_nothing(
            forged in "[0-9a-f:., \\[\\]\"=;for]{0,60}|\\PC{0,40}"
        ) {
            let header = format!("{forged}, 198.51.100.7, 10.0.0.2");
            prop_assert_eq!(client_address(ip("10.0.0.1"), &[], &[&header], is_ours), ip("198.51.100.7"));
            let header = format!("{forged}, for=198.51.100.7, for=10.0.0.2");
            prop_assert_eq!(client_address(ip("10.0.0.1"), &[&header], &[], is_ours), ip("198.51.100.7"));
        }
    }
}
