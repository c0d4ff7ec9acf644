//! Public keys as a `SubjectPublicKeyInfo`, each in the one form that its algorithm has, and the check of signatures.

use doorward_domain::passkey::Algorithm;
use ring::agreement::{self, ECDH_P256, EphemeralPrivateKey, agree_ephemeral};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};

/// The bytes before the 32 bytes of an Ed25519 key (RFC 8410 §4).
pub(crate) const ED25519_START: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// The bytes before the 64 bytes of an uncompressed point on P-256 (RFC 5480 §2).
pub(crate) const P256_START: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";

/// The algorithm of an RSA key: `rsaEncryption`, with parameters that are NULL (RFC 3279 §2.3.1).
pub(crate) const RSA_ENCRYPTION: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

/// A key in the form that `ring` takes.
pub(crate) enum Key<'a> {
    EdDsa(&'a [u8; 32]),
    /// The point, after the byte that marks it as uncompressed.
    Es256(&'a [u8; 65]),
    /// An `RSAPublicKey` (RFC 8017 §A.1.1), and the modulus in it.
    Rs256 {
        key: &'a [u8],
        modulus: &'a [u8],
    },
}

impl<'a> Key<'a> {
    /// Reads a key of this algorithm; `None` for any other form.
    pub(crate) fn parse(algorithm: Algorithm, spki: &'a [u8]) -> Option<Self> {
        match algorithm {
            Algorithm::EdDsa => spki.strip_prefix(ED25519_START)?.try_into().ok().map(Self::EdDsa),
            Algorithm::Es256 => {
                let is_fit = spki.len() == P256_START.len() + 64 && spki.starts_with(P256_START);
                spki.last_chunk().filter(|_| is_fit).map(Self::Es256)
            }
            Algorithm::Rs256 => rsa(spki),
        }
    }

    /// Whether only the key's owner can make signatures: a P-256 point has to be on the curve, and an Ed25519 point must not have small
    /// order, for which anyone can make signatures. `ring` checks that an Ed25519 point is on its curve only together with a signature:
    /// with a made-up key, a passkey never works.
    pub(crate) fn is_usable(&self) -> bool {
        match self {
            Self::EdDsa(key) => !has_small_order(key),
            Self::Es256(point) => {
                // A key agreement is the only operation of `ring` on a point alone; the shared secret is discarded.
                let Ok(other) = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()) else { return false };
                agree_ephemeral(other, &agreement::UnparsedPublicKey::new(&ECDH_P256, point), |_| ()).is_ok()
            }
            Self::Rs256 { .. } => true,
        }
    }

    /// Whether the parts of the key occur in these bytes.
    pub(crate) fn occurs_in(&self, bytes: &[u8]) -> bool {
        let occurs = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        match self {
            Self::EdDsa(key) => occurs(*key),
            Self::Es256([_, point @ ..]) => {
                let (x, y) = point.split_at(32);
                occurs(x) && occurs(y)
            }
            Self::Rs256 { modulus, .. } => occurs(modulus),
        }
    }

    /// Whether this is a signature of the message by the key's private half.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let (algorithm, key): (&dyn VerificationAlgorithm, &[u8]) = match self {
            Self::EdDsa(key) => (&ED25519, *key),
            Self::Es256(point) => (&ECDSA_P256_SHA256_ASN1, *point),
            Self::Rs256 { key, .. } => (&RSA_PKCS1_2048_8192_SHA256, key),
        };
        UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok()
    }
}

/// The second coordinates of the Ed25519 points whose order is 1, 2, 4 or 8, as little-endian numbers; and those that reduce to one of
/// them because they are not below the prime 2²⁵⁵ − 19.
const OF_SMALL_ORDER: [[u8; 32]; 7] = [
    small(0),
    small(1),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    near_prime(0xec),
    near_prime(0xed),
    near_prime(0xee),
];

const fn small(number: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[0] = number;
    bytes
}

/// The prime is 2²⁵⁵ − 19: its lowest byte is 0xed.
const fn near_prime(lowest: u8) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    (bytes[0], bytes[31]) = (lowest, 0x7f);
    bytes
}

/// Whether a signature that is right for one message can be right for others too (RFC 8032 §8.4 leaves such keys to the verifier). The
/// first bit of the last byte is the sign of the other coordinate.
fn has_small_order(key: &[u8; 32]) -> bool {
    let mut y = *key;
    y[31] &= 0x7f;
    OF_SMALL_ORDER.contains(&y)
}

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
const INTEGER: u8 = 0x02;

