use std::fmt;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::device::Device;
use crate::entropy::{Entropy, EntropyError};
use crate::id::PasskeyId;
use crate::typed::trimmed;
use crate::user::UserId;

/// A passkey of a user, as a store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Names it; no secret.
    pub id: PasskeyId,
    /// Its user.
    pub user_id: UserId,
    /// The id by which its authenticator knows it.
    pub credential_id: CredentialId,
    /// The relying party id that it was made for: it works for no other one.
    pub rp_id: String,
    /// The public half of its key.
    pub public_key: PublicKey,
    /// How often it was used, as its authenticator counts; 0 if that does not count.
    pub counter: u32,
    /// Whether it is, or may be, on other devices too.
    pub backup: Backup,
    /// How it is reached.
    pub transports: Transports,
    /// The model of its authenticator, if it says so.
    pub aaguid: Option<Aaguid>,
    /// The name that its user gave it, if any.
    pub name: Option<PasskeyName>,
    /// The browser that it was added in.
    pub device: Device,
    /// When it was added.
    pub created_at: Timestamp,
    /// When its user last proved their identity by it.
    pub last_used_at: Option<Timestamp>,
}

impl Passkey {
    /// The most that an account has.
    pub const MOST: usize = 20;
}

/// The id by which an authenticator knows a credential: 1 to 1,023 bytes (W3C Web Authentication Level 3 §4). Unique, and no secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialId(Vec<u8>);

impl CredentialId {
    /// The most bytes of one.
    pub const MAX_BYTES: usize = 1_023;

    /// The id of these bytes; `None` for no bytes, and for too many.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        (1..=Self::MAX_BYTES).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The id by which an authenticator knows a user: 16 random bytes, which tell nothing of the user (§14.6.1). An account has one for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserHandle([u8; Self::BYTES]);

impl UserHandle {
    /// Bytes of one.
    pub const BYTES: usize = 16;

    /// Draws one.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn generate(entropy: &impl Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0; Self::BYTES];
        entropy.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The handle of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

/// The public half of a passkey's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Which kind of key it is.
    pub algorithm: Algorithm,
    /// As a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7), at most [`MAX_BYTES`](Self::MAX_BYTES).
    pub spki: Vec<u8>,
}

impl PublicKey {
    /// The most bytes: those of an RSA key of 8,192 bits are 1,062.
    pub const MAX_BYTES: usize = 1_100;
}

/// A kind of signature, by its COSE number (RFC 9053, RFC 8812).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519: −8.
    EdDsa,
    /// ECDSA over P-256 with SHA-256: −7.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256: −257.
    Rs256,
}

impl Algorithm {
    /// Every kind, the best first, as an authenticator is asked for them.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    /// Its COSE number.
    #[must_use]
    pub const fn cose(self) -> i32 {
        match self {
            Self::EdDsa => -8,
            Self::Es256 => -7,
            Self::Rs256 => -257,
        }
    }

    /// The kind with this COSE number.
    #[must_use]
    pub fn from_cose(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.cose() == number)
    }
}

/// Whether a passkey is on other devices too (§6.1.3). Whether it can be never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backup {
    /// It never leaves its authenticator.
    ThisDeviceOnly,
    /// It can be synced, and is not, yet.
    Eligible,
    /// It is synced.
    Synced,
}

impl Backup {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::ThisDeviceOnly, Self::Eligible, Self::Synced];

    /// A stable name, for stores and templates.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ThisDeviceOnly => "this_device_only",
            Self::Eligible => "eligible",
            Self::Synced => "synced",
        }
    }

    /// The state with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|backup| backup.code() == code)
    }

    /// Whether a passkey of the one state can ever be in the other.
    #[must_use]
    pub fn may_become(self, other: Self) -> bool {
        (self == Self::ThisDeviceOnly) == (other == Self::ThisDeviceOnly)
    }
}

/// How an authenticator is reached (§5.8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// It is part of the device.
    Internal,
    /// On another device, such as a telephone.
    Hybrid,
    /// By USB.
    Usb,
    /// By near-field communication.
    Nfc,
    /// By Bluetooth.
    Ble,
    /// As a smart card.
    SmartCard,
}

impl Transport {
    /// Every way.
    pub const ALL: [Self; 6] = [Self::Internal, Self::Hybrid, Self::Usb, Self::Nfc, Self::Ble, Self::SmartCard];

    /// Its name in the standard.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Hybrid => "hybrid",
            Self::Usb => "usb",
            Self::Nfc => "nfc",
            Self::Ble => "ble",
            Self::SmartCard => "smart-card",
        }
    }
}

/// A set of ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Transports(u8);

impl Transports {
    /// The most characters of [`codes`](Self::codes).
    pub const MAX_CHARS: usize = 64;

    /// The ways with these names. A name that is none of the standard's is left out: it is a hint, and new ones may come (§5.8.4).
    pub fn from_codes<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        let known = |code| Transport::ALL.into_iter().find(|transport: &Transport| transport.code() == code);
        let bits = codes.into_iter().filter_map(known).fold(0, |bits, transport| bits | 1 << transport as u8);
        Self(bits)
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Transport> {
        Transport::ALL.into_iter().filter(move |transport| self.0 & (1 << *transport as u8) != 0)
    }

