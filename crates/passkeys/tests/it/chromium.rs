//! Answers of Chromium 156 with its virtual authenticator, recorded on a page of `http://localhost:18123`; the last two in a frame
//! of `http://127.0.0.1:18123`.

use std::collections::HashMap;

use doorward_domain::passkey::{
    Algorithm, Backup, PasskeyVerifier as _, PublicKey, RelyingParty, Signature, UnfitAnswer, UserHandle,
};
use doorward_passkeys::BrowserAnswers;
use serde_json::Value;

use crate::support::HANDLE;

fn site() -> RelyingParty {
    let origins = vec!["http://localhost:18123".to_owned()];
    RelyingParty { id: "localhost".to_owned(), name: "Notes".to_owned(), origins }
}

/// The purpose of each, its kind, its algorithm, and the answer.
fn answers() -> impl Iterator<Item = (String, String, Algorithm, String)> {
    include_str!("chromium.jsonl").lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        let algorithm = i32::try_from(line["algorithm"].as_i64().unwrap()).unwrap();
        (text("what"), text("kind"), Algorithm::from_cose(algorithm).unwrap(), line["answer"].to_string())
    })
}

#[test]
fn each_answer_of_chromium_is_read_as_the_authenticator_was_set_up() {
    let mut keys: HashMap<_, PublicKey> = HashMap::new();
    let mut counters = HashMap::new();
    let mut proofs = 0;
    for (what, kind, algorithm, answer) in answers() {
        let backup = match what.as_str() {
            "can be synced" => Backup::Eligible,
            "synced" => Backup::Synced,
            _ => Backup::ThisDeviceOnly,
        };
        if kind == "create" {
            let read = BrowserAnswers.read_registration(&site(), &answer);
            if what == "in a frame" {
                assert_eq!(read, Err(UnfitAnswer::OtherOrigin));
                continue;
            }
            let read = read.unwrap();
            assert_eq!((read.public_key.algorithm, read.backup), (algorithm, backup), "{what}");
            counters.insert(read.credential_id.clone(), read.counter);
            keys.insert(read.credential_id, read.public_key);
            continue;
        }
        let read = BrowserAnswers.read_assertion(&site(), &answer);
        let refused = match what.as_str() {
            "not verified" | "not verified, required" => Some(UnfitAnswer::NotVerified),
            "not present" => Some(UnfitAnswer::NotPresent),
            "in a frame" => Some(UnfitAnswer::OtherOrigin),
            _ => None,
        };
        assert_eq!(read.as_ref().err(), refused.as_ref(), "{what}");
        let Ok(proof) = read else { continue };
        let signature = if what == "bogus signature" { Signature::Wrong } else { Signature::Right };
        assert_eq!(BrowserAnswers.verify(&proof, &keys[&proof.credential_id]), signature, "{what}, {algorithm:?}");
        let handle = (what != "not discoverable").then_some(UserHandle::from_bytes(HANDLE));
        assert_eq!((proof.user_handle, proof.backup), (handle, backup), "{what}");
        let counter = counters.insert(proof.credential_id, proof.counter);
        assert_eq!(counter, Some(proof.counter - 1), "{what}");
        proofs += 1;
    }
    assert_eq!((keys.len(), proofs), (8, 14));
}
