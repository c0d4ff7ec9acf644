//! Hashes that other systems made: read strictly, verified within ceilings, and replaced by Argon2id at the first
//! successful log-in.
//!
//! | written by | forms |
//! | --- | --- |
//! | PHC, passlib | `$scrypt$…`, `$pbkdf2$…`, `$pbkdf2-sha256$…`, `$pbkdf2-sha512$…` |
//! | bcrypt | `$2a$`, `$2b$`, `$2x$`, `$2y$` |
//! | Werkzeug | `scrypt:N:r:p$…`, `pbkdf2:sha1`, `sha256` or `sha512:iterations$…` |
//! | Django | `pbkdf2_sha256$…`, `pbkdf2_sha1$…`, `scrypt$…`, `argon2$…`, `bcrypt$…`, `bcrypt_sha256$…` |
//!
//! Argon2 in all its PHC forms needs none of this.

use argon2::password_hash::phc;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use zeroize::Zeroizing;

/// The most iterations of PBKDF2: twice what Django 5.2 and Werkzeug 3.1 use.
const MAX_PBKDF2_ITERATIONS: u32 = 2_000_000;

/// The most that scrypt may cost, as the product of its three parameters: N=2¹⁷ with r=8 and p=1, the strongest option of
/// the OWASP Password Storage Cheat Sheet, which takes 128 MiB.
const MAX_SCRYPT_WORK: u64 = 1 << 20;

/// The most that bcrypt may cost: 2¹⁴ rounds, about a second; 12 is common.
const MAX_BCRYPT_COST: u32 = 14;

/// A hash of another system, taken apart, with a cost within the ceilings.
pub(super) enum LegacyHash {
    Scrypt { params: scrypt::Params, salt: Vec<u8>, output: phc::Output },
    Pbkdf2 { digest: Digest, iterations: u32, salt: Vec<u8>, output: phc::Output },
    Bcrypt { hash: String, prehash: Prehash },
}

/// The hash function inside PBKDF2's HMAC.
#[derive(Clone, Copy)]
pub(super) enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

/// What is done to a password before bcrypt.
#[derive(Clone, Copy)]
pub(super) enum Prehash {
    /// Nothing, so that bcrypt sees its first 72 bytes.
    None,
    /// Django's `bcrypt_sha256`: SHA-256 in lower-case hexadecimal digits.
    Sha256Hex,
}

impl LegacyHash {
    /// The parts of a hash of one of the forms above; `None` for any other form, and for a hash that costs too much.
    pub(super) fn read(stored: &str) -> Option<Self> {
        let (scheme, rest) = stored.split_once('$')?;
        let fields: Vec<&str> = rest.split('$').collect();
        match (scheme, fields.as_slice()) {
            ("", ["scrypt", params, salt, output]) => {
                let [log_n, r, p] = named(params, ["ln", "r", "p"])?;
                scrypt_hash(log_n, r, p, base64(salt)?, output_of(&base64(output)?, 32)?)
            }
            ("", ["pbkdf2", params, salt, output]) => pbkdf2_phc(Digest::Sha1, params, salt, output),
            ("", ["pbkdf2-sha256", params, salt, output]) => pbkdf2_phc(Digest::Sha256, params, salt, output),
            ("", ["pbkdf2-sha512", params, salt, output]) => pbkdf2_phc(Digest::Sha512, params, salt, output),
            ("", ["2a" | "2b" | "2x" | "2y", ..]) => bcrypt_hash(stored, Prehash::None),
            ("bcrypt", _) => bcrypt_hash(rest, Prehash::None),
            ("bcrypt_sha256", _) => bcrypt_hash(rest, Prehash::Sha256Hex),
            ("pbkdf2_sha256", [iterations, salt, output]) => {
                pbkdf2_hash(Digest::Sha256, number(iterations)?, bytes(salt), &base64(output)?)
            }
            ("pbkdf2_sha1", [iterations, salt, output]) => {
                pbkdf2_hash(Digest::Sha1, number(iterations)?, bytes(salt), &base64(output)?)
            }
            ("scrypt", [n, salt, r, p, output]) => {
                scrypt_hash(log2(number(n)?)?, number(r)?, number(p)?, bytes(salt), output_of(&base64(output)?, 64)?)
            }
            (werkzeug, [salt, output]) => read_werkzeug(werkzeug, salt, output),
            _ => None,
        }
    }

