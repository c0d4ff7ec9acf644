//! Passkeys, as a browser's script and its pages see them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::passkey::{Algorithm, Signature};
use doorward_passkeys::testing::{Asked, SoftAuthenticator};
use rocket::http::{ContentType, Header, Status};
use serde_json::{Value, json};

use crate::support::{Answer, MAIL, PASSWORD, TestSite, fields, plan, read, site};

const PAGE: &str = "/account/passkeys";
const LOG_IN: &str = "/log_in/passkey";
const SECOND_STEP: &str = "/log_in/code/passkey";
const ADDRESS_REQUIRED: &str =
    "[mail]\nurl = 'smtp://localhost:2525'\nfrom = 'notes@example.org'\n[email]\nrequired = true\n";
const REAUTHENTICATE: &str = "/account/reauthenticate/passkey";
const CODES: &str = "/account/second_factor/recovery_codes";
const ORIGIN: &str = "http://localhost:8000";

impl TestSite {
    /// Sends JSON as the script does.
    async fn send(&self, path: &str, sent: &Value) -> Answer {
        self.send_text(path, &sent.to_string()).await
    }

    async fn send_text(&self, path: &str, sent: &str) -> Answer {
        self.clock.advance(Duration::from_millis(1));
        let request = self.client.post(path.to_owned()).header(ContentType::JSON).body(sent);
        read(request.header(Header::new("Accept", "application/json")).dispatch().await).await
    }

    /// Returns the request for an authenticator.
    async fn options(&self, path: &str) -> Value {
        let answer = self.send(&format!("{path}/options"), &json!({})).await;
        assert_eq!(answer.status, Status::Ok, "{}", answer.body);
        json_of(&answer)
    }

    /// Has an authenticator make a passkey; returns the JSON to send.
    async fn register(&self, authenticator: &mut SoftAuthenticator) -> Value {
        let options = self.options(PAGE).await;
        authenticator.user_handle = Some(decoded(&options["user"]["id"]));
        serde_json::from_str(&authenticator.register(&asked(&options))).unwrap()
    }

    async fn add(&self, authenticator: &mut SoftAuthenticator) -> Answer {
        let credential = self.register(authenticator).await;
        self.send(PAGE, &json!({ "credential": credential })).await
    }

    /// Adds a passkey; the recovery codes that come with the first one are saved.
    async fn add_passkey(&self) -> SoftAuthenticator {
        let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
        let answer = self.add(&mut authenticator).await;
        assert_eq!(answer.status, Status::Ok, "{}", answer.body);
        if json_of(&answer)["next"] == CODES {
            assert_eq!(self.post(CODES, "").await.location(), Some(PAGE));
        }
        self.get(PAGE).await;
        authenticator
    }

    async fn arrive_with_passkey(&self, username: &str) -> SoftAuthenticator {
        self.arrive(username).await;
        self.add_passkey().await
    }

    /// Logs in a user with a passkey, in a session that has proved no factor, as on a trusted device; returns a recovery code.
    async fn arrive_unproved(&self) -> String {
        self.arrive("ada").await;
        self.add(&mut SoftAuthenticator::new(Algorithm::EdDsa)).await;
        let codes = self.get(CODES).await;
        let code = codes.body.split("<li><code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert_eq!(self.post(CODES, "").await.location(), Some(PAGE));
        self.execute("UPDATE sessions SET methods = 'password'").await;
        code
    }

    /// Has an authenticator make a proof; returns the JSON to send.
    async fn prove(&self, path: &str, authenticator: &SoftAuthenticator) -> Value {
        let options = self.options(path).await;
        serde_json::from_str(&authenticator.assert(&asked(&options))).unwrap()
    }

    async fn prove_at(&self, path: &str, authenticator: &SoftAuthenticator) -> Answer {
        let credential = self.prove(path, authenticator).await;
        self.send(path, &json!({ "credential": credential })).await
    }

    async fn leave(&self) {
        assert_eq!(self.post("/log_out", "_method=delete").await.location(), Some("/log_in"));
        self.get("/log_in").await;
    }

    async fn ids(&self) -> Vec<String> {
        let page = self.get(PAGE).await.body;
        let forms = page.split("action=\"/account/passkeys/").skip(1);
        let ids = forms.map(|rest| rest.split('"').next().unwrap());
        ids.filter(|id| !id.ends_with("/delete")).map(str::to_owned).collect()
    }
}

/// An authenticator with these changes.
fn soft(saying: impl FnOnce(&mut SoftAuthenticator)) -> SoftAuthenticator {
    let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
    saying(&mut authenticator);
    authenticator
}

fn asked(options: &Value) -> Asked<'_> {
    let challenge = options["challenge"].as_str().unwrap();
    Asked { challenge, origin: ORIGIN, rp_id: options["rpId"].as_str().unwrap_or("localhost") }
}

fn decoded(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {} {}", answer.status, answer.body))
}

/// Whether the script gets a problem document with this code.
fn is_refused(answer: &Answer, code: &str) -> bool {
    answer.status == Status::UnprocessableEntity
        && answer.header("content-type") == Some("application/problem+json")
        && json_of(answer)["code"] == code
}

fn leads_to(answer: &Answer, next: &str) -> bool {
    answer.status == Status::Ok
        && answer.header("content-type") == Some("application/json")
        && json_of(answer)["next"] == next
}

