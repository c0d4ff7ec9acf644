//! An authenticator without cryptography, and a verifier that accepts its answers, for tests of the code around them.

use crate::accounts::{PasskeyCreation, PasskeyRequest};
use crate::passkey::{
    Algorithm, Assertion, Backup, Challenge, CredentialId, PasskeyVerifier, PublicKey, Registration, RelyingParty,
    Signature, Transports, UnfitAnswer, UserHandle,
};

/// An authenticator with one passkey. Its signatures are easy to forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FakeAuthenticator {
    /// The number of its passkey, which is the credential's id.
    pub credential: u8,
    /// The user handle, once the passkey is made.
    pub user_handle: Option<UserHandle>,
    /// How often the passkey was used. Each use adds one, unless it is 0.
    pub counter: u32,
    /// Whether the passkey is synced.
    pub backup: Backup,
    /// The key that it signs with: the `credential`, unless a test needs wrong signatures.
    pub key: u8,
}

impl FakeAuthenticator {
    /// An authenticator that does not count its uses, and whose passkey has this number.
    #[must_use]
    pub const fn new(number: u8) -> Self {
        Self { credential: number, user_handle: None, counter: 0, backup: Backup::Synced, key: number }
    }

    /// The id of its passkey.
    ///
    /// # Panics
    /// Never: one byte is an id.
    #[must_use]
    #[expect(clippy::expect_used, reason = "one byte is an id")]
    pub fn credential_id(&self) -> CredentialId {
        CredentialId::from_bytes(vec![self.credential]).expect("one byte is an id")
    }

    /// Makes the passkey.
    pub fn register(&mut self, creation: &PasskeyCreation) -> String {
        self.user_handle = Some(creation.user_handle);
        self.answer("create", &creation.challenge)
    }

    /// Uses the passkey.
    pub fn assert(&mut self, request: &PasskeyRequest) -> String {
        if self.counter > 0 {
            self.counter += 1;
        }
        self.answer("get", &request.challenge)
    }

    fn answer(&self, ceremony: &str, challenge: &Challenge) -> String {
        let handle = self.user_handle.map_or_else(String::new, |handle| format!("{:?}", handle.as_bytes()));
        let Self { credential, counter, backup, key, .. } = self;
        let handle = handle.replace(' ', "");
        [
            ceremony,
            &challenge.encoded(),
            &credential.to_string(),
            &counter.to_string(),
            backup.code(),
            &key.to_string(),
            &handle,
        ]
        .join(" ")
    }
}

/// Reads what a [`FakeAuthenticator`] wrote.
#[derive(Debug, Clone, Copy, Default)]
pub struct FakeVerifier;

/// The parts of an answer.
struct Read {
    challenge: Challenge,
    credential_id: CredentialId,
    counter: u32,
    backup: Backup,
    key: u8,
    user_handle: Option<UserHandle>,
}

fn read(answer: &str, ceremony: &str) -> Option<Read> {
    let mut words = answer.split(' ');
    if words.next()? != ceremony {
        return None;
    }
    let challenge = Challenge::parse(words.next()?)?;
    let credential_id = CredentialId::from_bytes(vec![words.next()?.parse().ok()?])?;
    let (counter, backup) = (words.next()?.parse().ok()?, Backup::from_code(words.next()?)?);
    let key = words.next()?.parse().ok()?;
    let handle: Vec<u8> =
        words.next()?.trim_matches(['[', ']']).split(',').filter_map(|byte| byte.parse().ok()).collect();
    let user_handle = handle.try_into().ok().map(UserHandle::from_bytes);
    Some(Read { challenge, credential_id, counter, backup, key, user_handle })
}

impl PasskeyVerifier for FakeVerifier {
    fn read_registration(&self, _: &RelyingParty, answer: &str) -> Result<Registration, UnfitAnswer> {
        let Read { challenge, credential_id, counter, backup, key, .. } =
            read(answer, "create").ok_or(UnfitAnswer::Malformed)?;
        let public_key = PublicKey { algorithm: Algorithm::EdDsa, spki: vec![key] };
        let transports = Transports::from_codes(["internal"]);
        Ok(Registration { challenge, credential_id, public_key, counter, backup, aaguid: None, transports })
    }

    fn read_assertion(&self, _: &RelyingParty, answer: &str) -> Result<Assertion, UnfitAnswer> {
        let Read { challenge, credential_id, counter, backup, key, user_handle } =
            read(answer, "get").ok_or(UnfitAnswer::Malformed)?;
        let (signed, signature) = (Vec::new(), vec![key]);
        Ok(Assertion { challenge, credential_id, user_handle, counter, backup, signed, signature })
    }

    fn verify(&self, assertion: &Assertion, key: &PublicKey) -> Signature {
        if assertion.signature == key.spki { Signature::Right } else { Signature::Wrong }
    }
}
