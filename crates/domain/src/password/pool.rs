//! The hashing pool: a few threads, each with memory of its own that it uses again and again.
//!
//! A hash takes 19 MiB and about 18 ms. Left to a runtime's blocking threads, 64 log-ins at once take 5 GiB and get slower the
//! more there are; here the memory is always `workers` × 19 MiB, and excess log-ins are refused at once:
//!
//! ```text
//! run ──▶ its lane full? ──yes──▶ Overloaded
//!             │no
//!          waiting ──▶ asker gone? ──yes──▶ skipped
//!                          │no
//!                      waited longer than max_wait? ──yes──▶ Overloaded
//!                          │no
//!                       done by a worker ──▶ answer
//! ```
//!
//! There are two lanes. Passwords that are verified, for log-ins above all, go first. New passwords, which any visitor may
//! have judged and hashed, go when no verification waits, and keep at most half of the threads busy: so a log-in never waits
//! for their queue, and with two threads or more for none of them at all.
//!
//! A job that waits too long is refused as soon as a thread is free, which is at most one job later than `max_wait`; no timer
//! and no runtime are needed.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fmt, io};

use argon2::{Algorithm, Argon2, Block, Version};
use futures_channel::oneshot;
use zeroize::Zeroize as _;

use super::error::HashingError;
use super::hash::HashingCost;
#[cfg(feature = "legacy-hashes")]
use super::legacy::LegacyHash;
use super::pepper::Pepper;

/// How large a pool is, and when it turns work away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolConfig {
    /// The number of threads. One per core is right, as a hash keeps a core busy from its beginning to its end.
    pub workers: NonZeroUsize,
    /// How many verifications may wait for a thread.
    pub queue: usize,
    /// How many new passwords may wait to be judged or hashed.
    pub new_passwords: usize,
    /// How long a job may wait before it is turned away.
    pub max_wait: Duration,
}

impl PoolConfig {
    /// `workers` threads, 128 waiting verifications for each, and at most 5 seconds of waiting: on a slow machine 128 log-ins of
    /// 30 ms take 4 seconds, and people try again after about 10 (RAIL's limit of attention). 32 waiting new passwords for each, as half of
    /// the threads take 4 seconds for those, with an estimate and a hash each.
    #[must_use]
    pub fn for_workers(workers: NonZeroUsize) -> Self {
        let each = |jobs: usize| workers.get().saturating_mul(jobs);
        Self { workers, queue: each(128), new_passwords: each(32), max_wait: Duration::from_secs(5) }
    }
}

/// The statistics of a pool since its start.
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
    /// Jobs skipped because their caller no longer waited for the answer.
    pub abandoned: u64,
    /// Jobs done.
    pub done: u64,
    /// How long the jobs that were done had waited for a thread, together.
    pub waited: Duration,
    /// How long they took from then on, together.
    pub worked: Duration,
}

#[derive(Default)]
struct Counters {
    depth: AtomicUsize,
    hashes: AtomicU64,
    refused_full: AtomicU64,
    refused_late: AtomicU64,
    abandoned: AtomicU64,
    done: AtomicU64,
    waited_nanos: AtomicU64,
    worked_nanos: AtomicU64,
}

impl Counters {
    fn add_done(&self, waited: Duration, worked: Duration) {
        // 584 years of either.
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.done.fetch_add(1, Ordering::Relaxed);
        self.waited_nanos.fetch_add(nanos(waited), Ordering::Relaxed);
        self.worked_nanos.fetch_add(nanos(worked), Ordering::Relaxed);
    }
}

/// The purpose of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// To verify a password, for a log-in above all.
    Verification,
    /// To judge or hash a new password.
    NewPassword,
}

type Work = Box<dyn FnOnce(&mut Worker) + Send>;

struct Job {
    asked_at: Instant,
    work: Work,
}

/// The jobs that wait, and the state that decides which of them is next.
#[derive(Default)]
struct Waiting {
    verifications: VecDeque<Job>,
    new_passwords: VecDeque<Job>,
    /// How many threads are busy with new passwords.
    busy_with_new_passwords: usize,
    is_closed: bool,
}

struct Lanes {
    waiting: Mutex<Waiting>,
    /// Signals that a job has come, a thread is free for the other lane, or the pool is closed.
    changed: Condvar,
    config: PoolConfig,
}

