//! The examples of W3C Web Authentication Level 3, §16, each with a registration and an authentication. Most were made without user
//! verification, and are refused for it; their keys and signatures are checked nevertheless.

use doorward_domain::passkey::{
    Aaguid, Algorithm, Assertion, Backup, Challenge, CredentialId, PasskeyVerifier as _, PublicKey, RelyingParty,
    Signature, UnfitAnswer,
};
use doorward_passkeys::BrowserAnswers;
use ring::digest::{SHA256, digest};
use serde_json::json;

use crate::support::{AUTHENTICATOR_DATA, encoded, with_bytes};

struct Example {
    challenge: Vec<u8>,
    client_data: Vec<u8>,
    authenticator_data: Vec<u8>,
    proof_challenge: Vec<u8>,
    proof_data: Vec<u8>,
    proof_client_data: Vec<u8>,
    signature: Vec<u8>,
}

type Verdict = Result<Backup, UnfitAnswer>;

/// The expected verdicts on the registration and the authentication of an example.
const EXPECTED: [(&str, Verdict, Verdict); 15] = {
    use Backup::{Eligible, Synced};
    use UnfitAnswer::{Malformed, NotVerified, OtherOrigin};
    [
        ("none-es256", Err(NotVerified), Err(NotVerified)),
        ("packed-self-es256", Ok(Synced), Err(NotVerified)),
        ("none-es256-crossOrigin", Err(OtherOrigin), Err(OtherOrigin)),
        ("none-es256-topOrigin", Err(OtherOrigin), Err(OtherOrigin)),
        ("none-es256-long-credential-id", Err(NotVerified), Ok(Eligible)),
        ("packed-es256", Ok(Eligible), Ok(Eligible)),
        ("packed-es384", Err(NotVerified), Ok(Eligible)),
        // A challenge of 128 bytes is none of ours.
        ("packed-es512", Err(Malformed), Err(Malformed)),
        ("packed-rs256", Ok(Synced), Err(NotVerified)),
        ("packed-eddsa", Err(NotVerified), Err(NotVerified)),
        ("packed-ed448", Err(NotVerified), Ok(Synced)),
        ("tpm-es256", Ok(Eligible), Ok(Eligible)),
        ("android-key-es256", Ok(Synced), Err(NotVerified)),
        ("apple-es256", Err(NotVerified), Err(NotVerified)),
        ("fido-u2f-es256", Err(NotVerified), Err(NotVerified)),
    ]
};

/// The examples by name, in their order.
fn examples() -> Vec<(&'static str, Example)> {
    let blocks = include_str!("w3c_vectors.txt").split("\n\n").skip(1);
    let example = |block: &'static str| {
        let (name, values) = block.split_once('\n').unwrap();
        let values: Vec<Vec<u8>> = values.lines().map(bytes).collect();
        let [challenge, client_data, attestation, proof_challenge, proof_data, proof_client_data, signature] =
            values.try_into().unwrap();
        let authenticator_data = authenticator_data_in(&attestation);
        (
            name,
            Example {
                challenge,
                client_data,
                authenticator_data,
                proof_challenge,
                proof_data,
                proof_client_data,
                signature,
            },
        )
    };
    blocks.map(example).collect()
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let pairs = hexadecimal.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn site() -> RelyingParty {
    let origins = vec!["https://example.org".to_owned()];
    RelyingParty { id: "example.org".to_owned(), name: "Example".to_owned(), origins }
}

/// The last member of an attestation object, `authData`, a byte string with a length of one byte or of two.
fn authenticator_data_in(attestation: &[u8]) -> Vec<u8> {
    let name = b"hauthData";
    let at = attestation.windows(name.len()).position(|window| window == name).unwrap() + name.len();
    match attestation[at..] {
        [0x58, length, ref data @ ..] if data.len() == usize::from(length) => data.to_vec(),
        [0x59, high, low, ref data @ ..] if data.len() == usize::from(u16::from_be_bytes([high, low])) => data.to_vec(),
        _ => panic!("no authenticator data at the end"),
    }
}

impl Example {
    fn credential_id(&self) -> &[u8] {
        let length = u16::from_be_bytes([self.authenticator_data[53], self.authenticator_data[54]]);
        &self.authenticator_data[55..55 + usize::from(length)]
    }

    /// The key as a browser hands it over: its COSE number, and its form if the algorithm is one of ours.
    fn key(&self) -> (i32, Option<Vec<u8>>) {
        const P256: &str = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
        match &self.authenticator_data[55 + self.credential_id().len()..] {
            [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32, key @ ..] => {
                let (x, y) = (&key[..32], key[32..].strip_prefix(&[0x22, 0x58, 32]).unwrap());
                (-7, Some([&bytes(P256), x, y].concat()))
            }
            [0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32, key @ ..] => {
                (-8, Some([&bytes("302a300506032b6570032100"), key].concat()))
            }
            [0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59, high, low, key @ ..] => {
                let (n, e) = key.split_at(u16::from_be_bytes([*high, *low]).into());
                let (n, e) = (element(2, n), element(2, e.strip_prefix(&[0x21, 0x43]).unwrap()));
                let key = element(0x03, &[&[0], &element(0x30, &[n, e].concat())[..]].concat());
                let kind = bytes("300d06092a864886f70d0101010500");
                (-257, Some(element(0x30, &[kind, key].concat())))
            }
            [0xa5, 1, 2, 3, 0x38, 0x22, ..] => (-35, None),
            [0xa5, 1, 2, 3, 0x38, 0x23, ..] => (-36, None),
            [0xa4, 1, 1, 3, 0x38, 0x34, ..] => (-53, None),
            key => panic!("{key:x?}"),
        }
    }

