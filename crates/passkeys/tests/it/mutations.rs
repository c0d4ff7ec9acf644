//! Changes of right answers.

use doorward_domain::passkey::{Algorithm, PasskeyVerifier as _, PublicKey, Signature};
use doorward_passkeys::BrowserAnswers;
use doorward_passkeys::testing::SoftAuthenticator;
use proptest::prelude::*;

use crate::support::{
    ASKED, AUTHENTICATOR_DATA, CLIENT_DATA, PUBLIC_KEY, SIGNATURE, authenticators, bytes_of, site, with_bytes,
};

/// All answers with one bit of this member flipped, with the number of the bit.
fn flips<'a>(answer: &'a str, path: &'a str) -> impl Iterator<Item = (usize, String)> + 'a {
    let bits = bytes_of(answer, path).len() * 8;
    (0..bits).map(move |bit| (bit, with_bytes(answer, path, |bytes| bytes[bit / 8] ^= 1 << (bit % 8))))
}

#[test]
fn no_bit_of_what_is_signed_can_be_another() {
    for authenticator in authenticators() {
        let answer = authenticator.assert(&ASKED);
        let key = authenticator.public_key();
        for path in [AUTHENTICATOR_DATA, CLIENT_DATA, SIGNATURE] {
            for (bit, flipped) in flips(&answer, path) {
                let is_right = BrowserAnswers
                    .read_assertion(&site(), &flipped)
                    .is_ok_and(|proof| BrowserAnswers.verify(&proof, &key) == Signature::Right);
                assert!(!is_right, "bit {bit} of {path}, {:?}", key.algorithm);
            }
        }
    }
}

