use std::convert::Infallible;

use doorward_domain::Client;
use doorward_domain::browser::client_address;
use rocket::request::{FromRequest, Outcome, Request};

use crate::config::TrustedProxies;

/// The device and the address behind a request: the socket's other end, whatever a header says, unless that is a proxy of
/// ours.
pub(crate) struct RequestClient(pub(crate) Client);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for RequestClient {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let proxies = request.rocket().state::<TrustedProxies>();
        let [forwarded, x_forwarded_for] =
            ["forwarded", "x-forwarded-for"].map(|name| request.headers().get(name).collect::<Vec<_>>());
        let address = request.remote().map(|peer| {
            let is_trusted = |address| proxies.is_some_and(|proxies| proxies.contain(address));
            client_address(peer.ip(), &forwarded, &x_forwarded_for, is_trusted)
        });
        Outcome::Success(Self(Client::new(request.headers().get_one("user-agent"), address)))
    }
}
