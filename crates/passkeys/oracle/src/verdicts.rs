//! The verdict of each of the two on an answer.

use doorward_domain::passkey::{Challenge, PasskeyVerifier as _, Registration, RelyingParty, Signature};
use doorward_passkeys::BrowserAnswers;
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    Passkey, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};

/// A site, as each of the two knows it.
pub(crate) struct Site {
    pub(crate) ours: RelyingParty,
    theirs: Webauthn,
}

/// A credential, as each of the two has read it.
pub(crate) struct Credential {
    ours: Registration,
    theirs: Passkey,
}

impl Site {
    pub(crate) fn new(id: &str, origins: &[&str]) -> Self {
        let urls: Vec<Url> = origins.iter().map(|origin| origin.parse().expect("a URL")).collect();
        let builder = WebauthnBuilder::new(id, &urls[0]).expect("an id that fits the origin");
        let builder = urls.iter().skip(1).fold(builder, WebauthnBuilder::append_allowed_origin);
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        Self {
            ours: RelyingParty { id: id.to_owned(), name: "Notes".to_owned(), origins },
            theirs: builder.build().expect("a site"),
        }
    }

    /// Reads a new credential with both; `None` if either refuses it.
    pub(crate) fn credential(&self, answer: &str, challenge: &str) -> Option<Credential> {
        Some(Credential {
            ours: self.our_registration(answer, challenge)?,
            theirs: self.their_registration(answer, challenge)?,
        })
    }

    pub(crate) fn our_registration(&self, answer: &str, challenge: &str) -> Option<Registration> {
        let read = BrowserAnswers.read_registration(&self.ours, answer).ok()?;
        Some(read).filter(|read| Some(read.challenge) == Challenge::parse(challenge))
    }

    pub(crate) fn our_proof(&self, answer: &str, challenge: &str, credential: &Credential) -> bool {
        let Ok(proof) = BrowserAnswers.read_assertion(&self.ours, answer) else { return false };
        let registered = &credential.ours;
        let counts = proof.counter > 0 || registered.counter > 0;
        Some(proof.challenge) == Challenge::parse(challenge)
            && proof.credential_id == registered.credential_id
            && registered.backup.may_become(proof.backup)
            && (!counts || proof.counter > registered.counter)
            && BrowserAnswers.verify(&proof, &registered.public_key) == Signature::Right
    }

    /// A state of webauthn-rs is made with a challenge of its own, and goes through JSON to get this one.
    pub(crate) fn their_registration(&self, answer: &str, challenge: &str) -> Option<Passkey> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).ok()?;
        let (_, state) =
            self.theirs.start_passkey_registration(Uuid::from_u128(1), "ada", "ada", None).expect("a ceremony");
        let mut state = serde_json::to_value(state).expect("JSON");
        state["rs"]["challenge"] = json!(challenge);
        let state = serde_json::from_value(state).ok()?;
        self.theirs.finish_passkey_registration(&answer, &state).ok()
    }

    pub(crate) fn their_proof(&self, answer: &str, challenge: &str, credential: &Credential) -> bool {
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else { return false };
        let passkeys = [credential.theirs.clone()];
        let (_, state) = self.theirs.start_passkey_authentication(&passkeys).expect("a ceremony");
        let mut state: Value = serde_json::to_value(state).expect("JSON");
        state["ast"]["challenge"] = json!(challenge);
        let Ok(state) = serde_json::from_value(state) else { return false };
        self.theirs.finish_passkey_authentication(&answer, &state).is_ok()
    }
}
