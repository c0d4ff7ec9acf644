use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use doorward_domain::system::SystemClock;
use doorward_web::config::{Listener, Settings, SiteConfig};
use doorward_web::metrics::{Endpoint, Metrics};
use doorward_web::server::{self, ServeError, Stopped};
use doorward_web::site;
use doorward_web::site::{KeyedRules, SiteCourier};
use rocket::fairing::AdHoc;
use rocket::{Build, Rocket};
use tokio::net::TcpSocket;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::{select, spawn};

use super::readable_files::{ReadableFile, readable_files};
use super::{CommandError, prepare_process, run};

/// How many connections to the metrics wait to be taken.
const METRICS_BACKLOG: u32 = 16;

/// Serves the site until it is stopped.
pub(super) fn serve() -> Result<(), CommandError> {
    let settings = Settings::find()?;
    let mut listener = Listener::read()?;
    // Before anything is created: a second instance started by mistake leaves no trace.
    let socket = listener.reserve()?;
    let config = SiteConfig::read(settings, listener.address().port())?;
    let metrics_socket = config.metrics_address.map(|address| listener.reserve_for_metrics(address)).transpose()?;
    prepare_process(&config);
    let languages = site::load_languages(&config)?;
    let (pages, mails) = (site::load_pages(&config, &languages)?, site::load_mails(&config, &languages)?);
    site::make_data_dir(&config)?;
    let key = match listener.given_key() {
        Some(key) => key.clone(),
        None => site::keep_key(&config)?,
    };
    let keyed = KeyedRules::of(&config, &key);
    let (figment, address) = (listener.with_key(&key, config.hashing_pool.max_wait), listener.address());
    run(listener.workers(), async {
        let store = site::open_store(&config).await?;
        for ReadableFile { path, mode } in readable_files(&config) {
            tracing::warn!(file = ?path, mode = format!("{mode:o}"), "this file can be read by others");
        }
        site::prepare_schema(&config, &store).await?;
        let auth = Arc::new(site::auth(&config, keyed, store.clone(), Arc::new(SystemClock))?);
        site::check_passkeys(&auth).await?;
        let mut courier = site::courier(&config, &auth, mails);
        let url = config.public_url.origin().to_owned();
        let mut site = site::build(figment, config, Arc::clone(&auth), store.clone(), pages);
        let mut monitoring = None;
        if let Some(socket) = metrics_socket {
            let metrics = Arc::new(Metrics::default());
            site = metrics.watch(site);
            courier = courier.map(|courier| metrics.count_mails_of(courier));
            monitoring = Some(Monitoring::begin(Endpoint::new(metrics, auth, store.clone()), socket)?);
        }
        let served = launch(site, courier, url, address, socket).await;
        if let Some(monitoring) = monitoring {
            monitoring.end().await;
        }
        store.disconnect().await;
        served
    })
}

/// The listener of the metrics, which serves for as long as the site does.
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

async fn launch(
    site: Rocket<Build>,
    courier: Option<SiteCourier>,
    url: String,
    address: SocketAddr,
    socket: TcpSocket,
) -> Result<(), CommandError> {
    let announce = AdHoc::on_liftoff("announcement", move |_| {
        Box::pin(async move {
            let line = format!("Doorward is at {url} (listening on {address})");
            let _nobody_reads = writeln!(io::stdout(), "{line}").and_then(|()| io::stdout().flush());
        })
    });
    let (tell, told) = oneshot::channel();
    let begin = AdHoc::on_liftoff("delivery", move |rocket| {
        Box::pin(async move {
            let _nobody_sends = tell.send(rocket.shutdown());
        })
    });
    let (end, ended) = oneshot::channel::<()>();
    let delivery = spawn(async move {
        let (Some(courier), Ok(shutdown)) = (courier, told.await) else { return };
        // The mail in hand has the time that running requests have, not more after it.
        let stop = async {
            select! { () = shutdown => {}, _ = ended => {} }
        };
        courier.run(stop).await;
    });
    let served = server::serve(site.attach(announce).attach(begin), socket).await;
    drop(end);
    if delivery.await.is_err() {
        tracing::error!("mails were not sent to the end");
    }
    match served? {
        Stopped::Answered => {}
        // Somebody's request outlived its grace: cut off as announced, and no failure of ours.
        Stopped::CutOff => tracing::warn!("stopped with requests still running"),
    }
    Ok(())
}
