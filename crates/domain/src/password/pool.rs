//! The hashing pool: a few threads, each with memory of its own that it uses again and again.
//!
//! A hash takes 19 MiB and 30 ms. Left to a runtime's blocking threads, 64 log-ins at once take 5 GiB and get slower the
//! more there are; here the memory is `workers` × 19 MiB whatever happens, and too many log-ins are told so at once:
//!
//! ```text
//! run ──▶ queue full? ──yes──▶ Overloaded
//!             │no
//!          waiting ──▶ asker gone? ──yes──▶ skipped
//!                          │no
//!                      waited longer than max_wait? ──yes──▶ Overloaded
//!                          │no
//!                       done by a worker ──▶ answer
//! ```
//!
//! A job that waits too long is told so when its turn comes, which is at most one hash later than `max_wait`; no timer
//! and no runtime are needed.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fmt, io};

use argon2::{Algorithm, Argon2, Block, Version};
use futures_channel::oneshot;
use zeroize::Zeroize as _;

use super::hash::HashingCost;
use super::hasher::HashingError;
#[cfg(feature = "legacy-hashes")]
use super::legacy::LegacyHash;
use super::pepper::Pepper;

/// How large a pool is, and when it turns work away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolConfig {
    /// The threads. One a core is right: a hash keeps a core busy from its beginning to its end.
    pub workers: NonZeroUsize,
    /// How many jobs may wait for a thread.
    pub queue: usize,
    /// How long a job may wait before it is turned away.
    pub max_wait: Duration,
}

impl PoolConfig {
    /// `workers` threads, 128 waiting jobs for each, 5 seconds of patience: what 128 log-ins of 30 ms take is 4 seconds,
    /// and people try again after about 10 (RAIL's limit of attention).
    #[must_use]
    pub fn for_workers(workers: NonZeroUsize) -> Self {
        Self { workers, queue: workers.get().saturating_mul(128), max_wait: Duration::from_secs(5) }
    }
}

/// What a pool has done since its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// Jobs that wait now.
    pub depth: usize,
    /// Password hashes computed.
    pub hashes: u64,
    /// Jobs turned away because the queue was full.
    pub refused_full: u64,
    /// Jobs turned away because they had waited too long.
    pub refused_late: u64,
    /// Jobs skipped because nobody waited for their answer any more.
    pub abandoned: u64,
}

#[derive(Default)]
struct Counters {
    depth: AtomicUsize,
    hashes: AtomicU64,
    refused_full: AtomicU64,
    refused_late: AtomicU64,
    abandoned: AtomicU64,
}

type Job = Box<dyn FnOnce(&mut Worker) + Send>;

/// Threads that hash.
pub struct WorkerPool {
    queue: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
    counters: Arc<Counters>,
    config: PoolConfig,
}

impl WorkerPool {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(config: PoolConfig) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(config.queue);
        let jobs = Arc::new(Mutex::new(jobs));
        let counters = Arc::new(Counters::default());
        let threads = (0..config.workers.get())
            .map(|number| {
                let worker = Worker { memory: Vec::new(), counters: Arc::clone(&counters) };
                let jobs = Arc::clone(&jobs);
                thread::Builder::new().name(format!("hashing-{number}")).spawn(move || worker.serve(&jobs))
            })
            .collect::<io::Result<_>>()?;
        Ok(Self { queue: Some(queue), threads, counters, config })
    }

    /// What the pool has done since its start.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        let Counters { depth, hashes, refused_full, refused_late, abandoned } = &*self.counters;
        PoolStats {
            depth: depth.load(Ordering::Relaxed),
            hashes: hashes.load(Ordering::Relaxed),
            refused_full: refused_full.load(Ordering::Relaxed),
            refused_late: refused_late.load(Ordering::Relaxed),
            abandoned: abandoned.load(Ordering::Relaxed),
        }
    }

    /// Has `work` done on one of the threads. Dropping the future takes the job back, if it has not begun.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, HashingError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Worker) -> T + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let (asked_at, max_wait) = (Instant::now(), self.config.max_wait);
        let job: Job = Box::new(move |worker| {
            worker.counters.depth.fetch_sub(1, Ordering::Relaxed);
            if answer.is_canceled() {
                worker.counters.abandoned.fetch_add(1, Ordering::Relaxed);
            } else if asked_at.elapsed() > max_wait {
                worker.counters.refused_late.fetch_add(1, Ordering::Relaxed);
                let _nobody_waits = answer.send(Err(HashingError::Overloaded));
            } else {
                let _nobody_waits = answer.send(Ok(work(worker)));
            }
        });
        self.counters.depth.fetch_add(1, Ordering::Relaxed);
        match self.queue.as_ref().ok_or(HashingError::Failed)?.try_send(job) {
            Ok(()) => answered.await.unwrap_or(Err(HashingError::Failed)),
            Err(refusal) => {
                self.counters.depth.fetch_sub(1, Ordering::Relaxed);
                let TrySendError::Full(_) = refusal else { return Err(HashingError::Failed) };
                self.counters.refused_full.fetch_add(1, Ordering::Relaxed);
                Err(HashingError::Overloaded)
            }
        }
    }
}

