use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::client::BrowserId;
use crate::clock::Timestamp;
use crate::entropy::{Entropy, EntropyError};
use crate::session::SessionId;
use crate::token::PendingLogInHash;

/// The bytes that an authenticator signs, so that its answer is good once, for five minutes, and for what was asked: 12 random bytes,
/// the second in which it ends, and 16 bytes of an HMAC with SHA-256 (RFC 2104 §5) over both and the [`Ceremony`].
///
/// So a page that offers a log-in by passkey stores nothing; only an answer to it does. The 96 random bits and the 128 of the
/// HMAC, which no attacker can foresee, are more than the 128 bits that W3C Web Authentication Level 3 §13.4.3 asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Challenge([u8; Self::BYTES]);

/// The purpose of a challenge, and its session, browser or log-in: a challenge is good for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// To add a passkey, in this session.
    Add(SessionId),
    /// To log in, in this browser, if it is known.
    LogIn(Option<BrowserId>),
    /// To finish this log-in.
    SecondStep(PendingLogInHash),
    /// To reauthenticate in this session.
    Reauthenticate(SessionId),
}

/// The keys that challenges are made with: the current one, and those that it replaced. `Debug` shows nothing.
#[derive(Clone)]
pub struct ChallengeKeys {
    current: Zeroizing<[u8; 32]>,
    former: Vec<Zeroizing<[u8; 32]>>,
}

/// The SHA-256 of a challenge that was answered: a store keeps it until the challenge's end, so that there is no second answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChallengeHash([u8; 32]);

/// The context of the keys' derivation, which nothing else shares.
const PURPOSE: &[u8] = b"doorward: challenges for passkeys, version 1";

const RANDOM_BYTES: usize = 12;
const SIGNED_BYTES: usize = RANDOM_BYTES + 4;

impl Challenge {
    /// Bytes of one.
    pub const BYTES: usize = 32;

    /// How long a user has for an answer: the standard recommends 5 minutes and no less (§15.1).
    pub const LIFETIME: Duration = Duration::from_mins(5);

    /// Reads the challenge that an authenticator signed; `None` if the text is not 32 bytes in base64url.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?))
    }

    /// As the browser gets it: base64url without padding.
    #[must_use]
    pub fn encoded(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Draws one for this ceremony.
    pub(crate) fn generate(
        keys: &ChallengeKeys,
        ceremony: Ceremony,
        now: Timestamp,
        entropy: &impl Entropy,
    ) -> Result<Self, EntropyError> {
        let mut random = [0; RANDOM_BYTES];
        entropy.fill(&mut random)?;
        let ends_at = now.plus(Self::LIFETIME).as_unix_micros() / 1_000_000;
        let ends_at = u32::try_from(ends_at).map_err(|_| EntropyError)?;
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.extend(random);
        bytes.extend(ends_at.to_be_bytes());
        bytes.extend(mac(&keys.current, ceremony, &bytes).finalize().into_bytes().into_iter().take(16));
        bytes.try_into().map(Self).map_err(|_| EntropyError)
    }

    /// Whether it was drawn with one of these keys for this ceremony, and has not ended.
    pub(crate) fn is_good_for(&self, keys: &ChallengeKeys, ceremony: Ceremony, now: Timestamp) -> bool {
        let (signed, code) = self.0.split_at(SIGNED_BYTES);
        let is_by = |key: &Zeroizing<[u8; 32]>| mac(key, ceremony, signed).verify_truncated_left(code).is_ok();
        now < self.ends_at() && std::iter::once(&keys.current).chain(&keys.former).any(is_by)
    }

    /// When it expires.
    pub(crate) fn ends_at(&self) -> Timestamp {
        let [.., a, b, c, d] = *self.0.first_chunk::<SIGNED_BYTES>().unwrap_or(&[0; SIGNED_BYTES]);
        Timestamp::from_unix_micros(i64::from(u32::from_be_bytes([a, b, c, d])) * 1_000_000)
    }

    pub(crate) fn hash(&self) -> ChallengeHash {
        ChallengeHash(Sha256::digest(self.0).into())
    }
}

impl ChallengeHash {
    /// The 32 bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Ceremony {
    /// Bytes that no other ceremony has.
    fn as_bytes(self) -> [u8; 33] {
        let mut bytes = [0; 33];
        let (kind, whose): (u8, &[u8]) = match &self {
            Self::Add(session) => (1, &session.as_uuid().into_bytes()),
            Self::LogIn(None) => (2, &[]),
            Self::LogIn(Some(browser)) => (3, &browser.as_uuid().into_bytes()),
            Self::SecondStep(log_in) => (4, log_in.as_bytes()),
            Self::Reauthenticate(session) => (5, &session.as_uuid().into_bytes()),
        };
        for (to, from) in bytes.iter_mut().zip(std::iter::once(&kind).chain(whose)) {
            *to = *from;
        }
        bytes
    }
}

impl ChallengeKeys {
    /// The least bytes of a key: 256 bits.
    pub const MIN_BYTES: usize = 32;

    /// Derives the keys (HKDF with SHA-256, RFC 5869) from secrets of the service that serve for more than this, such as the one that
    /// encrypts its cookies. Each needs at least [`MIN_BYTES`](Self::MIN_BYTES) random bytes; `None` where one has less.
    #[must_use]
    pub fn derive<'a>(current: &[u8], former: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let former = former.into_iter().map(derive).collect::<Option<_>>()?;
        Some(Self { current: derive(current)?, former })
    }
}

