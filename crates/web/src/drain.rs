//! Counts running requests, so that a stop waits for them, and not for idle connections.

use std::time::Duration;

use rocket::Data;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::request::Request;
use rocket::tokio::sync::watch;
use rocket::tokio::time::sleep;

/// Counts requests from their beginning until their response is handed to the connection. Clones share the count.
#[derive(Debug, Clone)]
pub struct Drain(watch::Sender<usize>);

impl Drain {
    /// How long the last responses have to leave their connections' buffers.
    const FLUSH: Duration = Duration::from_millis(500);

    /// Starts with no running requests.
    #[must_use]
    pub fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Returns once no request is running, and the last responses have had time to leave.
    pub async fn finished(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _always_ok = self.0.subscribe().wait_for(|&running| running == 0).await.map(drop);
        sleep(Self::FLUSH).await;
    }
}

impl Default for Drain {
    fn default() -> Self {
        Self::new()
    }
}

/// Kept with a request, and dropped with it.
struct Running(Drain);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.send_modify(|running| *running -= 1);
    }
}

#[rocket::async_trait]
impl Fairing for Drain {
    fn info(&self) -> Info {
        Info { name: "count of running requests", kind: Kind::Request }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        request.local_cache(|| {
            self.0.send_modify(|running| *running += 1);
            Running(self.clone())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_requests_are_counted_until_they_are_dropped() {
        let drain = Drain::new();
        drain.0.send_modify(|running| *running += 2);
        let (one, two) = (Running(drain.clone()), Running(drain.clone()));
        drop(one);
        assert_eq!(*drain.0.borrow(), 1);
        drop(two);
        assert_eq!(*drain.0.borrow(), 0);
    }
}
