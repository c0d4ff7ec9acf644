//! Users: what is known of somebody who signed up.

use std::fmt;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entropy::{Entropy, EntropyError};
use crate::password::PasswordHash;
use crate::username::Username;

/// Somebody who signed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Names the user for ever, also when the username changes.
    pub id: UserId,
    /// The name to log in with and to show.
    pub username: Username,
    /// Whether the user may log in.
    pub standing: Standing,
    /// When the account was created.
    pub created_at: Timestamp,
}

/// Whether a user may log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// May log in.
    Active,
    /// May not log in, and no session of theirs counts; the account and its name stay.
    Closed,
}

/// A user together with the password hash: what a store returns for a log-in, and for nothing else.
#[derive(Debug, Clone)]
pub struct StoredUser {
    /// The user.
    pub user: User,
    /// The hash to verify a password against.
    pub password_hash: PasswordHash,
    /// Which password it is: 0 at first, one more with each change. Making the hash of the same password anew does not
    /// count.
    pub password_version: i64,
}

/// A user about to be stored; always [`Standing::Active`].
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The id, chosen by the domain.
    pub id: UserId,
    /// The name, whose [`key`](Username::key) must be unique.
    pub username: Username,
    /// The hash of the password.
    pub password_hash: PasswordHash,
    /// The time of sign-up.
    pub created_at: Timestamp,
}

/// Names a user for ever: a version 7 UUID (RFC 9562 §5.7), which sorts by time of sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(Uuid);

impl UserId {
    /// A new id for something that begins at `now`.
    ///
    /// # Errors
    /// [`EntropyError`] when there is no randomness to be had.
    pub fn new(now: Timestamp, entropy: &impl Entropy) -> Result<Self, EntropyError> {
        uuid_v7(now, entropy).map(Self)
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

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A UUID of `now`, exact to the microsecond (RFC 9562 §6.2, method 3), and 62 random bits.
pub(crate) fn uuid_v7(now: Timestamp, entropy: &impl Entropy) -> Result<Uuid, EntropyError> {
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
}
