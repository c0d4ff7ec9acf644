use std::convert::Infallible;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use doorward_storage::SeaOrmStore;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::registry::Registry;
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::figures::Figures;
use super::{Metrics, PREFIX, process_figures};
use crate::auth::SiteAuth;

/// The maximum lifetime of a connection, which serves one response.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long running responses may take after a stop: longer than the database may take.
const FAREWELL: Duration = Duration::from_secs(3);

/// The most connections at once. A monitoring system or two is enough.
const MOST: usize = 16;

/// The pause before the next connection is accepted, after the operating system had none to give.
const PAUSE: Duration = Duration::from_millis(250);

/// The content type of `OpenMetrics` 1.0.
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// Serves the metrics: `GET /metrics`, and nothing else. It has a listener of its own, which no visitor can reach.
pub struct Endpoint {
    metrics: Arc<Metrics>,
    figures: Figures,
}

impl Endpoint {
    /// Shows these counters, and figures of this site.
    #[must_use]
    pub fn new(metrics: Arc<Metrics>, auth: Arc<SiteAuth>, store: SeaOrmStore) -> Self {
        Self { metrics, figures: Figures::new(auth, store) }
    }

    /// Serves until `stop` is ready, and finishes the responses that are under way.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let (endpoint, mut stop) = (Arc::new(self), pin!(stop));
        let mut connections = JoinSet::new();
        loop {
            select! {
                () = stop.as_mut() => break,
                Some(_) = connections.join_next() => {}
                accepted = listener.accept(), if connections.len() < MOST => match accepted {
                    Ok((stream, _)) => drop(connections.spawn(serve_connection(stream, Arc::clone(&endpoint)))),
                    Err(_) => sleep(PAUSE).await,
                },
            }
        }
        drop(listener);
        let _late_ones_are_cut_off =
            timeout(FAREWELL, async { while connections.join_next().await.is_some() {} }).await;
    }

    async fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let mut answer = Response::new(Full::default());
        if request.uri().path() != "/metrics" {
            *answer.status_mut() = StatusCode::NOT_FOUND;
        } else if request.method() != Method::GET {
            *answer.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
        } else if let Ok(text) = self.text().await {
            answer.headers_mut().insert(CONTENT_TYPE, OPEN_METRICS);
            *answer.body_mut() = Full::from(text);
        } else {
            *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        }
        answer
    }

    /// All metrics as `OpenMetrics` text. Figures that the database does not return in time are left out.
    ///
    /// # Errors
    /// None that is known: writing into memory does not fail.
    pub async fn text(&self) -> Result<String, fmt::Error> {
        let (mut figures, mut process) = (Registry::with_prefix(PREFIX), Registry::with_prefix("process"));
        self.figures.register(&mut figures).await;
        process_figures::register(&mut process);
        let mut text = String::new();
        for registry in [&self.metrics.registry, &figures, &process] {
            encode_registry(&mut text, registry)?;
        }
        encode_eof(&mut text)?;
        Ok(text)
    }
}

async fn serve_connection(stream: TcpStream, endpoint: Arc<Endpoint>) {
    let service = service_fn(move |request| {
        let endpoint = Arc::clone(&endpoint);
        async move { Ok::<_, Infallible>(endpoint.answer(&request).await) }
    });
    let mut builder = http1::Builder::new();
    let connection =
        builder.keep_alive(false).header_read_timeout(None).serve_connection(TokioIo::new(stream), service);
    let _gone_late_or_no_http = timeout(PATIENCE, connection).await;
}