/// An RSA key of a size and with an exponent that `ring` verifies with: 2,048 to 8,192 bits, and odd, from 3 to 33 bits.
fn rsa(spki: &[u8]) -> Option<Key<'_>> {
    let (RSA_ENCRYPTION, bits) = element(SEQUENCE, all(SEQUENCE, spki)?)? else { return None };
    let [0, key @ ..] = all(BIT_STRING, bits)? else { return None };
    let (modulus, exponent) = positive(all(SEQUENCE, key)?)?;
    let (exponent, []) = positive(exponent)? else { return None };
    let is_fit = (2_048..=8_192).contains(&modulus.bits)
        && modulus.is_odd
        && (2..=33).contains(&exponent.bits)
        && exponent.is_odd;
    is_fit.then_some(Key::Rs256 { key, modulus: modulus.bytes })
}

struct Positive<'a> {
    /// Without a leading zero.
    bytes: &'a [u8],
    bits: u32,
    is_odd: bool,
}

/// Returns the content of the DER element with this tag at the start, and the bytes after it. Lengths from 128 to 255 do not occur
/// in a key that is large enough; only the shortest form of a length is accepted.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[found, length], rest) = der.split_first_chunk()?;
    let (length, rest) = match length {
        0..0x80 => (length.into(), rest),
        0x82 => {
            let (length, rest) = rest.split_first_chunk()?;
            (Some(u16::from_be_bytes(*length)).filter(|length| *length >= 0x100)?, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length.into()).filter(|_| found == tag)
}

/// Returns the content of a DER element without bytes after it.
fn all(tag: u8, der: &[u8]) -> Option<&[u8]> {
    element(tag, der).and_then(|(content, rest)| rest.is_empty().then_some(content))
}

fn positive(der: &[u8]) -> Option<(Positive<'_>, &[u8])> {
    let (content, rest) = element(INTEGER, der)?;
    // Two's complement: there is a leading zero if and only if the next byte has its first bit set.
    let bytes = content.strip_prefix(&[0]).unwrap_or(content);
    let (first, last) = (*bytes.first()?, *bytes.last()?);
    let is_padded = bytes.len() != content.len();
    let bits = u32::try_from(bytes.len()).ok()? * 8 - first.leading_zeros();
    (is_padded == (first >= 0x80)).then_some((Positive { bytes, bits, is_odd: last & 1 == 1 }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An element whose length is written in the shortest form.
    fn der(tag: u8, content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let length = u16::try_from(content.len()).unwrap();
        match length.to_be_bytes() {
            [0, length @ 0..0x80] => [&[tag, length], &content[..]].concat(),
            [0, length] => [&[tag, 0x81, length], &content[..]].concat(),
            [high, low] => [&[tag, 0x82, high, low], &content[..]].concat(),
        }
    }

    /// An RSA key of these integers, as they are.
    fn spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
        let key = der(SEQUENCE, &[&der(INTEGER, &[modulus]), &der(INTEGER, &[exponent])]);
        spki_around(RSA_ENCRYPTION, &[&[0], &key])
    }

    fn spki_around(kind: &[u8], key: &[&[u8]]) -> Vec<u8> {
        der(SEQUENCE, &[&der(SEQUENCE, &[kind]), &der(BIT_STRING, key)])
    }

    /// An odd number of `bits` bits, as a DER integer's content.
    fn modulus(bits: usize) -> Vec<u8> {
        let mut bytes = vec![0xff; bits / 8 + 1];
        bytes[0] = (1 << (bits % 8)) - 1;
        bytes
    }

    fn is_fit(spki: &[u8]) -> bool {
        Key::parse(Algorithm::Rs256, spki).is_some()
    }

    const F4: &[u8] = &[1, 0, 1];

    #[test]
    fn an_rsa_key_has_2048_to_8192_bits_and_is_odd() {
        for bits in [2_048, 2_049, 2_055, 3_072, 4_095, 8_192] {
            assert!(is_fit(&spki(&modulus(bits), F4)), "{bits}");
        }
        for bits in [512, 1_024, 2_040, 2_047, 8_193, 8_200, 16_384] {
            assert!(!is_fit(&spki(&modulus(bits), F4)), "{bits}");
        }
        let mut even = modulus(2_048);
        *even.last_mut().unwrap() = 0xfe;
        assert!(!is_fit(&spki(&even, F4)));
    }

    #[test]
    fn an_rsa_keys_exponent_is_odd_and_has_2_to_33_bits() {
        let fit = |exponent: &[u8]| is_fit(&spki(&modulus(2_048), exponent));
        assert!([&[3][..], &[17], F4, &[0, 0xff, 0xff, 0xff, 0xff], &[1, 0xff, 0xff, 0xff, 0xff]].into_iter().all(fit));
        assert!(
            ![&[][..], &[0], &[1], &[2], &[4], &[1, 0, 0], &[3, 0, 0, 0, 1], &[1, 0, 0, 0, 0, 1]].into_iter().any(fit)
        );
        // Not the shortest form, and a negative number.
        assert!(![&[0, 3][..], &[0, 1, 0, 1], &[0xff], &[0x80, 0, 1]].into_iter().any(fit));
    }

    #[test]
    fn an_rsa_key_is_written_in_one_way() {
        let modulus = modulus(2_048);
        let right = der(SEQUENCE, &[&der(INTEGER, &[&modulus]), &der(INTEGER, &[F4])]);
        assert!(is_fit(&spki_around(RSA_ENCRYPTION, &[&[0], &right])));
        assert!(!is_fit(&spki(&modulus[1..], F4)), "a negative modulus");
        assert!(!is_fit(&spki(&[&[0], &modulus[..]].concat(), F4)), "a zero too many");
        assert!(!is_fit(&spki_around(RSA_ENCRYPTION, &[&[1], &right])), "unused bits");
        assert!(!is_fit(&spki_around(RSA_ENCRYPTION, &[&[0], &right, &[0]])), "something after the key");
        assert!(!is_fit(&spki_around(RSA_ENCRYPTION, &[])), "no bits");
        assert!(!is_fit(&spki_around(&RSA_ENCRYPTION[..11], &[&[0], &right])), "no parameters");
        assert!(!is_fit(&spki_around(&[RSA_ENCRYPTION, &[5, 0]].concat(), &[&[0], &right])), "more parameters");
        let three = der(SEQUENCE, &[&der(INTEGER, &[&modulus]), &der(INTEGER, &[F4]), &der(INTEGER, &[F4])]);
        assert!(!is_fit(&spki_around(RSA_ENCRYPTION, &[&[0], &three])), "a third integer");
        assert!(!is_fit(&spki_around(RSA_ENCRYPTION, &[&[0], &der(0x31, &[&right[4..]])])), "a set");
        assert!(!is_fit(&[spki(&modulus, F4), vec![0]].concat()), "something after it");
        // RSASSA-PSS is another algorithm.
        let pss = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x05\x00";
        assert!(!is_fit(&spki_around(pss, &[&[0], &right])));
    }

    #[test]
    fn a_length_has_its_shortest_form() {
        assert_eq!(element(4, b"\x04\x01\x07\x08"), Some((&b"\x07"[..], &b"\x08"[..])));
        assert_eq!(element(4, b"\x04\x00"), Some((&b""[..], &b""[..])));
        let long = [b"\x04\x82\x01\x00", &[7; 256][..]].concat();
        assert_eq!(element(4, &long), Some((&[7; 256][..], &b""[..])));
        for wrong in
            [&b""[..], b"\x04", b"\x04\x01", b"\x05\x01\x07", b"\x04\x80", b"\x04\x82\x01", b"\x04\x84\x00\x00\x00\x00"]
        {
            assert_eq!(element(4, wrong), None, "{wrong:x?}");
        }
        let mut padded = [b"\x04\x82\x00\xff", &[7; 255][..]].concat();
        assert_eq!(element(4, &padded), None);
        padded[3] = 0x7f;
        assert_eq!(element(4, &padded), None);
        assert_eq!(element(4, &long[..259]), None);
    }

    #[test]
    fn the_largest_key_fits_into_a_row() {
        let key = spki(&modulus(8_192), &[1, 0xff, 0xff, 0xff, 0xff]);
        assert!(is_fit(&key) && key.len() <= doorward_domain::passkey::PublicKey::MAX_BYTES);
    }

    #[test]
    fn a_key_for_which_anyone_can_make_signatures_is_unusable() {
        let key = |bytes: &[u8; 32]| Key::EdDsa(bytes).is_usable();
        for mut bytes in OF_SMALL_ORDER {
            assert!(!key(&bytes), "{bytes:x?}");
            bytes[31] |= 0x80;
            assert!(!key(&bytes), "{bytes:x?}");
            bytes[7] ^= 1;
            assert!(key(&bytes), "{bytes:x?}");
        }
        // With the neutral element as the key, this is right for every message.
        let signature = [small(1), small(0)].concat();
        for message in ["one", "another"] {
            assert!(Key::EdDsa(&small(1)).has_signed(message.as_bytes(), &signature), "{message}");
        }
    }

    #[test]
    fn parts_of_a_key_occur_or_do_not() {
        let point = [P256_START, &[1; 32], &[2; 32]].concat();
        let key = Key::parse(Algorithm::Es256, &point).unwrap();
        assert!(key.occurs_in(&[&[1; 32][..], &[9], &[2; 32]].concat()));
        assert!(!key.occurs_in(&[1; 80]));
        assert!(!key.occurs_in(&[2; 80]));
        assert!(!key.occurs_in(&[]));
        assert!(!key.is_usable());
    }
}