impl Lanes {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, lane: Lane, job: Job) -> Result<(), HashingError> {
        let mut waiting = self.lock();
        let (jobs, most) = match lane {
            Lane::Verification => (&mut waiting.verifications, self.config.queue),
            Lane::NewPassword => (&mut waiting.new_passwords, self.config.new_passwords),
        };
        if jobs.len() >= most {
            return Err(HashingError::Overloaded);
        }
        jobs.push_back(job);
        drop(waiting);
        self.changed.notify_one();
        Ok(())
    }

    /// The next job, once there is one. `None` when the pool is closed and nothing is left for this thread.
    fn next(&self) -> Option<(Lane, Job)> {
        let mut waiting = self.lock();
        loop {
            if let Some(next) = self.take(&mut waiting) {
                return Some(next);
            }
            if waiting.is_closed {
                return None;
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn take(&self, waiting: &mut Waiting) -> Option<(Lane, Job)> {
        // A job that has waited too long is refused by the next free thread, as its turn may never come.
        let is_late = waiting.new_passwords.front().is_some_and(|job| job.asked_at.elapsed() > self.config.max_wait);
        if !is_late && let Some(job) = waiting.verifications.pop_front() {
            return Some((Lane::Verification, job));
        }
        let most = (self.config.workers.get() / 2).max(1);
        if !is_late && waiting.busy_with_new_passwords >= most {
            return None;
        }
        let job = waiting.new_passwords.pop_front()?;
        waiting.busy_with_new_passwords += 1;
        Some((Lane::NewPassword, job))
    }

    fn finish(&self, lane: Lane) {
        if lane == Lane::NewPassword {
            self.lock().busy_with_new_passwords -= 1;
            self.changed.notify_one();
        }
    }

    fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }
}

/// Threads that hash.
pub struct WorkerPool {
    lanes: Arc<Lanes>,
    threads: Vec<JoinHandle<()>>,
    counters: Arc<Counters>,
}

impl WorkerPool {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(config: PoolConfig) -> io::Result<Self> {
        let lanes = Arc::new(Lanes { waiting: Mutex::default(), changed: Condvar::new(), config });
        let mut pool = Self { lanes, threads: Vec::new(), counters: Arc::default() };
        for number in 0..config.workers.get() {
            let worker = Worker { memory: Vec::new(), counters: Arc::clone(&pool.counters) };
            let lanes = Arc::clone(&pool.lanes);
            let thread = thread::Builder::new().name(format!("hashing-{number}"));
            pool.threads.push(thread.spawn(move || worker.serve(&lanes))?);
        }
        Ok(pool)
    }

    /// The pool's statistics since its start.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        let Counters { depth, hashes, refused_full, refused_late, abandoned, done, waited_nanos, worked_nanos } =
            &*self.counters;
        PoolStats {
            depth: depth.load(Ordering::Relaxed),
            hashes: hashes.load(Ordering::Relaxed),
            refused_full: refused_full.load(Ordering::Relaxed),
            refused_late: refused_late.load(Ordering::Relaxed),
            abandoned: abandoned.load(Ordering::Relaxed),
            done: done.load(Ordering::Relaxed),
            waited: Duration::from_nanos(waited_nanos.load(Ordering::Relaxed)),
            worked: Duration::from_nanos(worked_nanos.load(Ordering::Relaxed)),
        }
    }

    /// Runs `work` on one of the threads. Dropping the future cancels the job, if it has not begun.
    pub(super) async fn run<T, F>(&self, lane: Lane, work: F) -> Result<T, HashingError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Worker) -> T + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let (asked_at, max_wait) = (Instant::now(), self.lanes.config.max_wait);
        let work: Work = Box::new(move |worker| {
            worker.counters.depth.fetch_sub(1, Ordering::Relaxed);
            let waited = asked_at.elapsed();
            if answer.is_canceled() {
                worker.counters.abandoned.fetch_add(1, Ordering::Relaxed);
            } else if waited > max_wait {
                worker.counters.refused_late.fetch_add(1, Ordering::Relaxed);
                let _nobody_waits = answer.send(Err(HashingError::Overloaded));
            } else {
                let done = work(worker);
                worker.counters.add_done(waited, asked_at.elapsed().saturating_sub(waited));
                let _nobody_waits = answer.send(Ok(done));
            }
        });
        self.counters.depth.fetch_add(1, Ordering::Relaxed);
        if let Err(refusal) = self.lanes.add(lane, Job { asked_at, work }) {
            self.counters.depth.fetch_sub(1, Ordering::Relaxed);
            self.counters.refused_full.fetch_add(1, Ordering::Relaxed);
            return Err(refusal);
        }
        answered.await.unwrap_or(Err(HashingError::Failed))
    }
}