    fn public_key(&self) -> Option<PublicKey> {
        let (number, spki) = self.key();
        Some(PublicKey { algorithm: Algorithm::from_cose(number)?, spki: spki.unwrap() })
    }

    fn registration(&self) -> String {
        let id = encoded(self.credential_id());
        let (number, spki) = self.key();
        let response = json!({
            "clientDataJSON": encoded(&self.client_data),
            "authenticatorData": encoded(&self.authenticator_data),
            "publicKey": spki.map(|spki| encoded(&spki)),
            "publicKeyAlgorithm": number,
            "transports": [],
        });
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }

    fn authentication(&self) -> String {
        let id = encoded(self.credential_id());
        let response = json!({
            "clientDataJSON": encoded(&self.proof_client_data),
            "authenticatorData": encoded(&self.proof_data),
            "signature": encoded(&self.signature),
        });
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }

    /// The proof as if it were valid, so that its signature is checked in any case.
    fn proof(&self) -> Assertion {
        Assertion {
            challenge: Challenge::parse(&encoded(&self.proof_challenge)).unwrap(),
            credential_id: CredentialId::from_bytes(self.credential_id().to_vec()).unwrap(),
            user_handle: None,
            counter: 0,
            backup: Backup::ThisDeviceOnly,
            signed: [&self.proof_data, digest(&SHA256, &self.proof_client_data).as_ref()].concat(),
            signature: self.signature.clone(),
        }
    }
}

/// A DER element; an integer whose first bit is set gets a leading zero.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let zero = if tag == 2 && content[0] >= 0x80 { &[0][..] } else { &[] };
    let content = [zero, content].concat();
    let length = u16::try_from(content.len()).unwrap();
    let [high, low] = length.to_be_bytes();
    match length {
        0..0x80 => [&[tag, low], &content[..]].concat(),
        0x100.. => [&[tag, 0x82, high, low], &content[..]].concat(),
        _ => panic!("not needed"),
    }
}

#[test]
fn each_example_comes_to_what_its_flags_and_its_algorithm_say() {
    let examples = examples();
    assert_eq!(examples.iter().map(|(name, _)| *name).collect::<Vec<_>>(), EXPECTED.map(|(name, ..)| name));
    for ((name, example), (_, registration, authentication)) in examples.into_iter().zip(EXPECTED) {
        let read = BrowserAnswers.read_registration(&site(), &example.registration());
        assert_eq!(read.as_ref().map(|read| read.backup), registration.as_ref().copied(), "{name}");
        if let Ok(read) = read {
            assert_eq!(read.challenge, Challenge::parse(&encoded(&example.challenge)).unwrap(), "{name}");
            assert_eq!(read.credential_id.as_bytes(), example.credential_id(), "{name}");
            assert_eq!(
                read.aaguid,
                Aaguid::from_bytes(example.authenticator_data[37..53].try_into().unwrap()),
                "{name}"
            );
            assert_eq!(Some(read.public_key), example.public_key(), "{name}");
        }
        let read = BrowserAnswers.read_assertion(&site(), &example.authentication());
        assert_eq!(read.as_ref().map(|read| read.backup), authentication.as_ref().copied(), "{name}");
        if let Ok(read) = read {
            assert_eq!(Assertion { backup: Backup::ThisDeviceOnly, ..read }, example.proof(), "{name}");
        }
    }
}

#[test]
fn each_key_of_our_algorithms_is_read_once_its_user_is_verified() {
    for (name, example) in examples() {
        let verified = with_bytes(&example.registration(), AUTHENTICATOR_DATA, |data| data[32] |= 1 << 2);
        let read = BrowserAnswers.read_registration(&site(), &verified);
        match (name, example.public_key()) {
            ("none-es256-crossOrigin" | "none-es256-topOrigin", _) => assert_eq!(read, Err(UnfitAnswer::OtherOrigin)),
            ("packed-es512", _) => assert_eq!(read, Err(UnfitAnswer::Malformed)),
            (_, None) => assert_eq!(read, Err(UnfitAnswer::UnfitKey), "{name}"),
            (_, key) => assert_eq!(read.ok().map(|read| read.public_key), key, "{name}"),
        }
    }
}

#[test]
fn each_signature_of_our_algorithms_is_right_and_no_longer_so_when_a_bit_is_another() {
    let mut seen = 0;
    for (name, example) in examples() {
        let Some(key) = example.public_key() else { continue };
        seen += 1;
        assert_eq!(BrowserAnswers.verify(&example.proof(), &key), Signature::Right, "{name}");
        for byte in 0..example.proof().signed.len() {
            let mut proof = example.proof();
            proof.signed[byte] ^= 1;
            assert_eq!(BrowserAnswers.verify(&proof, &key), Signature::Wrong, "{name}, byte {byte}");
        }
    }
    assert_eq!(seen, 12);
}