    /// Their names with a space between them: for a store.
    #[must_use]
    pub fn codes(self) -> String {
        self.iter().map(Transport::code).collect::<Vec<_>>().join(" ")
    }
}

/// The model of an authenticator (§6.5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Aaguid(Uuid);

impl Aaguid {
    /// The model of these bytes; `None` for zeros, by which an authenticator names no model.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Option<Self> {
        Self::from_uuid(Uuid::from_bytes(bytes))
    }

    /// The model as stored; `None` for zeros.
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Option<Self> {
        (!uuid.is_nil()).then_some(Self(uuid))
    }

    /// The model to store.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// The name that a user gives to a passkey: 1 to 60 characters, no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyName(String);

impl PasskeyName {
    /// The most characters.
    pub const MAX_CHARS: usize = 60;

    /// Reads a name as it was typed, without the characters that pasting leaves around it.
    ///
    /// # Errors
    /// [`PasskeyNameError`], for the first of its reasons.
    pub fn parse(typed: &str) -> Result<Self, PasskeyNameError> {
        let name = trimmed(typed);
        if name.is_empty() {
            return Err(PasskeyNameError::Empty);
        }
        if name.chars().any(|char| char.is_control() || orders_text(char)) {
            return Err(PasskeyNameError::BadCharacter);
        }
        if name.chars().count() > Self::MAX_CHARS {
            return Err(PasskeyNameError::TooLong);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character changes the order of what stands beside it, or begins a line: a list of names would say something else (Unicode
/// Technical Report 36 §2.6).
const fn orders_text(char: char) -> bool {
    matches!(char, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Why a text is no name for a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasskeyNameError {
    /// Nothing was typed, or nothing but white space.
    #[error("a passkey's name cannot be empty")]
    Empty,
    /// A control character, or one that changes the order of the text around it.
    #[error("a passkey's name holds no control characters")]
    BadCharacter,
    /// More than [`PasskeyName::MAX_CHARS`] characters.
    #[error("a passkey's name has at most {} characters", PasskeyName::MAX_CHARS)]
    TooLong,
}

impl fmt::Display for PasskeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_read_without_what_stands_around_it_and_has_1_to_60_characters() {
        let longest = "é".repeat(PasskeyName::MAX_CHARS);
        for (typed, name) in [(" Blue key ", "Blue key"), ("\u{200b}<b>\u{feff}", "<b>"), (longest.as_str(), &longest)]
        {
            assert_eq!(PasskeyName::parse(typed).unwrap().as_str(), name);
        }
        for (typed, error) in [
            ("", PasskeyNameError::Empty),
            (" \u{200b}\t", PasskeyNameError::Empty),
            ("a\u{7}b", PasskeyNameError::BadCharacter),
            ("a\u{202e}b", PasskeyNameError::BadCharacter),
            ("a\u{2066}b", PasskeyNameError::BadCharacter),
            ("a\u{2028}b", PasskeyNameError::BadCharacter),
            (&format!("{longest}é"), PasskeyNameError::TooLong),
        ] {
            assert_eq!(PasskeyName::parse(typed), Err(error), "{typed:?}");
        }
    }

    #[test]
    fn codes_and_numbers_are_read_as_they_are_written() {
        for backup in Backup::ALL {
            assert_eq!(Backup::from_code(backup.code()), Some(backup));
        }
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_cose(algorithm.cose()), Some(algorithm));
        }
        let all = Transports::from_codes(Transport::ALL.map(Transport::code));
        assert_eq!(all.iter().collect::<Vec<_>>(), Transport::ALL);
        assert!(all.codes().len() <= Transports::MAX_CHARS);
        assert_eq!(Transports::from_codes(["usb", "telepathy"]).codes(), "usb");
        assert_eq!((Backup::from_code("lost"), Algorithm::from_cose(-7_000)), (None, None));
    }

    #[test]
    fn an_id_has_1_to_1023_bytes_and_a_model_of_zeros_is_none() {
        let has = |bytes| CredentialId::from_bytes(vec![0; bytes]).is_some();
        assert_eq!([0, 1, 1_023, 1_024].map(has), [false, true, true, false]);
        assert_eq!((Aaguid::from_bytes([0; 16]), Aaguid::from_bytes([1; 16]).is_some()), (None, true));
    }

    proptest! {
        #[test]
        fn a_name_is_read_again_as_it_was_read(typed in "\\PC{0,70}|[ a-z\u{0}-\u{20}\u{200b}]{0,70}") {
            if let Ok(name) = PasskeyName::parse(&typed) {
                prop_assert_eq!(PasskeyName::parse(name.as_str()), Ok(name.clone()));
                prop_assert!((1..=PasskeyName::MAX_CHARS).contains(&name.as_str().chars().count()));
            }
        }
    }
}
