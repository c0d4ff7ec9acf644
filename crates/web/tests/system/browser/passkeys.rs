//! Passkeys: added, used and removed.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::{JavaScript, Theme, Visit};
use crate::program::{self, PASSWORD, Program};
use crate::servers::free_port;

pub(super) const ADD: &str = "[data-passkey=add] button[type=submit]";
pub(super) const ASK: &str = "[data-passkey] button";
const SUBMIT: &str = "main form[novalidate] button[type=submit]";

impl Visit {
    /// Signs up, logs in, and adds a first passkey.
    pub(super) async fn arrive_with_passkey(&self, username: &str) {
        self.arrive(username).await;
        self.add_first_passkey().await;
    }

    async fn add_first_passkey(&self) {
        self.go("/account/passkeys").await;
        self.click(ADD).await;
        self.see("Save your recovery codes").await;
        self.click(SUBMIT).await;
        self.see("Your passkey has been added.").await;
    }

    pub(super) async fn leave(&self) {
        self.go("/log_out").await;
        self.see("Successfully logged out.").await;
    }

    /// The names and the tags of the user's passkeys, in order.
    async fn passkeys(&self) -> Value {
        self.script(
            "return [...document.querySelectorAll('#passkeys h2, #passkeys .tag')].map((part) => part.textContent)",
        )
        .await
    }

    /// Whether the page's text mentions passkeys.
    async fn shows_passkeys(&self) -> bool {
        self.text().await.to_lowercase().contains("passkey")
    }

    /// Whether the session outlives the browser.
    async fn session_is_kept(&self) -> bool {
        let cookies = self.window.get_all_cookies().await.unwrap();
        cookies.iter().any(|cookie| cookie.name.ends_with("doorward") && cookie.expiry.is_some())
    }

    async fn renames_user(&self, username: &str) {
        self.find("#username").await.clear().await.unwrap();
        self.type_into("#username", username).await;
        self.click("main form button[type=submit]").await;
    }
}

#[tokio::test]
async fn passkeys_are_added_renamed_and_removed_and_take_the_place_of_the_password() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    passkeys_take_the_place_of_the_password(visit).await;
}

#[tokio::test]
async fn passkeys_are_added_renamed_and_removed_and_take_the_place_of_the_password_behind_nginx() {
    let Some(visit) = Visit::open_behind_nginx().await else { return };
    passkeys_take_the_place_of_the_password(visit).await;
}

async fn passkeys_take_the_place_of_the_password(visit: Visit) {
    visit.without_autofill().await;
    let phone = visit.plug_in(json!({ "defaultBackupEligibility": true, "defaultBackupState": true })).await;
    visit.arrive("Ada").await;
    visit.go("/account").await;
    visit.click("a[href='/account/passkeys']").await;
    visit.see("You have no passkeys yet.").await;
    visit.click(ADD).await;
    visit.see("Save your recovery codes").await;
    visit.click(SUBMIT).await;
    visit.see("Your passkey has been added.").await;
    visit.see("Not used yet").await;
    assert_eq!(visit.passkeys().await, json!(["Chrome on Linux", "synced"]));
    visit.click(ADD).await;
    visit.is_told("That device or security key already has a passkey for your account.").await;

    let key = visit.plug_in(json!({ "transport": "usb" })).await;
    phone.set_touched(false).await;
    visit.type_into("#name", "Blue key").await;
    visit.click(ADD).await;
    visit.see("Blue key").await;
    assert_eq!(visit.passkeys().await, json!(["Chrome on Linux", "synced", "Blue key", "this device only"]));
    visit.click("#passkeys summary").await;
    visit.find("#passkeys [name=name]").await.clear().await.unwrap();
    visit.click("#passkeys details button").await;
    visit.see("There is a problem Enter a name").await;
    visit.type_into("#passkeys [name=name]", "Phone").await;
    visit.click("#passkeys details button").await;
    visit.see("The passkey has its new name.").await;
    assert_eq!(visit.passkeys().await, json!(["Phone", "synced", "Blue key", "this device only"]));

    assert_eq!(key.credentials().await.len(), 1);
    visit.click("[aria-label='Remove Blue key']").await;
    visit.see("That passkey has been removed.").await;
    assert_eq!(visit.passkeys().await, json!(["Phone", "synced"]));
    key.keeps(<[_]>::is_empty).await;
    key.unplug().await;
    phone.set_touched(true).await;
    assert_eq!(phone.credential().await["userName"], "Ada");
    visit.go("/account/username").await;
    visit.renames_user("Countess").await;
    visit.see("Your username has been changed.").await;
    visit.go("/account/passkeys").await;
    phone.keeps(|credentials| credentials[0]["userName"] == "Countess").await;
    assert_eq!(phone.credential().await["userDisplayName"], "Countess");

    visit.click("form[action='/account/password/delete'] button").await;
    visit.see("Your password has been removed.").await;
    visit.leave().await;
    visit.sends("/log_in", "countess", PASSWORD).await;
    visit.see("Username or password are incorrect").await;
    visit.click(ASK).await;
    visit.see("Hello, Countess").await;
    visit.go(&visit.reset_path("countess")).await;
    visit.type_into("#new_password", program::OTHER_PASSWORD).await;
    visit.click(SUBMIT).await;
    visit.see("Your password has been changed. Please log in.").await;
    visit.click(ASK).await;
    visit.see("Hello, Countess").await;
    visit.go("/account/delete").await;
    visit.type_into("#password", program::OTHER_PASSWORD).await;
    visit.click(SUBMIT).await;
    visit.see("Your account has been deleted.").await;
    visit.go("/log_in").await;
    visit.click(ASK).await;
    visit.is_told("This site does not know that passkey.").await;
    phone.keeps(<[_]>::is_empty).await;
    visit.close().await;
}