#[tokio::test]
async fn authenticators_are_asked_for_what_the_contract_says() {
    let site = site().await;
    site.arrive("Ada").await;
    let mut options = site.options(PAGE).await;
    let (challenge, handle) = (decoded(&options["challenge"]), decoded(&options["user"]["id"]));
    assert_eq!((challenge.len(), handle.len()), (32, 16));
    options["challenge"].take();
    options["user"]["id"].take();
    assert_eq!(
        options,
        json!({
            "rp": { "id": "localhost", "name": "Doorward" },
            "user": { "id": null, "name": "Ada", "displayName": "Ada" },
            "challenge": null,
            "pubKeyCredParams": [
                { "type": "public-key", "alg": -8 },
                { "type": "public-key", "alg": -7 },
                { "type": "public-key", "alg": -257 },
            ],
            "timeout": 300_000,
            "excludeCredentials": [],
            "authenticatorSelection": { "residentKey": "preferred", "userVerification": "required" },
            "attestation": "none",
        })
    );
    let authenticator = site.add_passkey().await;
    let known = json!([{
        "type": "public-key",
        "id": URL_SAFE_NO_PAD.encode(&authenticator.credential_id),
        "transports": ["internal"],
    }]);
    let options = site.options(PAGE).await;
    assert_eq!(options["excludeCredentials"], known);
    assert_eq!(decoded(&options["user"]["id"]), handle, "for ever the same");
    assert_ne!(decoded(&options["challenge"]), challenge);

    let request = |allowed: &Value| {
        json!({
            "challenge": null,
            "timeout": 300_000,
            "rpId": "localhost",
            "allowCredentials": allowed,
            "userVerification": "required",
        })
    };
    let mut options = site.options(REAUTHENTICATE).await;
    options["challenge"].take();
    assert_eq!(options, request(&known));
    site.leave().await;
    let mut options = site.options(LOG_IN).await;
    options["challenge"].take();
    assert_eq!(options, request(&json!([])), "any passkey of the site");
    site.try_log_in("ada", PASSWORD).await;
    let mut options = site.options(SECOND_STEP).await;
    options["challenge"].take();
    assert_eq!(options, request(&known));
}

#[tokio::test]
async fn a_passkey_is_added_listed_renamed_and_removed() {
    let site = site().await;
    site.arrive("ada").await;
    assert!(site.get("/account").await.body.contains("href=\"/account/passkeys\""));
    assert!(site.get(PAGE).await.text().contains("You have no passkeys yet."));
    let before = site.session_cookie();
    let mut authenticator = SoftAuthenticator::new(Algorithm::Es256);
    authenticator.aaguid = *b"ProtonPassProton";
    authenticator.flags |= SoftAuthenticator::BACKUP_ELIGIBLE | SoftAuthenticator::BACKED_UP;
    let answer = site.add(&mut authenticator).await;
    assert!(leads_to(&answer, CODES), "{}", answer.body);
    assert_ne!(site.session_cookie(), before, "the session has a new token");
    let page = site.get(CODES).await;
    assert_eq!(page.body.split("id=\"codes\"").nth(1).unwrap().matches("<code>").count(), 10);
    assert_eq!(site.post(CODES, "").await.location(), Some(PAGE));
    let page = site.get(PAGE).await.text();
    for part in ["Your passkey has been added.", "Proton Pass", "synced", "Not used yet"] {
        assert!(page.contains(part), "{part}: {page}");
    }

    let mut key = SoftAuthenticator::new(Algorithm::EdDsa);
    let credential = site.register(&mut key).await;
    let account =
        site.get(PAGE).await.input("account").split("value=\"").nth(1).unwrap().trim_end_matches("\">").to_owned();
    let sent = json!({ "credential": credential, "name": "  Blue key ", "account": account });
    let answer = site.send(PAGE, &sent).await;
    assert!(leads_to(&answer, PAGE), "{}", answer.body);
    let page = site.get(PAGE).await.text();
    for part in ["Your passkey has been added.", "Blue key", "this device only"] {
        assert!(page.contains(part), "{part}: {page}");
    }

    let ids = site.ids().await;
    assert_eq!(ids.len(), 2);
    let one = format!("{PAGE}/{}", ids[0]);
    let answer = site.post(&one, "name=At+home").await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(PAGE)), "{}", answer.body);
    let page = site.get(PAGE).await.text();
    assert!(page.contains("At home") && !page.contains("Proton Pass"), "{page}");

    let before = site.session_cookie();
    let answer = site.post(&format!("{one}/delete"), "").await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(PAGE)), "{}", answer.body);
    assert_ne!(site.session_cookie(), before);
    let page = site.get(PAGE).await.text();
    assert!(page.contains("That passkey has been removed.") && !page.contains("At home"), "{page}");
    assert_eq!(site.ids().await, ids[1..]);
    let events = site.events().await.join(" ");
    assert!(events.ends_with("passkey_added passkey_added passkey_renamed passkey_removed"), "{events}");
    for path in [one.clone(), format!("{one}/delete"), format!("{PAGE}/nothing"), format!("{PAGE}/nothing/delete")] {
        assert_eq!(site.post(&path, "name=x").await.status, Status::NotFound, "{path}");
    }
    let activity = site.get("/account/activity").await.text();
    for said in ["Passkey added", "Passkey renamed", "Passkey removed"] {
        assert!(activity.contains(said), "{said}");
    }
}

#[tokio::test]
async fn the_bare_answer_of_a_browser_will_do() {
    let site = site().await;
    site.arrive("ada").await;
    let mut authenticator = SoftAuthenticator::new(Algorithm::Rs256);
    let credential = site.register(&mut authenticator).await;
    assert!(leads_to(&site.send(PAGE, &credential).await, CODES));
    assert!(site.get(PAGE).await.text().contains("Unknown device"), "there is nothing else to call it");
    site.leave().await;
    let credential = site.prove(LOG_IN, &authenticator).await;
    assert!(leads_to(&site.send(LOG_IN, &credential).await, "/"));
    assert!(site.is_logged_in().await);
}

#[tokio::test]
async fn a_name_that_is_none_is_told_and_comes_back() {
    let site = site().await;
    site.arrive_with_passkey("ada").await;
    let one = format!("{PAGE}/{}", site.ids().await[0]);
    let long = "x".repeat(61);
    for (typed, said) in
        [(" ", "Enter a name"), (&*long, "That name is too long."), ("a\u{7}b", "Control characters are not allowed")]
    {
        let answer = site.post(&one, &fields(&[("name", typed)])).await;
        assert_eq!(answer.status, Status::UnprocessableEntity);
        assert!(answer.title().starts_with("Error:") && answer.text().contains(said), "{}", answer.text());
        let kept = answer.body.contains("<details open>") && answer.body.contains(&format!("value=\"{typed}\""));
        assert!(kept, "{typed}: {}", answer.body);
    }
    let problem = site.post_with(&one, "name=", &[("Accept", "application/json")]).await;
    assert_eq!(json_of(&problem)["errors"], json!([{ "field": "name", "code": "empty" }]));
    // An addition is refused before the authenticator is used.
    for path in [PAGE.to_owned(), format!("{PAGE}/options")] {
        assert!(is_refused(&site.send(&path, &json!({ "name": long })).await, "name_too_long"), "{path}");
        assert!(is_refused(&site.send(&path, &json!({ "name": "a\u{7}b" })).await, "name_bad_character"), "{path}");
    }
}

