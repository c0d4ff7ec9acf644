use doorward_domain::Timestamp;
use rocket::serde::Serialize;
use time::OffsetDateTime;
use time::macros::format_description;

/// A time, for a person and for `<time datetime>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct Moment {
    /// “2026-11-23T22:40:05Z”.
    pub machine: String,
    /// “23 November 2026, 22:40 UTC”.
    pub text: String,
}

impl Moment {
    /// How this time is written.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        let micros = i128::from(at.as_unix_micros());
        let time = OffsetDateTime::from_unix_timestamp_nanos(micros * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let machine = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
        let text = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
        Self { machine: time.format(machine).unwrap_or_default(), text: time.format(text).unwrap_or_default() }
    }

    pub(crate) fn sample() -> Self {
        Self::of(Timestamp::from_unix_micros(1_767_225_605_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_for_machines_and_for_people() {
        let moment = Moment::of(Timestamp::from_unix_micros(1_767_225_605_999_999));
        assert_eq!(
            (moment.machine.as_str(), moment.text.as_str()),
            ("2026-01-01T00:00:05Z", "1 January 2026, 00:00 UTC")
        );
    }

    #[test]
    fn a_time_that_cannot_be_is_written_all_the_same() {
        for micros in [i64::MIN, i64::MAX] {
            assert!(!Moment::of(Timestamp::from_unix_micros(micros)).text.is_empty());
        }
    }
}
