//! A site, and answers that are changed afterwards.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::passkey::{Algorithm, RelyingParty};
use doorward_passkeys::testing::{Asked, SoftAuthenticator};
use serde_json::Value;

pub(crate) const CHALLENGE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
pub(crate) const HANDLE: [u8; 16] = *b"sixteen byte str";

/// The request of a page of [`site`].
pub(crate) const ASKED: Asked<'_> =
    Asked { challenge: CHALLENGE, origin: "https://notes.example.org", rp_id: "example.org" };

pub(crate) fn site() -> RelyingParty {
    let origins = ["https://notes.example.org", "https://example.org:8443"].map(str::to_owned);
    RelyingParty { id: "example.org".to_owned(), name: "Notes".to_owned(), origins: origins.to_vec() }
}

/// One authenticator for each algorithm.
pub(crate) fn authenticators() -> [SoftAuthenticator; 3] {
    Algorithm::ALL.map(|algorithm| {
        let mut authenticator = SoftAuthenticator::new(algorithm);
        authenticator.user_handle = Some(HANDLE.to_vec());
        authenticator
    })
}

/// An answer with another value for the member at this path.
pub(crate) fn with(answer: &str, path: &str, value: impl Into<Value>) -> String {
    let mut answer: Value = serde_json::from_str(answer).unwrap();
    *answer.pointer_mut(path).unwrap() = value.into();
    answer.to_string()
}

/// An answer without the member at this path.
pub(crate) fn without(answer: &str, path: &str) -> String {
    let mut answer: Value = serde_json::from_str(answer).unwrap();
    let (parent, name) = path.rsplit_once('/').unwrap();
    answer.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    answer.to_string()
}

/// An answer with a further member in the object at this path.
pub(crate) fn with_more(answer: &str, path: &str, name: &str, value: impl Into<Value>) -> String {
    let mut answer: Value = serde_json::from_str(answer).unwrap();
    answer.pointer_mut(path).unwrap().as_object_mut().unwrap().insert(name.to_owned(), value.into());
    answer.to_string()
}

/// The bytes of a member.
pub(crate) fn bytes_of(answer: &str, path: &str) -> Vec<u8> {
    let answer: Value = serde_json::from_str(answer).unwrap();
    URL_SAFE_NO_PAD.decode(answer.pointer(path).unwrap().as_str().unwrap()).unwrap()
}

/// An answer with changed bytes in the member at this path.
pub(crate) fn with_bytes(answer: &str, path: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = bytes_of(answer, path);
    change(&mut bytes);
    with(answer, path, encoded(&bytes))
}

pub(crate) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An answer with this client data.
pub(crate) fn with_client_data(answer: &str, client_data: impl AsRef<[u8]>) -> String {
    with(answer, CLIENT_DATA, encoded(client_data.as_ref()))
}

pub(crate) const CLIENT_DATA: &str = "/response/clientDataJSON";
pub(crate) const AUTHENTICATOR_DATA: &str = "/response/authenticatorData";
pub(crate) const PUBLIC_KEY: &str = "/response/publicKey";
pub(crate) const SIGNATURE: &str = "/response/signature";
