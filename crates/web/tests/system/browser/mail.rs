//! The pages of a site that sends mails.

use doorward_mail::testing::{Behaviour, Received, Security, Sink};
use reqwest::StatusCode;

use super::{JavaScript, Theme, Visit};
use crate::mail::SENDER;
use crate::program::{self, OTHER_PASSWORD, PASSWORD, PATIENCE, Program};

const REQUIRED: (&str, &str) = ("DOORWARD_EMAIL__REQUIRED", "true");

async fn relay() -> Sink {
    Sink::start(Behaviour::Takes, Security::Plain).await.unwrap()
}

/// The newest link to such a page, once there are `mails` mails in all.
async fn link(relay: &Sink, page: &str, mails: usize) -> String {
    let mails = relay.wait_for(mails, PATIENCE).await;
    let mut links = mails.iter().rev().flat_map(Received::links);
    links.find(|link| link.contains(page)).unwrap_or_else(|| panic!("no link to {page}: {mails:#?}"))
}

impl Visit {
    async fn open_link(&self, relay: &Sink, page: &str, mails: usize) {
        self.window.goto(link(relay, page, mails).await).await.unwrap();
    }

    async fn sends_password(&self, password: &str) {
        self.type_into("#new_password", password).await;
        self.click("main form button[type=submit]").await;
        self.see("Your password has been changed. Please log in.").await;
    }
}

/// By pages and mails alone: signs up with an address, verifies it, forgets the password, and puts back an address that an attacker
/// replaced.
async fn the_way_by_mail(javascript: JavaScript) {
    let relay = relay().await;
    let settings = [SENDER, REQUIRED, ("DOORWARD_MAIL__URL", &relay.url())];
    let Some(visit) = Visit::open_with(javascript, Theme::Light, &settings).await else { return };
    visit.go("/sign_up").await;
    visit.type_into("#email", "ada@example.org").await;
    visit.type_into("#username", "Ada").await;
    visit.type_into("#password", PASSWORD).await;
    visit.click("main form button[type=submit]").await;
    visit.see("Account created. Please log in.").await;
    visit.sends("/log_in", "Ada", PASSWORD).await;
    visit.see("We have sent a link to ada@example.org.").await;
    assert_eq!(visit.path().await, "/check_mail");
    visit.click("main form button[type=submit]").await;
    visit.see("We have sent the link again.").await;
    visit.open_link(&relay, "/verify_email/", 2).await;
    visit.see("The account “Ada” has given the address ada@example.org.").await;
    visit.click("button[value=verify]").await;
    visit.see("Your e-mail address has been verified.").await;

    visit.go("/log_in").await;
    visit.click("main a[href='/forgot_password']").await;
    visit.type_into("#login", "ada@example.org").await;
    visit.click("main form button[type=submit]").await;
    visit.see("If that account has a verified e-mail address, we have sent a link to it.").await;
    visit.open_link(&relay, "/reset/", 3).await;
    visit.see("New password for Ada").await;
    visit.sends_password(OTHER_PASSWORD).await;
    visit.sends("/log_in", "ada@example.org", OTHER_PASSWORD).await;
    visit.see("Hello, Ada").await;

    visit.go("/account").await;
    visit.click("a[href='/account/email']").await;
    visit.type_into("#email", "mallory@example.org").await;
    visit.click("main form[novalidate] button[type=submit]").await;
    visit.see("We have sent a link to that address.").await;
    visit.see("Not verified yet mallory@example.org").await;
    // The mail after the notice of the new password.
    visit.open_link(&relay, "/verify_email/", 6).await;
    visit.click("button[value=reject]").await;
    visit.see("Thank you. That account no longer has your address.").await;
    visit.open_link(&relay, "/undo_email/", 6).await;
    visit.see("Put your address back").await;
    visit.click("#undo").await;
    visit.see("New password for Ada").await;
    visit.sends_password(PASSWORD).await;
    visit.sends("/log_in", "ada@example.org", PASSWORD).await;
    visit.see("Hello, Ada").await;
    visit.close().await;
}

#[tokio::test]
async fn addresses_and_forgotten_passwords_are_looked_after_by_mail() {
    the_way_by_mail(JavaScript::On).await;
}