/// Lets the threads finish what is queued, and waits for them; each wipes its memory.
impl Drop for WorkerPool {
    fn drop(&mut self) {
        self.lanes.close();
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}

impl fmt::Debug for WorkerPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (config, stats) = (self.lanes.config, self.stats());
        f.debug_struct("WorkerPool").field("config", &config).field("stats", &stats).finish_non_exhaustive()
    }
}

/// The inputs of an Argon2 hash, beside its parameters.
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
    fn serve(mut self, lanes: &Lanes) {
        while let Some((lane, job)) = lanes.next() {
            // A panic in a job drops its answer, which its caller sees; the thread goes on.
            let _panicked = catch_unwind(AssertUnwindSafe(|| (job.work)(&mut self)));
            lanes.finish(lane);
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

    /// Wipes and frees the memory that a hash more expensive than `usual` needed.
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

    use super::Lane::{NewPassword, Verification};
    use super::*;

    fn pool(queue: usize, max_wait: Duration) -> WorkerPool {
        let new_passwords = queue;
        WorkerPool::start(PoolConfig { workers: NonZeroUsize::MIN, queue, new_passwords, max_wait }).unwrap()
    }

    fn two_workers() -> WorkerPool {
        let usual = PoolConfig::for_workers(NonZeroUsize::new(2).unwrap());
        WorkerPool::start(PoolConfig { new_passwords: 3, max_wait: PATIENT, ..usual }).unwrap()
    }

    const PATIENT: Duration = Duration::from_hours(1);

    /// Keeps a worker busy until the returned sender is dropped.
    fn occupy(pool: &WorkerPool, lane: Lane) -> std::sync::mpsc::Sender<()> {
        let (began, has_begun) = channel();
        let (release, released) = channel::<()>();
        let mut job = std::pin::pin!(pool.run(lane, move |_| {
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
        assert_eq!(block_on(pool(1, PATIENT).run(Verification, |_| 6 * 7)), Ok(42));
    }

    #[test]
    fn the_time_that_a_job_waited_is_told_from_the_time_that_it_took() {
        let start = Instant::now();
        let pool = pool(2, PATIENT);
        let release = occupy(&pool, Verification);
        let mut waiting = Box::pin(pool.run(Verification, |_| ()));
        assert!(poll_once(&mut waiting.as_mut()).is_pending());
        let (asked_at, a_moment) = (Instant::now(), Duration::from_millis(5));
        while asked_at.elapsed() < a_moment {}
        drop(release);
        block_on(waiting).unwrap();
        let stats = pool.stats();
        assert_eq!(stats.done, 2);
        assert!(stats.worked >= a_moment, "the first one took as long: {stats:?}");
        assert!(stats.waited >= a_moment, "the second one waited as long: {stats:?}");
        assert!(stats.worked + stats.waited <= 2 * start.elapsed(), "{stats:?}");
    }

    #[test]
    fn a_full_queue_turns_work_away_at_once() {
        let pool = pool(2, PATIENT);
        let release = occupy(&pool, Verification);
        let (mut one, mut two) = (Box::pin(pool.run(Verification, |_| 1)), Box::pin(pool.run(Verification, |_| 2)));
        assert!(poll_once(&mut one.as_mut()).is_pending());
        assert!(poll_once(&mut two.as_mut()).is_pending());
        assert_eq!(pool.stats().depth, 2);
        assert_eq!(block_on(pool.run(Verification, |_| 3)), Err(HashingError::Overloaded));
        assert_eq!(pool.stats().refused_full, 1);
        drop(release);
        assert_eq!((block_on(one), block_on(two)), (Ok(1), Ok(2)));
        assert_eq!(pool.stats().depth, 0);
    }

    #[test]
    fn a_verification_never_waits_for_new_passwords_where_there_are_two_threads() {
        let pool = two_workers();
        let release = occupy(&pool, NewPassword);
        let mut waiting: Vec<_> = (0..3).map(|number| Box::pin(pool.run(NewPassword, move |_| number))).collect();
        assert!(waiting.iter_mut().all(|job| poll_once(&mut job.as_mut()).is_pending()));
        assert_eq!(block_on(pool.run(NewPassword, |_| 3)), Err(HashingError::Overloaded), "their lane is full");
        // The other thread takes none of them, and is free for verifications.
        for number in 0..100 {
            assert_eq!(block_on(pool.run(Verification, move |_| number)), Ok(number));
        }
        assert_eq!(pool.stats().depth, 3);
        drop(release);
        for (number, job) in waiting.into_iter().enumerate() {
            assert_eq!(block_on(job), Ok(number));
        }
    }

    #[test]
    fn verifications_go_before_new_passwords_where_there_is_one_thread() {
        let pool = pool(9, PATIENT);
        let release = occupy(&pool, NewPassword);
        let (tell, told) = channel();
        let mut jobs = Vec::new();
        for (lane, name) in [(NewPassword, 'n'), (NewPassword, 'm'), (Verification, 'v'), (Verification, 'w')] {
            let tell = tell.clone();
            let mut job = Box::pin(pool.run(lane, move |_| tell.send(name).unwrap()));
            assert!(poll_once(&mut job.as_mut()).is_pending());
            jobs.push(job);
        }
        drop(release);
        for job in jobs {
            block_on(job).unwrap();
        }
        assert_eq!(told.try_iter().collect::<String>(), "vwnm");
    }

    #[test]
    fn new_passwords_that_waited_too_long_are_told_so_before_any_verification() {
        let usual = PoolConfig::for_workers(NonZeroUsize::MIN);
        for (max_wait, first) in [(Duration::ZERO, NewPassword), (PATIENT, Verification)] {
            let config = PoolConfig { max_wait, ..usual };
            let lanes = Lanes { waiting: Mutex::default(), changed: Condvar::new(), config };
            lanes.lock().busy_with_new_passwords = 1;
            for lane in [Verification, NewPassword] {
                lanes.add(lane, Job { asked_at: Instant::now(), work: Box::new(|_| ()) }).unwrap();
            }
            let taken = lanes.take(&mut lanes.lock()).map(|(lane, _)| lane);
            assert_eq!(taken, Some(first));
        }
    }

    #[test]
    fn a_job_that_waited_too_long_is_turned_away() {
        let pool = pool(1, Duration::ZERO);
        // With a `max_wait` of zero, every job has waited too long.
        assert_eq!(block_on(pool.run(Verification, |_| 1)), Err(HashingError::Overloaded));
        assert_eq!((pool.stats().refused_late, pool.stats().hashes), (1, 0));
    }

    #[test]
    fn a_job_whose_asker_has_gone_is_skipped() {
        let pool = pool(2, PATIENT);
        let release = occupy(&pool, Verification);
        let (tell, told) = channel();
        let mut gone = Box::pin(pool.run(Verification, move |_| tell.send(()).unwrap()));
        assert!(poll_once(&mut gone.as_mut()).is_pending());
        drop(gone);
        drop(release);
        assert_eq!(block_on(pool.run(Verification, |_| 1)), Ok(1));
        assert!(told.recv().is_err());
        assert_eq!(pool.stats().abandoned, 1);
    }

    #[test]
    fn a_pool_that_is_dropped_waits_for_what_has_begun() {
        let pool = pool(1, PATIENT);
        let release = occupy(&pool, Verification);
        let (tell, told) = channel();
        let mut last = Box::pin(pool.run(Verification, move |_| tell.send(()).unwrap()));
        assert!(poll_once(&mut last.as_mut()).is_pending());
        // The caller has dropped this job, so it is skipped; the threads end all the same.
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
        assert_eq!(
            block_on(pool.run(Verification, |_| panic!("as this test wants it"))),
            Err::<(), _>(HashingError::Failed)
        );
        assert_eq!(block_on(pool.run(Verification, |_| 1)), Ok(1));
    }

    #[test]
    fn memory_is_used_again_and_what_was_dear_is_given_back() {
        let pool = pool(1, PATIENT);
        let capacities = block_on(pool.run(Verification, |worker| {
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
