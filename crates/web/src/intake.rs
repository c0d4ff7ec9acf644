//! Turns HTTP requests into Rocket's. No part of a request is parsed before its size is known.

use std::net::SocketAddr;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Bytes};
use hyper::header::{ACCEPT, CONTENT_LENGTH, COOKIE, HeaderMap, HeaderValue};
use rocket::http::uri::Origin;
use rocket::http::{Accept, Cookie, Header, Method, Status};
use rocket::local::asynchronous::{Client, LocalRequest, LocalResponse};
use rocket::{Config, Phase, Rocket, Shutdown};

use crate::delivery::Delivery;
use crate::gate;
use crate::problem;
use crate::sent::Sent;

/// The most bytes of a request's headers together. A browser's have about 700, and Doorward's cookies less than 1 KiB;
/// cookies of other services on the host are added to these. 16 KiB is what hyper allows over HTTP/2.
const MOST_HEADERS: usize = 16 * 1024;

/// The most bytes of a path with its query: `next` alone has up to 2 KiB.
const MOST_TARGET: usize = 16 * 1024;

/// Takes requests for a site.
///
/// Rocket's own server reads a request's headers before any fairing runs. It parses the first of two `Accept`, in memory
/// that grows with the square of its length, and drops a whole `Cookie` header if one byte is not UTF-8. So requests are
/// handed to Rocket in process, as its client for local requests does, and requests that are too large are refused before.
#[derive(Debug)]
pub struct Intake {
    client: Client,
    /// The most bytes of a body: the longest form that is accepted, or the script's 64 KiB, whichever is more.
    most_body: usize,
}

impl Intake {
    /// Launches the site in Rocket, with its background tasks.
    ///
    /// # Errors
    /// Rocket's error about the site.
    pub async fn open(site: Rocket<impl Phase>) -> Result<Self, rocket::Error> {
        let client = Client::untracked(site).await?;
        let limits = &client.rocket().config().limits;
        let forms = ["form", "data-form"].into_iter().filter_map(|kind| limits.get(kind));
        let most = forms.fold(Sent::MOST, Ord::max);
        let most_body = usize::try_from(most.as_u64()).unwrap_or(usize::MAX);
        Ok(Self { client, most_body })
    }

    /// Rocket's settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        self.client.rocket().config()
    }

    /// A handle to stop the site, or to wait for its stop.
    pub fn shutdown(&self) -> Shutdown {
        self.client.rocket().shutdown()
    }

    /// Waits until the current mail is sent, after a stop.
    pub(crate) async fn delivered(&self) {
        if let Some(delivery) = self.client.rocket().state::<Delivery>() {
            delivery.finished().await;
        }
    }

    /// Answers a request that `peer` sent.
    pub async fn answer<Sent>(&self, peer: SocketAddr, request: hyper::Request<Sent>) -> hyper::Response<Full<Bytes>>
    where
        Sent: Body<Data = Bytes> + Send,
    {
        let (head, body) = request.into_parts();
        let taken = match self.take_head(&head) {
            Ok(taken) => match self.read(body).await {
                Ok(body) => taken.body(body),
                Err(status) => self.refusal(&head.headers, status),
            },
            Err(status) => self.refusal(&head.headers, status),
        };
        into_http(taken.remote(peer).dispatch().await, head.method == hyper::Method::HEAD).await
    }

    /// The request without its body. `Err` is the status of the response to a request that Rocket must not see.
    fn take_head(&self, head: &hyper::http::request::Parts) -> Result<LocalRequest<'_>, Status> {
        if size_of(&head.headers) > MOST_HEADERS {
            return Err(Status::RequestHeaderFieldsTooLarge);
        }
        let method: Method = head.method.as_str().parse().map_err(|()| Status::BadRequest)?;
        let target = head.uri.path_and_query().ok_or(Status::BadRequest)?;
        if target.as_str().len() > MOST_TARGET {
            return Err(Status::UriTooLong);
        }
        let origin = Origin::new(target.path().to_owned(), target.query().map(str::to_owned));
        let mut request = self.client.req(method, origin);
        for (name, value) in &head.headers {
            // Bytes that are not UTF-8 are replaced, and the header is kept: no other cookie is lost, and no check is bypassed.
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            if name == COOKIE {
                let pairs = value.split(';').filter_map(|pair| Cookie::parse_encoded(pair.trim()).ok());
                request = request.cookies(pairs.map(Cookie::into_owned).collect::<Vec<_>>());
            }
            if name != ACCEPT {
                request.add_header(Header::new(name.as_str().to_owned(), value));
            }
        }
        add_accept(&mut request, &head.headers);
        Ok(request)
    }

    /// Reads a body. `Err` is the status of the response if the body is too long, or is cut off.
    async fn read(&self, body: impl Body<Data = Bytes> + Send) -> Result<Vec<u8>, Status> {
        let (mut body, mut bytes) = (Box::pin(body), Vec::new());
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Status::BadRequest)?;
            let data = frame.data_ref().map(Bytes::as_ref).unwrap_or_default();
            if data.len() > self.most_body - bytes.len() {
                return Err(Status::PayloadTooLarge);
            }
            bytes.extend_from_slice(data);
        }
        Ok(bytes)
    }

    /// A request that gets this status, as a page or as a problem document. It has no other data of the original request.
    fn refusal(&self, headers: &HeaderMap, status: Status) -> LocalRequest<'_> {
        let mut request = self.client.get(gate::REFUSED);
        gate::refuse(request.inner_mut(), status);
        add_accept(&mut request, headers);
        request
    }
}

/// The size as RFC 9113 §6.5.2 counts it, but with 4 bytes a header for the separators of HTTP/1.1.
fn size_of(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// Gives Rocket only the preference that Doorward has found in `Accept`.
fn add_accept(request: &mut LocalRequest<'_>, headers: &HeaderMap) {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| str::from_utf8(value.as_bytes()).ok());
    if problem::is_preferred_by(values) {
        request.add_header(Accept::JSON);
    }
}

async fn into_http(response: LocalResponse<'_>, is_for_head: bool) -> hyper::Response<Full<Bytes>> {
    let mut answer = hyper::Response::builder().status(response.status().code);
    for header in response.headers().iter() {
        answer = answer.header(header.name.as_str(), header.value.as_bytes());
    }
    if is_for_head && let Some(size) = response.body().preset_size() {
        answer = answer.header(CONTENT_LENGTH, HeaderValue::from(size));
    }
    let body = Full::from(response.into_bytes().await.unwrap_or_default());
    answer.body(body).unwrap_or_else(|_| {
        let mut failed = hyper::Response::new(Full::default());
        *failed.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        failed
    })
}