/// Lets the threads finish what is queued, and waits for them; each wipes its memory.
impl Drop for WorkerPool {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}

impl fmt::Debug for WorkerPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerPool").field("config", &self.config).field("stats", &self.stats()).finish_non_exhaustive()
    }
}

/// What goes into an Argon2 hash, beside its parameters.
pub(super) struct Argon2Input<'a> {
    pub(super) password: &'a [u8],
    pub(super) salt: &'a [u8],
    pub(super) pepper: Option<&'a Pepper>,
}

/// One thread's memory.
pub(super) struct Worker {
    memory: Vec<Block>,
    counters: Arc<Counters>,
}

impl Worker {
    fn serve(mut self, jobs: &Mutex<Receiver<Job>>) {
        loop {
            let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = next else { return };
            // A panic in a job drops its answer, which its asker sees; the thread serves on.
            let _panicked = catch_unwind(AssertUnwindSafe(|| job(&mut self)));
        }
    }

    /// Computes one Argon2 hash into `output`, in this thread's memory. `None` when there is not enough memory, or the
    /// input is beyond what Argon2 takes.
    pub(super) fn argon2(
        &mut self,
        (algorithm, version): (Algorithm, Version),
        cost: HashingCost,
        Argon2Input { password, salt, pepper }: Argon2Input<'_>,
        output: &mut [u8],
    ) -> Option<()> {
        let params = cost.params()?;
        let blocks = params.block_count();
        if let Some(missing) = blocks.checked_sub(self.memory.len()) {
            self.memory.try_reserve_exact(missing).ok()?;
            self.memory.resize(blocks, Block::new());
        }
        let memory = self.memory.get_mut(..blocks)?;
        self.counters.hashes.fetch_add(1, Ordering::Relaxed);
        // Argon2 cannot tell an empty secret from none (RFC 9106 §3.2: its length, 0, and nothing).
        let secret = pepper.map_or(&[][..], Pepper::expose_secret);
        let argon2 = Argon2::new_with_secret(secret, algorithm, version, params).ok()?;
        argon2.hash_password_into_with_memory(password, salt, output, memory).ok()
    }

    /// Computes one hash of another system, in memory of its own. `None` when there is not enough.
    #[cfg(feature = "legacy-hashes")]
    pub(super) fn legacy(&mut self, stored: &LegacyHash, password: &[u8]) -> Option<bool> {
        self.counters.hashes.fetch_add(1, Ordering::Relaxed);
        stored.is_of(password)
    }

