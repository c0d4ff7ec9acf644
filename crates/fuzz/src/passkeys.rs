//! The checks of what a browser answers with a passkey.

use std::collections::HashSet;
use std::sync::LazyLock;

use doorward_domain::passkey::{PasskeyVerifier as _, PublicKey, RelyingParty, Signature};
use doorward_passkeys::BrowserAnswers;
use serde_json::Value;

static SITE: LazyLock<RelyingParty> = LazyLock::new(|| RelyingParty {
    id: "localhost".to_owned(),
    name: "Notes".to_owned(),
    origins: vec!["http://localhost:18123".to_owned()],
});

/// The keys that Chromium's authenticator made, and all that it signed with them.
static RECORDED: LazyLock<(Vec<PublicKey>, HashSet<Vec<u8>>)> = LazyLock::new(|| {
    let lines = include_str!("../../passkeys/tests/it/chromium.jsonl").lines();
    let answers: Vec<String> =
        lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON")["answer"].to_string()).collect();
    let keys = answers.iter().filter_map(|answer| BrowserAnswers.read_registration(&SITE, answer).ok());
    let proofs = answers.iter().filter_map(|answer| BrowserAnswers.read_assertion(&SITE, answer).ok());
    (keys.map(|read| read.public_key).collect(), proofs.map(|proof| proof.signed).collect())
});

/// Reads an answer as a new credential and as a proof. A key has to fit into its row, and a signature is right only for signed bytes.
pub fn judge(answer: &str) {
    let (keys, signed) = &*RECORDED;
    let credential = BrowserAnswers.read_registration(&SITE, answer);
    let proof = BrowserAnswers.read_assertion(&SITE, answer);
    assert!(credential.is_err() || proof.is_err(), "both a credential and a proof");
    if let Ok(credential) = credential {
        assert!(credential.public_key.spki.len() <= PublicKey::MAX_BYTES);
    }
    if let Ok(proof) = proof {
        let is_right = keys.iter().any(|key| BrowserAnswers.verify(&proof, key) == Signature::Right);
        assert!(!is_right || signed.contains(&proof.signed), "a signature of something else");
    }
}

/// Verifies a proof with the key of a registration, both from arbitrary parts.
pub fn judge_pair(registration: &str, proof: &str) {
    let credential = BrowserAnswers.read_registration(&SITE, registration);
    let proof = BrowserAnswers.read_assertion(&SITE, proof);
    if let (Ok(credential), Ok(proof)) = (credential, proof) {
        let _either = BrowserAnswers.verify(&proof, &credential.public_key);
    }
}