    /// Whether `password` is the one that was hashed; `None` where there is not enough memory to tell.
    pub(super) fn is_of(&self, password: &[u8]) -> Option<bool> {
        match self {
            Self::Scrypt { params, salt, output } => {
                let mut computed = Zeroizing::new(vec![0; output.len()]);
                scrypt::scrypt(password, salt, params, &mut computed).ok()?;
                Some(phc::Output::new(&computed).is_ok_and(|computed| computed == *output))
            }
            Self::Pbkdf2 { digest, iterations, salt, output } => {
                let mut computed = Zeroizing::new(vec![0; output.len()]);
                match digest {
                    Digest::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, *iterations, &mut computed),
                    Digest::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, *iterations, &mut computed),
                    Digest::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, *iterations, &mut computed),
                }
                Some(phc::Output::new(&computed).is_ok_and(|computed| computed == *output))
            }
            Self::Bcrypt { hash, prehash: Prehash::None } => bcrypt::verify(password, hash).ok(),
            Self::Bcrypt { hash, prehash: Prehash::Sha256Hex } => {
                let digest = Sha256::digest(password);
                let hex = digest.iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}"));
                bcrypt::verify(Zeroizing::new(hex).as_bytes(), hash).ok()
            }
        }
    }
}

/// `scrypt:32768:8:1` and `pbkdf2:sha256:1000000`, with the salt as text and the output in hexadecimal digits.
fn read_werkzeug(method: &str, salt: &str, output: &str) -> Option<LegacyHash> {
    let output = hex(output)?;
    match method.split(':').collect::<Vec<_>>().as_slice() {
        ["scrypt", n, r, p] => {
            scrypt_hash(log2(number(n)?)?, number(r)?, number(p)?, bytes(salt), output_of(&output, 64)?)
        }
        ["pbkdf2", digest, iterations] => {
            let digest = match *digest {
                "sha1" => Digest::Sha1,
                "sha256" => Digest::Sha256,
                "sha512" => Digest::Sha512,
                _ => return None,
            };
            pbkdf2_hash(digest, number(iterations)?, bytes(salt), &output)
        }
        _ => None,
    }
}

fn scrypt_hash(log_n: u32, r: u32, p: u32, salt: Vec<u8>, output: phc::Output) -> Option<LegacyHash> {
    let work = 1_u64.checked_shl(log_n)?.checked_mul(u64::from(r))?.checked_mul(u64::from(p))?;
    if !(1..=20).contains(&log_n) || work > MAX_SCRYPT_WORK {
        return None;
    }
    let params = scrypt::Params::new(u8::try_from(log_n).ok()?, r, p).ok()?;
    Some(LegacyHash::Scrypt { params, salt, output })
}

fn pbkdf2_hash(digest: Digest, iterations: u32, salt: Vec<u8>, output: &[u8]) -> Option<LegacyHash> {
    let length = match digest {
        Digest::Sha1 => 20,
        Digest::Sha256 => 32,
        Digest::Sha512 => 64,
    };
    let output = output_of(output, length)?;
    let is_affordable = (1..=MAX_PBKDF2_ITERATIONS).contains(&iterations);
    is_affordable.then_some(LegacyHash::Pbkdf2 { digest, iterations, salt, output })
}

