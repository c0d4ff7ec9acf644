use std::time::Instant;

use doorward_migrations::SchemaError;
use doorward_storage::SeaOrmStore;
use rocket::http::Status;
use rocket::{Route, State, get, routes};

use crate::failure::UnavailableSamples;

pub(super) fn routes() -> Vec<Route> {
    routes![live, ready]
}

#[get("/health/live")]
const fn live() -> &'static str {
    "live\n"
}

#[get("/health/ready")]
async fn ready(store: &State<SeaOrmStore>, samples: &State<UnavailableSamples>) -> (Status, &'static str) {
    match store.ask(|db| async move { doorward_migrations::check(&db).await }).await {
        // A newer instance has migrated while this one runs: each migration leaves a schema that the previous release works with.
        Ok(()) | Err(SchemaError::Newer { .. }) => (Status::Ok, "ready\n"),
        Err(error) => {
            if let Some(left_out) = samples.not_ready().take(Instant::now()) {
                tracing::error!(%error, log.left_out = left_out, "not ready");
            }
            (Status::ServiceUnavailable, "not ready\n")
        }
    }
}
