//! Chromium's virtual authenticator, and its settings.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::WebDriver;
use tokio::time::sleep;

use super::Visit;
use crate::program::PATIENCE;

/// Records the page's requests for a passkey, and their errors.
const WATCH: &str = "
    globalThis.asked = [];
    for (const method of ['create', 'get']) {
      const ask = navigator.credentials[method].bind(navigator.credentials);
      navigator.credentials[method] = async (request) => {
        asked.push(request.mediation ?? method);
        try {
          return await ask(request);
        } catch (error) {
          asked.push(error.name);
          throw error;
        }
      };
    }";

/// A browser that lists no passkeys at the username.
const WITHOUT_AUTOFILL: &str = "PublicKeyCredential.isConditionalMediationAvailable = async () => false;";

/// An authenticator in one tab. By default a user is present and verified at each request.
pub(super) struct VirtualAuthenticator<'v> {
    window: &'v WebDriver,
    id: Value,
}

impl VirtualAuthenticator<'_> {
    pub(super) async fn credentials(&self) -> Vec<Value> {
        let answer = self.send("getCredentials", json!({})).await;
        answer["credentials"].as_array().unwrap().clone()
    }

    /// The only credential.
    pub(super) async fn credential(&self) -> Value {
        let [credential] = self.credentials().await.try_into().unwrap();
        credential
    }

    pub(super) async fn put(&self, credential: &Value) {
        self.send("addCredential", json!({ "credential": credential })).await;
    }

    pub(super) async fn remove(&self, credential: &Value) {
        self.send("removeCredential", json!({ "credentialId": credential["credentialId"] })).await;
    }

    /// Puts this credential in place of the one with the same id.
    pub(super) async fn replace(&self, credential: &Value) {
        self.remove(credential).await;
        self.put(credential).await;
    }

    /// Sets whether a user is present at a request.
    pub(super) async fn set_touched(&self, is_touched: bool) {
        self.send("setAutomaticPresenceSimulation", json!({ "enabled": is_touched })).await;
    }

    /// Sets whether the user is verified.
    pub(super) async fn set_verifying(&self, is_verifying: bool) {
        self.send("setUserVerified", json!({ "isUserVerified": is_verifying })).await;
    }

    /// Sets whether it reports a credential as syncable.
    pub(super) async fn set_backup_eligible(&self, credential: &Value, is_eligible: bool) {
        let id = &credential["credentialId"];
        self.send("setCredentialProperties", json!({ "credentialId": id, "backupEligibility": is_eligible })).await;
    }

    /// Sets in which of these ways its answers are wrong: `isBogusSignature`, `isBadUV`.
    pub(super) async fn set_wrong(&self, ways: Value) {
        self.send("setResponseOverrideBits", ways).await;
    }

    /// Waits until this holds for its credentials: the browser is told some time after the page.
    pub(super) async fn keeps(&self, wanted: impl Fn(&[Value]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let credentials = self.credentials().await;
            if wanted(&credentials) {
                return;
            }
            assert!(Instant::now() < deadline, "it keeps {credentials:?}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub(super) async fn unplug(self) {
        self.send("removeVirtualAuthenticator", json!({})).await;
    }

    async fn send(&self, command: &str, mut parameters: Value) -> Value {
        parameters["authenticatorId"] = self.id.clone();
        self.window.cdp().send_raw(&format!("WebAuthn.{command}"), parameters).await.unwrap()
    }
}

impl Visit {
    /// Plugs an authenticator into the front tab: a device with a fingerprint reader, with these differences.
    pub(super) async fn plug_in(&self, differences: Value) -> VirtualAuthenticator<'_> {
        self.window.cdp().send_raw("WebAuthn.enable", json!({})).await.unwrap();
        let mut options = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
            "automaticPresenceSimulation": true,
        });
        options.as_object_mut().unwrap().extend(differences.as_object().unwrap().clone());
        let added = self.window.cdp().send_raw("WebAuthn.addVirtualAuthenticator", json!({ "options": options })).await;
        VirtualAuthenticator { window: &self.window, id: added.unwrap()["authenticatorId"].clone() }
    }

    /// From the next page on, `asked` lists the page's requests to authenticators.
    pub(super) async fn watch(&self) {
        self.begin_pages_with(WATCH).await;
    }

    /// Turns autofill off from the next page on; `with_autofill` takes the result and turns it on again.
    pub(super) async fn without_autofill(&self) -> Value {
        self.begin_pages_with(WITHOUT_AUTOFILL).await
    }

    pub(super) async fn with_autofill(&self, without: Value) {
        self.window.cdp().send_raw("Page.removeScriptToEvaluateOnNewDocument", without).await.unwrap();
    }

    /// Runs this before the scripts of each page to come.
    pub(super) async fn begin_pages_with(&self, script: &str) -> Value {
        let source = json!({ "source": script });
        self.window.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", source).await.unwrap()
    }

    /// Waits until the page's script shows this message beside the passkey button.
    pub(super) async fn is_told(&self, text: &str) {
        let told = "return document.querySelector('[data-passkey] [role=alert]')?.checkVisibility() \
                    && document.querySelector('[data-passkey] [role=alert]').textContent";
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.script(told).await;
            if said.as_str().is_some_and(|said| said.contains(text)) {
                return;
            }
            assert!(Instant::now() < deadline, "{said} on {}: {}", self.path().await, self.text().await);
            sleep(Duration::from_millis(20)).await;
        }
    }
}