/// PHC writes `i=1000` or `i=1000,l=32` where passlib writes `1000`.
fn pbkdf2_phc(digest: Digest, params: &str, salt: &str, output: &str) -> Option<LegacyHash> {
    let output = base64(output)?;
    let iterations = match params.split_once(',') {
        Some((iterations, length)) => {
            let fits = usize::try_from(number(length.strip_prefix("l=")?)?).ok()? == output.len();
            fits.then_some(iterations.strip_prefix("i=")?)?
        }
        None => params.strip_prefix("i=").unwrap_or(params),
    };
    pbkdf2_hash(digest, number(iterations)?, base64(salt)?, &output)
}

fn bcrypt_hash(hash: &str, prehash: Prehash) -> Option<LegacyHash> {
    let cost = hash.parse::<bcrypt::HashParts>().ok()?.get_cost();
    (4..=MAX_BCRYPT_COST).contains(&cost).then(|| LegacyHash::Bcrypt { hash: hash.to_owned(), prehash })
}

/// `ln=16,r=8,p=1`: exactly these names, in this order.
fn named<const N: usize>(params: &str, names: [&str; N]) -> Option<[u32; N]> {
    let mut values = [0; N];
    let mut pairs = params.split(',');
    for (name, value) in names.iter().zip(&mut values) {
        let (found, text) = pairs.next()?.split_once('=')?;
        *value = (found == *name).then(|| number(text))??;
    }
    pairs.next().is_none().then_some(values)
}

/// A decimal number without sign, blanks or leading zeros.
fn number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn log2(n: u32) -> Option<u32> {
    n.is_power_of_two().then(|| n.trailing_zeros())
}

fn bytes(salt: &str) -> Vec<u8> {
    salt.as_bytes().to_vec()
}

