//! Tools for tests of the core and of services built on it: a store in memory, a clock moved by hand, randomness that
//! repeats, hashes that take microseconds, a watch that no secret is logged, the contract suite for your own stores, and
//! random visits that compare a store with a model.
//!
//! None of it is under semantic versioning: a new rule of the contract may come with any release.

#[cfg(feature = "passkeys")]
mod authenticator;
mod clock;
#[expect(clippy::expect_used, reason = "a rule that is broken panics, as any assertion does")]
pub mod contract;
mod entropy;
#[cfg(feature = "second-factor")]
#[expect(clippy::expect_used, clippy::panic, reason = "what comes to something else than it should panics")]
mod factor_visits;
#[expect(clippy::expect_used, reason = "what cannot fail, or is the test's mistake, panics")]
pub mod fixtures;
pub(crate) mod log_watch;
mod memory;
mod model;
#[expect(clippy::expect_used, clippy::panic, reason = "what comes to something else than it should panics")]
mod visits;

use std::num::NonZeroUsize;
use std::time::Duration;

#[cfg(feature = "passkeys")]
pub use authenticator::{FakeAuthenticator, FakeVerifier};
pub use clock::ManualClock;
pub use entropy::{NoEntropy, SeededEntropy};
#[cfg(feature = "second-factor")]
pub use factor_visits::{Code, FactorStep, Where, a_second_factor_is_asked_for_exactly_when_the_model_says};
pub use log_watch::keep_out_of_the_log;
pub use memory::MemoryStore;
pub use visits::{Step, Typed, a_cookie_opens_exactly_what_the_model_says};

use crate::password::{HashingCost, PasswordHasher, PoolConfig, WorkerPool};

/// A hasher with the cheapest parameters and two threads, whose callers wait up to a minute on a busy machine.
///
/// # Panics
/// When the operating system cannot start a thread.
#[must_use]
#[expect(clippy::expect_used, reason = "a test without threads has nothing to go on with")]
pub fn cheap_hasher() -> PasswordHasher {
    let workers = NonZeroUsize::MIN.saturating_add(1);
    let config = PoolConfig { max_wait: Duration::from_mins(1), ..PoolConfig::for_workers(workers) };
    let pool = WorkerPool::start(config).expect("threads can be started");
    PasswordHasher::new(HashingCost::cheap(), pool)
}
