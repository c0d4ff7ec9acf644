use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use doorward_web::Doorward;
use doorward_web::config::{Listener, Settings, SiteConfig};
use doorward_web::metrics::{Endpoint, Metrics};
use doorward_web::server::{self, ServeError, Stopped};
use rocket::fairing::AdHoc;
use rocket::{Build, Rocket};
use tokio::net::TcpSocket;
use tokio::spawn;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::readable_files::{ReadableFile, readable_files};
use super::{CommandError, prepare_process, run};

/// How many connections to the metrics may wait to be accepted.
const METRICS_BACKLOG: u32 = 16;

/// Serves the site until it is stopped.
pub(super) fn serve() -> Result<(), CommandError> {
    let settings = Settings::find()?;
    let mut listener = Listener::read()?;
    // This precedes any creation, so that a second instance started by mistake leaves no trace.
    let socket = listener.reserve()?;
    let config = SiteConfig::read(settings, listener.address().port())?;
    let metrics_socket = config.metrics_address.map(|address| listener.reserve_for_metrics(address)).transpose()?;
    prepare_process(&config);
    let address = listener.address();
    run(listener.workers(), async {
        let (url, readable) = (config.public_url.origin().to_owned(), readable_files(&config));
        let mut doorward = match listener.given_key() {
            Some(key) => Doorward::open_with_key(config, key.clone()).await?,
            None => Doorward::open(config).await?,
        };
        for ReadableFile { path, mode } in readable {
            tracing::warn!(file = ?path, mode = format!("{mode:o}"), "this file can be read by others");
        }
        let store = doorward.store().clone();
        let mut monitoring = None;
        if let Some(socket) = metrics_socket {
            let metrics = Arc::new(Metrics::default());
            doorward = doorward.counted_by(&metrics);
            let endpoint = Endpoint::new(metrics, Arc::clone(doorward.auth()), store.clone());
            monitoring = Some(Monitoring::begin(endpoint, socket)?);
        }
        let served = launch(rocket::custom(listener.figment()).attach(doorward), url, address, socket).await;
        if let Some(monitoring) = monitoring {
            monitoring.end().await;
        }
        store.disconnect().await;
        served
    })
}

/// The listener of the metrics, which runs as long as the site does.
struct Monitoring {
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Monitoring {
    fn begin(endpoint: Endpoint, socket: TcpSocket) -> Result<Self, ServeError> {
        let listener = socket.listen(METRICS_BACKLOG).map_err(ServeError::ListenForMetrics)?;
        if let Ok(address) = listener.local_addr() {
            tracing::info!(metrics.address = %address, "metrics are served");
        }
        let (stop, stopped) = oneshot::channel();
        let serving = spawn(endpoint.serve(listener, async {
            let _dropped = stopped.await;
        }));
        Ok(Self { stop, serving })
    }

    async fn end(self) {
        drop(self.stop);
        if self.serving.await.is_err() {
            tracing::error!("the metrics were not served to the end");
        }
    }
}

async fn launch(site: Rocket<Build>, url: String, address: SocketAddr, socket: TcpSocket) -> Result<(), CommandError> {
    let announce = AdHoc::on_liftoff("announcement", move |_| {
        Box::pin(async move {
            let line = format!("Doorward is at {url} (listening on {address})");
            let _nobody_reads = writeln!(io::stdout(), "{line}").and_then(|()| io::stdout().flush());
        })
    });
    let served = server::serve(site.attach(announce), socket).await;
    match served? {
        Stopped::Answered => {}
        // A request outlived its grace period and was cut off as announced. That is no failure.
        Stopped::CutOff => tracing::warn!("stopped with requests still running"),
    }
    Ok(())
}
