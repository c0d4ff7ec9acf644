use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;
use tokio::{select, signal};

/// How long requests in flight may take after a stop is requested. Kubernetes and systemd wait longer before they kill a process.
pub const GRACE: Duration = Duration::from_secs(10);

/// Serves until `stop` completes, which is usually [`stop_signal`]. From then on no connection is accepted, and requests in flight are
/// answered for at most [`GRACE`]. Extractors get the address of the peer.
///
/// # Errors
/// [`io::Error`] if the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, is_stopping) = oneshot::channel();
    let stop = async move {
        stop.await;
        let _serving_has_ended = stopping.send(());
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let grace_is_over = async {
        match is_stopping.await {
            Ok(()) => sleep(GRACE).await,
            Err(_) => std::future::pending().await,
        }
    };
    select! {
        served = axum::serve(listener, service).with_graceful_shutdown(stop) => served,
        () = grace_is_over => {
            tracing::warn!("requests that took too long were cut off by the stop");
            Ok(())
        }
    }
}

/// Completes when the process gets `SIGTERM` or Ctrl-C.
pub async fn stop_signal() {
    let interrupt = async {
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut signals) => drop(signals.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
