use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use doorward_domain::system::SystemClock;
use doorward_web::config::{Database, Listener, Settings, SiteConfig};
use doorward_web::server::{self, Stopped};
use doorward_web::site;
use rocket::fairing::AdHoc;
use rocket::{Build, Rocket};

use super::{CommandError, prepare_process, run};

/// Serves the site until it is stopped.
pub(crate) fn serve() -> Result<(), CommandError> {
    let settings = Settings::read(Path::new("."))?;
    let mut listener = Listener::read()?;
    // Before anything is created: a second instance started by mistake leaves no trace.
    listener.reserve()?;
    let config = SiteConfig::read(settings, listener.address().port())?;
    prepare_process(&config);
    let pages = site::load_pages(&config)?;
    site::make_data_dir(&config)?;
    let key = match listener.given_key() {
        Some(key) => key.clone(),
        None => site::keep_key(&config)?,
    };
    let (figment, address) = (listener.with_key(&key, config.hashing_pool.max_wait), listener.address());
    run(listener.workers(), async {
        let store = site::open_store(&config).await?;
        warn_of_readable_files(&config);
        site::prepare_schema(&config, &store).await?;
        let auth = site::auth(&config, store.clone(), Arc::new(SystemClock))?;
        let url = config.public_url.origin().to_owned();
        let served = launch(site::build(figment, config, auth, store.clone(), pages), url, address).await;
        store.disconnect().await;
        served
    })
}

/// Files with secrets that are not their owner's alone. The key's is refused instead, as it is made by us.
fn warn_of_readable_files(config: &SiteConfig) {
    let mut files = vec![Path::new("doorward.toml"), Path::new("Rocket.toml")];
    if let Database::File(path) = &config.database {
        files.push(path);
    }
    for file in files {
        let mode = file.metadata().map_or(0, |metadata| metadata.permissions().mode());
        if mode & 0o077 != 0 {
            tracing::warn!(file = ?file, mode = format!("{:o}", mode & 0o777), "this file can be read by others");
        }
    }
}

async fn launch(site: Rocket<Build>, url: String, address: SocketAddr) -> Result<(), CommandError> {
    let announce = AdHoc::on_liftoff("announcement", move |_| {
        Box::pin(async move {
            let line = format!("Doorward is at {url} (listening on {address})");
            let _nobody_reads = writeln!(io::stdout(), "{line}").and_then(|()| io::stdout().flush());
        })
    });
    match server::serve(site.attach(announce), address).await? {
        Stopped::Answered => {}
        // Somebody's request outlived its grace: cut off as announced, and no failure of ours.
        Stopped::CutOff => tracing::warn!("stopped with requests still running"),
    }
    Ok(())
}