#[tokio::test]
async fn people_log_in_by_autofill_by_the_button_and_after_a_password() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    each_way_to_log_in(visit).await;
}

#[tokio::test]
async fn people_log_in_by_autofill_by_the_button_and_after_a_password_behind_nginx() {
    let Some(visit) = Visit::open_behind_nginx().await else { return };
    each_way_to_log_in(visit).await;
}

async fn each_way_to_log_in(visit: Visit) {
    visit.watch().await;
    let authenticator = visit.plug_in(json!({})).await;
    visit.arrive_with_passkey("Ada").await;

    authenticator.set_touched(false).await;
    visit.leave().await;
    authenticator.set_touched(true).await;
    visit.go("/log_in?next=/account/sessions").await;
    visit.see("Where you are logged in").await;
    assert_eq!(visit.path().await, "/account/sessions");
    visit.see("Passkey").await;

    // While the browser waits for a choice from its list, the button and the form work.
    authenticator.set_touched(false).await;
    visit.leave().await;
    visit.go("/log_in?next=/account/sessions").await;
    visit.wait_for("return asked", json!(["conditional"])).await;
    visit.click(ASK).await;
    visit.wait_for("return asked", json!(["conditional", "AbortError", "get"])).await;
    visit.type_into("#username", "Ada").await;
    visit.type_into("#password", PASSWORD).await;
    visit.click("label.checkbox").await;
    visit.click("main form button[type=submit]").await;
    visit.see("Your account asks for a passkey.").await;
    assert_eq!(visit.path().await, "/log_in/code");
    authenticator.set_touched(true).await;
    visit.click(ASK).await;
    visit.see("Where you are logged in").await;
    visit.see("Password and passkey").await;
    assert!(visit.session_is_kept().await);

    authenticator.set_touched(false).await;
    visit.leave().await;
    visit.go("/log_in?next=/account/activity").await;
    visit.wait_for("return asked", json!(["conditional"])).await;
    authenticator.set_touched(true).await;
    visit.click("label.checkbox").await;
    visit.click(ASK).await;
    visit.see("Recent activity").await;
    assert!(visit.session_is_kept().await);

    visit.let_time_pass().await;
    visit.go("/account/username").await;
    visit.renames_user("Countess").await;
    visit.see("Confirm that it is you").await;
    visit.click(ASK).await;
    visit.see("Change your username").await;
    assert_eq!(visit.find("#username").await.value().await.unwrap().as_deref(), Some("Countess"));
    visit.click("main form button[type=submit]").await;
    visit.see("Your username has been changed.").await;

    // The script gets the same for a session that is no longer recent.
    visit.go("/account/passkeys").await;
    visit.let_time_pass().await;
    visit.click(ADD).await;
    visit.see("Confirm that it is you").await;
    visit.click(ASK).await;
    visit.see("With a passkey you log in by a fingerprint").await;
    assert_eq!(visit.path().await, "/account/passkeys");
    visit.close().await;
}

