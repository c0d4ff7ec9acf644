use doorward_domain::passkey::{
    Algorithm, Assertion, Challenge, PasskeyVerifier, PublicKey, Registration, RelyingParty, Signature, Transports,
    UnfitAnswer, UserHandle,
};
use ring::digest::{SHA256, digest};

use crate::answer::{Answer, bytes};
use crate::authenticator_data::AuthenticatorData;
use crate::client_data::{Kind, challenge_in};
use crate::public_key::Key;

/// Reads the JSON that `PublicKeyCredential.toJSON()` makes in a browser, and verifies it with `ring`.
///
/// The errors come in the order of the standard's steps: an answer with several faults is refused for the first. No input
/// causes a panic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BrowserAnswers;

impl BrowserAnswers {
    /// The maximum size of an answer, in bytes. The longest id with the largest RSA key needs about 10 KiB; the rest is for an
    /// attestation with its certificates, which an authenticator may send unasked.
    pub const MAX_BYTES: usize = 64 * 1_024;

    fn read(json: &str, kind: Kind, site: &RelyingParty) -> Result<(Answer, Challenge), UnfitAnswer> {
        if json.len() > Self::MAX_BYTES {
            return Err(UnfitAnswer::Malformed);
        }
        let answer = Answer::parse(json)?;
        let challenge = challenge_in(&answer.client_data, kind, site)?;
        Ok((answer, challenge))
    }
}

impl PasskeyVerifier for BrowserAnswers {
    fn read_registration(&self, site: &RelyingParty, answer: &str) -> Result<Registration, UnfitAnswer> {
        // §7.1, steps 3 to 11, and step 25.
        let (answer, challenge) = Self::read(answer, Kind::Create, site)?;
        // §7.1, step 13: the browser has taken this out of the CBOR.
        let data = AuthenticatorData::parse(&answer.authenticator_data, site)?;
        let credential = data.credential()?;
        if credential.id != answer.credential_id.as_bytes() {
            return Err(UnfitAnswer::Malformed);
        }
        // §7.1, step 20.
        let algorithm = answer.rest.algorithm.and_then(Algorithm::from_cose).ok_or(UnfitAnswer::UnfitKey)?;
        // A browser that cannot write a key in this form leaves it out, or writes null (§5.2.1.1).
        let spki = bytes(answer.rest.public_key.as_deref().ok_or(UnfitAnswer::UnfitKey)?)?;
        let key = Key::parse(algorithm, &spki).filter(Key::is_usable).ok_or(UnfitAnswer::UnfitKey)?;
        if !key.occurs_in(credential.key_and_extensions) {
            return Err(UnfitAnswer::Malformed);
        }
        Ok(Registration {
            challenge,
            credential_id: answer.credential_id,
            counter: data.counter,
            backup: data.backup,
            aaguid: credential.aaguid,
            transports: Transports::from_codes(answer.rest.transports.iter().map(String::as_str)),
            public_key: PublicKey { algorithm, spki },
        })
    }

    fn read_assertion(&self, site: &RelyingParty, answer: &str) -> Result<Assertion, UnfitAnswer> {
        // §7.2, steps 3 and 7 to 14.
        let (answer, challenge) = Self::read(answer, Kind::Get, site)?;
        let data = AuthenticatorData::parse(&answer.authenticator_data, site)?;
        let (counter, backup) = (data.counter, data.backup);
        let signature = bytes(answer.rest.signature.as_deref().ok_or(UnfitAnswer::Malformed)?)?;
        let user_handle = answer.rest.user_handle.as_deref().map(user_handle).transpose()?;
        // §7.2, step 20, and the bytes of step 21.
        let mut signed = answer.authenticator_data;
        signed.extend(digest(&SHA256, &answer.client_data).as_ref());
        let credential_id = answer.credential_id;
        Ok(Assertion { challenge, credential_id, user_handle, counter, backup, signed, signature })
    }

    fn verify(&self, assertion: &Assertion, key: &PublicKey) -> Signature {
        // §7.2, step 21.
        match Key::parse(key.algorithm, &key.spki) {
            Some(key) if key.has_signed(&assertion.signed, &assertion.signature) => Signature::Right,
            _ => Signature::Wrong,
        }
    }
}

/// Reads a user handle. One of another length was not given to a user of ours.
fn user_handle(text: &str) -> Result<UserHandle, UnfitAnswer> {
    bytes(text)?.try_into().map(UserHandle::from_bytes).map_err(|_| UnfitAnswer::Malformed)
}