#[tokio::test]
async fn a_change_needs_a_recent_log_in() {
    let site = site().await;
    site.arrive_with_passkey("ada").await;
    let one = format!("{PAGE}/{}", site.ids().await[0]);
    let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
    let credential = site.register(&mut authenticator).await;
    site.clock.advance(Duration::from_secs(601));
    site.get(PAGE).await;
    // The sweep at the start may come this late, and delete the answered challenge.
    let kept = async || {
        let mut rows = site.dump().await;
        rows.retain(|row| !row.starts_with("answered_challenges:"));
        rows
    };
    let before = kept().await;
    let first = format!("/account/reauthenticate?next={PAGE}");
    for (path, sent) in [(format!("{PAGE}/options"), json!({})), (PAGE.to_owned(), credential)] {
        let answer = site.send(&path, &sent).await;
        assert_eq!(answer.status, Status::Forbidden, "{path}");
        let problem = json_of(&answer);
        assert_eq!((&problem["code"], &problem["next"]), (&json!("not_recent"), &json!(first)), "{path}");
    }
    for path in [one.clone(), format!("{one}/delete"), "/account/password/delete".to_owned()] {
        let answer = site.post(&path, "name=x").await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(&*first)), "{path}");
    }
    assert_eq!(kept().await, before);
}

#[tokio::test]
async fn an_account_has_twenty_passkeys_at_the_most() {
    let site = site().await;
    site.arrive("ada").await;
    for _ in 0..19 {
        site.add_passkey().await;
    }
    let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
    let late = site.register(&mut authenticator).await;
    site.add_passkey().await;
    assert_eq!(site.ids().await.len(), 20);
    assert!(is_refused(&site.send(PAGE, &late).await, "too_many"));
    assert!(is_refused(&site.send(&format!("{PAGE}/options"), &json!({})).await, "too_many"));
    let page = site.get(PAGE).await;
    assert!(page.text().contains("as many passkeys as it can have") && !page.body.contains("data-passkey=\"add\""));
    assert!(page.body.len() < 50_000, "{}", page.body.len());
}

#[tokio::test]
async fn an_answer_that_is_no_passkey_for_this_page_is_not_added() {
    let site = site().await;
    site.arrive("ada").await;
    let options = site.options(PAGE).await;
    let right = asked(&options);
    let before = site.dump().await;
    let of = |asked: Asked<'_>| soft(|_| ()).register(&asked);
    let flags = |flags| soft(|soft| soft.flags = flags).register(&right);
    let another = "A".repeat(43);
    let log_in = site.options(LOG_IN).await;
    for (answer, code) in [
        (of(Asked { challenge: &another, ..right }), "expired"),
        (of(Asked { challenge: log_in["challenge"].as_str().unwrap(), ..right }), "expired"),
        (of(Asked { challenge: "x", ..right }), "malformed"),
        (of(Asked { origin: "https://evil.example", ..right }), "other_origin"),
        (of(Asked { rp_id: "evil.example", ..right }), "other_site"),
        (soft(|soft| soft.cross_origin = true).register(&right), "other_origin"),
        (flags(SoftAuthenticator::PRESENT), "not_verified"),
        (flags(SoftAuthenticator::VERIFIED), "not_present"),
        (
            flags(SoftAuthenticator::PRESENT | SoftAuthenticator::VERIFIED | SoftAuthenticator::BACKED_UP),
            "unfit_backup",
        ),
        (soft(|_| ()).assert(&right), "other_ceremony"),
        ("{}".to_owned(), "malformed"),
    ] {
        let sent = site.send_text(PAGE, &answer).await;
        assert!(is_refused(&sent, code), "{code}: {} {}", sent.status, sent.body);
    }
    assert_eq!(site.dump().await, before);

    // A challenge is good once, within five minutes.
    let authenticator = soft(|_| ());
    assert!(leads_to(&site.send_text(PAGE, &authenticator.register(&right)).await, CODES));
    assert!(is_refused(&site.send_text(PAGE, &soft(|_| ()).register(&right)).await, "expired"));
    let options = site.options(PAGE).await;
    let again = site.send_text(PAGE, &authenticator.register(&asked(&options))).await;
    assert!(is_refused(&again, "already_added"), "{}", again.body);
    let options = site.options(PAGE).await;
    site.clock.advance(Duration::from_mins(5));
    assert!(is_refused(&site.send_text(PAGE, &soft(|_| ()).register(&asked(&options))).await, "expired"));
}

#[tokio::test]
async fn a_body_that_is_no_json_of_the_script_is_refused() {
    let site = site().await;
    site.arrive("ada").await;
    for path in [PAGE, LOG_IN, REAUTHENTICATE] {
        for (body, status) in [("{", 400), ("[]", 400), ("{\"next\":1}", 400)] {
            assert_eq!(site.send_text(path, body).await.status.code, status, "{path} {body}");
        }
        assert_eq!(site.send_text(path, "").await.status.code, 422, "{path}");
        let long = format!("{{\"credential\":\"{}\"}}", "x".repeat(64 * 1024));
        assert_eq!(site.send_text(path, &long).await.status, Status::PayloadTooLarge, "{path}");
        let request = site.client.post(path).header(ContentType::Plain).body("{}");
        assert_eq!(read(request.dispatch().await).await.status, Status::UnsupportedMediaType, "{path}");
        let request = site.client.post(path).header(ContentType::JSON).body(b"\"\xff\"");
        assert_eq!(read(request.dispatch().await).await.status, Status::BadRequest, "{path}");
    }
}

