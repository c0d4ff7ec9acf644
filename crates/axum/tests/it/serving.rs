//! The start, the stop and the sweeps of a service.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use doorward_axum::{GRACE, Sweep, serve};
use doorward_domain::SessionKind;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::support::Service;

#[tokio::test]
async fn a_stop_waits_for_the_request_that_has_begun() {
    let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (begun, finish) = (Arc::clone(&begun), Arc::clone(&finish));
        async move || {
            begun.notify_one();
            finish.notified().await;
            "answered"
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, is_stopping) = oneshot::channel::<()>();
    let router = Router::new().route("/", get(slow));
    let mut serving = tokio::spawn(serve(listener, router, async { is_stopping.await.unwrap() }));
    let asking = tokio::spawn(reqwest::get(format!("http://{address}/")));
    begun.notified().await;
    stop.send(()).unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut serving).await.is_err(), "it waits");
    finish.notify_one();
    assert_eq!(asking.await.unwrap().unwrap().text().await.unwrap(), "answered");
    serving.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_that_takes_too_long_holds_up_no_stop() {
    let begun = Arc::new(Notify::new());
    let endless = {
        let begun = Arc::clone(&begun);
        async move || {
            begun.notify_one();
            std::future::pending::<&str>().await
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/", get(endless));
    let (stop, is_stopping) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, router, async { is_stopping.await.unwrap() }));
    tokio::spawn(reqwest::get(format!("http://{address}/")));
    begun.notified().await;
    let stopped_at = Instant::now();
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    assert!(stopped_at.elapsed() >= GRACE, "{:?}", stopped_at.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_sweep_deletes_what_has_run_out_and_comes_back_every_five_minutes() {
    let service = Service::with_ada().await;
    service.token(SessionKind::Ordinary).await;
    service.clock.advance(Duration::from_hours(25));
    let times = Arc::new(AtomicU32::new(0));
    let swept = Arc::new(Notify::new());
    let after = {
        let (times, swept) = (Arc::clone(&times), Arc::clone(&swept));
        move || {
            times.fetch_add(1, Ordering::SeqCst);
            swept.notify_one();
            std::future::ready(())
        }
    };
    let sweep = Sweep::of(&service.accounts).links().invitations().mails().addresses().second_factors().passkeys();
    let sweeping = tokio::spawn(sweep.and_then(after).run());
    swept.notified().await;
    assert_eq!(service.accounts.sweep().await.unwrap().sessions, 0, "it is swept already");
    swept.notified().await;
    assert_eq!(times.load(Ordering::SeqCst), 2);
    sweeping.abort();
}
