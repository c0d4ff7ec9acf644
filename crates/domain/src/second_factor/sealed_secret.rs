//! Secrets of authenticator apps at rest: encrypted, as a reader of the database could otherwise make every code.

use std::fmt;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::TotpSecret;
use crate::entropy::{Entropy, EntropyError};
use crate::user::UserId;

/// A [`TotpSecret`] as a store keeps it: AES-256-GCM (NIST SP 800-38D) with the user's id as associated data, so that a copy of it
/// opens for no other user. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret(Vec<u8>);

/// The keys that secrets are sealed with: the current one, and those that it replaced.
#[derive(Clone)]
pub struct SealingKeys {
    current: Aes256Gcm,
    former: Vec<Aes256Gcm>,
}

/// A secret that was opened.
#[derive(Debug)]
pub(crate) enum Opened {
    /// With the current key.
    Current(TotpSecret),
    /// With one that it replaced: seal the secret again.
    Former(TotpSecret),
}

/// The context of the keys' derivation, which nothing else shares.
const PURPOSE: &[u8] = b"doorward: secrets of second factors, version 1";

/// How a sealed secret begins; another form would have another number.
const VERSION: u8 = 1;

const NONCE_BYTES: usize = 12;

impl SealedSecret {
    /// The most bytes of one: the version, the nonce, the secret and the tag are 49.
    pub const MAX_BYTES: usize = 64;

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret as stored.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl SealingKeys {
    /// The least bytes of a key: 256 bits.
    pub const MIN_BYTES: usize = 32;

    /// Derives the keys (HKDF with SHA-256, RFC 5869) from secrets of the service that serve for more than this, such as the one that
    /// encrypts its cookies. Each needs at least [`MIN_BYTES`](Self::MIN_BYTES) random bytes; `None` where one has less.
    #[must_use]
    pub fn derive<'a>(current: &[u8], former: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let former = former.into_iter().map(derive).collect::<Option<_>>()?;
        Some(Self { current: derive(current)?, former })
    }

    /// Encrypts a secret for its user.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub(crate) fn seal(
        &self,
        secret: &TotpSecret,
        user: UserId,
        entropy: &impl Entropy,
    ) -> Result<SealedSecret, EntropyError> {
        let mut sealed = vec![VERSION; 1 + NONCE_BYTES];
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce)?;
        for (to, from) in sealed.iter_mut().skip(1).zip(nonce) {
            *to = from;
        }
        let user = user.as_uuid();
        let payload = Payload { msg: secret.as_bytes(), aad: user.as_bytes() };
        // It fails for messages of 64 GiB alone.
        sealed.extend(self.current.encrypt(Nonce::from_slice(&nonce), payload).map_err(|_| EntropyError)?);
        Ok(SealedSecret(sealed))
    }

    /// Decrypts the secret of this user. `None` where no key opens it.
    pub(crate) fn open(&self, SealedSecret(sealed): &SealedSecret, user: UserId) -> Option<Opened> {
        let (&VERSION, rest) = sealed.split_first()? else { return None };
        let (nonce, encrypted) = rest.split_at_checked(NONCE_BYTES)?;
        let user = user.as_uuid();
        let open = |key: &Aes256Gcm| {
            let payload = Payload { msg: encrypted, aad: user.as_bytes() };
            let bytes = Zeroizing::new(key.decrypt(Nonce::from_slice(nonce), payload).ok()?);
            let bytes = Zeroizing::new(<[u8; TotpSecret::BYTES]>::try_from(bytes.as_slice()).ok()?);
            Some(TotpSecret::from_bytes(bytes))
        };
        let by_former = || self.former.iter().find_map(open).map(Opened::Former);
        open(&self.current).map(Opened::Current).or_else(by_former)
    }
}

fn derive(secret: &[u8]) -> Option<Aes256Gcm> {
    if secret.len() < SealingKeys::MIN_BYTES {
        return None;
    }
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, secret).expand(PURPOSE, key.as_mut()).ok()?;
    Aes256Gcm::new_from_slice(key.as_ref()).ok()
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret([redacted])")
    }
}

impl fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKeys([redacted], {} former)", self.former.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::testing::{NoEntropy, SeededEntropy};

    const OLD: [u8; 32] = [1; 32];
    const NEW: [u8; 64] = [2; 64];

    fn user(number: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(number))
    }

    fn keys(current: &[u8], former: &[&[u8]]) -> SealingKeys {
        SealingKeys::derive(current, former.iter().copied()).unwrap()
    }

    #[test]
    fn a_sealed_secret_opens_for_its_user_alone() {
        let (entropy, keys) = (SeededEntropy::default(), keys(&OLD, &[]));
        let secret = TotpSecret::generate(&entropy).unwrap();
        let sealed = keys.seal(&secret, user(1), &entropy).unwrap();
        assert!(sealed.as_bytes().len() <= SealedSecret::MAX_BYTES);
        let inside = sealed.as_bytes().windows(TotpSecret::BYTES).any(|part| part == secret.as_bytes());
        assert!(!inside, "the secret is not in it");
        let Some(Opened::Current(opened)) = keys.open(&sealed, user(1)) else { panic!("it opens") };
        assert_eq!(opened.as_bytes(), secret.as_bytes());
        assert!(keys.open(&sealed, user(2)).is_none());
        assert_ne!(keys.seal(&secret, user(1), &entropy).unwrap(), sealed, "each has a nonce of its own");
        assert!(keys.seal(&secret, user(1), &NoEntropy).is_err());
    }

    #[test]
    fn former_keys_open_what_they_sealed_and_no_other_key_does() {
        let entropy = SeededEntropy::default();
        let secret = TotpSecret::generate(&entropy).unwrap();
        let sealed = keys(&OLD, &[]).seal(&secret, user(1), &entropy).unwrap();
        let Some(Opened::Former(opened)) = keys(&NEW, &[&OLD]).open(&sealed, user(1)) else { panic!("it opens") };
        assert_eq!(opened.as_bytes(), secret.as_bytes());
        assert!(keys(&NEW, &[]).open(&sealed, user(1)).is_none());
    }

    #[test]
    fn a_short_key_is_none() {
        assert!(SealingKeys::derive(&[7; 31], []).is_none());
        assert!(SealingKeys::derive(&OLD, [&[7; 31][..]]).is_none());
    }

    #[test]
    fn debug_shows_no_secret() {
        let entropy = SeededEntropy::default();
        let keys = keys(&OLD, &[&NEW]);
        let sealed = keys.seal(&TotpSecret::generate(&entropy).unwrap(), user(1), &entropy).unwrap();
        assert_eq!(format!("{keys:?} {sealed:?}"), "SealingKeys([redacted], 1 former) SealedSecret([redacted])");
    }

    proptest! {
        #[test]
        fn nothing_that_was_changed_opens(at in 0_usize..49, bit in 0_u8..8) {
            let (entropy, keys) = (SeededEntropy::default(), keys(&OLD, &[]));
            let sealed = keys.seal(&TotpSecret::generate(&entropy).unwrap(), user(1), &entropy).unwrap();
            let mut bytes = sealed.as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            prop_assert!(keys.open(&SealedSecret::from_bytes(bytes), user(1)).is_none());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(keys(&OLD, &[]).open(&SealedSecret::from_bytes(bytes), user(1)).is_none());
        }
    }
}
