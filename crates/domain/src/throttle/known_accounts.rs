use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::user::UserId;

/// The accounts that somebody logged in to in this browser before, and when last: kept by the browser itself, in a cookie
/// of its own. For each of them it is a known device, which strangers cannot keep out (OWASP, Slow Down Online Guessing
/// Attacks with Device Cookies).
///
/// What the cookie says is believed. Sign or encrypt it, so that nobody else can write one.
///
/// ```
/// use doorward_domain::throttle::KnownAccounts;
///
/// assert_eq!(KnownAccounts::parse("whatever is none"), KnownAccounts::default());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownAccounts(Vec<(UserId, Timestamp)>);

/// Bytes of one account: its id, and when.
const ENTRY: usize = 24;

impl KnownAccounts {
    /// The most accounts that a browser remembers, the latest ones: about 400 bytes of encrypted cookie.
    pub const MOST: usize = 8;

    /// Reads what [`to_value`](Self::to_value) made. What it cannot read knows no account.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let bytes = URL_SAFE_NO_PAD.decode(value).unwrap_or_default();
        let (entries, []) = bytes.as_chunks::<ENTRY>() else { return Self::default() };
        let entry = |entry: &[u8; ENTRY]| -> Option<(UserId, Timestamp)> {
            let (id, at) = entry.split_first_chunk()?;
            let at = Timestamp::from_unix_micros(i64::from_be_bytes(at.try_into().ok()?));
            Some((UserId::from_uuid(Uuid::from_bytes(*id)), at))
        };
        Self(entries.iter().take(Self::MOST).filter_map(entry).collect())
    }

    /// The value of the cookie.
    #[must_use]
    pub fn to_value(&self) -> String {
        let entry = |(id, at): &(UserId, Timestamp)| {
            [&id.as_uuid().as_bytes()[..], &at.as_unix_micros().to_be_bytes()[..]].concat()
        };
        URL_SAFE_NO_PAD.encode(self.0.iter().flat_map(entry).collect::<Vec<u8>>())
    }

    /// Whether somebody logged in to this account in this browser, within so long.
    #[must_use]
    pub fn know(&self, user: UserId, now: Timestamp, within: Duration) -> bool {
        self.0.iter().any(|&(known, at)| known == user && now.since(at) < within)
    }

    /// With a log-in to this account, just now.
    #[must_use]
    pub fn with(&self, user: UserId, now: Timestamp) -> Self {
        let others = self.0.iter().copied().filter(|(known, _)| *known != user);
        Self(std::iter::once((user, now)).chain(others).take(Self::MOST).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::SeededEntropy;

    const NOON: Timestamp = Timestamp::from_unix_micros(1_767_225_600_000_000);
    const DAY: Duration = Duration::from_hours(24);

    fn users(count: usize) -> Vec<UserId> {
        let entropy = SeededEntropy::default();
        (0..count).map(|_| UserId::new(NOON, &entropy).unwrap()).collect()
    }

    #[test]
    fn an_account_is_known_for_so_long_and_others_are_not() {
        let [ada, bob] = users(2).try_into().unwrap();
        let known = KnownAccounts::parse(&KnownAccounts::default().with(ada, NOON).to_value());
        let just_before = NOON.plus(DAY).minus(Duration::from_micros(1));
        assert!(known.know(ada, NOON, DAY) && known.know(ada, just_before, DAY));
        assert!(!known.know(ada, NOON.plus(DAY), DAY) && !known.know(bob, NOON, DAY));
        assert!(known.with(ada, NOON.plus(DAY)).know(ada, NOON.plus(DAY), DAY));
    }

    #[test]
    fn the_latest_accounts_are_remembered_each_once() {
        let users = users(KnownAccounts::MOST + 1);
        let all = users.iter().fold(KnownAccounts::default(), |known, user| known.with(*user, NOON));
        let known: Vec<_> = users.iter().map(|user| all.know(*user, NOON, DAY)).collect();
        assert_eq!(known, [&[false][..], &[true; KnownAccounts::MOST]].concat());
        let again = all.with(users[3], NOON);
        assert_eq!(again.with(users[3], NOON), again);
        assert!(again.know(users[1], NOON, DAY));
    }

    proptest! {
        #[test]
        fn whatever_a_cookie_holds_is_read_without_harm(value in "\\PC{0,300}|[A-Za-z0-9_-]{0,300}") {
            let known = KnownAccounts::parse(&value);
            prop_assert!(known.0.len() <= KnownAccounts::MOST);
            prop_assert_eq!(KnownAccounts::parse(&known.to_value()), known);
        }
    }
}
