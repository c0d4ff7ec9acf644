//! An authenticator without a device, and the browser in front of it, for tests: it answers as they do, or wrongly on request.
//!
//! ```
//! use doorward_domain::passkey::{Algorithm, PasskeyVerifier, RelyingParty, Signature};
//! use doorward_passkeys::BrowserAnswers;
//! use doorward_passkeys::testing::{Asked, SoftAuthenticator};
//!
//! let origin = "https://notes.example.org".to_owned();
//! let site = RelyingParty { id: "notes.example.org".to_owned(), name: "Notes".to_owned(), origins: vec![origin] };
//! let asked = Asked::by(&site, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
//!
//! let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
//! let added = BrowserAnswers.read_registration(&site, &authenticator.register(&asked))?;
//! assert_eq!(added.public_key, authenticator.public_key());
//!
//! authenticator.signature = Signature::Wrong;
//! let proof = BrowserAnswers.read_assertion(&site, &authenticator.assert(&asked))?;
//! assert_eq!(BrowserAnswers.verify(&proof, &added.public_key), Signature::Wrong);
//! # Ok::<(), doorward_domain::passkey::UnfitAnswer>(())
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::passkey::{Algorithm, PublicKey, RelyingParty, Signature};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

use crate::authenticator_data::flag;
use crate::public_key::{ED25519_START, P256_START, RSA_ENCRYPTION};

/// The request of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The challenge, as the page got it.
    pub challenge: &'a str,
    /// The page's origin.
    pub origin: &'a str,
    /// The id of the site in whose name the page asks.
    pub rp_id: &'a str,
}

impl<'a> Asked<'a> {
    /// A request by a site's page, on the first of its origins.
    #[must_use]
    pub fn by(site: &'a RelyingParty, challenge: &'a str) -> Self {
        let origin = site.origins.first().map_or("", String::as_str);
        Self { challenge, origin, rp_id: &site.id }
    }
}

/// An authenticator with one credential. It answers with the values of its fields, none of which is checked.
#[derive(Debug)]
pub struct SoftAuthenticator {
    /// The id of its credential: 32 random bytes, unless something else is put here.
    pub credential_id: Vec<u8>,
    /// The user of the credential; `None` for an authenticator that stores no users, such as older security keys.
    pub user_handle: Option<Vec<u8>>,
    /// Its model: by default zeros, for an unknown one.
    pub aaguid: [u8; 16],
    /// The signature counter, 0 by default: it is not incremented.
    pub counter: u32,
    /// [`PRESENT`](Self::PRESENT) and [`VERIFIED`](Self::VERIFIED) by default. The flags for a following credential or extensions are
    /// added.
    pub flags: u8,
    /// Its extensions' data, in CBOR.
    pub extensions: Vec<u8>,
    /// Its transports.
    pub transports: Vec<&'static str>,
    /// Whether its signatures are right.
    pub signature: Signature,
    /// Whether the page is in a frame of another site's, as the browser says.
    pub cross_origin: bool,
    /// The origin of the page with the frame, if the browser tells it.
    pub top_origin: Option<String>,
    key: PrivateKey,
}

#[derive(Debug)]
enum PrivateKey {
    EdDsa(Ed25519KeyPair),
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

/// `ring` makes no RSA keys; this one, of 2,048 bits, is public.
const RSA_KEY: &[u8] = include_bytes!("testing/rsa_2048.pk8");

impl SoftAuthenticator {
    /// The user was present, as by a touch.
    pub const PRESENT: u8 = flag::PRESENT;
    /// The user was verified, as by a PIN or a fingerprint.
    pub const VERIFIED: u8 = flag::VERIFIED;
    /// The credential can be synced.
    pub const BACKUP_ELIGIBLE: u8 = flag::BACKUP_ELIGIBLE;
    /// The credential is synced.
    pub const BACKED_UP: u8 = flag::BACKED_UP;

    /// Makes one with a new key; all with an RSA key share the same one.
    ///
    /// # Panics
    /// If the operating system provides no randomness.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test without an authenticator has nothing to go on with")]
    pub fn new(algorithm: Algorithm) -> Self {
        let random = SystemRandom::new();
        let mut credential_id = vec![0; 32];
        random.fill(&mut credential_id).expect("there is randomness");
        let key = match algorithm {
            Algorithm::EdDsa => {
                let document = Ed25519KeyPair::generate_pkcs8(&random).expect("there is randomness");
                PrivateKey::EdDsa(Ed25519KeyPair::from_pkcs8(document.as_ref()).expect("a key"))
            }
            Algorithm::Es256 => {
                let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
                let document = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("there is randomness");
                PrivateKey::Es256(EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random).expect("a key"))
            }
            Algorithm::Rs256 => PrivateKey::Rs256(RsaKeyPair::from_pkcs8(RSA_KEY).expect("a key")),
        };
        Self {
            credential_id,
            user_handle: None,
            aaguid: [0; 16],
            counter: 0,
            flags: Self::PRESENT | Self::VERIFIED,
            extensions: Vec::new(),
            transports: vec!["internal"],
            signature: Signature::Right,
            cross_origin: false,
            top_origin: None,
            key,
        }
    }

