//! Faulty passkeys, and pages that are left and come back.

use serde_json::json;

use super::passkeys::{ADD, ASK};
use super::{JavaScript, Theme, Visit};
use crate::program::{self, PASSWORD};

impl Visit {
    /// Fails by the button, which works after any number of failures.
    async fn asks_in_vain(&self, said: &str) {
        self.click(ASK).await;
        self.is_told(said).await;
        assert_eq!(self.path().await, "/log_in");
    }

    async fn logs_in_by_passkey(&self) {
        self.click(ASK).await;
        self.see("Hello, Ada").await;
    }
}

#[tokio::test]
async fn each_fault_of_a_passkey_is_told_and_the_button_works_again() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    each_fault_of_a_passkey(visit).await;
}

#[tokio::test]
async fn each_fault_of_a_passkey_is_told_and_the_button_works_again_behind_nginx() {
    let Some(visit) = Visit::open_behind_nginx().await else { return };
    each_fault_of_a_passkey(visit).await;
}

async fn each_fault_of_a_passkey(visit: Visit) {
    visit.without_autofill().await;
    let authenticator = visit.plug_in(json!({})).await;
    visit.arrive_with_passkey("Ada").await;
    visit.leave().await;
    visit.logs_in_by_passkey().await;
    visit.leave().await;

    let mut credential = authenticator.credential().await;
    let count = credential["signCount"].as_u64().unwrap();
    assert!(count > 1, "{credential}");
    credential["signCount"] = json!(0);
    authenticator.replace(&credential).await;
    visit.asks_in_vain("That passkey was refused, because there may be a copy of it.").await;
    credential["signCount"] = json!(count + 10);
    authenticator.replace(&credential).await;
    authenticator.set_backup_eligible(&credential, true).await;
    visit.asks_in_vain("That passkey was refused, because it can be synced now and could not be").await;
    authenticator.set_backup_eligible(&credential, false).await;
    authenticator.set_wrong(json!({ "isBogusSignature": true })).await;
    visit.asks_in_vain("That passkey is not right.").await;
    authenticator.set_wrong(json!({ "isBogusSignature": false, "isBadUV": true })).await;
    visit.asks_in_vain("That passkey did not find out whether it is you.").await;
    authenticator.set_wrong(json!({ "isBadUV": false })).await;
    authenticator.set_verifying(false).await;
    visit.asks_in_vain("That did not work. Either it was cancelled").await;
    authenticator.set_verifying(true).await;

    let mut stranger = authenticator.credential().await;
    authenticator.remove(&stranger).await;
    visit.asks_in_vain("That did not work. Either it was cancelled").await;
    let known = stranger.clone();
    stranger["credentialId"] = json!("AAAAAAAAAAAAAAAAAAAAAA==");
    authenticator.put(&stranger).await;
    visit.asks_in_vain("This site does not know that passkey.").await;
    authenticator.keeps(<[_]>::is_empty).await;
    authenticator.put(&known).await;

    let network = async |is_off: bool| {
        let conditions = json!({ "offline": is_off, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        visit.window.cdp().send_raw("Network.enable", json!({})).await.unwrap();
        visit.window.cdp().send_raw("Network.emulateNetworkConditions", conditions).await.unwrap();
    };
    network(true).await;
    visit.asks_in_vain("This site cannot be reached.").await;
    network(false).await;
    visit.logs_in_by_passkey().await;
    visit.go("/account/activity").await;
    visit.see("Passkey refused, as it may have been copied").await;
    visit.close().await;
}

#[tokio::test]
async fn each_fault_while_a_passkey_is_added_is_told_and_the_form_works_again() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    each_fault_while_a_passkey_is_added(visit).await;
}

#[tokio::test]
async fn each_fault_while_a_passkey_is_added_is_told_and_the_form_works_again_behind_nginx() {
    let Some(visit) = Visit::open_behind_nginx().await else { return };
    each_fault_while_a_passkey_is_added(visit).await;
}

async fn each_fault_while_a_passkey_is_added(visit: Visit) {
    visit.without_autofill().await;
    visit.arrive("Ada").await;
    visit.go("/account/passkeys").await;
    let old_key = visit
        .plug_in(
            json!({ "protocol": "u2f", "transport": "usb", "hasResidentKey": false, "hasUserVerification": false }),
        )
        .await;
    visit.click(ADD).await;
    visit.is_told("it needs a PIN, a fingerprint or a face that has not been set up").await;
    old_key.unplug().await;
    let authenticator = visit.plug_in(json!({ "isUserVerified": false })).await;
    visit.click(ADD).await;
    visit.is_told("it needs a PIN, a fingerprint or a face that has not been set up").await;
    authenticator.set_verifying(true).await;
    visit.type_into("#name", &"x".repeat(61)).await;
    visit.click(ADD).await;
    visit.is_told("That name is too long.").await;
    visit.find("#name").await.clear().await.unwrap();
    let button = visit.find(ADD).await;
    visit.window.action_chain().double_click_element(&button).perform().await.unwrap();
    visit.see("Save your recovery codes").await;
    assert_eq!(authenticator.credentials().await.len(), 1);

    visit.go("/account/passkeys").await;
    let ended = program::command(&visit.folder, &[]).args(["user", "end-sessions", "ada"]).output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    visit.click(ADD).await;
    visit.see("Please log in to continue.").await;
    assert_eq!(visit.path().await, "/log_in");
    visit.sends("/log_in", "ada", PASSWORD).await;
    visit.see("Your account asks for a passkey.").await;
    visit.window.delete_all_cookies().await.unwrap();
    visit.click(ASK).await;
    visit.see("Please log in to continue.").await;
    assert_eq!(visit.path().await, "/log_in");
    visit.logs_in_by_passkey().await;
    visit.close().await;
}

#[tokio::test]
async fn each_tab_has_a_request_of_its_own_and_a_page_that_comes_back_works() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    tabs_and_pages_that_come_back(visit).await;
}

