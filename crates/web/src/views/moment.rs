use doorward_domain::Timestamp;
use rocket::serde::Serialize;
use time::OffsetDateTime;
use time::macros::format_description;

/// A time in UTC, for `<time datetime>` and in the parts that a language puts together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct Moment {
    /// “2026-11-23T22:40:05Z”.
    pub machine: String,
    /// The year.
    pub year: i32,
    /// From 1 to 12.
    pub month: u8,
    /// From 1 to 31.
    pub day: u8,
    /// “22:40”.
    pub time: String,
}

impl Moment {
    /// Splits this time into its parts.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        let micros = i128::from(at.as_unix_micros());
        let time = OffsetDateTime::from_unix_timestamp_nanos(micros * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let machine = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
        Self {
            machine: time.format(machine).unwrap_or_default(),
            year: time.year(),
            month: time.month().into(),
            day: time.day(),
            time: time.format(format_description!("[hour]:[minute]")).unwrap_or_default(),
        }
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
            moment,
            Moment {
                machine: "2026-01-01T00:00:05Z".to_owned(),
                year: 2026,
                month: 1,
                day: 1,
                time: "00:00".to_owned()
            }
        );
    }

    #[test]
    fn a_time_that_cannot_be_is_written_all_the_same() {
        for micros in [i64::MIN, i64::MAX] {
            assert!(!Moment::of(Timestamp::from_unix_micros(micros)).machine.is_empty());
        }
    }
}