#[tokio::test]
async fn the_keyboard_alone_adds_a_passkey_and_logs_in_with_it() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    let _authenticator = visit.plug_in(json!({})).await;
    visit.without_autofill().await;
    visit.arrive("Ada").await;
    visit.go("/account").await;
    visit.tab_to("Passkeys").await.send_keys(Key::Enter).await.unwrap();
    visit.see("You have no passkeys yet.").await;
    let name = visit.tab_to("name").await;
    name.send_keys("Blue key").await.unwrap();
    name.send_keys(Key::Enter).await.unwrap();
    visit.see("Save your recovery codes").await;
    visit.tab_to("I have saved them").await.send_keys(Key::Enter).await.unwrap();
    visit.see("Your passkey has been added.").await;
    visit.tab_to("Rename").await.send_keys(Key::Enter).await.unwrap();
    visit.window.active_element().await.unwrap().send_keys(Key::Tab).await.unwrap();
    let name = visit.window.active_element().await.unwrap();
    assert_eq!(name.value().await.unwrap().as_deref(), Some("Blue key"));
    // The Tab key selects the content of a field, so that it is replaced.
    name.send_keys("Red key").await.unwrap();
    name.send_keys(Key::Enter).await.unwrap();
    visit.see("The passkey has its new name.").await;
    visit.see("Red key").await;
    visit.tab_to("Log Out").await.send_keys(Key::Enter).await.unwrap();
    visit.see("Successfully logged out.").await;
    visit.tab_to("Log in with a passkey").await.send_keys(Key::Enter).await.unwrap();
    visit.see("Hello, Ada").await;
    visit.close().await;
}

/// Controls that do not work are hidden, and all others work.
#[tokio::test]
async fn without_a_script_or_where_browsers_make_none_nothing_offers_a_passkey() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    let port = free_port().to_string();
    let url = format!("http://127.0.0.1:{port}");
    let site = Program::start(&visit.folder, &[("DOORWARD_PUBLIC_URL", &url), ("ROCKET_PORT", &port)]);
    let client = program::client();
    program::sign_up(&client, &site.url, "grace").await;
    let go = async |path: &str| visit.window.goto(format!("{}{path}", site.url)).await.unwrap();
    go("/log_in").await;
    assert!(!visit.shows_passkeys().await);
    visit.type_into("#username", "grace").await;
    visit.type_into("#password", PASSWORD).await;
    visit.click("main form button[type=submit]").await;
    visit.see("Hello, grace").await;
    for path in ["/account", "/account/second_factor", "/account/second_factor/totp"] {
        go(path).await;
        assert!(!visit.window.source().await.unwrap().to_lowercase().contains("passkey"), "{path}");
    }
    for path in ["/account/passkeys", "/.well-known/passkey-endpoints"] {
        go(path).await;
        visit.see("404").await;
    }
    drop(site);

    passkeys_are_not_in_the_way_without_a_script(visit).await;
}

#[tokio::test]
async fn without_a_script_nothing_offers_a_passkey_behind_nginx() {
    let Some(visit) = Visit::open_behind_nginx().await else { return };
    passkeys_are_not_in_the_way_without_a_script(visit).await;
}

async fn passkeys_are_not_in_the_way_without_a_script(visit: Visit) {
    visit.go("/.well-known/passkey-endpoints").await;
    let page = format!("{}/account/passkeys", visit.program.url);
    let found: Value = serde_json::from_str(&visit.text().await).unwrap();
    assert_eq!(found, json!({ "enroll": page, "manage": page }));
    let _authenticator = visit.plug_in(json!({})).await;
    visit.arrive("Ada").await;
    visit.go("/account/passkeys").await;
    visit.click(ADD).await;
    visit.see("Save your recovery codes").await;
    let codes = visit.find("#codes").await.text().await.unwrap();
    visit.click(SUBMIT).await;
    visit.see("Your passkey has been added.").await;
    let off = json!({ "value": true });
    visit.window.cdp().send_raw("Emulation.setScriptExecutionDisabled", off).await.unwrap();
    passkeys_are_not_in_the_way(&visit, codes.lines().next().unwrap()).await;
    let on = json!({ "value": false });
    visit.window.cdp().send_raw("Emulation.setScriptExecutionDisabled", on).await.unwrap();
    visit.begin_pages_with("delete globalThis.PublicKeyCredential;").await;
    passkeys_are_not_in_the_way(&visit, codes.lines().nth(1).unwrap()).await;
    visit.close().await;
}

