use std::convert::Infallible;

use doorward_domain::Client;
use rocket::request::{FromRequest, Outcome, Request};

/// The device and the address behind a request: the socket's other end, whatever any header says.
pub(crate) struct RequestClient(pub(crate) Client);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for RequestClient {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let address = request.remote().map(|address| address.ip());
        Outcome::Success(Self(Client::new(request.headers().get_one("user-agent"), address)))
    }
}