#[tokio::test]
async fn a_passkey_is_a_whole_log_in_with_the_wishes_of_its_form() {
    let site = site().await;
    let authenticator = site.arrive_with_passkey("ada").await;
    site.leave().await;
    let credential = site.prove(LOG_IN, &authenticator).await;
    let answer =
        site.send(LOG_IN, &json!({ "credential": credential, "next": "/account/activity", "keep": "yes" })).await;
    assert!(leads_to(&answer, "/account/activity"), "{}", answer.body);
    let cookie = answer.all("set-cookie").find(|cookie| cookie.starts_with("doorward=")).unwrap();
    assert!(cookie.contains("Max-Age=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let id = URL_SAFE_NO_PAD.encode(&authenticator.credential_id);
    assert_eq!(
        json_of(&answer)["signal"],
        json!({
            "rpId": "localhost",
            "userId": URL_SAFE_NO_PAD.encode(authenticator.user_handle.clone().unwrap()),
            "allAcceptedCredentialIds": [id],
            "name": "ada",
            "displayName": "ada",
        })
    );
    let sessions = site.get("/account/sessions").await.text();
    assert!(sessions.contains("Passkey") && !sessions.contains("Password and passkey"), "{sessions}");
    assert!(site.get(PAGE).await.text().contains("Last used"));
    assert!(is_refused(&site.send(LOG_IN, &credential).await, "expired"), "a challenge is good once");

    for (next, leads) in [("//evil.example", "/"), ("https://evil.example", "/"), ("/log_out", "/")] {
        site.leave().await;
        let credential = site.prove(LOG_IN, &authenticator).await;
        let answer = site.send(LOG_IN, &json!({ "credential": credential, "next": next, "keep": false })).await;
        assert!(leads_to(&answer, leads), "{next}: {}", answer.body);
        let cookie = answer.all("set-cookie").find(|cookie| cookie.starts_with("doorward=")).unwrap();
        assert!(!cookie.contains("Max-Age="), "{cookie}");
    }
}

#[tokio::test]
async fn an_unknown_passkey_is_told_from_a_wrong_one_and_neither_logs_in() {
    let site = site().await;
    let right = site.arrive_with_passkey("ada").await;
    site.leave().await;
    let handle = right.user_handle.clone();
    let unknown = soft(|soft| soft.user_handle.clone_from(&handle));
    let answer = site.prove_at(LOG_IN, &unknown).await;
    assert!(is_refused(&answer, "unknown"), "{}", answer.body);
    assert!(answer.all("set-cookie").all(|cookie| !cookie.starts_with("doorward=")));

    let as_of = |user_handle: Option<Vec<u8>>| {
        soft(|soft| (soft.credential_id, soft.user_handle) = (right.credential_id.clone(), user_handle))
    };
    for wrong in [as_of(handle.clone()), as_of(Some(vec![7; 16])), as_of(None)] {
        assert!(is_refused(&site.prove_at(LOG_IN, &wrong).await, "refused"));
    }
    let mut right = right;
    right.signature = Signature::Wrong;
    assert!(is_refused(&site.prove_at(LOG_IN, &right).await, "refused"));
    right.signature = Signature::Right;
    right.user_handle = None;
    assert!(is_refused(&site.prove_at(LOG_IN, &right).await, "refused"), "nobody says whose it is");
    right.user_handle = handle;
    right.flags = SoftAuthenticator::PRESENT;
    assert!(is_refused(&site.prove_at(LOG_IN, &right).await, "not_verified"));
    right.flags |= SoftAuthenticator::VERIFIED;
    let options = site.options(LOG_IN).await;
    let elsewhere = right.assert(&Asked { origin: "https://evil.example", ..asked(&options) });
    assert!(is_refused(&site.send_text(LOG_IN, &elsewhere).await, "other_origin"));
    let answer = right.assert(&asked(&options));
    site.clock.advance(Duration::from_mins(5));
    assert!(is_refused(&site.send_text(LOG_IN, &answer).await, "expired"));
    assert!(!site.is_logged_in().await);
    assert!(leads_to(&site.prove_at(LOG_IN, &right).await, "/"));
    assert!(site.get("/").await.text().contains("failed attempts to log in to your account"));
}

#[tokio::test]
async fn a_passkey_that_may_be_a_copy_is_refused_with_a_message_of_its_own() {
    let site = plan().set(MAIL).open().await;
    site.arrive_with_mail().await;
    let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
    authenticator.counter = 7;
    assert!(leads_to(&site.add(&mut authenticator).await, CODES));
    assert_eq!(site.mail().await.subject, "A passkey has been added to your account");
    site.leave().await;
    for counter in [7, 1, 0] {
        authenticator.counter = counter;
        let answer = site.prove_at(LOG_IN, &authenticator).await;
        assert!(is_refused(&answer, "counter_went_back"), "{counter}: {}", answer.body);
    }
    authenticator.counter = 8;
    authenticator.flags |= SoftAuthenticator::BACKUP_ELIGIBLE;
    assert!(is_refused(&site.prove_at(LOG_IN, &authenticator).await, "backup_changed"));
    let mail = site.mail().await;
    assert_eq!(mail.subject, "A passkey of your account was refused");
    assert!(mail.text.contains("it may be a copy"), "{}", mail.text);
    let page = site.get("/log_in").await.body;
    assert!(
        page.contains(
            "<template data-code=\"counter_went_back\">That passkey was refused, because there may be a copy"
        )
    );
    assert!(
        page.contains("<template data-code=\"backup_changed\">That passkey was refused, because it can be synced now")
    );
    authenticator.flags &= !SoftAuthenticator::BACKUP_ELIGIBLE;
    assert!(leads_to(&site.prove_at(LOG_IN, &authenticator).await, "/"));
    assert!(site.get("/account/activity").await.text().contains("Passkey refused, as it may have been copied"));
}

#[tokio::test]
async fn after_the_password_a_passkey_serves_as_the_second_factor() {
    let site = plan().set("[second_factor]\ntrust_days = 30\n").open().await;
    let authenticator = site.arrive_with_passkey("ada").await;
    site.leave().await;
    let knock = async |next: &str| {
        let answer =
            site.post("/log_in", &fields(&[("username", "ada"), ("password", PASSWORD), ("next", next)])).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in/code")), "{}", answer.body);
    };
    knock("/account/activity").await;
    let page = site.get("/log_in/code").await;
    assert!(
        page.title().starts_with("Confirm that it is you") && page.text().contains("Use a passkey"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("enter one of the recovery codes") && !page.text().contains("code from your app"));
    assert!(page.body.contains(&format!("hidden data-passkey=\"second-step\" data-path=\"{SECOND_STEP}\"")));
    let wrong = site.post("/log_in/code", "code=000000").await;
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert!(wrong.body.contains("data-passkey=\"second-step\""), "it is still there");
    let unknown = SoftAuthenticator::new(Algorithm::EdDsa);
    assert!(is_refused(&site.prove_at(SECOND_STEP, &unknown).await, "unknown"));
    let whole = site.prove(LOG_IN, &authenticator).await;
    assert!(is_refused(&site.send(SECOND_STEP, &whole).await, "expired"), "the challenge is for something else");

    let answer = site.prove_at(SECOND_STEP, &authenticator).await;
    assert!(leads_to(&answer, "/account/activity"), "{}", answer.body);
    assert!(site.get("/account/sessions").await.text().contains("Password and passkey"));
    let events = site.events().await;
    assert!(events.contains(&"second_step_failed".to_owned()), "{events:?}");
    let again = site.send(&format!("{SECOND_STEP}/options"), &json!({})).await;
    assert!(leads_to(&again, "/"), "nothing waits any more: {}", again.body);

    // Another user's passkey is of no use, and without a log-in that waits there is nothing to prove.
    site.leave().await;
    let ended = site.send(&format!("{SECOND_STEP}/options"), &json!({})).await;
    assert_eq!(ended.status, Status::Conflict);
    assert_eq!((&json_of(&ended)["code"], &json_of(&ended)["next"]), (&json!("ended"), &json!("/log_in")));
    let of_bob = site.arrive_with_passkey("bob").await;
    site.leave().await;
    knock("/").await;
    assert!(is_refused(&site.prove_at(SECOND_STEP, &of_bob).await, "refused"));
    let credential = site.prove(SECOND_STEP, &authenticator).await;
    assert!(leads_to(&site.send(SECOND_STEP, &json!({ "credential": credential, "trust": "yes" })).await, "/"));
    site.leave().await;
    assert_eq!(site.try_log_in("ada", PASSWORD).await.location(), Some("/"), "the device is trusted");

    site.leave().await;
    site.clock.advance(Duration::from_hours(24 * 30));
    knock("/account").await;
    let credential = site.prove(SECOND_STEP, &authenticator).await;
    site.clock.advance(Duration::from_secs(301));
    let ended = site.send(SECOND_STEP, &credential).await;
    assert_eq!((ended.status, &json_of(&ended)["next"]), (Status::Conflict, &json!("/log_in?next=/account")));
    assert!(site.get("/log_in").await.text().contains("Please log in again."));
}

#[tokio::test]
async fn a_whole_log_in_ends_one_that_waits_for_a_second_step() {
    let site = site().await;
    let authenticator = site.arrive_with_passkey("ada").await;
    site.leave().await;
    site.try_log_in("ada", PASSWORD).await;
    assert!(leads_to(&site.prove_at(LOG_IN, &authenticator).await, "/"));
    assert_eq!(site.query("SELECT count(*) || '' FROM pending_log_ins").await, ["0"]);
    assert_eq!(site.get("/log_in/code").await.location(), Some("/"));
}

#[tokio::test]
async fn a_passkey_reauthenticates() {
    let site = site().await;
    let authenticator = site.arrive_with_passkey("ada").await;
    site.clock.advance(Duration::from_secs(601));
    let page = site.get(&format!("/account/reauthenticate?next={PAGE}")).await;
    assert!(page.title().starts_with("Confirm that it is you") && page.body.contains("name=\"password\""));
    assert!(page.body.contains(&format!("hidden data-passkey=\"reauthentication\" data-path=\"{REAUTHENTICATE}\"")));
    let unknown = SoftAuthenticator::new(Algorithm::EdDsa);
    assert!(is_refused(&site.prove_at(REAUTHENTICATE, &unknown).await, "unknown"));
    let wrong = soft(|soft| soft.credential_id.clone_from(&authenticator.credential_id));
    assert!(is_refused(&site.prove_at(REAUTHENTICATE, &wrong).await, "refused"));
    assert!(site.events().await.contains(&"reauthentication_failed".to_owned()));
    let before = site.session_cookie();
    let credential = site.prove(REAUTHENTICATE, &authenticator).await;
    let answer = site.send(REAUTHENTICATE, &json!({ "credential": credential, "next": PAGE })).await;
    assert!(leads_to(&answer, PAGE), "{}", answer.body);
    assert_ne!(site.session_cookie(), before);
    site.options(PAGE).await;
    assert!(is_refused(&site.send(REAUTHENTICATE, &credential).await, "expired"));

    site.arrive_as_another("bob").await;
    let none = site.send(&format!("{REAUTHENTICATE}/options"), &json!({})).await;
    assert_eq!(none.status, Status::NotFound, "bob has no passkey");
}

#[tokio::test]
async fn a_password_is_removed_beside_passkeys_and_every_one_is_wrong_from_then_on() {
    let site = plan().set(MAIL).open().await;
    site.arrive_with_mail().await;
    let remove = async || site.post("/account/password/delete", "").await;
    assert!(!site.get(PAGE).await.text().contains("Remove my password"));
    let answer = remove().await;
    assert_eq!(answer.status, Status::UnprocessableEntity);
    assert!(answer.text().contains("Your password stays for now.") && answer.title().starts_with("Error:"));

    let authenticator = site.add_passkey().await;
    assert!(site.get(PAGE).await.text().contains("Remove my password"), "beside recovery codes");
    site.execute("DELETE FROM recovery_codes").await;
    assert!(!site.get(PAGE).await.text().contains("Remove my password"));
    assert_eq!(remove().await.status, Status::UnprocessableEntity);
    site.add_passkey().await;
    assert!(site.get(PAGE).await.text().contains("Remove my password"), "beside another one");
    let before = site.session_cookie();
    let answer = remove().await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(PAGE)), "{}", answer.body);
    assert_ne!(site.session_cookie(), before);
    let page = site.get(PAGE).await.text();
    assert!(
        page.contains("Your password has been removed.") && page.contains("Your account has no password."),
        "{page}"
    );
    assert_eq!(remove().await.location(), Some(PAGE), "there is none");
    let mut subjects = Vec::new();
    while let Some(mail) = site.try_mail().await {
        subjects.push(mail.subject);
    }
    assert_eq!(subjects.last().map(String::as_str), Some("Your password has been removed"));
    assert!(site.get("/account/activity").await.text().contains("Password removed"));

    let page = site.get("/account/password").await;
    assert!(!page.body.contains("type=\"password\"") && page.body.contains("href=\"/forgot_password\""));
    assert_eq!(site.post("/account/password", "current_password=x&new_password=y").await.status.code, 422);
    site.clock.advance(Duration::from_secs(601));
    let page = site.get("/account/reauthenticate").await;
    assert!(!page.body.contains("name=\"password\"") && page.text().contains("with JavaScript turned on"));
    assert_eq!(site.post("/account/reauthenticate", "password=x").await.status.code, 422);

    site.leave().await;
    let refused = site.try_log_in("ada", PASSWORD).await;
    let wrong = site.try_log_in("ada", "another wrong password").await;
    assert_eq!((refused.status, &refused.body), (wrong.status, &wrong.body), "like a wrong one");
    assert!(refused.text().contains("Username or password are incorrect"));
    assert!(leads_to(&site.prove_at(LOG_IN, &authenticator).await, "/"));

    let ids = site.ids().await;
    let delete = async |id: &str| site.post(&format!("{PAGE}/{id}/delete"), "").await;
    assert_eq!(delete(&ids[0]).await.location(), Some(PAGE));
    let answer = delete(&ids[1]).await;
    assert_eq!(answer.status, Status::UnprocessableEntity);
    assert!(answer.text().contains("That passkey is your only way to log in."), "{}", answer.text());
    assert_eq!(site.ids().await, ids[1..]);
}

#[tokio::test]
async fn a_user_without_a_password_deletes_the_account_after_a_recent_log_in() {
    let site = site().await;
    let authenticator = site.arrive_with_passkey("ada").await;
    site.post("/account/password/delete", "").await;
    site.clock.advance(Duration::from_secs(601));
    let reauthenticate = "/account/reauthenticate?next=/account/delete";
    assert_eq!(site.get("/account/delete").await.location(), Some(reauthenticate));
    assert_eq!(site.post("/account/delete", "").await.location(), Some(reauthenticate));
    assert!(leads_to(&site.prove_at(REAUTHENTICATE, &authenticator).await, "/"));
    let page = site.get("/account/delete").await;
    assert!(page.text().contains("Delete my account") && !page.body.contains("type=\"password\""), "{}", page.body);
    assert_eq!(site.post("/account/delete", "password=x&account=nobody").await.location(), Some("/account/delete"));
    assert_eq!(site.post("/account/delete", "").await.location(), Some("/"));
    assert!(is_refused(&site.prove_at(LOG_IN, &authenticator).await, "unknown"));
}

#[tokio::test]
async fn where_a_code_is_asked_for_a_passkey_is_added_by_one() {
    let site = plan().set("[second_factor]\ntrust_days = 30\n").open().await;
    let authenticator = site.arrive_with_passkey("ada").await;
    // As on a trusted device.
    site.execute("UPDATE sessions SET methods = 'password'").await;
    let page = site.get(PAGE).await;
    assert!(page.input("code").contains("autocomplete=\"one-time-code\""), "{}", page.body);
    assert!(is_refused(&site.send(&format!("{PAGE}/options"), &json!({ "code": " " })).await, "empty"));
    let options = site.send(&format!("{PAGE}/options"), &json!({ "code": "123456" })).await;
    let options = json_of(&options);
    let mut another = SoftAuthenticator::new(Algorithm::EdDsa);
    another.user_handle = authenticator.user_handle.clone();
    let credential: Value = serde_json::from_str(&another.register(&asked(&options))).unwrap();
    assert!(is_refused(&site.send(PAGE, &json!({ "credential": credential, "code": "123456" })).await, "wrong"));
    assert!(is_refused(&site.send(PAGE, &json!({ "credential": credential })).await, "wrong"));
    assert_eq!(site.ids().await.len(), 1);
}

#[tokio::test]
async fn where_a_code_is_asked_for_a_passkey_is_removed_by_one() {
    let site = site().await;
    let code = site.arrive_unproved().await;
    let id = site.ids().await.remove(0);
    let delete = async |code: &str| site.post(&format!("{PAGE}/{id}/delete"), &format!("code={code}")).await;
    for (typed, said) in [(" ", "Enter a code"), ("123456", "That code is not right.")] {
        let refused = delete(typed).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        assert!(refused.text().contains(said) && !refused.body.contains("123456"), "{}", refused.text());
    }
    assert_eq!(site.ids().await.len(), 1);
    assert_eq!(delete(&code).await.location(), Some(PAGE));
    assert!(site.get(PAGE).await.text().contains("That passkey has been removed."));
    assert!(site.ids().await.is_empty());
}

#[tokio::test]
async fn where_a_code_is_asked_for_the_password_is_removed_by_one() {
    let site = site().await;
    let code = site.arrive_unproved().await;
    assert!(site.get(PAGE).await.body.contains("id=\"password-code\""));
    let remove = async |code: &str| site.post("/account/password/delete", &format!("code={code}")).await;
    for (typed, said) in [(" ", "Enter a code"), ("123456", "That code is not right.")] {
        let refused = remove(typed).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        assert!(refused.text().contains(said) && !refused.body.contains("123456"), "{}", refused.text());
        assert!(refused.title().starts_with("Error:"), "{}", refused.title());
    }
    assert_eq!(remove(&code).await.location(), Some(PAGE));
    assert!(site.get(PAGE).await.text().contains("Your password has been removed."));
}

/// Addresses were not required yet when the passkey was added.
#[tokio::test]
async fn a_passkey_does_not_log_in_a_user_whose_address_has_to_be_verified_first() {
    let site = plan().set(ADDRESS_REQUIRED).open().await;
    site.arrive_with_mail().await;
    let authenticator = site.add_passkey().await;
    site.leave().await;
    assert!(leads_to(&site.prove_at(LOG_IN, &authenticator).await, "/"));
    site.leave().await;
    site.execute("DELETE FROM emails").await;
    assert!(leads_to(&site.prove_at(LOG_IN, &authenticator).await, "/check_mail"));
    assert_eq!(site.get("/account").await.location(), Some("/log_in?next=/account"));
    assert_eq!(site.get("/check_mail").await.status, Status::Ok);
}

#[tokio::test]
async fn a_user_with_neither_a_password_nor_a_passkey_is_told_how_to_get_one() {
    let site = plan().set(MAIL).open().await;
    site.arrive_with_mail().await;
    site.add_passkey().await;
    site.post("/account/password/delete", "").await;
    // As by an operator.
    site.execute("DELETE FROM passkeys").await;
    site.execute("UPDATE users SET second_factors = ''").await;
    let page = site.get(PAGE).await;
    assert!(page.text().contains("Your account has no password.") && page.body.contains("href=\"/forgot_password\""));
    assert!(!page.text().contains("You log in with a passkey."), "{}", page.text());
    site.clock.advance(Duration::from_secs(601));
    let page = site.get("/account/reauthenticate").await;
    assert!(page.text().contains("Your account has no password.") && !page.body.contains("type=\"password\""));
}

#[tokio::test]
async fn a_form_of_another_account_changes_nothing() {
    let site = site().await;
    site.arrive_with_passkey("ada").await;
    let one = format!("{PAGE}/{}", site.ids().await[0]);
    let before = site.dump().await;
    let another = "account=01890a5d-ac96-774b-bcce-b302099a8059&name=x";
    for path in [one.clone(), format!("{one}/delete"), "/account/password/delete".to_owned()] {
        assert_eq!(site.post(&path, another).await.location(), Some(PAGE), "{path}");
        assert!(site.get(PAGE).await.text().contains("You are logged in with another account now"), "{path}");
    }
    for path in [PAGE.to_owned(), format!("{PAGE}/options")] {
        let answer = site.send(&path, &json!({ "account": "01890a5d-ac96-774b-bcce-b302099a8059" })).await;
        assert!(is_refused(&answer, "another_account"), "{path}");
        assert_eq!(json_of(&answer)["next"], PAGE);
    }
    assert_eq!(site.dump().await, before);
}

#[tokio::test]
async fn another_users_passkey_is_not_there_to_be_changed() {
    let site = site().await;
    site.arrive_with_passkey("ada").await;
    let of_ada = format!("{PAGE}/{}", site.ids().await[0]);
    site.arrive_as_another("eve").await;
    let before = site.dump().await;
    assert_eq!(site.post(&of_ada, "name=mine").await.status, Status::NotFound);
    assert_eq!(site.post(&format!("{of_ada}/delete"), "").await.status, Status::NotFound);
    assert_eq!(site.dump().await, before);
}

#[tokio::test]
async fn where_everybody_has_to_have_a_second_factor_a_passkey_will_do() {
    let site = plan().set("[second_factor]\nrequired = 'yes'\n").open().await;
    site.sign_up("ada").await;
    assert_eq!(site.try_log_in("ada", PASSWORD).await.location(), Some("/account/second_factor/totp"));
    let page = site.get("/account/second_factor/totp").await;
    assert!(page.body.contains("href=\"/account/passkeys\">Add a passkey instead</a>"), "{}", page.body);
    assert!(site.get(PAGE).await.text().contains("This site asks everybody for two-step verification."));
    assert_eq!(site.get("/account").await.location(), Some("/account/second_factor/totp"));
    site.add_passkey().await;
    assert!(site.is_logged_in().await);
}

#[tokio::test]
async fn two_step_verification_counts_passkeys() {
    let site = site().await;
    let overview = "/account/second_factor";
    site.arrive("ada").await;
    assert!(site.get(overview).await.body.contains("href=\"/account/passkeys\">Add a passkey</a>"));
    site.add_passkey().await;
    let page = site.get(overview).await.text();
    for part in ["a log-in asks for one of your passkeys", "10 recovery codes left", "Set up an app"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("is off."), "{page}");
}

#[tokio::test]
async fn people_are_told_by_mail_what_happens_to_their_passkeys() {
    let site = plan().set(MAIL).open().await;
    site.arrive_with_mail().await;
    site.add_passkey().await;
    let mail = site.mail().await;
    assert_eq!(mail.subject, "A passkey has been added to your account");
    let text = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("remove every passkey that is not yours"), "{text}");
    let one = format!("{PAGE}/{}", site.ids().await[0]);
    site.post(&one, "name=x").await;
    assert_eq!(site.mail().await.subject, "A passkey of your account has been renamed");
    site.post(&format!("{one}/delete"), "").await;
    assert_eq!(site.mail().await.subject, "A passkey has been removed from your account");
    assert!(site.try_mail().await.is_none());
}

