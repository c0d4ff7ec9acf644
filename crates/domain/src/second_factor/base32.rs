//! Base32 (RFC 4648 §6), without padding.

use zeroize::Zeroizing;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The text of these bytes. Five bytes are eight characters; of a length that is no multiple of five the last bits are zero.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut group = Zeroizing::new([0; 8]);
        for (to, from) in group.iter_mut().skip(3).zip(chunk) {
            *to = *from;
        }
        let bits = Zeroizing::new(u64::from_be_bytes(*group));
        let chars = (chunk.len() * 8).div_ceil(5);
        text.extend((0..chars).map(|at| char_of(*bits >> (35 - 5 * at))));
    }
    text
}

fn char_of(bits: u64) -> char {
    let at = usize::try_from(bits & 31).unwrap_or(0);
    char::from(ALPHABET.get(at).copied().unwrap_or(b'A'))
}

/// Reads `BYTES` bytes, a multiple of five, from a text in upper or lower case. `None` for any other text.
pub(super) fn decode<const BYTES: usize>(text: &str) -> Option<Zeroizing<[u8; BYTES]>> {
    const { assert!(BYTES.is_multiple_of(5), "no character stands for bits of two groups") };
    if text.len() != BYTES / 5 * 8 {
        return None;
    }
    let mut bytes = Zeroizing::new([0; BYTES]);
    for (to, from) in bytes.chunks_mut(5).zip(text.as_bytes().chunks(8)) {
        let mut bits = Zeroizing::new(0_u64);
        for char in from {
            let value = ALPHABET.iter().position(|known| *known == char.to_ascii_uppercase())?;
            *bits = *bits << 5 | u64::try_from(value).ok()?;
        }
        for (to, from) in to.iter_mut().zip(bits.to_be_bytes().into_iter().skip(3)) {
            *to = from;
        }
    }
    Some(bytes)
}

/// In groups of four, with a separator between them.
pub(super) fn in_groups(text: &str, separator: char) -> String {
    let mut grouped = String::with_capacity(text.len() * 5 / 4);
    for (at, char) in text.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            grouped.push(separator);
        }
        grouped.push(char);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_of_the_rfc_are_encoded() {
        let vectors = [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ];
        for (bytes, text) in vectors {
            assert_eq!(encode(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn text_that_is_no_base32_of_the_length_is_refused() {
        assert_eq!(decode::<5>("mzxw6ytb").as_deref(), Some(b"fooba"));
        for text in ["", "MZXW6YT", "MZXW6YTBO", "MZXW6YT1", "MZXW6YT=", "MZXW6Yé"] {
            assert_eq!(decode::<5>(text), None, "{text}");
        }
    }

    #[test]
    fn groups_are_of_four() {
        assert_eq!(in_groups("ABCDEFGHIJ", ' '), "ABCD EFGH IJ");
        assert_eq!(in_groups("", '-'), "");
    }

    proptest! {
        #[test]
        fn encoded_bytes_are_read_back(bytes: [u8; 20]) {
            let decoded = decode::<20>(&encode(&bytes)).unwrap();
            prop_assert_eq!(*decoded, bytes);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            if let Some(bytes) = decode::<15>(&text) {
                prop_assert_eq!(encode(&*bytes), text.to_ascii_uppercase());
            }
        }
    }
}
