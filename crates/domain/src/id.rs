//! How rows are named: version 7 UUIDs (RFC 9562 §5.7), made by the domain, which sort by time. An id is no secret and proves
//! nothing: it may be shown and logged.

use std::fmt;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entropy::{Entropy, EntropyError};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id for something that begins at `now`.
            ///
            /// # Errors
            /// [`EntropyError`] when the source of randomness fails.
            pub fn new(now: Timestamp, entropy: &impl Entropy) -> Result<Self, EntropyError> {
                uuid_v7(now, entropy).map(Self)
            }

            /// Reads an id as a form or an address carries it. `None` for text that is no UUID.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }

            /// The id as stored.
            #[must_use]
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The id to store.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// Names a user for ever, also when the username changes. Sorts by time of sign-up.
    UserId;
    /// Names a session. The session's token is the secret; this is not.
    SessionId;
    /// Names something that happened. Later ones are greater.
    ActivityId;
    /// Names a mail. Later ones are greater.
    MailId;
    /// Names a device that is known to an account. Its token is the secret; this is not.
    KnownDeviceId;
    /// Names a browser until it is closed, so that a form that it sends twice counts once. Keep it in a signed or encrypted
    /// cookie: [`SiteCookies::set_browser`](crate::browser::cookie::SiteCookies::set_browser).
    BrowserId;
    /// Names a passkey. Its authenticator knows it by its credential id.
    PasskeyId;
}

impl ActivityId {
    /// Less than every id of `at`'s millisecond and later, greater than every id before it.
    #[must_use]
    pub fn floor(at: Timestamp) -> Self {
        let millis = u64::try_from(at.as_unix_micros() / 1_000).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
    }
}

/// A UUID of `now`, exact to the microsecond (RFC 9562 §6.2, method 3), and 62 random bits.
fn uuid_v7(now: Timestamp, entropy: &impl Entropy) -> Result<Uuid, EntropyError> {
    let mut random = [0; 10];
    entropy.fill(&mut random)?;
    let micros = u64::try_from(now.as_unix_micros()).unwrap_or(0);
    let (millis, micros) = (micros / 1_000, micros % 1_000);
    if let (Ok(micros), Some(fraction)) = (u16::try_from(micros * 4_096 / 1_000), random.first_chunk_mut()) {
        *fraction = micros.to_be_bytes();
    }
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;

    #[test]
    fn ids_are_version_7_and_sort_by_time() {
        let entropy = SeededEntropy::default();
        let early = UserId::new(Timestamp::from_unix_micros(1_700_000_000_000_000), &entropy).unwrap();
        let late = UserId::new(Timestamp::from_unix_micros(1_700_000_000_001_000), &entropy).unwrap();
        assert!(early < late);
        assert_eq!(early.to_string(), early.as_uuid().to_string());
        assert_eq!(early.as_uuid().get_version_num(), 7);
        assert_eq!(early.as_uuid().get_timestamp().unwrap().to_unix(), (1_700_000_000, 0));
        assert_eq!(UserId::from_uuid(early.as_uuid()), early);
    }

    #[test]
    fn ids_of_one_millisecond_sort_by_microsecond() {
        let entropy = SeededEntropy::default();
        let at =
            |micros: i64| UserId::new(Timestamp::from_unix_micros(1_700_000_000_000_000 + micros), &entropy).unwrap();
        let ids: Vec<_> = (0..1_001).map(at).collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]));
        // 500 µs are half of the 4096 parts of a millisecond.
        assert_eq!(at(500).as_uuid().as_bytes()[6..8], [0x78, 0x00]);
    }

    #[test]
    fn a_time_before_1970_makes_an_id_all_the_same() {
        assert!(UserId::new(Timestamp::from_unix_micros(-5), &SeededEntropy::default()).is_ok());
    }

    #[test]
    fn an_id_is_read_as_it_is_written() {
        let id = SessionId::new(Timestamp::from_unix_micros(1), &SeededEntropy::default()).unwrap();
        assert_eq!(SessionId::parse(&id.to_string()), Some(id));
        assert_eq!(SessionId::parse("soon"), None);
    }

    #[test]
    fn a_floor_lies_between_the_milliseconds() {
        let entropy = SeededEntropy::default();
        let id = |micros| ActivityId::new(Timestamp::from_unix_micros(micros), &entropy).unwrap();
        let floor = ActivityId::floor(Timestamp::from_unix_micros(1_700_000_000_001_500));
        assert!(id(1_700_000_000_000_999) < floor);
        assert!(floor < id(1_700_000_000_001_000));
    }
}
