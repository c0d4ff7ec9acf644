//! Recovery codes: a user whose authenticator app is lost logs in with them.

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::base32;
use crate::entropy::{Entropy, EntropyError};

/// A code that stands in for a second factor, once: 120 random bits, so that a fast hash protects it (NIST SP 800-63B-4 §3.1.2.2
/// asks for a slow one below 112). `Debug` shows nothing, and the memory is wiped when it is dropped.
#[derive(Clone)]
pub struct RecoveryCode(Zeroizing<[u8; Self::BYTES]>);

/// The SHA-256 of a recovery code, by which a store keeps and finds it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecoveryCodeHash([u8; 32]);

/// The codes that a user gets at a time: ten. Show them once, to their owner.
#[derive(Debug, Clone)]
pub struct RecoveryCodes(Vec<RecoveryCode>);

impl RecoveryCode {
    const BYTES: usize = 15;

    fn generate(entropy: &impl Entropy) -> Result<Self, EntropyError> {
        let mut code = Self(Zeroizing::new([0; Self::BYTES]));
        entropy.fill(code.0.as_mut())?;
        Ok(code)
    }

    /// Reads a code as it was typed: spaces and dashes do not count, nor does the case; a `0`, a `1` and an `8`, which no code has,
    /// are the letters that they look like.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let text: Zeroizing<String> = Zeroizing::new(super::without_separators(typed).map(meant).collect());
        base32::decode(&text).map(Self)
    }

    /// The code for people to read: six groups of four with dashes between them.
    #[must_use]
    pub fn expose_secret(&self) -> String {
        base32::in_groups(&Zeroizing::new(base32::encode(&*self.0)), '-')
    }

    /// The form in which a store keeps it.
    #[must_use]
    pub fn hash(&self) -> RecoveryCodeHash {
        RecoveryCodeHash(Sha256::digest(*self.0).into())
    }
}

const fn meant(char: char) -> char {
    match char {
        '0' => 'O',
        '1' => 'I',
        '8' => 'B',
        char => char,
    }
}

impl RecoveryCodeHash {
    /// The hash of the typed text, whether or not it can be a code: text that cannot be one has a hash of no code, and is looked up too.
    pub(crate) fn of_typed(typed: &str) -> Self {
        RecoveryCode::parse(typed).map_or_else(|| Self(Sha256::digest(typed).into()), |code| code.hash())
    }

    /// The 32 bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash as stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl RecoveryCodes {
    /// How many there are.
    pub const COUNT: usize = 10;

    /// Draws new ones.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn generate(entropy: &impl Entropy) -> Result<Self, EntropyError> {
        (0..Self::COUNT).map(|_| RecoveryCode::generate(entropy)).collect::<Result<_, _>>().map(Self)
    }

    /// Reads what [`expose_secret`](Self::expose_secret) made.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let codes: Vec<_> = text.split(' ').map(RecoveryCode::parse).collect::<Option<_>>()?;
        (codes.len() == Self::COUNT).then_some(Self(codes))
    }

    /// All of them in one text, for an encrypted cookie. Put it nowhere else.
    #[must_use]
    pub fn expose_secret(&self) -> String {
        self.0.iter().map(RecoveryCode::expose_secret).collect::<Vec<_>>().join(" ")
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &RecoveryCode> {
        self.0.iter()
    }

    /// Their hashes, for a store.
    #[must_use]
    pub fn hashes(&self) -> Vec<RecoveryCodeHash> {
        self.0.iter().map(RecoveryCode::hash).collect()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode([redacted])")
    }
}

impl fmt::Debug for RecoveryCodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCodeHash([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{NoEntropy, SeededEntropy};

    #[test]
    fn ten_codes_are_drawn_of_which_no_two_are_the_same() {
        let codes = RecoveryCodes::generate(&SeededEntropy::default()).unwrap();
        let mut shown: Vec<_> = codes.iter().map(RecoveryCode::expose_secret).collect();
        assert!(
            shown.iter().all(|code| code.len() == 29 && code.split('-').all(|group| group.len() == 4)),
            "{shown:?}"
        );
        shown.sort_unstable();
        shown.dedup();
        assert_eq!(shown.len(), 10);
        assert_eq!(RecoveryCodes::parse(&codes.expose_secret()).unwrap().hashes(), codes.hashes());
        assert!(RecoveryCodes::generate(&NoEntropy).is_err());
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = RecoveryCode(Zeroizing::new([0x5a; 15]));
        let shown = code.expose_secret();
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', " – "),
            format!(" {} \n", shown.replace('-', "\u{a0}")),
        ] {
            assert_eq!(RecoveryCode::parse(&typed).unwrap().hash(), code.hash(), "{typed}");
        }
        let looks = RecoveryCode::parse("OOOO IIII BBBB OOOO IIII BBBB").unwrap();
        assert_eq!(RecoveryCode::parse("0000-1111-8888-0000-1111-8888").unwrap().hash(), looks.hash());
    }

    #[test]
    fn text_that_cannot_be_a_code_has_a_hash_that_no_code_has() {
        for typed in ["", "123456", "AAAA-AAAA", "AAAA-AAAA-AAAA-AAAA-AAAA-AAA9", "ÄÄÄÄ"] {
            assert!(RecoveryCode::parse(typed).is_none(), "{typed}");
            assert_ne!(RecoveryCodeHash::of_typed(typed), RecoveryCode(Zeroizing::new([0; 15])).hash());
        }
        for text in ["", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "nonsense"] {
            assert!(RecoveryCodes::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn debug_shows_none() {
        let codes = RecoveryCodes::generate(&SeededEntropy::default()).unwrap();
        let shown = format!("{codes:?} {:?}", codes.hashes());
        assert!(codes.iter().all(|code| !shown.contains(&code.expose_secret())) && shown.contains("redacted"));
    }

    proptest! {
        #[test]
        fn every_code_is_read_back(bytes: [u8; 15]) {
            let code = RecoveryCode(Zeroizing::new(bytes));
            prop_assert_eq!(RecoveryCode::parse(&code.expose_secret()).unwrap().hash(), code.hash());
            prop_assert_eq!(RecoveryCodeHash::of_typed(&code.expose_secret()), code.hash());
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            let _nothing_or_a_code = (RecoveryCode::parse(&text), RecoveryCodes::parse(&text));
        }
    }
}