#[tokio::test]
async fn each_tab_has_a_request_of_its_own_and_a_page_that_comes_back_works_behind_nginx() {
    let Some(visit) = Visit::open_behind_nginx().await else { return };
    tabs_and_pages_that_come_back(visit).await;
}

async fn tabs_and_pages_that_come_back(visit: Visit) {
    visit.watch().await;
    let authenticator = visit.plug_in(json!({})).await;
    visit.arrive_with_passkey("Ada").await;
    authenticator.set_touched(false).await;
    visit.leave().await;
    visit.wait_for("return asked", json!(["conditional"])).await;
    let first = visit.window.window().await.unwrap();
    let credential = authenticator.credential().await;

    let second = visit.window.new_tab().await.unwrap();
    visit.window.switch_to_window(second.clone()).await.unwrap();
    visit.watch().await;
    let elsewhere = visit.plug_in(json!({ "automaticPresenceSimulation": false })).await;
    elsewhere.put(&credential).await;
    visit.go("/log_in?next=/account").await;
    visit.wait_for("return asked", json!(["conditional"])).await;
    visit.window.switch_to_window(first).await.unwrap();
    authenticator.set_touched(true).await;
    visit.logs_in_by_passkey().await;
    let used = authenticator.credential().await;
    visit.window.switch_to_window(second).await.unwrap();
    elsewhere.replace(&used).await;
    elsewhere.set_touched(true).await;
    visit.click(ASK).await;
    visit.see("Where you are logged in").await;
    assert_eq!(visit.path().await, "/account");

    // The Back button leads on after the log-in, and to a working page after the log-out.
    visit.window.back().await.unwrap();
    visit.see("Log Out").await;
    elsewhere.set_touched(false).await;
    visit.leave().await;
    visit.wait_for("return asked", json!(["conditional"])).await;
    visit.go("/sign_up").await;
    visit.window.back().await.unwrap();
    visit.see("Log in with a passkey").await;
    visit.wait_for("return asked", json!(["conditional"])).await;
    // Chromium keeps no page that waits for a passkey; another browser restores it as it was left.
    let comes_back = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";
    visit.script(comes_back).await;
    visit.wait_for("return asked", json!(["conditional", "AbortError", "conditional"])).await;
    visit.click(ASK).await;
    visit.wait_for("return asked.slice(3)", json!(["AbortError", "get"])).await;
    visit.script(comes_back).await;
    visit.wait_for("return asked.slice(5)", json!(["AbortError", "conditional"])).await;
    assert_eq!(visit.find("[data-passkey]").await.attr("aria-busy").await.unwrap(), None);
    elsewhere.set_touched(true).await;
    visit.logs_in_by_passkey().await;

    // A passkey chosen from the browser's list fails with the same message, and the list is there again.
    elsewhere.set_touched(false).await;
    visit.leave().await;
    elsewhere.set_touched(true).await;
    let mut unknown = elsewhere.credential().await;
    elsewhere.remove(&unknown).await;
    unknown["credentialId"] = json!("AAAAAAAAAAAAAAAAAAAAAA==");
    elsewhere.put(&unknown).await;
    visit.go("/log_in").await;
    visit.is_told("This site does not know that passkey.").await;
    elsewhere.keeps(<[_]>::is_empty).await;
    visit.wait_for("return asked.slice(0, 2)", json!(["conditional", "conditional"])).await;
    elsewhere.set_touched(false).await;
    visit.click(ASK).await;
    visit.wait_for("return asked.at(-1)", json!("get")).await;
    visit.close().await;
}
