//! How long to wait.

use std::time::Duration;

use rocket::serde::Serialize;

/// How long to wait until another attempt, in the largest unit that says it well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct WaitView {
    /// The number of units, at least 1.
    pub count: u64,
    /// `second`, `minute` or `hour`.
    pub unit: &'static str,
}

impl WaitView {
    /// The time to wait, rounded up, so that visitors do not come back too soon.
    #[must_use]
    pub const fn of(wait: Duration) -> Self {
        let seconds = match wait.as_secs() {
            0 => 1,
            seconds => seconds,
        };
        let (count, unit) = match seconds {
            ..=90 => (seconds, "second"),
            91..=5_400 => (seconds.div_ceil(60), "minute"),
            _ => (seconds.div_ceil(3_600), "hour"),
        };
        Self { count, unit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_the_unit_that_people_use_and_never_too_short() {
        for (seconds, count, unit) in [
            (0, 1, "second"),
            (1, 1, "second"),
            (90, 90, "second"),
            (91, 2, "minute"),
            (120, 2, "minute"),
            (3_600, 60, "minute"),
            (5_401, 2, "hour"),
        ] {
            let wait = WaitView::of(Duration::from_secs(seconds));
            assert_eq!(wait, WaitView { count, unit }, "{seconds}");
        }
    }
}
