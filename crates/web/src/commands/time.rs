use std::fmt;

use doorward_domain::Timestamp;
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A time as RFC 3339 writes it, in UTC: to the second for people, to the microsecond for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time(pub(super) Timestamp);

impl Time {
    /// Parses a time as RFC 3339 writes it, in any time zone, from 1970 on. Fractions of a microsecond are dropped.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let nanos = OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp_nanos();
        let micros = i64::try_from(nanos.div_euclid(1_000)).ok().filter(|micros| *micros >= 0)?;
        Some(Self(Timestamp::from_unix_micros(micros)))
    }

    fn date(self) -> OffsetDateTime {
        let micros = i128::from(self.0.as_unix_micros());
        OffsetDateTime::from_unix_timestamp_nanos(micros * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to_the_second = self.date().replace_nanosecond(0).map_err(|_| fmt::Error)?;
        f.write_str(&to_the_second.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.date().format(&Rfc3339).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_is_written_to_the_second_for_people_and_exactly_for_programs() {
        let time = Time(Timestamp::from_unix_micros(1_767_225_605_123_450));
        assert_eq!(time.to_string(), "2026-01-01T00:00:05Z");
        assert_eq!(serde_json::to_string(&time).unwrap(), "\"2026-01-01T00:00:05.12345Z\"");
    }

    #[test]
    fn any_time_zone_is_read_and_no_time_before_1970() {
        let read = |text| Time::parse(text).map(|time| time.0.as_unix_micros());
        assert_eq!(read("1970-01-01T01:00:00.0000019+01:00"), Some(1));
        for unfit in
            ["", "now", "2026-01-01", "2026-13-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00"]
        {
            assert_eq!(read(unfit), None, "{unfit}");
        }
    }

    proptest! {
        #[test]
        fn a_time_written_for_programs_is_read_again(micros in 0_i64..253_402_300_800_000_000) {
            let time = Time(Timestamp::from_unix_micros(micros));
            let written: String = serde_json::from_value(serde_json::to_value(time).unwrap()).unwrap();
            prop_assert_eq!(Time::parse(&written), Some(time));
        }

        #[test]
        fn any_text_is_read_as_a_time_without_harm(text in "\\PC{0,40}") {
            let _nothing_breaks = Time::parse(&text);
        }
    }
}
