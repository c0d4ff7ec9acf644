use std::io::{self, Write as _};
use std::net::SocketAddr;

use doorward_web::Doorward;
use doorward_web::config::{Listener, Settings, SiteConfig};
use doorward_web::server::{self, Stopped};
use rocket::fairing::AdHoc;
use rocket::{Build, Rocket};
use tokio::net::TcpSocket;

use super::readable_files::{ReadableFile, readable_files};
use super::{CommandError, prepare_process, run};

/// Serves the site until it is stopped.
pub(super) fn serve() -> Result<(), CommandError> {
    let settings = Settings::find()?;
    let mut listener = Listener::read()?;
    // Before anything is created: a second instance started by mistake leaves no trace.
    let socket = listener.reserve()?;
    let config = SiteConfig::read(settings, listener.address().port())?;
    prepare_process(&config);
    let (address, patience) = (listener.address(), config.hashing_pool.max_wait);
    run(listener.workers(), async {
        let (url, readable) = (config.public_url.origin().to_owned(), readable_files(&config));
        let doorward = match listener.given_key() {
            Some(key) => Doorward::open_with_key(config, key.clone()).await?,
            None => Doorward::open(config).await?,
        };
        for ReadableFile { path, mode } in readable {
            tracing::warn!(file = ?path, mode = format!("{mode:o}"), "this file can be read by others");
        }
        let store = doorward.store().clone();
        let served = launch(rocket::custom(listener.figment(patience)).attach(doorward), url, address, socket).await;
        store.disconnect().await;
        served
    })
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
        // Somebody's request outlived its grace: cut off as announced, and no failure of ours.
        Stopped::CutOff => tracing::warn!("stopped with requests still running"),
    }
    Ok(())
}