fn derive(secret: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    if secret.len() < ChallengeKeys::MIN_BYTES {
        return None;
    }
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, secret).expand(PURPOSE, key.as_mut()).ok()?;
    Some(key)
}

fn mac(key: &[u8; 32], ceremony: Ceremony, signed: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.chain_update(ceremony.as_bytes()).chain_update(signed)
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenge([redacted])")
    }
}

impl fmt::Debug for ChallengeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengeHash([redacted])")
    }
}

impl fmt::Debug for ChallengeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChallengeKeys([redacted], {} former)", self.former.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::testing::{NoEntropy, SeededEntropy};

    const OLD: [u8; 32] = [1; 32];
    const NEW: [u8; 32] = [2; 32];
    const NOON: Timestamp = Timestamp::from_unix_micros(1_767_225_600_000_000);

    fn keys(current: &[u8], former: &[&[u8]]) -> ChallengeKeys {
        ChallengeKeys::derive(current, former.iter().copied()).unwrap()
    }

    fn ceremonies() -> [Ceremony; 9] {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let log_in = |secret| crate::token::PendingLogInToken::parse(secret).unwrap().hash();
        [
            Ceremony::Add(SessionId::from_uuid(one)),
            Ceremony::Add(SessionId::from_uuid(two)),
            Ceremony::LogIn(None),
            Ceremony::LogIn(Some(BrowserId::from_uuid(one))),
            Ceremony::LogIn(Some(BrowserId::from_uuid(two))),
            Ceremony::SecondStep(log_in(&"A".repeat(43))),
            Ceremony::SecondStep(log_in(&format!("B{}", "A".repeat(42)))),
            Ceremony::Reauthenticate(SessionId::from_uuid(one)),
            Ceremony::Reauthenticate(SessionId::from_uuid(two)),
        ]
    }

    #[test]
    fn a_challenge_is_good_for_what_it_was_drawn_for_alone() {
        let keys = keys(&OLD, &[]);
        for drawn_for in ceremonies() {
            let challenge = Challenge::generate(&keys, drawn_for, NOON, &SeededEntropy::default()).unwrap();
            assert_eq!(Challenge::parse(&challenge.encoded()), Some(challenge));
            for ceremony in ceremonies() {
                assert_eq!(challenge.is_good_for(&keys, ceremony, NOON), ceremony == drawn_for, "{drawn_for:?}");
            }
        }
    }

    #[test]
    fn a_challenge_is_good_for_five_minutes() {
        let keys = keys(&OLD, &[]);
        let challenge = Challenge::generate(&keys, Ceremony::LogIn(None), NOON, &SeededEntropy::default()).unwrap();
        let end = NOON.plus(Challenge::LIFETIME);
        assert_eq!(challenge.ends_at(), end);
        let is_good = |at| challenge.is_good_for(&keys, Ceremony::LogIn(None), at);
        assert!(is_good(end.minus(Duration::from_micros(1))) && !is_good(end));
    }

    #[test]
    fn former_keys_made_challenges_that_are_good_and_no_other_key_did() {
        let draw = |keys: &ChallengeKeys| {
            Challenge::generate(keys, Ceremony::LogIn(None), NOON, &SeededEntropy::default()).unwrap()
        };
        let challenge = draw(&keys(&OLD, &[]));
        assert!(challenge.is_good_for(&keys(&NEW, &[&OLD]), Ceremony::LogIn(None), NOON));
        assert!(!challenge.is_good_for(&keys(&NEW, &[]), Ceremony::LogIn(None), NOON));
        assert!(!draw(&keys(&NEW, &[&OLD])).is_good_for(&keys(&OLD, &[]), Ceremony::LogIn(None), NOON));
    }

    #[test]
    fn each_challenge_is_another_and_none_is_drawn_without_randomness() {
        let (keys, entropy) = (keys(&OLD, &[]), SeededEntropy::default());
        let draw = || Challenge::generate(&keys, Ceremony::LogIn(None), NOON, &entropy).unwrap();
        assert_ne!(draw(), draw());
        assert!(Challenge::generate(&keys, Ceremony::LogIn(None), NOON, &NoEntropy).is_err());
    }

    #[test]
    fn a_short_key_is_none() {
        assert!(ChallengeKeys::derive(&[7; 31], []).is_none());
        assert!(ChallengeKeys::derive(&OLD, [&[7; 31][..]]).is_none());
    }

    #[test]
    fn debug_shows_no_secret() {
        let keys = keys(&OLD, &[&NEW]);
        let challenge = Challenge::generate(&keys, Ceremony::LogIn(None), NOON, &SeededEntropy::default()).unwrap();
        let shown = format!("{keys:?} {challenge:?} {:?}", challenge.hash());
        assert_eq!(shown, "ChallengeKeys([redacted], 1 former) Challenge([redacted]) ChallengeHash([redacted])");
    }

    proptest! {
        #[test]
        fn nothing_that_was_changed_is_good(at in 0_usize..32, bit in 0_u8..8) {
            let keys = keys(&OLD, &[]);
            let ceremony = Ceremony::LogIn(None);
            let mut challenge = Challenge::generate(&keys, ceremony, NOON, &SeededEntropy::default()).unwrap();
            challenge.0[at] ^= 1 << bit;
            prop_assert!(!challenge.is_good_for(&keys, ceremony, NOON));
        }

        #[test]
        fn any_signed_text_is_read_without_harm(text in "\\PC{0,60}|[A-Za-z0-9_-]{40,46}") {
            if let Some(challenge) = Challenge::parse(&text) {
                prop_assert!(!challenge.is_good_for(&keys(&OLD, &[]), Ceremony::LogIn(None), NOON));
            }
        }
    }
}