    /// Gives back, wiped, what a hash dearer than `usual` needed.
    pub(super) fn shrink_to(&mut self, usual: HashingCost) {
        let blocks = usual.params().map_or(0, |params| params.block_count());
        if let Some(beyond) = self.memory.get_mut(blocks..).filter(|beyond| !beyond.is_empty()) {
            beyond.iter_mut().zeroize();
            self.memory.truncate(blocks);
            self.memory.shrink_to_fit();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.memory.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::task::{Context, Poll, Waker};

    use pollster::block_on;

    use super::*;

    fn pool(queue: usize, max_wait: Duration) -> WorkerPool {
        WorkerPool::start(PoolConfig { workers: NonZeroUsize::MIN, queue, max_wait }).unwrap()
    }

    const PATIENT: Duration = Duration::from_hours(1);

    /// Keeps the pool's only worker busy until the returned sender is dropped.
    fn occupy(pool: &WorkerPool) -> std::sync::mpsc::Sender<()> {
        let (began, has_begun) = channel();
        let (release, released) = channel::<()>();
        let mut job = std::pin::pin!(pool.run(move |_| {
            began.send(()).unwrap();
            let _dropped = released.recv();
        }));
        assert!(poll_once(&mut job).is_pending());
        has_begun.recv().unwrap();
        release
    }

    fn poll_once<F: Future>(future: &mut std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn work_is_done_and_answered() {
        assert_eq!(block_on(pool(1, PATIENT).run(|_| 6 * 7)), Ok(42));
    }

    #[test]
    fn a_full_queue_turns_work_away_at_once() {
        let pool = pool(2, PATIENT);
        let release = occupy(&pool);
        let (mut one, mut two) = (Box::pin(pool.run(|_| 1)), Box::pin(pool.run(|_| 2)));
        assert!(poll_once(&mut one.as_mut()).is_pending());
        assert!(poll_once(&mut two.as_mut()).is_pending());
        assert_eq!(pool.stats().depth, 2);
        assert_eq!(block_on(pool.run(|_| 3)), Err(HashingError::Overloaded));
        assert_eq!(pool.stats().refused_full, 1);
        drop(release);
        assert_eq!((block_on(one), block_on(two)), (Ok(1), Ok(2)));
        assert_eq!(pool.stats().depth, 0);
    }

    #[test]
    fn a_job_that_waited_too_long_is_turned_away() {
        let pool = pool(1, Duration::ZERO);
        // This pool has no patience at all: every job has waited too long.
        assert_eq!(block_on(pool.run(|_| 1)), Err(HashingError::Overloaded));
        assert_eq!((pool.stats().refused_late, pool.stats().hashes), (1, 0));
    }

    #[test]
    fn a_job_whose_asker_has_gone_is_skipped() {
        let pool = pool(2, PATIENT);
        let release = occupy(&pool);
        let (tell, told) = channel();
        let mut gone = Box::pin(pool.run(move |_| tell.send(()).unwrap()));
        assert!(poll_once(&mut gone.as_mut()).is_pending());
        drop(gone);
        drop(release);
        assert_eq!(block_on(pool.run(|_| 1)), Ok(1));
        assert!(told.recv().is_err());
        assert_eq!(pool.stats().abandoned, 1);
    }

    #[test]
    fn a_pool_that_is_dropped_waits_for_what_has_begun() {
        let pool = pool(1, PATIENT);
        let release = occupy(&pool);
        let (tell, told) = channel();
        let mut last = Box::pin(pool.run(move |_| tell.send(()).unwrap()));
        assert!(poll_once(&mut last.as_mut()).is_pending());
        // Nobody waits for this answer, so the job is skipped; the threads end all the same.
        drop(last);
        let (gone, is_gone) = channel();
        let dropping = thread::spawn(move || {
            drop(pool);
            gone.send(()).unwrap();
        });
        assert!(is_gone.recv_timeout(Duration::from_millis(50)).is_err(), "its thread is still at work");
        drop(release);
        is_gone.recv().unwrap();
        dropping.join().unwrap();
        assert!(told.recv().is_err());
    }

    #[test]
    fn debug_tells_the_size_and_what_was_done() {
        let shown = format!("{:?}", pool(7, PATIENT));
        assert!(shown.contains("queue: 7") && shown.contains("abandoned: 0"), "{shown}");
    }

    #[test]
    fn a_panic_fails_its_own_job_and_no_other() {
        let pool = pool(1, PATIENT);
        assert_eq!(block_on(pool.run(|_| panic!("as this test wants it"))), Err::<(), _>(HashingError::Failed));
        assert_eq!(block_on(pool.run(|_| 1)), Ok(1));
    }

    #[test]
    fn memory_is_used_again_and_what_was_dear_is_given_back() {
        let pool = pool(1, PATIENT);
        let capacities = block_on(pool.run(|worker| {
            let (cheap, dear) = (HashingCost::cheap(), HashingCost::new(19_456, 2, 1).unwrap());
            let kind = (Algorithm::Argon2id, Version::V0x13);
            let mut capacity_after = |cost| {
                let input = Argon2Input { password: b"password", salt: b"saltsalt", pepper: None };
                worker.argon2(kind, cost, input, &mut [0; 32]).unwrap();
                worker.shrink_to(cheap);
                worker.memory.capacity()
            };
            [capacity_after(cheap), capacity_after(dear), capacity_after(cheap)]
        }));
        assert_eq!(capacities, Ok([8, 8, 8]));
        assert_eq!(pool.stats().hashes, 3);
    }
}