#[tokio::test]
async fn the_page_tells_the_browser_which_passkeys_there_are_and_under_which_name() {
    let site = site().await;
    site.arrive("ada").await;
    assert!(!site.get(PAGE).await.body.contains("data-signal"), "there is no list without a user handle");
    let authenticator = site.add_passkey().await;
    let told = async || {
        let page = site.get(PAGE).await.body;
        let signal = page.split("data-signal=\"").nth(1).unwrap().split('"').next().unwrap().replace("&quot;", "\"");
        serde_json::from_str::<Value>(&signal).unwrap()
    };
    let id = URL_SAFE_NO_PAD.encode(&authenticator.credential_id);
    let signal = told().await;
    assert_eq!(
        (&signal["rpId"], &signal["name"], &signal["displayName"]),
        (&json!("localhost"), &json!("ada"), &json!("ada"))
    );
    assert_eq!(signal["allAcceptedCredentialIds"], json!([id]));
    assert_eq!(decoded(&signal["userId"]), authenticator.user_handle.unwrap());
    site.post("/account/username", "username=countess").await;
    assert_eq!(told().await["name"], "countess");
    site.post(&format!("{PAGE}/{}/delete", site.ids().await[0]), "").await;
    assert_eq!(told().await["allAcceptedCredentialIds"], json!([]));
}

