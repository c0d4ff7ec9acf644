//! Deletes expired data at the start and every few minutes, and removes deleted data from the log of an SQLite file.

use std::sync::Arc;
use std::time::Duration;

use doorward_storage::SeaOrmStore;
use rocket::fairing::AdHoc;
use rocket::tokio::{self, time};

use crate::auth::SiteAuth;

/// Counters of made-up names expire after a quarter of an hour, and should not stay in the table much longer.
const INTERVAL: Duration = Duration::from_mins(5);

/// Any instance may sweep, and several at once do no harm.
pub(crate) fn regularly(auth: Arc<SiteAuth>, store: SeaOrmStore) -> AdHoc {
    AdHoc::on_liftoff("sweep", move |_| {
        Box::pin(async move {
            tokio::spawn(async move {
                let mut times = time::interval(INTERVAL);
                loop {
                    times.tick().await;
                    let swept = [
                        auth.sweep().await.map(drop),
                        auth.sweep_pending_log_ins().await.map(drop),
                        auth.sweep_challenges().await.map(drop),
                        auth.sweep_links().await.map(drop),
                        auth.sweep_invitations().await.map(drop),
                        auth.sweep_mails().await.map(drop),
                        auth.sweep_unverified().await.map(drop),
                    ];
                    for swept in swept {
                        if let Err(error) = swept {
                            tracing::warn!(%error, cause = ?std::error::Error::source(&error), "not everything was swept");
                        }
                    }
                    store.forget_deleted().await;
                }
            });
        })
    })
}
