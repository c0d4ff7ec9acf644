//! How a password is stored: as a PHC string, with the cost of its hash.

use std::fmt;

use argon2::password_hash::phc;
use argon2::{Algorithm, Params, Version};

#[cfg(feature = "legacy-hashes")]
use super::legacy::LegacyHash;
use super::pepper::{Pepper, Peppers};

/// A password's hash as a PHC string (`$argon2id$v=19$m=19456,t=2,p=1$salt$hash`), as a store keeps it.
///
/// Not a secret like a password, but enough to guess one offline: `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The most characters of a stored hash; ours have 97, or 110 with a pepper. Room for other schemes, and a bound for a column.
    pub const MAX_CHARS: usize = 512;

    /// Takes the text that a store kept, without reading it. A damaged one is refused when a password is verified, at
    /// the usual cost, so that it looks like a wrong password from outside.
    pub fn from_stored(phc: impl Into<String>) -> Self {
        Self(phc.into())
    }

    /// The PHC string, for a store.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// Whether this build can verify the hash at all: it has a known form, and costs no more than the ceilings. Check each
    /// hash that you bring along from another system, before its user is refused. A pepper is not needed for this.
    ///
    /// ```
    /// use doorward_domain::PasswordHash;
    ///
    /// assert!(!PasswordHash::from_stored("5f4dcc3b5aa765d61d8327deb882cf99").is_verifiable()); // MD5
    /// ```
    #[must_use]
    pub fn is_verifiable(&self) -> bool {
        self.read().is_some()
    }

    /// The parts of the hash, if this build can verify it within the ceilings.
    pub(super) fn read(&self) -> Option<StoredHash> {
        if self.0.len() > Self::MAX_CHARS {
            return None;
        }
        let argon2 = self.read_argon2().map(StoredHash::Argon2);
        #[cfg(feature = "legacy-hashes")]
        let argon2 = argon2.or_else(|| LegacyHash::read(&self.0).map(StoredHash::Legacy));
        argon2
    }

    fn read_argon2(&self) -> Option<StoredArgon2> {
        let phc = self.0.as_str();
        // Django writes its name for the scheme before the PHC string.
        #[cfg(feature = "legacy-hashes")]
        let phc = phc.strip_prefix("argon2").unwrap_or(phc);
        let phc = phc::PasswordHash::new(phc).ok()?;
        let params = &phc.params;
        if params.iter().any(|(name, _)| !matches!(name.as_str(), "m" | "t" | "p" | KEY_ID)) {
            return None;
        }
        let pepper_version = match params.get(KEY_ID) {
            None => None,
            Some(key_id) => Some(u32::from_be_bytes(key_id.b64_decode(&mut [0; 4]).ok()?.try_into().ok()?)),
        };
        let cost = HashingCost {
            memory_kib: params.get_decimal("m")?,
            iterations: params.get_decimal("t")?,
            lanes: params.get_decimal("p")?,
        };
        Some(StoredArgon2 {
            algorithm: Algorithm::new(phc.algorithm.as_str()).ok()?,
            version: phc.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?,
            cost: cost.is_affordable().then_some(cost)?,
            pepper_version,
            salt: phc.salt?,
            output: phc.hash?,
        })
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

/// A stored hash that this build can verify within the ceilings.
pub(super) enum StoredHash {
    Argon2(StoredArgon2),
    #[cfg(feature = "legacy-hashes")]
    Legacy(LegacyHash),
}

/// An Argon2 hash taken apart, with parameters that are within the ceilings.
pub(super) struct StoredArgon2 {
    pub(super) algorithm: Algorithm,
    pub(super) version: Version,
    pub(super) cost: HashingCost,
    /// The version of the pepper that went into it.
    pub(super) pepper_version: Option<u32>,
    pub(super) salt: phc::Salt,
    pub(super) output: phc::Output,
}

impl StoredArgon2 {
    /// Whether a new hash of the same password would be made otherwise.
    pub(super) fn is_stale(&self, current: HashingCost, peppers: &Peppers) -> bool {
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || self.cost != current
            || self.pepper_version != peppers.current().map(Pepper::version)
            || self.salt.as_ref().len() < SALT_BYTES
            || self.output.len() != OUTPUT_BYTES
    }
}

/// 16 bytes, as RFC 9106 §3.1 recommends; NIST SP 800-63B-4 §3.1.1.2 asks for 4.
pub(super) const SALT_BYTES: usize = 16;

/// 32 bytes, the length of RFC 9106 §4's recommended options.
pub(super) const OUTPUT_BYTES: usize = 32;

/// The parameter of a PHC string that names the pepper: its version as 4 bytes, most significant first, in base64.
const KEY_ID: &str = "keyid";

/// Writes an Argon2id hash down.
pub(super) fn to_phc(
    cost: HashingCost,
    pepper: Option<&Pepper>,
    salt: [u8; SALT_BYTES],
    output: &[u8],
) -> Option<PasswordHash> {
    let mut params = phc::ParamsString::try_from(&cost.params()?).ok()?;
    if let Some(pepper) = pepper {
        params.add_b64_bytes(KEY_ID, &pepper.version().to_be_bytes()).ok()?;
    }
    let phc = phc::PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params,
        salt: Some(phc::Salt::new(&salt).ok()?),
        hash: Some(phc::Output::new(output).ok()?),
    };
    Some(PasswordHash(phc.to_string()))
}

