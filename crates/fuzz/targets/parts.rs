//! The parts of an answer as bytes, so that changes go past JSON and base64: which algorithm and whether the client data are right,
//! then four parts, each after its length in two bytes: the id, the authenticator's data, the client data, the key or signature.
#![cfg_attr(not(test), no_main)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_fuzz::passkeys::{judge, judge_pair};
use serde_json::json;

pub fn target(bytes: &[u8]) {
    let Some((&[choice], mut rest)) = bytes.split_first_chunk() else { return };
    let mut part = || {
        let (length, after) = rest.split_first_chunk().unwrap_or((&[0, 0], &[]));
        let (part, after) = after.split_at_checked(u16::from_be_bytes(*length).into()).unwrap_or((after, &[]));
        rest = after;
        part
    };
    let (id, data, client_data, last) = (part(), part(), part(), part());
    let algorithm = [-8, -7, -257, -35][usize::from(choice & 3)];
    let right = |kind: &str| {
        format!(r#"{{"type":"webauthn.{kind}","challenge":"{}","origin":"http://localhost:18123"}}"#, "A".repeat(43))
    };
    let answer = |kind: &str| {
        let client_data = if choice & 4 == 0 { right(kind).into_bytes() } else { client_data.to_vec() };
        let id = URL_SAFE_NO_PAD.encode(id);
        let response = json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "publicKey": URL_SAFE_NO_PAD.encode(last),
            "publicKeyAlgorithm": algorithm,
            "signature": URL_SAFE_NO_PAD.encode(last),
        });
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    };
    let (registration, proof) = (answer("create"), answer("get"));
    judge(&registration);
    judge(&proof);
    judge_pair(&registration, &proof);
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target(bytes));