#[tokio::test]
async fn the_log_in_page_offers_passkeys_to_browsers_with_scripts() {
    let site = site().await;
    let page = site.get("/log_in").await;
    assert!(page.input("username").contains("autocomplete=\"username webauthn\""), "{}", page.input("username"));
    assert!(page.input("password").contains("autocomplete=\"current-password\""));
    assert!(
        page.body.contains(&format!(
            "<div class=\"field is-hidden\" hidden data-passkey=\"log-in\" data-path=\"{LOG_IN}\">"
        ))
    );
    assert!(page.text().contains("Log in with a passkey"));
    let script = page.body.split('"').find(|part| part.starts_with("/assets/passkeys-")).unwrap();
    assert_eq!(site.get(script).await.status, Status::Ok);
    assert!(!site.get("/sign_up").await.body.contains("passkeys"), "nor where it is not needed");
    assert!(site.get("/sign_up").await.input("username").contains("autocomplete=\"username\""));
    let mut weight = page.body.len();
    for asset in
        page.body.split('"').filter(|part| part.starts_with("/assets/")).collect::<std::collections::BTreeSet<_>>()
    {
        weight += site.get(asset).await.body.len();
    }
    assert!(weight < 30_000, "{weight}");
}

#[tokio::test]
async fn password_managers_find_where_passkeys_are() {
    let site = site().await;
    let answer = site.get("/.well-known/passkey-endpoints").await;
    let url = format!("{ORIGIN}{PAGE}");
    assert_eq!((answer.status, answer.header("content-type")), (Status::Ok, Some("application/json")));
    assert_eq!(json_of(&answer), json!({ "enroll": url, "manage": url }));
}

