//! The HTTP server in front of Rocket: accepts connections, and hands Rocket only requests that are safe for it.
//!
//! Rocket's own server is left out, as it parses some headers before anything of ours runs
//! (`docs/adr/0019-a-server-of-our-own-before-rocket.md`).

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use log::{Level, LevelFilter, Log, Metadata};
use rocket::config::{Shutdown as ShutdownConfig, Sig};
use rocket::{Build, Rocket, Shutdown};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{sleep, timeout};
use tokio::{select, spawn};

use crate::drain::Drain;
use crate::intake::Intake;

/// The pause before the next connection is accepted, after the operating system had none to give, such as when open files have run out.
const PAUSE: Duration = Duration::from_millis(250);

/// How a site stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Every request was answered.
    Answered,
    /// Some were still running when their time was over, and were cut off.
    CutOff,
}

/// Why a site does not serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The socket cannot listen.
    #[error("ROCKET_ADDRESS and ROCKET_PORT: cannot listen: {0}")]
    Listen(io::Error),
    /// The socket of the metrics cannot listen.
    #[error("DOORWARD_METRICS__ADDRESS: cannot listen: {0}")]
    ListenForMetrics(io::Error),
    /// The handler of a signal cannot be installed.
    #[error("cannot listen for signals: {0}")]
    Signals(io::Error),
    /// Rocket refuses the site.
    #[error("{0}")]
    Rocket(String),
    /// Rocket's own log would be written, which shows one-time links, forms and cookies. Rocket's setting `log_level` has
    /// no effect if another logger receives the records of the crate `log`, as `tracing-subscriber` does by its default
    /// feature `tracing-log`.
    #[error("Rocket's own log shows one-time links: have your logger leave out the target `rocket`")]
    RocketsLog,
}

/// How many connections may wait to be accepted; the operating system may lower it.
const BACKLOG: u32 = 1024;

/// Serves `site` on this socket, which is bound, until a signal, or [`Shutdown`], asks it to stop. Running requests then
/// have as long as `shutdown.grace` says, and the current mail has 10 seconds.
///
/// # Errors
/// [`ServeError`], before anything is served.
pub async fn serve(site: Rocket<Build>, socket: TcpSocket) -> Result<Stopped, ServeError> {
    let listener = socket.listen(BACKLOG).map_err(ServeError::Listen)?;
    let drain = Drain::new();
    let refused = |error: rocket::Error| ServeError::Rocket(error.kind().to_string());
    // Rocket has our log level once it has ignited. Nothing runs before its liftoff, which happens when the intake opens.
    let site = site.attach(drain.clone()).ignite().await.map_err(refused)?;
    if shows_requests(log::logger(), log::max_level()) {
        // A caller that returns the error from `main` shows only its name.
        tracing::error!("{}", ServeError::RocketsLog);
        return Err(ServeError::RocketsLog);
    }
    let intake = Arc::new(Intake::open(site).await.map_err(refused)?);
    let (config, stop) = (intake.config(), intake.shutdown());
    let (keeps_alive, grace) = (config.keep_alive != 0, Duration::from_secs(config.shutdown.grace.into()));
    stop_on_signals(&config.shutdown, &stop).map_err(ServeError::Signals)?;
    select! {
        never = take_connections(listener, Arc::clone(&intake), keeps_alive) => match never {},
        () = stop => {}
    }
    let stopped = timeout(grace, drain.finished()).await.map_or(Stopped::CutOff, |()| Stopped::Answered);
    intake.delivered().await;
    Ok(stopped)
}

/// Whether this logger writes Rocket's records of requests, at the level that is filtered last.
fn shows_requests(logger: &dyn Log, most: LevelFilter) -> bool {
    let of_requests = Metadata::builder().level(Level::Error).target("rocket::server").build();
    Level::Error <= most && logger.enabled(&of_requests)
}

fn stop_on_signals(config: &ShutdownConfig, stop: &Shutdown) -> io::Result<()> {
    let interrupt = config.ctrlc.then_some(Sig::Int);
    for sig in config.signals.iter().copied().chain(interrupt) {
        let (mut signals, stop) = (signal(kind_of(sig))?, stop.clone());
        spawn(async move {
            signals.recv().await;
            stop.notify();
        });
    }
    Ok(())
}

const fn kind_of(sig: Sig) -> SignalKind {
    match sig {
        Sig::Alrm => SignalKind::alarm(),
        Sig::Chld => SignalKind::child(),
        Sig::Hup => SignalKind::hangup(),
        Sig::Int => SignalKind::interrupt(),
        Sig::Io => SignalKind::io(),
        Sig::Pipe => SignalKind::pipe(),
        Sig::Quit => SignalKind::quit(),
        Sig::Term => SignalKind::terminate(),
        Sig::Usr1 => SignalKind::user_defined1(),
        Sig::Usr2 => SignalKind::user_defined2(),
    }
}

async fn take_connections(listener: TcpListener, intake: Arc<Intake>, keeps_alive: bool) -> ! {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => drop(spawn(serve_connection(stream, peer, Arc::clone(&intake), keeps_alive))),
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// Serves one connection to its end. After a stop, the connection ends with its current response.
async fn serve_connection(stream: TcpStream, peer: SocketAddr, intake: Arc<Intake>, keeps_alive: bool) {
    let _slower_without = stream.set_nodelay(true);
    let stop = intake.shutdown();
    let service = service_fn(move |request| {
        let intake = Arc::clone(&intake);
        // In a task of its own, so that a request which has begun is finished even if the client hangs up.
        async move { spawn(async move { intake.answer(peer, request).await }).await }
    });
    let mut builder = http1::Builder::new();
    // There is no timer, as a proxy in front handles slow clients.
    let connection =
        builder.keep_alive(keeps_alive).header_read_timeout(None).serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let stopping = select! {
        _gone_or_no_http = connection.as_mut() => return,
        () = stop => connection.as_mut(),
    };
    stopping.graceful_shutdown();
    let _gone_or_no_http = connection.await;
}

#[cfg(test)]
mod tests {
    use log::Record;

    use super::*;

    /// Logs everything except the records of this target.
    struct LeavesOut(&'static str);

    impl Log for LeavesOut {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target().split("::").next() != Some(self.0)
        }

        fn log(&self, _: &Record<'_>) {}

        fn flush(&self) {}
    }

    #[test]
    fn a_logger_that_takes_what_rocket_says_of_requests_is_found() {
        for (left_out, most, shows) in [
            ("", LevelFilter::Info, true),
            ("hyper", LevelFilter::Error, true),
            ("rocket", LevelFilter::Trace, false),
            ("", LevelFilter::Off, false),
        ] {
            assert_eq!(shows_requests(&LeavesOut(left_out), most), shows, "{left_out:?} {most}");
        }
    }
}
