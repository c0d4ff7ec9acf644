use doorward_migrations::SchemaError;
use doorward_storage::SeaOrmStore;
use rocket::http::Status;
use rocket::{Route, State, get, routes};

pub(super) fn routes() -> Vec<Route> {
    routes![live, ready]
}

#[get("/health/live")]
const fn live() -> &'static str {
    "live\n"
}

#[get("/health/ready")]
async fn ready(store: &State<SeaOrmStore>) -> (Status, &'static str) {
    match store.ask(|db| async move { doorward_migrations::check(&db).await }).await {
        // A newer instance migrated while this one runs: each step leaves what the release before works with.
        Ok(()) | Err(SchemaError::Newer { .. }) => (Status::Ok, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (Status::ServiceUnavailable, "not ready\n")
        }
    }
}