#[tokio::test]
async fn where_browsers_make_no_passkeys_nothing_of_them_is_there() {
    for settings in ["public_url = 'http://example.org'", "public_url = 'http://127.0.0.1:8000'"] {
        let site = plan().set(settings).open().await;
        let log_in = site.get("/log_in").await;
        assert!(log_in.input("username").contains("autocomplete=\"username\""), "{}", log_in.input("username"));
        site.arrive("ada").await;
        for page in ["/log_in", "/account", "/account/second_factor", "/account/second_factor/totp"] {
            assert!(!site.get(page).await.body.to_lowercase().contains("passkey"), "{page}");
        }
        for path in [PAGE, "/.well-known/passkey-endpoints"] {
            assert_eq!(site.get(path).await.status, Status::NotFound, "{path}");
        }
        for path in [PAGE, LOG_IN, SECOND_STEP, REAUTHENTICATE] {
            for path in [path.to_owned(), format!("{path}/options")] {
                let answer = site.send(&path, &json!({})).await;
                assert_eq!(answer.status, Status::NotFound, "{path}");
            }
        }
        assert_eq!(site.post("/account/password/delete", "").await.status, Status::NotFound);
    }
}

#[tokio::test]
async fn a_request_without_a_session_leads_to_the_log_in_and_changes_nothing() {
    let site = site().await;
    site.arrive_with_passkey("ada").await;
    let one = format!("{PAGE}/{}", site.ids().await[0]);
    site.leave().await;
    let before = site.dump().await;
    for (path, leads) in [
        (PAGE.to_owned(), "/log_in?next=/account/passkeys"),
        (format!("{PAGE}/options"), "/log_in"),
        (REAUTHENTICATE.to_owned(), "/log_in"),
        (format!("{REAUTHENTICATE}/options"), "/log_in"),
        (one.clone(), "/log_in"),
        (format!("{one}/delete"), "/log_in"),
        ("/account/password/delete".to_owned(), "/log_in"),
    ] {
        let answer = site.post(&path, "name=x").await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(leads)), "{path}");
        // The script gets the same in JSON, and reloads its page.
        let answer = site.send(&path, &json!({})).await;
        assert_eq!((answer.status, &json_of(&answer)["code"]), (Status::Unauthorized, &json!("ended")), "{path}");
    }
    assert_eq!(site.get(PAGE).await.location(), Some("/log_in?next=/account/passkeys"));
    assert_eq!(site.dump().await, before);
}