/// The cost of one hash: the parameters of Argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashingCost {
    memory_kib: u32,
    iterations: u32,
    lanes: u32,
}

impl HashingCost {
    /// The least pairs of memory (KiB) and iterations that resist guessing equally well: OWASP Password Storage Cheat
    /// Sheet, and OWASP ASVS 5.0 appendix C.
    pub const LEAST: [(u32, u32); 5] = [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];

    /// The most memory, 256 MiB: each worker of the pool may need this much.
    pub const MAX_MEMORY_KIB: u32 = 262_144;

    /// The most iterations.
    pub const MAX_ITERATIONS: u32 = 16;

    /// The most lanes. They are computed one after the other, so more than one buys nothing here.
    pub const MAX_LANES: u32 = 16;

    /// Argon2id with this much memory (KiB) and these numbers of iterations and lanes: at least one of the pairs of
    /// [`LEAST`](Self::LEAST), at most the three maxima.
    ///
    /// # Errors
    /// [`HashingCostError::TooCheap`] or [`HashingCostError::TooDear`].
    pub fn new(memory_kib: u32, iterations: u32, lanes: u32) -> Result<Self, HashingCostError> {
        let cost = Self { memory_kib, iterations, lanes };
        if !cost.is_affordable() {
            return Err(HashingCostError::TooDear);
        }
        if !Self::LEAST.iter().any(|&(memory, iterated)| memory_kib >= memory && iterations >= iterated) {
            return Err(HashingCostError::TooCheap);
        }
        Ok(cost)
    }

    /// The cheapest that Argon2 can do, for tests alone: microseconds instead of milliseconds.
    #[cfg(feature = "testing")]
    #[must_use]
    pub const fn cheap() -> Self {
        Self { memory_kib: 8, iterations: 1, lanes: 1 }
    }

    /// Whether a hash with these parameters, from any source, may be computed at all.
    fn is_affordable(self) -> bool {
        (1..=Self::MAX_LANES).contains(&self.lanes)
            && (1..=Self::MAX_ITERATIONS).contains(&self.iterations)
            && (8 * self.lanes..=Self::MAX_MEMORY_KIB).contains(&self.memory_kib)
    }

    pub(super) fn params(self) -> Option<Params> {
        Params::new(self.memory_kib, self.iterations, self.lanes, None).ok()
    }
}

