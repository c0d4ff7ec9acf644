//! What has run out is deleted at the start and every hour.

use std::sync::Arc;
use std::time::Duration;

use rocket::fairing::AdHoc;
use rocket::tokio::{self, time};

use crate::site::SiteAuth;

const INTERVAL: Duration = Duration::from_hours(1);

/// Any instance may sweep, and several at once do no harm.
pub(crate) fn hourly(auth: Arc<SiteAuth>) -> AdHoc {
    AdHoc::on_liftoff("sweep", move |_| {
        Box::pin(async move {
            tokio::spawn(async move {
                let mut hours = time::interval(INTERVAL);
                loop {
                    hours.tick().await;
                    if let Err(error) = auth.sweep().await {
                        tracing::warn!(%error, cause = ?std::error::Error::source(&error), "not everything was swept");
                    }
                }
            });
        })
    })
}
