use doorward_domain::Client;
use doorward_domain::browser::client_address;
use rocket::request::Request;

use crate::config::TrustedProxies;

/// The device and the address of the client. The address is the socket's other end, regardless of headers, unless that is a
/// trusted proxy.
pub(crate) fn client_of(request: &Request<'_>) -> Client {
    let proxies = request.rocket().state::<TrustedProxies>();
    let [forwarded, x_forwarded_for] =
        ["forwarded", "x-forwarded-for"].map(|name| request.headers().get(name).collect::<Vec<_>>());
    let address = request.remote().map(|peer| {
        let is_trusted = |address| proxies.is_some_and(|proxies| proxies.contain(address));
        client_address(peer.ip(), &forwarded, &x_forwarded_for, is_trusted)
    });
    Client::new(request.headers().get_one("user-agent"), address)
}