#[test]
fn no_bit_of_the_key_can_be_another() {
    for authenticator in authenticators() {
        let proof = BrowserAnswers.read_assertion(&site(), &authenticator.assert(&ASKED)).unwrap();
        let key = authenticator.public_key();
        for bit in 0..key.spki.len() * 8 {
            let mut other = key.clone();
            other.spki[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(BrowserAnswers.verify(&proof, &other), Signature::Wrong, "bit {bit}, {:?}", key.algorithm);
        }
    }
}

/// Bits of a new credential that are handed over as they are or have no meaning, and the CBOR around the key. Nothing of it is
/// signed.
fn may_be_another(bit: usize, id: usize, authenticator: &SoftAuthenticator) -> bool {
    let cose_starts_at = 55 + id;
    match bit / 8 {
        // Two without a meaning, backup eligible, and extensions: bytes after the key are ignored.
        32 => [1, 3, 5, 7].contains(&(bit % 8)),
        33..53 => true,
        byte if byte < cose_starts_at => false,
        byte => match (authenticator.public_key().algorithm, byte - cose_starts_at) {
            (Algorithm::EdDsa, at) => at < 10,
            (Algorithm::Es256, at) => at < 10 || (42..45).contains(&at),
            (Algorithm::Rs256, at) => !(11..11 + 256).contains(&at),
        },
    }
}

#[test]
fn of_a_new_credential_no_bit_that_is_judged_can_be_another() {
    for authenticator in authenticators() {
        let answer = authenticator.register(&ASKED);
        let right = BrowserAnswers.read_registration(&site(), &answer).unwrap();
        for (bit, flipped) in flips(&answer, AUTHENTICATOR_DATA) {
            let read = BrowserAnswers.read_registration(&site(), &flipped);
            assert_eq!(
                read.is_ok(),
                may_be_another(bit, authenticator.credential_id.len(), &authenticator),
                "bit {bit}"
            );
            if let Ok(read) = read {
                assert_eq!(
                    (read.credential_id, read.public_key),
                    (right.credential_id.clone(), right.public_key.clone())
                );
            }
        }
        for (bit, flipped) in flips(&answer, PUBLIC_KEY) {
            let read = BrowserAnswers.read_registration(&site(), &flipped);
            // The exponent of an RSA key is not compared.
            let is_exponent =
                right.public_key.algorithm == Algorithm::Rs256 && bit / 8 >= right.public_key.spki.len() - 3;
            assert!(read.is_err() || is_exponent, "bit {bit}");
        }
        for (bit, flipped) in flips(&answer, CLIENT_DATA) {
            let Ok(read) = BrowserAnswers.read_registration(&site(), &flipped) else { continue };
            // Another challenge, or another name of the member that says that the page was in no frame.
            let text = String::from_utf8_lossy(&bytes_of(&flipped, CLIENT_DATA)).into_owned();
            assert!(read.challenge != right.challenge || !text.contains("crossOrigin"), "bit {bit}: {text}");
        }
    }
}

proptest! {
    #[test]
    fn nothing_that_is_read_does_harm(text in "\\PC{0,200}|[\\[{\":,}\\]a-z0-9\\\\]{0,80}") {
        let _any = BrowserAnswers.read_registration(&site(), &text);
        let _any = BrowserAnswers.read_assertion(&site(), &text);
    }

    #[test]
    fn a_proof_with_pieces_cut_out_or_put_in_proves_the_same_or_nothing(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..4, "[ -~]{0,3}"), 1..4),
        which in 0_usize..2,
    ) {
        let authenticator = SoftAuthenticator::new(Algorithm::ALL[which]);
        let answer = authenticator.assert(&ASKED);
        let right = BrowserAnswers.read_assertion(&site(), &answer).unwrap();
        let changed = edited(answer, &edits);
        if let Ok(proof) = BrowserAnswers.read_assertion(&site(), &changed)
            && BrowserAnswers.verify(&proof, &authenticator.public_key()) == Signature::Right
        {
            prop_assert_eq!(proof.signed, right.signed);
            prop_assert_eq!(proof.challenge, right.challenge);
        }
    }

    #[test]
    fn a_credential_with_pieces_cut_out_or_put_in_is_the_same_or_none(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..4, "[ -~]{0,3}"), 1..4),
        which in 0_usize..3,
    ) {
        let answer = SoftAuthenticator::new(Algorithm::ALL[which]).register(&ASKED);
        let right = BrowserAnswers.read_registration(&site(), &answer).unwrap();
        if let Ok(read) = BrowserAnswers.read_registration(&site(), &edited(answer, &edits)) {
            prop_assert_eq!(read.credential_id, right.credential_id);
        }
    }

    #[test]
    fn no_other_key_has_signed(
        at in any::<prop::sample::Index>(),
        cut in 0_usize..40,
        put_in in prop::collection::vec(any::<u8>(), 0..40),
        which in 0_usize..3,
    ) {
        let authenticator = SoftAuthenticator::new(Algorithm::ALL[which]);
        let proof = BrowserAnswers.read_assertion(&site(), &authenticator.assert(&ASKED)).unwrap();
        let right = authenticator.public_key();
        let mut spki = right.spki.clone();
        let from = at.index(spki.len() + 1);
        spki.splice(from..spki.len().min(from + cut), put_in);
        for algorithm in Algorithm::ALL {
            let key = PublicKey { algorithm, spki: spki.clone() };
            let expected = if key == right { Signature::Right } else { Signature::Wrong };
            prop_assert_eq!(BrowserAnswers.verify(&proof, &key), expected);
        }
    }

    #[test]
    fn authenticator_data_of_any_bytes_do_no_harm(
        after in prop::collection::vec(any::<u8>(), 0..300),
        at in 0_usize..200,
    ) {
        for authenticator in [SoftAuthenticator::new(Algorithm::EdDsa), SoftAuthenticator::new(Algorithm::Es256)] {
            let cut = |data: &mut Vec<u8>| { data.truncate(at); data.extend(&after); };
            let _any = BrowserAnswers.read_registration(&site(), &with_bytes(&authenticator.register(&ASKED), AUTHENTICATOR_DATA, cut));
            let _any = BrowserAnswers.read_assertion(&site(), &with_bytes(&authenticator.assert(&ASKED), AUTHENTICATOR_DATA, cut));
        }
    }
}

/// At each place, cuts out a number of characters and puts in a text.
fn edited(mut text: String, edits: &[(prop::sample::Index, usize, String)]) -> String {
    for (at, cut, put_in) in edits {
        let from = at.index(text.len());
        let to = text.len().min(from + cut);
        text.replace_range(from..to, put_in);
    }
    text
}