/// Standard base64, padded or not; passlib writes `.` for `+`.
fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text.trim_end_matches('=').replace('.', "+")).ok()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// Exactly as long as the system that wrote it makes it: scrypt and PBKDF2 compute the beginning of their output the same
/// way at any length, so a hash that was cut short would still match, and one cut to nothing would match everything.
fn output_of(bytes: &[u8], length: usize) -> Option<phc::Output> {
    phc::Output::new(bytes).ok().filter(|output| output.len() == length)
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use proptest::prelude::*;

    use super::*;
    use crate::password::{Password, PasswordHash, PasswordHasher, Verdict};
    use crate::testing::cheap_hasher;

    /// Made by the real Werkzeug, Django, passlib and bcrypt: `tests/legacy/make.py`.
    const FIXTURES: &str = include_str!("../../tests/legacy/hashes.tsv");

    fn fixtures() -> Vec<[&'static str; 3]> {
        let lines = FIXTURES.lines().map(|line| line.split('\t').collect::<Vec<_>>().try_into().unwrap());
        lines.collect()
    }

    fn verify(hasher: &PasswordHasher, password: &str, stored: &str) -> Verdict {
        let (password, stored) = (Password::parse(password).unwrap(), PasswordHash::from_stored(stored));
        block_on(hasher.verify(Some(&password), Some(&stored))).unwrap()
    }

    #[test]
    fn every_hash_of_another_system_verifies_its_password_and_is_stale() {
        let hasher = cheap_hasher();
        assert!(fixtures().len() >= 30);
        for [system, password, stored] in fixtures() {
            assert_eq!(verify(&hasher, password, stored), Verdict::RightButStale, "{system}: {stored}");
            for wrong in [format!("{password} "), password.to_uppercase(), "x".to_owned()] {
                assert_eq!(verify(&hasher, &wrong, stored), Verdict::Wrong, "{system}: {stored}");
            }
        }
    }

    #[test]
    fn a_damaged_hash_of_another_system_is_refused_at_the_cost_of_one() {
        let hasher = cheap_hasher();
        for [system, password, stored] in fixtures() {
            for end in [stored.len() / 2, stored.len() - 40, 1] {
                let before = hasher.stats().hashes;
                let verdict = verify(&hasher, password, &stored[..end]);
                assert!(matches!(verdict, Verdict::Unreadable | Verdict::Wrong), "{system}: {stored}");
                assert_eq!(hasher.stats().hashes - before, 1, "{system}");
            }
        }
    }

    #[test]
    fn a_cost_beyond_its_ceiling_is_not_read() {
        for (within, beyond) in [
            ("$scrypt$ln=17,r=8,p=1$c2FsdHNhbHQ$", "$scrypt$ln=17,r=8,p=2$c2FsdHNhbHQ$"),
            ("$scrypt$ln=14,r=8,p=8$c2FsdHNhbHQ$", "$scrypt$ln=18,r=8,p=1$c2FsdHNhbHQ$"),
            ("$pbkdf2-sha256$2000000$c2FsdA$", "$pbkdf2-sha256$2000001$c2FsdA$"),
            ("pbkdf2_sha256$1$salt$", "pbkdf2_sha256$0$salt$"),
            ("pbkdf2_sha1$2000000$salt$", "pbkdf2_sha1$4294967295$salt$"),
            ("scrypt$131072$salt$8$1$", "scrypt$262144$salt$8$1$"),
            ("scrypt$2$salt$1$1$", "scrypt$3$salt$1$1$"),
            ("scrypt$16384$salt$8$5$", "scrypt$16384$salt$4294967295$4294967295$"),
        ] {
            let characters = match within.split('$').next() {
                Some("pbkdf2_sha1") => 27,
                Some("scrypt") => 86,
                _ => 43,
            };
            let output = "A".repeat(characters);
            assert!(LegacyHash::read(&format!("{within}{output}")).is_some(), "{within}");
            assert!(LegacyHash::read(&format!("{beyond}{output}")).is_none(), "{beyond}");
        }
        let bcrypt = |cost| format!("$2b${cost}$DLN5ZUDldC9fEZyyz0k73uD4htfj323HKaq2vZMdeIqUXtupZf22u");
        for (cost, is_read) in [("04", true), ("14", true), ("15", false), ("31", false), ("03", false), ("99", false)]
        {
            assert_eq!(LegacyHash::read(&bcrypt(cost)).is_some(), is_read, "{cost}");
        }
    }

    #[test]
    fn a_length_that_is_told_has_to_be_that_of_the_output() {
        let of = |params: &str| LegacyHash::read(&format!("$pbkdf2-sha256${params}$c2FsdA${}", "A".repeat(43)));
        for (params, is_read) in [("1000", true), ("i=1000", true), ("i=1000,l=32", true), ("i=1000,l=31", false)] {
            assert_eq!(of(params).is_some(), is_read, "{params}");
        }
    }

    #[test]
    fn an_output_with_anything_but_digits_is_not_read() {
        let of = |output: String| LegacyHash::read(&format!("pbkdf2:sha1:1000$salt${output}"));
        assert!(of("Aa".repeat(20)).is_some());
        for odd in ["+f", "-1", " 1", "0x", "ä", "g0"] {
            assert!(of(odd.to_owned() + &"00".repeat(19)).is_none(), "{odd}");
        }
    }

    #[test]
    fn an_output_of_another_length_is_not_read() {
        let of = |digits: usize| LegacyHash::read(&format!("pbkdf2:sha1:1000$salt${}", "0".repeat(digits)));
        assert!(of(40).is_some());
        for digits in [0, 2, 32, 38, 39, 42, 64, 128] {
            assert!(of(digits).is_none(), "{digits}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(
            stored in "\\PC{0,80}|(scrypt|pbkdf2:sha1|pbkdf2_sha256|bcrypt|\\$2b|\\$scrypt|\\$pbkdf2)[:$][0-9a-zA-Z=,:$./+é]{0,90}"
        ) {
            if let Some(LegacyHash::Pbkdf2 { iterations, .. }) = LegacyHash::read(&stored) {
                prop_assert!(iterations <= MAX_PBKDF2_ITERATIONS);
            }
        }
    }
}