    /// The public half of its key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        let (algorithm, spki) = match &self.key {
            PrivateKey::EdDsa(pair) => (Algorithm::EdDsa, [ED25519_START, pair.public_key().as_ref()].concat()),
            PrivateKey::Es256(pair) => {
                // Both contain the byte that marks an uncompressed point.
                let point = pair.public_key().as_ref().strip_prefix(&[4]).unwrap_or_default();
                (Algorithm::Es256, [P256_START, point].concat())
            }
            PrivateKey::Rs256(pair) => {
                let key = with_length(b"\x03\x82", &[b"\x00", pair.public().as_ref()].concat());
                (Algorithm::Rs256, with_length(b"\x30\x82", &[b"\x30\x0d", RSA_ENCRYPTION, &key].concat()))
            }
        };
        PublicKey { algorithm, spki }
    }

    /// Answers `navigator.credentials.create()` with a credential in JSON, without an attestation.
    #[must_use]
    pub fn register(&self, asked: &Asked<'_>) -> String {
        let id_length = u16::try_from(self.credential_id.len()).unwrap_or(u16::MAX).to_be_bytes();
        let credential = [&self.aaguid, &id_length[..], &self.credential_id, &self.cose_key()].concat();
        let data = self.authenticator_data(asked, flag::CREDENTIAL, &credential);
        let public_key = self.public_key();
        self.answer(&json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client_data("webauthn.create", asked)),
            "authenticatorData": URL_SAFE_NO_PAD.encode(&data),
            "attestationObject": URL_SAFE_NO_PAD.encode(attestation_object(&data)),
            "publicKey": URL_SAFE_NO_PAD.encode(&public_key.spki),
            "publicKeyAlgorithm": public_key.algorithm.cose(),
            "transports": self.transports,
        }))
    }

    /// Answers `navigator.credentials.get()` with a proof in JSON.
    #[must_use]
    pub fn assert(&self, asked: &Asked<'_>) -> String {
        let data = self.authenticator_data(asked, 0, &[]);
        let client_data = self.client_data("webauthn.get", asked);
        let signed = [&data, digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        let mut response = json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(&client_data),
            "authenticatorData": URL_SAFE_NO_PAD.encode(&data),
            "signature": URL_SAFE_NO_PAD.encode(self.sign(&signed)),
        });
        if let (Some(handle), Some(members)) = (&self.user_handle, response.as_object_mut()) {
            members.insert("userHandle".to_owned(), URL_SAFE_NO_PAD.encode(handle).into());
        }
        self.answer(&response)
    }

    /// Signs these bytes, or others if its signatures are to be wrong.
    ///
    /// # Panics
    /// If the operating system provides no randomness.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test without a signature has nothing to go on with")]
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let bytes = if self.signature == Signature::Right { bytes } else { &[bytes, b"and more"].concat() };
        match &self.key {
            PrivateKey::EdDsa(pair) => pair.sign(bytes).as_ref().to_vec(),
            PrivateKey::Es256(pair) => pair.sign(&random, bytes).expect("there is randomness").as_ref().to_vec(),
            PrivateKey::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature).expect("there is randomness");
                signature
            }
        }
    }

    fn answer(&self, response: &Value) -> String {
        let id = URL_SAFE_NO_PAD.encode(&self.credential_id);
        let answer = json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        });
        answer.to_string()
    }

    /// Returns the client data as a browser writes them (§5.8.1.1).
    fn client_data(&self, kind: &str, asked: &Asked<'_>) -> String {
        let text = |text: &str| Value::from(text).to_string();
        let top_origin = self.top_origin.as_deref().map(|origin| format!(",\"topOrigin\":{}", text(origin)));
        format!(
            "{{\"type\":{},\"challenge\":{},\"origin\":{},\"crossOrigin\":{}{}}}",
            text(kind),
            text(asked.challenge),
            text(asked.origin),
            self.cross_origin,
            top_origin.unwrap_or_default(),
        )
    }

    fn authenticator_data(&self, asked: &Asked<'_>, what_follows: u8, credential: &[u8]) -> Vec<u8> {
        let has_extensions = if self.extensions.is_empty() { 0 } else { flag::EXTENSIONS };
        [
            digest(&SHA256, asked.rp_id.as_bytes()).as_ref(),
            &[self.flags | what_follows | has_extensions],
            &self.counter.to_be_bytes(),
            credential,
            &self.extensions,
        ]
        .concat()
    }

    /// The public key in CBOR (RFC 9053 §7, RFC 8230 §4), in the canonical form of CTAP2.
    fn cose_key(&self) -> Vec<u8> {
        match &self.key {
            PrivateKey::EdDsa(pair) => {
                [b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20", pair.public_key().as_ref()].concat()
            }
            PrivateKey::Es256(pair) => {
                let point = pair.public_key().as_ref().strip_prefix(&[4]).unwrap_or_default();
                let (x, y) = point.split_at_checked(32).unwrap_or_default();
                [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat()
            }
            PrivateKey::Rs256(pair) => {
                let PublicKeyComponents::<Vec<u8>> { n, e } = pair.public().into();
                let modulus = with_length(b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59", &n);
                [&modulus, &b"\x21\x43"[..], &e].concat()
            }
        }
    }
}

/// The format `none` around the authenticator's data (§8.7).
fn attestation_object(data: &[u8]) -> Vec<u8> {
    with_length(b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59", data)
}

/// A start, the length of the content in two bytes, and the content: the form of content of 256 bytes or more in CBOR and DER.
fn with_length(start: &[u8], content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    [start, &length, content].concat()
}
