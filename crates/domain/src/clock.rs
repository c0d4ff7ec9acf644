//! The port to the time, and the one form in which times are kept.

use std::sync::Arc;
use std::time::Duration;

/// A moment: microseconds since 1970-01-01 00:00 UTC.
///
/// An integer, because the databases disagree about everything else: MariaDB cuts a timestamp to whole seconds,
/// PostgreSQL to microseconds, SQLite keeps text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many microseconds after 1970-01-01 00:00 UTC.
    #[must_use]
    pub const fn from_unix_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01 00:00 UTC.
    #[must_use]
    pub const fn as_unix_micros(self) -> i64 {
        self.0
    }

    /// How long ago `earlier` was; zero when it lies ahead, as after a clock was set back.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The moment `later` after this one, or the last that can be told.
    #[must_use]
    pub fn plus(self, later: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(later.as_micros()).unwrap_or(i64::MAX)))
    }

    /// The moment `earlier` before this one, or the first that can be told.
    #[must_use]
    pub fn minus(self, earlier: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(earlier.as_micros()).unwrap_or(i64::MAX)))
    }
}

/// Tells the time. `system::SystemClock` asks the operating system; tests move `testing::ManualClock` by hand.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// A shared clock, so that a service can choose its clock when it starts: `AuthService<S, Arc<dyn Clock>, E>`.
impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_back_shows_no_time_passed() {
        let (early, late) = (Timestamp::from_unix_micros(1), Timestamp::from_unix_micros(8));
        assert_eq!(late.since(early), Duration::from_micros(7));
        assert_eq!(early.since(late), Duration::ZERO);
    }

    #[test]
    fn adding_and_taking_away_never_overflow() {
        assert_eq!(Timestamp::from_unix_micros(5).minus(Duration::from_micros(2)).as_unix_micros(), 3);
        assert_eq!(Timestamp::from_unix_micros(-9).minus(Duration::MAX).as_unix_micros(), i64::MIN);
        assert_eq!(Timestamp::from_unix_micros(5).plus(Duration::from_micros(2)).as_unix_micros(), 7);
        assert_eq!(Timestamp::from_unix_micros(1).plus(Duration::MAX).as_unix_micros(), i64::MAX);
    }
}
