use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward_domain::password::PoolStats;
use doorward_storage::{Connections, SeaOrmStore};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};
use tokio::join;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::auth::SiteAuth;

/// The longest wait for the database: Prometheus waits 10 s for everything.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the database's figures are cached. The database is not asked more often, however many requests there are.
const GOOD_FOR: Duration = Duration::from_secs(10);

/// The figures that are read on request.
pub(super) struct Figures {
    auth: Arc<SiteAuth>,
    store: SeaOrmStore,
    stored: Mutex<Option<(Instant, Stored)>>,
}

/// Figures from the database; `None` if it did not answer.
#[derive(Debug, Clone, Copy)]
struct Stored {
    sessions: Option<u64>,
    oldest_mail: Option<Duration>,
}

impl Figures {
    pub(super) fn new(auth: Arc<SiteAuth>, store: SeaOrmStore) -> Self {
        Self { auth, store, stored: Mutex::default() }
    }

    pub(super) async fn register(&self, registry: &mut Registry) {
        register_stored(registry, self.stored().await);
        register_connections(registry, self.store.connections());
        register_hashing(registry, self.auth.hashing_stats());
    }

    async fn stored(&self) -> Stored {
        let mut last = self.stored.lock().await;
        match *last {
            Some((read_at, stored)) if read_at.elapsed() < GOOD_FOR => stored,
            _ => {
                let stored = self.read().await;
                *last = Some((Instant::now(), stored));
                stored
            }
        }
    }

    async fn read(&self) -> Stored {
        let sessions = timeout(PATIENCE, self.store.count_sessions());
        let mails = timeout(PATIENCE, self.auth.queued_mails(1));
        let (sessions, mails) = join!(sessions, mails);
        let now = self.auth.now();
        let age = |mails: Vec<doorward_domain::repository::QueuedMail>| {
            mails.first().map_or(Duration::ZERO, |oldest| now.since(oldest.mail.queued_at))
        };
        Stored { sessions: sessions.ok().and_then(Result::ok), oldest_mail: mails.ok().and_then(Result::ok).map(age) }
    }
}

fn register_stored(registry: &mut Registry, Stored { sessions, oldest_mail }: Stored) {
    if let Some(sessions) = sessions {
        let help = "Sessions, with those past a limit that no sweep has deleted yet";
        registry.register("sessions", help, ConstGauge::new(sessions));
    }
    if let Some(age) = oldest_mail {
        let help = "Age of the oldest mail that waits, 0 where none does";
        registry.register_with_unit("oldest_mail", help, Unit::Seconds, ConstGauge::new(age.as_secs_f64()));
    }
}

fn register_connections(registry: &mut Registry, Connections { open, idle, most, .. }: Connections) {
    let busy = open.saturating_sub(idle);
    registry.register("database_connections_open", "Open connections", ConstGauge::new(open));
    registry.register("database_connections_busy", "Connections in use", ConstGauge::new(busy));
    registry.register("database_connections_most", "Connections there may be", ConstGauge::new(most));
}

fn register_hashing(registry: &mut Registry, stats: PoolStats) {
    registry.register("hashing_queue", "Jobs that wait for a hashing thread", ConstGauge::new(stats.depth));
    registry.register("password_hashes", "Password hashes computed", ConstCounter::new(stats.hashes));
    registry.register("hashing_jobs", "Jobs that the hashing threads did", ConstCounter::new(stats.done));
    let mut register_seconds = |name: &str, help: &str, time: Duration| {
        registry.register_with_unit(name, help, Unit::Seconds, ConstCounter::new(time.as_secs_f64()));
    };
    register_seconds("hashing_wait", "Time that those jobs waited for a thread", stats.waited);
    register_seconds("hashing_work", "Time that those jobs took", stats.worked);
    let refused = "Jobs turned away, as the queue was full";
    registry.register("hashing_refused_full", refused, ConstCounter::new(stats.refused_full));
    let refused = "Jobs turned away, as they had waited too long";
    registry.register("hashing_refused_late", refused, ConstCounter::new(stats.refused_late));
}
