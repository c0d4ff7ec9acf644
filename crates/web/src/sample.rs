//! Limits log lines that a stranger can cause: a few are logged each minute, with the number of the others.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The first few of each minute.
#[derive(Debug, Default)]
pub(crate) struct Sample(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    began: Option<Instant>,
    taken: u32,
    left_out: u64,
}

impl Sample {
    /// Enough to see what happens, and few enough that an attacker cannot fill a disk.
    const MOST: u32 = 10;
    const PERIOD: Duration = Duration::from_mins(1);

    /// Whether this one is logged. If it is, returns how many were left out since the last logged one.
    pub(crate) fn take(&self, now: Instant) -> Option<u64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.began.is_none_or(|began| now.duration_since(began) >= Self::PERIOD) {
            (window.began, window.taken) = (Some(now), 0);
        }
        if window.taken == Self::MOST {
            window.left_out += 1;
            return None;
        }
        window.taken += 1;
        Some(std::mem::take(&mut window.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ten_of_a_minute_are_taken_and_the_others_counted() {
        let (sample, now) = (Sample::default(), Instant::now());
        let taken: Vec<_> = (0..100).filter_map(|_| sample.take(now)).collect();
        assert_eq!(taken, [0; 10]);
        let later = now + Sample::PERIOD;
        assert_eq!(sample.take(later.checked_sub(Duration::from_millis(1)).unwrap()), None);
        assert_eq!((sample.take(later), sample.take(later)), (Some(91), Some(0)));
    }
}
