use std::time::Duration;

use crate::clock::Timestamp;

/// How often something may be tried: the state machine of one counter, which begins without a state.
///
/// ```text
/// Backoff   tried ──fewer than `free` times──▶ may be tried at once
///             └──more often──▶ waits 1 s, 2 s, 4 s … `longest` ──▶ may be tried once
///           forgotten 15 minutes and 24 times its last wait after it was last tried
///
/// Rate      up to `attempts` at once, then one every `period / attempts`
///           forgotten when it would allow `attempts` at once again
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The first `free` attempts need no wait; before each further one comes a wait twice as long as the last (OWASP
    /// Authentication Cheat Sheet: exponential, from one second; NIST SP 800-63B-4 §3.2.2).
    Backoff {
        /// Attempts without a wait.
        free: u32,
        /// The longest wait.
        longest: Duration,
    },
    /// `attempts` in a period, and at most twice as many in any one (the generic cell rate algorithm of ITU-T I.371).
    Rate {
        /// The number of attempts, at least 1.
        attempts: u32,
        /// The period.
        period: Duration,
    },
}

/// The state of a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CounterState {
    /// How many attempts it has counted.
    pub attempts: u32,
    /// When the next attempt may be made.
    pub free_at: Timestamp,
    /// When it is forgotten, as if it had never existed.
    pub forgotten_at: Timestamp,
}

impl Limit {
    /// The first wait of a backoff.
    pub const FIRST_WAIT: Duration = Duration::from_secs(1);

    /// How long after its last attempt a backoff is remembered that never had to wait: free attempts that are this far
    /// apart never lead to a wait.
    pub const MEMORY: Duration = Duration::from_mins(15);

    /// A backoff is remembered for this many times its last wait in addition: a day for an hour.
    pub const MEMORY_OF_WAIT: u32 = 24;

    /// How far the clocks of instances may be apart; those that are kept by NTP differ by less than a second. A state that lies
    /// further ahead was counted before a clock was set back, and is no longer waited for: otherwise a clock that is set back
    /// by ten minutes, as after a virtual machine slept, would keep out for ten minutes every user who logged in just before.
    pub const CLOCK_SKEW: Duration = Duration::from_mins(1);

    /// Counts an attempt.
    ///
    /// # Errors
    /// The moment until which the next attempt has to wait; this one does not count.
    pub fn count(self, state: Option<CounterState>, now: Timestamp) -> Result<CounterState, Timestamp> {
        let state = state.filter(|state| state.forgotten_at > now).map(|state| self.brought_back(state, now));
        let state = state.unwrap_or(CounterState { attempts: 0, free_at: now, forgotten_at: now });
        // Of two concurrent attempts, the one counted first may have read the clock last: free attempts do not wait for that.
        let is_free = matches!(self, Self::Backoff { .. }) && self.wait_after(state.attempts).is_zero();
        if state.free_at > now && !is_free {
            return Err(state.free_at);
        }
        let attempts = state.attempts.saturating_add(1);
        Ok(match self {
            Self::Backoff { .. } => CounterState {
                attempts,
                free_at: now.plus(self.wait_after(attempts)),
                forgotten_at: now.plus(self.memory_after(attempts)),
            },
            Self::Rate { .. } => {
                let forgotten_at = state.forgotten_at.plus(self.interval());
                CounterState { attempts, free_at: forgotten_at.minus(self.tolerance()), forgotten_at }
            }
        })
    }

    /// The state as it is, unless it lies further ahead than it can.
    fn brought_back(self, state: CounterState, now: Timestamp) -> CounterState {
        let wait = self.wait_after(state.attempts).max(self.interval());
        if state.free_at <= now.plus(wait).plus(Self::CLOCK_SKEW) {
            return state;
        }
        CounterState { free_at: now, forgotten_at: now.plus(self.tolerance()), ..state }
    }

    /// Takes an attempt back that was counted. `None` when nothing is left.
    #[must_use]
    pub fn take_back(self, state: CounterState, now: Timestamp) -> Option<CounterState> {
        let attempts = state.attempts.saturating_sub(1);
        let CounterState { free_at, forgotten_at, .. } = state;
        let (free_at, forgotten_at) = match self {
            Self::Backoff { .. } => (free_at.min(now), forgotten_at),
            Self::Rate { .. } => (free_at.minus(self.interval()), forgotten_at.minus(self.interval())),
        };
        (attempts > 0).then_some(CounterState { attempts, free_at, forgotten_at })
    }

    /// How long to wait after this number of attempts; zero for a rate.
    #[must_use]
    pub fn wait_after(self, attempts: u32) -> Duration {
        let Self::Backoff { free, longest } = self else { return Duration::ZERO };
        let Some(doublings) = attempts.checked_sub(free.max(1)) else { return Duration::ZERO };
        let wait = 2_u32.checked_pow(doublings).map_or(Duration::MAX, |factor| Self::FIRST_WAIT.saturating_mul(factor));
        wait.min(longest)
    }

    /// How long a backoff is remembered after this number of attempts.
    #[must_use]
    pub fn memory_after(self, attempts: u32) -> Duration {
        Self::MEMORY.saturating_add(self.wait_after(attempts).saturating_mul(Self::MEMORY_OF_WAIT))
    }

    /// How long a counter is remembered at most.
    pub(crate) fn longest_memory(self) -> Duration {
        match self {
            Self::Backoff { .. } => self.memory_after(u32::MAX),
            Self::Rate { period, .. } => period,
        }
    }

    /// The time between two attempts of a rate that is used up; zero for a backoff.
    #[must_use]
    pub fn interval(self) -> Duration {
        match self {
            Self::Backoff { .. } => Duration::ZERO,
            Self::Rate { attempts, period } => period / attempts.max(1),
        }
    }

    /// How long before its counter is forgotten a rate lets the next attempt through.
    #[must_use]
    pub fn tolerance(self) -> Duration {
        match self {
            Self::Backoff { .. } => Duration::ZERO,
            Self::Rate { period, .. } => period.saturating_sub(self.interval()),
        }
    }

    /// A rate with `factor` times the attempts; a backoff as it is.
    #[must_use]
    pub(crate) const fn times(self, factor: u32) -> Self {
        match self {
            Self::Backoff { .. } => self,
            Self::Rate { attempts, period } => Self::Rate { attempts: attempts.saturating_mul(factor), period },
        }
    }
}
