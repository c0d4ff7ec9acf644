//! Browsers that have logged in to an account before: attempts by strangers hold none of them up (OWASP, Slow Down Online
//! Guessing Attacks with Device Cookies).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::client::Client;
use crate::clock::Timestamp;
use crate::entropy::{Entropy, EntropyError};
pub use crate::id::KnownDeviceId;
use crate::user::UserId;

/// A browser that has logged in to an account. It opens no session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KnownDevice {
    /// Names it; no secret.
    pub id: KnownDeviceId,
    /// The user whose account knows it.
    pub user_id: UserId,
    /// The client of the last log-in.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serialized::but_for_the_browser"))]
    pub client: Client,
    /// When the first log-in was.
    pub created_at: Timestamp,
    /// When the last log-in was.
    pub last_log_in_at: Timestamp,
    /// Until when no second factor is asked for on it; `None` if one is. A change of the account's factors makes it `None`.
    pub trusted_until: Option<Timestamp>,
}

impl KnownDevice {
    /// The most devices that an account has; with one more, the one whose last log-in is longest ago is forgotten. Users
    /// have fewer, even with browsers that forget their cookies.
    pub const MOST: u32 = 100;

    /// Whether no second factor is asked for on it at this time.
    #[must_use]
    pub fn is_trusted_at(&self, now: Timestamp) -> bool {
        self.trusted_until.is_some_and(|until| now < until)
    }
}

/// The secret by which a browser is known to one account: 256 random bits.
#[derive(Clone)]
struct DeviceToken(Zeroizing<[u8; DeviceTokens::BYTES]>);

/// The secrets by which a browser is known, one for each account that it has logged in to, latest first: kept by the browser
/// itself, in a cookie of its own. Sign or encrypt it.
///
/// ```
/// use doorward_domain::DeviceTokens;
///
/// assert_eq!(DeviceTokens::parse("whatever is none").expose_secret(), "");
/// ```
#[derive(Clone, Default)]
pub struct DeviceTokens(Vec<DeviceToken>);

impl DeviceTokens {
    /// The most accounts that a browser is known to, the latest ones: about 500 bytes of encrypted cookie, and 8 keys in one
    /// read.
    pub const MOST: usize = 8;

    /// Bytes of one secret.
    const BYTES: usize = 32;

    /// Reads the text that [`expose_secret`](Self::expose_secret) made. Any other text holds no secrets.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(value).unwrap_or_default());
        let (tokens, []) = bytes.as_chunks() else { return Self::default() };
        Self(tokens.iter().take(Self::MOST).map(|token| DeviceToken(Zeroizing::new(*token))).collect())
    }

    /// The value of the cookie. Put it nowhere else.
    #[must_use]
    pub fn expose_secret(&self) -> String {
        let bytes: Vec<u8> = self.0.iter().flat_map(|token| *token.0).collect();
        URL_SAFE_NO_PAD.encode(Zeroizing::new(bytes))
    }

    /// The keys under which a store would have this browser for an account; none if it has never logged in.
    pub(crate) fn keys_for(&self, user: UserId) -> Vec<DeviceKey> {
        self.0.iter().map(|token| token.key_for(user)).collect()
    }

    /// These secrets with a new one, for this account, and its key.
    ///
    /// Each account has a secret of its own: an attacker who plants a cookie of theirs in a user's browser learns none of
    /// those that are drawn there.
    pub(crate) fn with_new(&self, user: UserId, entropy: &impl Entropy) -> Result<(Self, DeviceKey), EntropyError> {
        let mut token = DeviceToken(Zeroizing::new([0; Self::BYTES]));
        entropy.fill(token.0.as_mut())?;
        let key = token.key_for(user);
        let tokens = std::iter::once(token).chain(self.0.iter().cloned()).take(Self::MOST).collect();
        Ok((Self(tokens), key))
    }
}

impl fmt::Debug for DeviceTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceTokens([redacted])")
    }
}

impl DeviceToken {
    fn key_for(&self, user: UserId) -> DeviceKey {
        DeviceKey(Sha256::new().chain_update(*self.0).chain_update(user.as_uuid().as_bytes()).finalize().into())
    }
}

/// The SHA-256 of a device's secret and its account: unique in a store, and useless to a thief.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceKey([u8; 32]);

impl DeviceKey {
    /// The 32 bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key as stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::SeededEntropy;

    const NOON: Timestamp = Timestamp::from_unix_micros(1_767_225_600_000_000);

    #[test]
    fn each_account_has_a_secret_of_its_own_and_the_latest_are_kept() {
        let entropy = SeededEntropy::default();
        let users: Vec<_> = (0..=DeviceTokens::MOST).map(|_| UserId::new(NOON, &entropy).unwrap()).collect();
        let (mut tokens, mut keys) = (DeviceTokens::default(), Vec::new());
        for user in &users {
            let (more, key) = tokens.with_new(*user, &entropy).unwrap();
            (tokens, keys) = (DeviceTokens::parse(&more.expose_secret()), [keys, vec![key]].concat());
        }
        let known: Vec<_> =
            std::iter::zip(&users, &keys).map(|(user, key)| tokens.keys_for(*user).contains(key)).collect();
        assert_eq!(known, [&[false][..], &[true; DeviceTokens::MOST]].concat());
        assert!(!tokens.keys_for(users[1]).contains(&keys[2]), "it is a key for one account alone");
        assert_eq!(DeviceTokens::default().keys_for(users[0]), []);
    }

    #[test]
    fn debug_shows_nothing_of_a_secret_or_its_key() {
        let entropy = SeededEntropy::default();
        let (tokens, key) = DeviceTokens::default().with_new(UserId::new(NOON, &entropy).unwrap(), &entropy).unwrap();
        assert_eq!(format!("{tokens:?} {key:?}"), "DeviceTokens([redacted]) DeviceKey([redacted])");
    }

    proptest! {
        #[test]
        fn any_cookie_value_is_read_without_harm(value in "\\PC{0,300}|[A-Za-z0-9_-]{0,400}") {
            let tokens = DeviceTokens::parse(&value);
            prop_assert!(tokens.0.len() <= DeviceTokens::MOST);
            let again = DeviceTokens::parse(&tokens.expose_secret());
            prop_assert_eq!(again.expose_secret(), tokens.expose_secret());
        }
    }
}