#[tokio::test]
async fn answers_to_the_script_are_kept_nowhere_and_another_site_gets_none() {
    let site = site().await;
    site.arrive("ada").await;
    for answer in [site.send(&format!("{LOG_IN}/options"), &json!({})).await, site.send(LOG_IN, &json!({})).await] {
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(!answer.headers.iter().any(|(name, _)| name.to_lowercase().starts_with("access-control-")));
    }
    for path in [PAGE, LOG_IN, SECOND_STEP, REAUTHENTICATE] {
        for path in [path.to_owned(), format!("{path}/options")] {
            let request = site.client.post(path.clone()).header(ContentType::JSON).body("{}");
            let request = request.header(Header::new("Sec-Fetch-Site", "cross-site"));
            assert_eq!(read(request.dispatch().await).await.status, Status::Forbidden, "{path}");
        }
    }
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookies_is_told_so() {
    let site = site().await;
    let authenticator = site.arrive_with_passkey("ada").await;
    site.leave().await;
    assert_eq!(site.client.cookies().iter().count(), 0);
    let credential = site.prove(LOG_IN, &authenticator).await;
    let sent = json!({ "credential": credential, "next": "/account" }).to_string();
    let request = site.client.post(LOG_IN).header(ContentType::JSON).body(sent);
    let answer = read(request.header(Header::new("Sec-Fetch-Mode", "cors")).dispatch().await).await;
    assert!(leads_to(&answer, "/log_in/cookies?next=/account"), "{}", answer.body);
}

impl TestSite {
    /// Logs Ada in, with a verified address.
    async fn arrive_with_mail(&self) {
        self.verified("ada", "ada@example.org").await;
        assert_eq!(self.try_log_in("ada", PASSWORD).await.location(), Some("/"));
        while self.try_mail().await.is_some() {}
    }

    async fn arrive_as_another(&self, username: &str) {
        self.leave().await;
        self.arrive(username).await;
    }
}
