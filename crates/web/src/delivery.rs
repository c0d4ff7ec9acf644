//! Sends the mails of a site from its start until it stops.

use std::sync::{Arc, Mutex, PoisonError};

use rocket::fairing::AdHoc;
use rocket::tokio::spawn;
use rocket::tokio::task::JoinHandle;

use crate::site::SiteCourier;

/// The task that sends mails, once the site is up; managed by the site.
#[derive(Debug, Default)]
pub(crate) struct Delivery(Mutex<Option<JoinHandle<()>>>);

impl Delivery {
    /// Waits until the current mail is sent, for as long as [`doorward_mail::Courier::run`] allows after a stop.
    pub(crate) async fn finished(&self) {
        let task = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && task.await.is_err()
        {
            tracing::error!("mails were not sent to the end");
        }
    }
}

/// Sends mails until the site stops.
pub(crate) fn of(courier: Arc<SiteCourier>) -> AdHoc {
    AdHoc::on_liftoff("delivery", |rocket| {
        Box::pin(async move {
            let stop = rocket.shutdown();
            let task = spawn(async move { courier.run(stop).await });
            if let Some(Delivery(running)) = rocket.state() {
                *running.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
            }
        })
    })
}
