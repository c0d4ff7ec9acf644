//! The pepper: a secret that goes into every hash and is kept outside the database, so that the database alone is not
//! enough to guess passwords from.
//!
//! It is the secret input of Argon2 (RFC 9106 §3.1, “K”). Each pepper has a version, which the PHC string of a hash
//! names (`keyid`), so a pepper can be changed while people go on logging in:
//!
//! ```text
//! hash names         at a right password
//! current version ─▶ nothing to do
//! former version ──▶ hashed anew with the current one
//! none ────────────▶ hashed anew with the current one
//! unknown version ─▶ cannot be verified: refused, and the log says so
//! ```

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// A secret for Argon2, and the number that stored hashes name it by. `Debug` shows the number alone, and the memory is
/// wiped when the last copy is dropped.
#[derive(Clone)]
pub struct Pepper {
    version: u32,
    secret: Arc<Zeroizing<Vec<u8>>>,
}

impl Pepper {
    /// The least bytes of a secret: 128 bits, where NIST SP 800-63B-4 §3.1.1.2 asks for 112.
    pub const MIN_BYTES: usize = 16;

    /// The most bytes of a secret; Argon2 would take 4 GiB.
    pub const MAX_BYTES: usize = 1024;

    /// A pepper with a version of your choice. Take the next number whenever the secret changes: two secrets under one
    /// version make the older hashes unverifiable.
    ///
    /// # Errors
    /// [`PepperError::Length`] when the secret is shorter than [`MIN_BYTES`](Self::MIN_BYTES) or longer than
    /// [`MAX_BYTES`](Self::MAX_BYTES).
    pub fn new(version: u32, secret: impl Into<Vec<u8>>) -> Result<Self, PepperError> {
        let secret = Zeroizing::new(secret.into());
        if !(Self::MIN_BYTES..=Self::MAX_BYTES).contains(&secret.len()) {
            return Err(PepperError::Length);
        }
        Ok(Self { version, secret: Arc::new(secret) })
    }

    /// The number that hashes name this pepper by.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    pub(super) fn expose_secret(&self) -> &[u8] {
        &self.secret
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pepper(version {}, [redacted])", self.version)
    }
}

/// The peppers that a hasher knows; by default none.
#[derive(Debug, Clone, Default)]
pub struct Peppers {
    current: Option<Pepper>,
    former: Vec<Pepper>,
}

impl Peppers {
    /// New hashes get `current`; stored hashes may also have one of `former`, until their users have logged in once
    /// more. Without a `current` one, new hashes have none: that is how a pepper is retired.
    ///
    /// # Errors
    /// [`PepperError::SameVersion`] when two of them have one version.
    pub fn new(current: Option<Pepper>, former: Vec<Pepper>) -> Result<Self, PepperError> {
        let mut versions: Vec<u32> = current.iter().chain(&former).map(Pepper::version).collect();
        versions.sort_unstable();
        if versions.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            return Err(PepperError::SameVersion);
        }
        Ok(Self { current, former })
    }

    pub(super) const fn current(&self) -> Option<&Pepper> {
        self.current.as_ref()
    }

    pub(super) fn find(&self, version: u32) -> Option<&Pepper> {
        self.current.iter().chain(&self.former).find(|pepper| pepper.version == version)
    }
}

/// Why peppers were not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PepperError {
    /// The secret is shorter than [`Pepper::MIN_BYTES`] or longer than [`Pepper::MAX_BYTES`].
    #[error("a pepper is {} to {} bytes", Pepper::MIN_BYTES, Pepper::MAX_BYTES)]
    Length,
    /// Two peppers have one version.
    #[error("two peppers have the same version")]
    SameVersion,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pepper_is_16_to_1024_bytes() {
        for (bytes, is_accepted) in [(0, false), (15, false), (16, true), (1024, true), (1025, false)] {
            assert_eq!(Pepper::new(1, vec![7; bytes]).is_ok(), is_accepted, "{bytes}");
        }
    }

    #[test]
    fn each_version_stands_for_one_pepper() {
        let pepper = |version| Pepper::new(version, vec![7; 16]).unwrap();
        assert!(Peppers::new(Some(pepper(2)), vec![pepper(1), pepper(3)]).is_ok());
        for (current, former) in [(Some(pepper(1)), vec![pepper(1)]), (None, vec![pepper(3), pepper(2), pepper(3)])] {
            assert_eq!(Peppers::new(current, former).unwrap_err(), PepperError::SameVersion);
        }
    }

    #[test]
    fn debug_shows_nothing_of_a_pepper() {
        let peppers = Peppers::new(Some(Pepper::new(7, *b"a secret of ours").unwrap()), Vec::new()).unwrap();
        assert_eq!(format!("{peppers:?}"), "Peppers { current: Some(Pepper(version 7, [redacted])), former: [] }");
    }
}