/// `m=19456,t=2,p=1`: 19 MiB and about 18 ms.
impl Default for HashingCost {
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, lanes: 1 }
    }
}

/// Why parameters were not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashingCostError {
    /// Cheaper than every pair of [`HashingCost::LEAST`].
    #[error("too cheap: at least 47104 KiB with 1 iteration, 19456 with 2, 12288 with 3, 9216 with 4 or 7168 with 5")]
    TooCheap,
    /// Beyond one of the maxima, or less memory than 8 KiB a lane.
    #[error("out of range: at most 262144 KiB, 1 to 16 iterations, 1 to 16 lanes, and 8 KiB or more a lane")]
    TooDear,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REAL: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$\
                        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn read(phc: &str) -> Option<StoredArgon2> {
        PasswordHash::from_stored(phc).read_argon2()
    }

    #[test]
    fn a_written_hash_is_read_back() {
        let cost = HashingCost::default();
        let written = to_phc(cost, None, [7; SALT_BYTES], &[9; OUTPUT_BYTES]).unwrap();
        assert!(written.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let stored = written.read_argon2().unwrap();
        assert_eq!((stored.cost, stored.salt.as_ref(), stored.output.as_bytes()), (cost, &[7; 16][..], &[9; 32][..]));
        assert!(!stored.is_stale(cost, &Peppers::default()));
    }

    #[test]
    fn a_hash_names_its_pepper_by_the_version_and_by_nothing_else() {
        let (cost, pepper) = (HashingCost::default(), Pepper::new(258, *b"a secret of ours").unwrap());
        let written = to_phc(cost, Some(&pepper), [7; SALT_BYTES], &[9; OUTPUT_BYTES]).unwrap();
        assert!(written.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid=AAABAg$"));
        assert_eq!(written.expose_secret().len(), 110);
        assert_eq!(written.read_argon2().unwrap().pepper_version, Some(258));
    }

    #[test]
    fn another_pepper_than_the_current_one_makes_a_hash_stale() {
        let (cost, pepper) = (HashingCost::default(), |version| Pepper::new(version, *b"a secret of ours").unwrap());
        let written =
            |pepper| to_phc(cost, pepper, [7; SALT_BYTES], &[9; OUTPUT_BYTES]).unwrap().read_argon2().unwrap();
        let (one, two) = (pepper(1), pepper(2));
        let (none, only_one) = (Peppers::default(), Peppers::new(Some(one.clone()), Vec::new()).unwrap());
        for (hashed_with, current, is_stale) in [
            (None, &none, false),
            (Some(&one), &only_one, false),
            (Some(&two), &only_one, true),
            (None, &only_one, true),
            (Some(&one), &none, true),
        ] {
            assert_eq!(written(hashed_with).is_stale(cost, current), is_stale);
        }
    }

    #[test]
    fn each_difference_from_a_new_hash_makes_it_stale() {
        let current = HashingCost::default();
        let none = Peppers::default();
        assert!(!read(REAL).unwrap().is_stale(current, &none));
        for (from, to) in [
            ("argon2id", "argon2i"),
            ("argon2id", "argon2d"),
            ("v=19", "v=16"),
            ("$v=19", ""),
            ("m=19456", "m=19457"),
            ("t=2", "t=3"),
            ("p=1", "p=2"),
            ("c29tZXNhbHQxMjM0NTY3OA", "c29tZXNhbHQ"),
            ("AAAA", ""),
        ] {
            let other = REAL.replacen(from, to, 1);
            assert!(read(&other).expect(&other).is_stale(current, &none), "{other}");
        }
    }

    #[test]
    fn each_lane_has_at_least_8_kib() {
        let of =
            |memory: u32, lanes: u32| read(&REAL.replacen("m=19456,t=2,p=1", &format!("m={memory},t=2,p={lanes}"), 1));
        for lanes in 1..=HashingCost::MAX_LANES {
            assert!(of(8 * lanes, lanes).is_some() && of(8 * lanes - 1, lanes).is_none(), "{lanes}");
        }
    }

    #[test]
    fn absurd_or_damaged_hashes_are_not_read() {
        for (from, to) in [
            ("p=1", "p=4294967295"),
            ("p=1", "p=17"),
            ("p=1", "p=0"),
            ("m=19456", "m=262145"),
            ("m=19456", "m=7"),
            ("m=19456", "m=4294967295"),
            ("t=2", "t=17"),
            ("t=2", "t=0"),
            ("t=2,", ""),
            ("t=2", "t=-2"),
            ("p=1", "p=1,data=AAAA"),
            ("p=1", "p=1,keyid="),
            ("p=1", "p=1,keyid=AAAA"),
            ("p=1", "p=1,keyid=AAAAAAA"),
            ("p=1", "p=1,keyid=AAAAAR"),
            ("v=19", "v=18"),
            ("argon2id", "argon2x"),
            ("$argon2id", "argon2id"),
            ("c29tZXNhbHQxMjM0NTY3OA$", ""),
        ] {
            let other = REAL.replacen(from, to, 1);
            assert!(read(&other).is_none(), "{other}");
        }
        for other in ["", "$", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv", &REAL[..REAL.len() - 35]] {
            assert!(read(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_hash_longer_than_a_column_is_not_verifiable() {
        let padded = |chars: usize| REAL.replacen("c29tZXNhbHQxMjM0NTY3OA", &"A".repeat(chars), 1);
        assert!(PasswordHash::from_stored(REAL).is_verifiable());
        assert!(!PasswordHash::from_stored(padded(PasswordHash::MAX_CHARS)).is_verifiable());
        #[cfg(feature = "legacy-hashes")]
        for (excess, is_verifiable) in [(0, true), (1, false)] {
            let rest = "$pbkdf2_sha256$1000$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".len() - 1;
            let salt = "s".repeat(PasswordHash::MAX_CHARS - rest + excess);
            let hash = format!("pbkdf2_sha256$1000${salt}$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
            assert_eq!(PasswordHash::from_stored(hash).is_verifiable(), is_verifiable);
        }
    }

    #[test]
    fn each_recommended_pair_is_accepted_and_nothing_below() {
        for (memory, iterations) in HashingCost::LEAST {
            assert!(HashingCost::new(memory, iterations, 1).is_ok());
            assert_eq!(HashingCost::new(memory - 1, iterations, 1), Err(HashingCostError::TooCheap));
        }
        assert_eq!(HashingCost::new(19_456, 2, 1), Ok(HashingCost::default()));
        assert_eq!(HashingCost::new(7_167, 16, 1), Err(HashingCostError::TooCheap));
    }

    #[test]
    fn each_maximum_is_accepted_and_nothing_above() {
        assert!(HashingCost::new(262_144, 16, 16).is_ok());
        for (memory, iterations, lanes) in [(262_145, 2, 1), (19_456, 17, 1), (19_456, 2, 17), (19_456, 2, 0)] {
            assert_eq!(HashingCost::new(memory, iterations, lanes), Err(HashingCostError::TooDear));
        }
    }

    #[test]
    fn debug_shows_nothing_of_a_hash() {
        assert_eq!(format!("{:?}", PasswordHash::from_stored(REAL)), "PasswordHash([redacted])");
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_never_passes_a_ceiling(
            phc in "\\PC{0,120}|\\$argon2(id|i|d)\\$v=[0-9]{1,3}\\$m=[0-9]{1,10},t=[0-9]{1,10},p=[0-9]{1,10}\\$[A-Za-z0-9+/]{8,30}\\$[A-Za-z0-9+/]{14,60}"
        ) {
            if let Some(stored) = read(&phc) {
                prop_assert!(stored.cost.is_affordable());
                prop_assert!(stored.cost.params().is_some());
            }
        }
    }
}