/// In a browser without scripts, or without support for passkeys, logs out and in to an account that has one.
async fn passkeys_are_not_in_the_way(visit: &Visit, recovery_code: &str) {
    visit.go("/account/passkeys").await;
    visit.see("To add a passkey you need a browser that supports passkeys, with JavaScript turned on.").await;
    assert!(!visit.find(ADD).await.is_displayed().await.unwrap());
    visit.let_time_pass().await;
    visit.click("[aria-label='Remove Chrome on Linux']").await;
    visit.see("Confirm that it is you").await;
    assert!(!visit.shows_passkeys().await, "{}", visit.text().await);
    visit.type_into("#password", PASSWORD).await;
    visit.click("main form button[type=submit]").await;
    visit.see("To add a passkey").await;
    visit.leave().await;
    assert!(!visit.shows_passkeys().await, "{}", visit.text().await);
    visit.sends("/log_in", "ada", PASSWORD).await;
    visit.see("Enter one of the recovery codes that you have saved.").await;
    assert!(!visit.shows_passkeys().await, "{}", visit.text().await);
    assert!(!visit.find(ASK).await.is_displayed().await.unwrap());
    visit.type_into("#code", recovery_code).await;
    visit.click("main form button[type=submit]").await;
    visit.see("recovery codes left").await;
}

/// The pages of passkeys, in each state, for a newcomer.
pub(super) async fn the_pages_fit(visit: &Visit, username: &str, look: &impl AsyncFn(&str)) {
    visit.window.delete_all_cookies().await.unwrap();
    let username = format!("{}.key", &username[..40]);
    let authenticator = visit.plug_in(json!({ "defaultBackupEligibility": true })).await;
    let without = visit.without_autofill().await;
    visit.sends("/sign_up", &username, PASSWORD).await;
    visit.see("Account created. Please log in.").await;
    visit.click(ASK).await;
    visit.is_told("That did not work.").await;
    look("log_in_passkey_refused").await;
    visit.sends("/log_in", &username, PASSWORD).await;
    visit.see("Hello").await;
    visit.go("/account/passkeys").await;
    look("passkeys_none").await;
    visit.add_first_passkey().await;
    visit.see("not synced yet").await;
    visit.click(ADD).await;
    visit.is_told("That device or security key already has a passkey").await;
    look("passkeys_add_refused").await;
    visit.click("#passkeys summary").await;
    visit.find("#passkeys [name=name]").await.clear().await.unwrap();
    visit.type_into("#passkeys [name=name]", &"W".repeat(60)).await;
    visit.click("#passkeys details button").await;
    visit.see("The passkey has its new name.").await;
    look("passkeys").await;
    visit.click("#passkeys summary").await;
    visit.find("#passkeys [name=name]").await.clear().await.unwrap();
    visit.click("#passkeys details button").await;
    visit.see("There is a problem").await;
    look("passkeys_name_refused").await;
    visit.go("/account/second_factor").await;
    look("second_factor_by_passkey").await;
    visit.let_time_pass().await;
    visit.go("/account/passkeys").await;
    visit.click("form[action='/account/password/delete'] button").await;
    visit.see("Confirm that it is you").await;
    look("reauthenticate_by_passkey").await;
    visit.click(ASK).await;
    visit.see("Remove your password").await;
    visit.leave().await;
    visit.sends("/log_in", &username, PASSWORD).await;
    visit.see("Your account asks for a passkey.").await;
    look("second_step_by_passkey").await;
    visit.click(ASK).await;
    visit.see("Hello").await;
    visit.go("/account/passkeys").await;
    visit.click("form[action='/account/password/delete'] button").await;
    visit.see("Your password has been removed.").await;
    look("passkeys_without_password").await;
    for (name, path) in [("password_none", "/account/password"), ("delete_without_password", "/account/delete")] {
        visit.go(path).await;
        look(name).await;
    }
    visit.let_time_pass().await;
    visit.go("/account/passkeys").await;
    visit.click(ADD).await;
    visit.see("Confirm that it is you").await;
    look("reauthenticate_without_password").await;
    visit.click(ASK).await;
    visit.see("With a passkey you log in by a fingerprint").await;
    visit.leave().await;
    visit.with_autofill(without).await;
    authenticator.unplug().await;
}
