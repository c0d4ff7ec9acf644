//! Requests to a browser, as the JSON that it takes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::passkey::{Algorithm, Challenge, CredentialId, Transport, Transports};
use doorward_domain::{PasskeyCreation, PasskeyRequest};
use serde_json::{Value, json};

/// Returns the request for a new passkey, as `PublicKeyCredential.parseCreationOptionsFromJSON()` takes it (§5.1.8): discoverable if the
/// authenticator can, with user verification, without attestation.
#[must_use]
pub fn creation_options(creation: &PasskeyCreation) -> String {
    let algorithms = Algorithm::ALL.map(|algorithm| json!({ "type": "public-key", "alg": algorithm.cose() }));
    json!({
        "rp": { "id": creation.site.id, "name": creation.site.name },
        "user": {
            "id": URL_SAFE_NO_PAD.encode(creation.user_handle.as_bytes()),
            "name": creation.username,
            "displayName": creation.username,
        },
        "challenge": creation.challenge.encoded(),
        "pubKeyCredParams": algorithms,
        "timeout": timeout(),
        "excludeCredentials": credentials(&creation.exclude),
        "authenticatorSelection": { "residentKey": "preferred", "userVerification": "required" },
        "attestation": "none",
    })
    .to_string()
}

/// Returns the request for a proof by a passkey, as `PublicKeyCredential.parseRequestOptionsFromJSON()` takes it (§5.1.9), with user
/// verification.
#[must_use]
pub fn request_options(request: &PasskeyRequest) -> String {
    json!({
        "challenge": request.challenge.encoded(),
        "timeout": timeout(),
        "rpId": request.rp_id,
        "allowCredentials": credentials(&request.allow),
        "userVerification": "required",
    })
    .to_string()
}

/// Returns the lifetime of a challenge in milliseconds.
fn timeout() -> u64 {
    Challenge::LIFETIME.as_secs() * 1_000
}

fn credentials(those: &[(CredentialId, Transports)]) -> Vec<Value> {
    let descriptor = |(id, transports): &(CredentialId, Transports)| {
        let transports: Vec<_> = transports.iter().map(Transport::code).collect();
        json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(id.as_bytes()), "transports": transports })
    };
    those.iter().map(descriptor).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use doorward_domain::testing::{ManualClock, MemoryStore, SeededEntropy, cheap_hasher};
    use doorward_domain::{
        AddPasskey, AuthService, ChallengeKeys, Client, Credentials, LogIn, LogInByPasskey, LogInStep, PasskeyRules,
        RelyingParty, SealingKeys, SecondFactorRules,
    };
    use pollster::block_on;

    use super::*;
    use crate::BrowserAnswers;
    use crate::testing::{Asked, SoftAuthenticator};

    fn read(options: &str) -> Value {
        serde_json::from_str(options).unwrap()
    }

    /// An authenticator gets the request of the core, and the core takes its answer.
    #[test]
    fn a_passkey_is_added_and_logs_in_by_what_a_browser_is_asked_for() {
        let site = RelyingParty {
            id: "notes.example.org".to_owned(),
            name: "Notes".to_owned(),
            origins: vec!["https://notes.example.org".to_owned()],
        };
        let rules = PasskeyRules {
            site: site.clone(),
            keys: ChallengeKeys::derive(&[7; 32], []).unwrap(),
            verifier: Arc::new(BrowserAnswers),
        };
        let second_factor = SecondFactorRules::new("Notes", SealingKeys::derive(&[7; 32], []).unwrap());
        let (clock, entropy) = (ManualClock::default(), SeededEntropy::default());
        let auth = AuthService::with_ports(MemoryStore::default(), clock, entropy)
            .hasher(cheap_hasher())
            .second_factor(second_factor)
            .passkeys(rules)
            .start()
            .unwrap();
        let (here, ada) = (Client::default(), Credentials { username: "Ada", password: "seven quiet lanterns" });
        block_on(auth.from(&here).sign_up(ada)).unwrap();
        let logged_in = block_on(auth.from(&here).log_in(LogIn::new(ada))).unwrap().done().unwrap();
        let visit = block_on(auth.resume(&logged_in.token)).unwrap();

        let asked = read(&creation_options(&block_on(auth.from(&here).begin_passkey(&visit)).unwrap()));
        assert_eq!(asked["rp"], json!({ "id": "notes.example.org", "name": "Notes" }));
        assert_eq!((&asked["user"]["name"], &asked["user"]["displayName"]), (&json!("Ada"), &json!("Ada")));
        assert_eq!(asked["pubKeyCredParams"].as_array().unwrap().len(), 3);
        assert_eq!((&asked["timeout"], &asked["attestation"]), (&json!(300_000), &json!("none")));
        let selection = json!({ "residentKey": "preferred", "userVerification": "required" });
        assert_eq!((&asked["authenticatorSelection"], &asked["excludeCredentials"]), (&selection, &json!([])));
        let handle = URL_SAFE_NO_PAD.decode(asked["user"]["id"].as_str().unwrap()).unwrap();
        assert_eq!(handle.len(), 16);

        let mut authenticator = SoftAuthenticator::new(Algorithm::Es256);
        authenticator.user_handle = Some(handle);
        let answer = authenticator.register(&Asked::by(&site, asked["challenge"].as_str().unwrap()));
        let added = block_on(auth.from(&here).add_passkey(&visit, AddPasskey::new(&answer))).unwrap();
        let visit = block_on(auth.resume(&added.token)).unwrap();

        let asked = read(&creation_options(&block_on(auth.from(&here).begin_passkey(&visit)).unwrap()));
        let id = URL_SAFE_NO_PAD.encode(&authenticator.credential_id);
        assert_eq!(asked["excludeCredentials"][0]["id"], json!(id));
        let asked = block_on(auth.from(&here).request_passkey_reauthentication(&visit)).unwrap();
        let asked = read(&request_options(&asked));
        assert_eq!(asked["allowCredentials"][0]["id"], json!(id));

        let asked = read(&request_options(&auth.from(&here).request_passkey_log_in().unwrap()));
        assert_eq!((&asked["rpId"], &asked["userVerification"]), (&json!("notes.example.org"), &json!("required")));
        assert_eq!(asked["allowCredentials"], json!([]));
        let answer = authenticator.assert(&Asked::by(&site, asked["challenge"].as_str().unwrap()));
        let step = block_on(auth.from(&here).log_in_by_passkey(LogInByPasskey::new(&answer))).unwrap();
        assert!(matches!(step, LogInStep::Done(logged_in) if logged_in.user.id == visit.user.id));
    }
}