#[tokio::test]
async fn addresses_and_forgotten_passwords_are_looked_after_by_mail_without_javascript() {
    the_way_by_mail(JavaScript::Off).await;
}

/// The pages that exist only with mail, or show more with it. `username` has no address.
pub(super) async fn the_pages_of_mail_fit(visit: &Visit, username: &str, look: &impl AsyncFn(&str)) {
    let relay = relay().await;
    let settings = [SENDER, ("DOORWARD_MAIL__URL", &relay.url())];
    let site = Program::start(&visit.folder, &settings);
    let go = async |path: &str| visit.window.goto(format!("{}{path}", site.url)).await.unwrap();
    let submit = async || visit.click("main form[novalidate] button[type=submit]").await;
    let sign_up = async |username: &str, email: &str| {
        let form = [("username", username), ("password", PASSWORD), ("email", email)];
        let answer = program::post(&program::client(), format!("{}/sign_up", site.url), &form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    };
    let log_in = async |url: &str, username: &str| {
        visit.window.goto(format!("{url}/log_in")).await.unwrap();
        visit.type_into("#username", username).await;
        visit.type_into("#password", PASSWORD).await;
        visit.click("main form button[type=submit]").await;
    };
    let [initial, long] = [&username[..3], "Featherstonehaugh-Cholmondeley+long.and.longer@mail.example.org.uk"];
    let (address, other) = (format!("{initial}.{long}"), format!("{initial}.Another.{long}"));

    for (name, path) in [
        ("sign_up_with_mail", "/sign_up"),
        ("log_in_with_mail", "/log_in"),
        ("forgotten_password", "/forgot_password"),
        ("link_expired_with_mail", "/reset/unknown"),
    ] {
        go(path).await;
        look(name).await;
    }
    go("/sign_up").await;
    visit.type_into("#email", "nobody").await;
    submit().await;
    visit.see("There is a problem").await;
    look("sign_up_with_mail_refused").await;
    go("/forgot_password").await;
    submit().await;
    visit.see("There is a problem").await;
    look("forgotten_password_refused").await;
    visit.type_into("#login", "nobody").await;
    submit().await;
    visit.see("If that account has a verified e-mail address").await;
    look("forgotten_password_sent").await;

    let (name, namesake) = (format!("{initial}.mail"), format!("{initial}.too"));
    sign_up(&namesake, &address).await;
    let namesakes = link(&relay, "/verify_email/", 1).await;
    sign_up(&name, &address).await;
    visit.open_link(&relay, "/verify_email/", 2).await;
    visit.see("Is this your account?").await;
    look("email_verification").await;
    visit.click("button[value=verify]").await;
    visit.see("Your e-mail address has been verified.").await;
    visit.window.goto(namesakes).await.unwrap();
    visit.click("button[value=verify]").await;
    visit.see("That address belongs to another account.").await;
    look("email_verification_taken").await;

    log_in(&site.url, &name).await;
    visit.see(&name).await;
    go("/account").await;
    look("account_with_mail").await;
    go("/account/email").await;
    look("email_verified").await;
    visit.type_into("#email", "nobody").await;
    submit().await;
    visit.see("There is a problem").await;
    look("email_refused").await;
    go("/account/email").await;
    visit.type_into("#email", &other).await;
    submit().await;
    visit.see("We have sent a link to that address.").await;
    look("email_given").await;
    visit.open_link(&relay, "/undo_email/", 4).await;
    visit.see("Put your address back").await;
    look("email_undo").await;
    visit.click("#undo").await;
    visit.see("New password for").await;
    log_in(&site.url, username).await;
    visit.see(username).await;
    go("/account/email").await;
    look("email_none").await;
    visit.click("header form[action='/log_out'] button").await;
    visit.see("Successfully logged out.").await;

    let strict = Program::start(&visit.folder, &[&settings[..], &[REQUIRED]].concat());
    visit.window.goto(format!("{}/sign_up", strict.url)).await.unwrap();
    look("sign_up_with_mail_required").await;
    log_in(&strict.url, &namesake).await;
    visit.see("We have sent a link to").await;
    look("check_mail").await;
    log_in(&strict.url, username).await;
    visit.see("your account needs a verified e-mail address").await;
    look("check_mail_without_address").await;
}
