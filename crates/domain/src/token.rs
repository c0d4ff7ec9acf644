//! The secrets that a browser keeps or a link carries, and the hashes of them that the store keeps.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::entropy::{Entropy, EntropyError};

/// Makes a type of secrets, and the type of their hashes: each kind has its own, so that none stands in for another.
macro_rules! tokens {
    ($($(#[$token_doc:meta])* $token:ident, $(#[$hash_doc:meta])* $hash:ident;)*) => {$(
        $(#[$token_doc])*
        #[derive(Clone)]
        pub struct $token(Zeroizing<[u8; 32]>);

        impl $token {
            /// The characters of an exposed token: 32 bytes in base64url without padding (RFC 4648 §5).
            pub const CHARS: usize = 43;

            /// Draws a new token.
            ///
            /// # Errors
            /// [`EntropyError`] when the source of randomness fails.
            pub fn generate(entropy: &impl Entropy) -> Result<Self, EntropyError> {
                let mut token = Self(Zeroizing::new([0; 32]));
                entropy.fill(token.0.as_mut())?;
                Ok(token)
            }

            /// Reads what a client sent. `None` is a visitor without a token, not an error.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                if text.len() != Self::CHARS {
                    return None;
                }
                let mut token = Self(Zeroizing::new([0; 32]));
                let written = URL_SAFE_NO_PAD.decode_slice(text, token.0.as_mut()).ok()?;
                (written == token.0.len()).then_some(token)
            }

            /// The text for the client. Put it nowhere else.
            #[must_use]
            pub fn expose_secret(&self) -> String {
                URL_SAFE_NO_PAD.encode(*self.0)
            }

            /// The form in which a store keeps the token and finds what it opens.
            ///
            /// A plain SHA-256: the token is random, so there is nothing to guess and no need for a slow hash, and a look-up by
            /// hash leaks nothing of the token through its time.
            #[must_use]
            pub fn hash(&self) -> $hash {
                $hash(Sha256::digest(*self.0).into())
            }
        }

        impl fmt::Debug for $token {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($token), "([redacted])"))
            }
        }

        $(#[$hash_doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $hash([u8; 32]);

        impl $hash {
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

        impl fmt::Debug for $hash {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($hash), "([redacted])"))
            }
        }
    )*};
}

tokens! {
    /// The secret by which a browser proves its session: 256 random bits (OWASP ASVS 5.0 §7.2.3 asks for 128).
    ///
    /// It goes to the client, in a cookie, and is never stored; a store gets its [`hash`](Self::hash). `Debug` shows nothing, and
    /// the memory is wiped when it is dropped.
    SessionToken,
    /// The SHA-256 of a [`SessionToken`]: unique in a store, and useless to a thief.
    TokenHash;

    /// The secret in a one-time link: 256 random bits.
    ///
    /// It goes into the address of a page and is never stored; a store gets its [`hash`](Self::hash). `Debug` shows nothing, and
    /// the memory is wiped when it is dropped.
    LinkToken,
    /// The SHA-256 of a [`LinkToken`]: unique in a store, and useless to a thief.
    LinkHash;

    /// The secret by which a browser goes on with a log-in that waits for its second factor: 256 random bits. It opens nothing else.
    ///
    /// It goes to the client, in a cookie of its own, and is never stored; a store gets its [`hash`](Self::hash). `Debug` shows nothing,
    /// and the memory is wiped when it is dropped.
    PendingLogInToken,
    /// The SHA-256 of a [`PendingLogInToken`]: unique in a store, and useless to a thief.
    PendingLogInHash;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{NoEntropy, SeededEntropy};

    #[test]
    fn a_thousand_tokens_are_a_thousand_secrets() {
        let entropy = SeededEntropy::default();
        let secrets: std::collections::HashSet<_> =
            (0..1_000).map(|_| SessionToken::generate(&entropy).unwrap().expose_secret()).collect();
        assert_eq!(secrets.len(), 1_000);
    }

    #[test]
    fn the_hash_is_the_sha_256_of_the_bytes() {
        let token = SessionToken::parse(&"A".repeat(43)).unwrap();
        assert_eq!(token.hash().as_bytes().as_slice(), Sha256::digest([0_u8; 32]).as_slice());
    }

    #[test]
    fn without_randomness_there_is_no_token() {
        assert_eq!(SessionToken::generate(&NoEntropy).unwrap_err(), EntropyError);
    }

    #[test]
    fn debug_shows_nothing_of_a_token_or_its_hash() {
        let token = SessionToken::generate(&SeededEntropy::default()).unwrap();
        assert_eq!(format!("{token:?} {:?}", token.hash()), "SessionToken([redacted]) TokenHash([redacted])");
        let token = LinkToken::generate(&SeededEntropy::default()).unwrap();
        assert_eq!(format!("{token:?} {:?}", token.hash()), "LinkToken([redacted]) LinkHash([redacted])");
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_gives_back_the_same_text(text in "\\PC{0,60}|[A-Za-z0-9_-]{43}") {
            if let Some(token) = SessionToken::parse(&text) {
                prop_assert_eq!(token.expose_secret(), text);
            }
        }

        #[test]
        fn an_exposed_token_parses_to_itself(bytes in any::<[u8; 32]>()) {
            let token = SessionToken(Zeroizing::new(bytes));
            let again = SessionToken::parse(&token.expose_secret()).unwrap();
            prop_assert_eq!(again.hash(), token.hash());
        }
    }
}
