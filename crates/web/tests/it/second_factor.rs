//! The second step of a log-in, and its set-up.

use std::time::Duration;

use doorward_domain::second_factor::TotpStep;
use doorward_domain::testing::keep_out_of_the_log;
use doorward_domain::{Clock as _, Timestamp, TotpSecret};
use rocket::futures::future::join_all;
use rocket::http::{ContentType, Cookie, Method, Status};

use crate::support::{Answer, MAIL, NAVIGATION, PASSWORD, TestSite, fields, form, plan, read, site};

const OVERVIEW: &str = "/account/second_factor";
const SET_UP: &str = "/account/second_factor/totp";
const CODES: &str = "/account/second_factor/recovery_codes";
const SECOND_STEP: &str = "/log_in/code";
const NOT_RIGHT: &str = "That code is not right.";

/// How long an app shows a code.
const STEP: Duration = Duration::from_secs(30);

/// An authenticator app.
struct App(TotpSecret);

impl App {
    /// Reads the secret that a page shows.
    fn set_up_from(page: &Answer) -> Self {
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        let key = page.body.split("<code dir=\"ltr\">").nth(1).unwrap().split('<').next().unwrap();
        assert_eq!(key.split(' ').map(str::len).collect::<Vec<_>>(), [4; 8], "{key}");
        keep_out_of_the_log(&key.replace(' ', ""));
        Self(TotpSecret::parse(key).unwrap())
    }

    /// The code that it shows if its clock is off by `steps`.
    fn code_off(&self, now: Timestamp, steps: i64) -> String {
        self.0.code(TotpStep::from_number(TotpStep::at(now).number() + steps))
    }

    fn code(&self, site: &TestSite) -> String {
        self.code_off(site.clock.now(), 0)
    }

    /// The next code that it shows.
    fn next_code(&self, site: &TestSite) -> String {
        site.clock.advance(STEP);
        self.code(site)
    }
}

/// A user with an app and recovery codes, logged in here.
struct Owner {
    app: App,
    codes: Vec<String>,
}

impl TestSite {
    /// Signs up, logs in, and sets up an app.
    async fn arrive_with_app(&self, username: &str) -> Owner {
        self.arrive(username).await;
        self.set_up().await
    }

    async fn set_up(&self) -> Owner {
        let app = App::set_up_from(&self.get(SET_UP).await);
        let answer = self.send_code(SET_UP, &app.code(self)).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(CODES)), "{}", answer.body);
        let codes = codes_on(&self.get(CODES).await);
        let answer = self.post(CODES, "").await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(OVERVIEW)), "{}", answer.body);
        self.get(OVERVIEW).await;
        Owner { app, codes }
    }

    async fn send_code(&self, path: &str, code: &str) -> Answer {
        self.post(path, &fields(&[("code", code)])).await
    }

    /// Logs in up to the second step.
    async fn knock(&self, username: &str) {
        let answer = self.try_log_in(username, PASSWORD).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(SECOND_STEP)), "{}", answer.body);
    }

    async fn log_out(&self) {
        assert_eq!(self.post("/log_out", "_method=delete").await.location(), Some("/log_in"));
    }

    /// Makes both steps of a log-in.
    async fn log_in_with(&self, username: &str, code: &str) -> Answer {
        self.knock(username).await;
        self.send_code(SECOND_STEP, code).await
    }

    /// The encrypted cookie of the log-in that waits in this browser.
    fn pending_cookie(&self) -> Option<String> {
        self.client.cookies().get("doorward-pending").map(|cookie| cookie.value().to_owned())
    }

    /// Sends a code from another browser, with this browser's cookie.
    async fn send_code_with(&self, pending: &str, code: &str) -> Answer {
        let request = self.client.post(SECOND_STEP).header(ContentType::Form).body(fields(&[("code", code)]));
        let request = request.cookie(Cookie::new("doorward-pending", pending.to_owned()));
        read(request.cookie(Cookie::new("doorward-browser", "another")).dispatch().await).await
    }

    pub(crate) async fn events(&self) -> Vec<String> {
        self.query("SELECT event FROM activity ORDER BY id").await
    }
}

fn codes_on(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, Status::Ok, "{}", page.body);
    let list = page.body.split("id=\"codes\"").nth(1).unwrap().split("</ul>").next().unwrap();
    let codes: Vec<_> = list.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10, "{list}");
    for code in &codes {
        keep_out_of_the_log(code);
    }
    codes
}

fn is_refused(answer: &Answer, text: &str) -> bool {
    answer.status == Status::UnprocessableEntity && answer.text().contains(text) && answer.title().starts_with("Error:")
}

/// Asserts that the answer leads to the log-in page, which shows this text.
async fn has_to_log_in_again(site: &TestSite, answer: &Answer, said: &str) {
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")), "{}", answer.body);
    let page = site.get("/log_in").await;
    assert!(page.text().contains(said), "{}", page.text());
    assert!(site.pending_cookie().is_none());
}

#[tokio::test]
async fn an_app_is_set_up_by_a_qr_code_a_key_or_a_link_and_proved_by_a_code() {
    let site = site().await;
    site.arrive("ada").await;
    let before = site.session_cookie();
    assert!(site.get("/account").await.body.contains("href=\"/account/second_factor\""));
    assert!(site.get(OVERVIEW).await.text().contains("Two-step verification is off."));
    let page = site.get(SET_UP).await;
    let app = App::set_up_from(&page);
    let url = format!("otpauth://totp/Doorward:ada?secret={}&amp;issuer=Doorward", app.0.expose_secret());
    assert!(page.body.contains(&format!("href=\"{url}\"")), "{}", page.body);
    assert!(page.body.contains("<svg ") && page.body.contains("aria-label=\"QR code for your authenticator app\""));
    let input = page.input("code");
    assert!(input.contains("inputmode=\"numeric\"") && input.contains("autocomplete=\"one-time-code\""), "{input}");

    let dump = site.dump().await;
    assert!(site.get(OVERVIEW).await.text().contains("Two-step verification is off."), "a page alone turns nothing on");
    assert_eq!(site.dump().await, dump);
    let answer = site.send_code(SET_UP, &app.code(&site)).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(CODES)), "{}", answer.body);
    assert_ne!(site.session_cookie(), before, "the session has a new token");
    let (key, dump) = (app.0.expose_secret(), site.dump().await.concat());
    assert!(!dump.contains(&key) && !site.files_hold(&key), "the secret is not at rest");
    assert!(!site.get(SET_UP).await.body.contains(&app.0.in_groups()), "it is never shown again");
    let page = site.get(OVERVIEW).await.text();
    assert!(page.contains("Authenticator app Set up on") && page.contains("10 recovery codes left"), "{page}");
    assert!(site.events().await.contains(&"second_factor_turned_on".to_owned()));
}

#[tokio::test]
async fn the_same_secret_is_shown_for_ten_minutes_and_in_one_session() {
    let site = site().await;
    site.arrive("ada").await;
    let shown = async || App::set_up_from(&site.get(SET_UP).await).0.expose_secret();
    let first = shown().await;
    site.clock.advance(Duration::from_mins(9));
    assert_eq!(shown().await, first);
    site.clock.advance(Duration::from_secs(59));
    let late = App(TotpSecret::parse(&first).unwrap());
    site.clock.advance(Duration::from_secs(1));
    site.post("/account/reauthenticate", &fields(&[("password", PASSWORD)])).await;
    let answer = site.send_code(SET_UP, &late.code(&site)).await;
    assert!(is_refused(&answer, "That QR code is too old."), "{}", answer.text());
    let second = shown().await;
    assert!(second != first && answer.body.contains(&TotpSecret::parse(&second).unwrap().in_groups()));
    site.log_out().await;
    site.try_log_in("ada", PASSWORD).await;
    assert_ne!(shown().await, second, "another session has another one");
}

#[tokio::test]
async fn a_wrong_code_turns_nothing_on_and_a_clock_that_is_off_is_told() {
    let site = site().await;
    site.arrive("ada").await;
    let app = App::set_up_from(&site.get(SET_UP).await);
    let dump = site.dump().await;
    for (steps, said) in [
        (2, "Your device's clock is about 1 minute ahead."),
        (-2, "Your device's clock is about 1 minute behind."),
        (20, "Your device's clock is about 10 minutes ahead."),
        (-20, "Your device's clock is about 10 minutes behind."),
        (21, NOT_RIGHT),
        (-21, NOT_RIGHT),
    ] {
        let answer = site.send_code(SET_UP, &app.code_off(site.clock.now(), steps)).await;
        assert!(is_refused(&answer, said), "{steps}: {}", answer.text());
        assert!(answer.body.contains(&app.0.in_groups()), "the same secret");
        assert!(!answer.input("code").contains("value="), "{}", answer.input("code"));
    }
    let answer = site.send_code(SET_UP, " ").await;
    assert!(is_refused(&answer, "Enter a code"), "{}", answer.text());
    let problem = site.post_with(SET_UP, "code=x", &[("Accept", "application/json")]).await;
    assert!(problem.body.contains("\"field\":\"code\",\"code\":\"wrong\""), "{}", problem.body);
    assert_eq!(site.dump().await, dump);
    let spaced = app.code_off(site.clock.now(), 1);
    let answer = site.send_code(SET_UP, &format!(" {} - {} ", &spaced[..3], &spaced[3..])).await;
    assert_eq!(answer.location(), Some(CODES), "one step counts, spaces and dashes do not");
}

#[tokio::test]
async fn a_right_password_leads_to_the_second_step_and_opens_nothing_else() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    site.log_out().await;
    let answer = site
        .post("/log_in", &fields(&[("username", "ada"), ("password", PASSWORD), ("next", "/account/activity")]))
        .await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(SECOND_STEP)));
    assert!(site.session_cookie().is_none_or(|value| value.is_empty()) && site.pending_cookie().is_some());
    for path in ["/account", OVERVIEW, SET_UP, CODES, "/account/sessions", "/account/reauthenticate"] {
        let answer = site.get(path).await;
        let expected = format!("/log_in?next={path}");
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(expected.as_str())), "{path}");
    }
    // Its cookie is good for nothing under other names, such as the session's.
    let pending = site.pending_cookie().unwrap();
    for name in ["doorward", "doorward-held-back", "doorward-totp", "doorward-recovery"] {
        let request = site.client.get("/account").cookie(Cookie::new(name, pending.clone()));
        let answer = read(request.dispatch().await).await;
        assert_eq!(answer.location(), Some("/log_in?next=/account"), "{name}");
    }
    let page = site.get(SECOND_STEP).await;
    assert!(page.title().starts_with("Enter your code") && !page.text().contains("Log Out"), "{}", page.text());
    let input = page.input("code");
    assert!(input.contains("inputmode=\"numeric\"") && input.contains("autocomplete=\"one-time-code\""), "{input}");
    assert!(!page.body.contains("name=\"trust\"") && !page.body.contains("ada"), "{}", page.body);
    let answer = site.send_code(SECOND_STEP, &owner.app.next_code(&site)).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/account/activity")), "{}", answer.body);
    assert!(site.is_logged_in().await && site.pending_cookie().is_none());
    assert!(site.get("/account/sessions").await.text().contains("Password and code"));
    let answer = site.get(SECOND_STEP).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/")));
}

#[tokio::test]
async fn a_step_counts_once_also_the_one_of_the_set_up() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    site.log_out().await;
    let used = owner.app.code(&site);
    assert!(is_refused(&site.log_in_with("ada", &used).await, NOT_RIGHT));
    for (steps, is_right) in [(2, false), (-1, false), (-2, false), (1, true)] {
        let answer = site.send_code(SECOND_STEP, &owner.app.code_off(site.clock.now(), steps)).await;
        assert_eq!(answer.status == Status::SeeOther, is_right, "{steps}: {}", answer.text());
    }
    site.clock.advance(STEP);
    assert!(is_refused(&site.log_in_with("ada", &owner.app.code(&site)).await, NOT_RIGHT), "it was used early");
    assert_eq!(site.send_code(SECOND_STEP, &owner.app.next_code(&site)).await.location(), Some("/"));
}

#[tokio::test]
async fn a_user_who_asked_to_stay_logged_in_does_so_after_the_second_step() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    for (keep, is_kept) in [("", false), ("yes", true)] {
        site.log_out().await;
        site.post("/log_in", &fields(&[("username", "ada"), ("password", PASSWORD), ("keep", keep)])).await;
        let answer = site.send_code(SECOND_STEP, &owner.app.next_code(&site)).await;
        let session = answer.all("set-cookie").find(|cookie| cookie.starts_with("doorward=")).unwrap();
        assert_eq!(session.contains("Max-Age=2592000"), is_kept, "{session}");
    }
}

#[tokio::test]
async fn the_session_before_stays_until_the_new_one_begins() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    let before = site.session_cookie().unwrap();
    site.knock("ada").await;
    assert!(site.is_logged_in().await);
    assert_eq!(site.send_code(SECOND_STEP, &owner.app.next_code(&site)).await.location(), Some("/"));
    assert!(site.is_logged_in().await);
    assert_eq!(site.account_with_session(&before).await.status, Status::SeeOther);
    assert_eq!(site.query("SELECT count(*) || '' FROM sessions").await, ["1"]);
}

#[tokio::test]
async fn a_recovery_code_is_good_once_and_its_owner_is_told_how_many_are_left() {
    let site = plan().set(MAIL).open().await;
    site.verified("ada", "ada@example.org").await;
    site.try_log_in("ada", PASSWORD).await;
    let owner = site.set_up().await;
    while site.try_mail().await.is_some() {}
    site.log_out().await;
    site.knock("ada").await;
    let page = site.get(SECOND_STEP).await;
    assert!(page.body.contains("href=\"/log_in/code?recovery_code\""), "{}", page.body);
    let page = site.get("/log_in/code?recovery_code").await;
    assert!(!page.input("code").contains("inputmode"), "a telephone has to show letters: {}", page.input("code"));
    let typed = owner.codes[0].to_lowercase().replace('-', " ");
    assert_eq!(site.send_code(SECOND_STEP, &typed).await.location(), Some("/"));
    assert!(site.get("/").await.text().contains("9 recovery codes left"));
    assert!(site.get("/account/sessions").await.text().contains("Password and recovery code"));
    let mails = [site.mail().await.subject, site.try_mail().await.map(|mail| mail.subject).unwrap_or_default()];
    assert!(mails.contains(&"A recovery code has been used".to_owned()), "{mails:?}");

    site.log_out().await;
    assert!(is_refused(&site.log_in_with("ada", &owner.codes[0]).await, NOT_RIGHT));
    for (code, left) in owner.codes[1..7].iter().zip((3..9).rev()) {
        site.knock("ada").await;
        assert_eq!(site.send_code(SECOND_STEP, code).await.location(), Some("/"));
        let text = site.get("/").await.text();
        assert!(text.contains(&format!("{left} recovery codes left")), "{text}");
        let is_warned = site.get("/account").await.text().contains("You have only 3 recovery codes left.");
        assert_eq!(is_warned, left == 3, "{left}");
    }
    assert!(site.get(OVERVIEW).await.text().contains("You have only 3 recovery codes left."));
    assert!(site.get("/account/activity").await.text().contains("Recovery code used"));
    let dump = site.dump().await.concat();
    assert!(owner.codes.iter().all(|code| !dump.contains(code) && !site.files_hold(code)));
}

#[tokio::test]
async fn after_five_wrong_codes_the_log_in_has_to_begin_anew() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    site.log_out().await;
    site.knock("ada").await;
    assert!(is_refused(&site.send_code(SECOND_STEP, "").await, "Enter a code"), "which is no try");
    for _ in 0..4 {
        assert!(is_refused(&site.send_code(SECOND_STEP, "000000").await, NOT_RIGHT));
    }
    let pending = site.pending_cookie().unwrap();
    let answer = site.send_code(SECOND_STEP, "000000").await;
    has_to_log_in_again(&site, &answer, "Too many wrong codes. Please log in again.").await;
    let right = owner.app.next_code(&site);
    let request = site.client.post(SECOND_STEP).header(ContentType::Form).body(fields(&[("code", &right)]));
    let answer = read(request.cookie(Cookie::new("doorward-pending", pending)).dispatch().await).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")), "{}", answer.body);
    assert!(!site.is_logged_in().await);
    assert_eq!(site.log_in_with("ada", &right).await.location(), Some("/"));
    let text = site.get("/").await.text();
    assert!(text.contains("There were 5 failed attempts to log in to your account"), "{text}");
}

#[tokio::test]
async fn ten_wrong_codes_in_ten_minutes_hold_the_second_step_up_and_the_owner_is_told() {
    let site = plan().set(MAIL).throttled().open().await;
    site.verified("ada", "ada@example.org").await;
    site.try_log_in("ada", PASSWORD).await;
    let owner = site.set_up().await;
    while site.try_mail().await.is_some() {}
    site.log_out().await;
    for _ in 0..2 {
        site.knock("ada").await;
        for _ in 0..5 {
            assert_ne!(site.send_code(SECOND_STEP, "000000").await.status, Status::TooManyRequests);
        }
    }
    site.knock("ada").await;
    let answer = site.send_code(SECOND_STEP, &owner.app.next_code(&site)).await;
    assert_eq!(answer.status, Status::TooManyRequests, "{}", answer.text());
    assert!(answer.text().contains("Too many attempts. Try again in") && answer.header("retry-after").is_some());
    // Each log-in sends a mail at its third wrong code.
    for _ in 0..2 {
        let mail = site.mail().await;
        assert_eq!(mail.subject, "Wrong codes at your account");
        assert!(mail.text.contains("and then three wrong codes"), "{}", mail.text);
    }
    let mail = site.mail().await;
    assert_eq!(mail.subject, "Too many wrong codes at your account");
    assert!(mail.text.contains("somebody knows your") && site.try_mail().await.is_none(), "{}", mail.text);
    assert!(site.events().await.contains(&"second_step_throttled".to_owned()));
    // Ten minutes later a log-in succeeds again.
    site.clock.advance(Duration::from_mins(10));
    assert_eq!(site.log_in_with("ada", &owner.app.next_code(&site)).await.location(), Some("/"));
}

/// The second step needs the password.
#[tokio::test]
async fn strangers_never_hold_the_second_step_up() {
    let site = plan().throttled().open().await;
    let owner = site.arrive_with_app("ada").await;
    site.log_out().await;
    for _ in 0..20 {
        let answer = site.send_code(SECOND_STEP, "000000").await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")));
    }
    assert_eq!(site.log_in_with("ada", &owner.app.next_code(&site)).await.location(), Some("/"));
}

#[tokio::test]
async fn a_log_in_that_waits_ends_after_five_minutes() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    site.log_out().await;
    site.knock("ada").await;
    site.clock.advance(Duration::from_secs(299));
    assert_eq!(site.get(SECOND_STEP).await.status, Status::Ok);
    site.clock.advance(Duration::from_secs(1));
    let code = owner.app.next_code(&site);
    let answer = site.send_code(SECOND_STEP, &code).await;
    has_to_log_in_again(&site, &answer, "Please log in again.").await;
    site.knock("ada").await;
    site.clock.advance(Duration::from_mins(5));
    let answer = site.get(SECOND_STEP).await;
    has_to_log_in_again(&site, &answer, "Please log in again.").await;
    assert!(site.auth().sweep_pending_log_ins().await.unwrap() > 0);
    assert_eq!(site.query("SELECT count(*) || '' FROM pending_log_ins").await, ["0"]);
}

#[tokio::test]
async fn a_log_in_that_waits_is_of_one_browser_and_one_account() {
    let site = site().await;
    let adas = site.arrive_with_app("ada").await;
    site.log_out().await;
    site.arrive("bob").await;
    let bobs = site.set_up().await;
    site.log_out().await;
    // As in a browser, which gets its name with the form.
    site.get_with("/log_in", &[NAVIGATION]).await;
    site.knock("ada").await;
    let pending = site.pending_cookie().unwrap();
    let answer = site.send_code_with(&pending, &adas.app.next_code(&site)).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")), "{}", answer.body);
    site.knock("ada").await;
    let pending = site.pending_cookie().unwrap();
    let with_name = fields(&[("code", &bobs.app.next_code(&site)), ("username", "bob")]);
    assert!(is_refused(&site.post(SECOND_STEP, &with_name).await, NOT_RIGHT), "no name counts there");
    site.knock("bob").await;
    let code = adas.app.next_code(&site);
    let request = site.client.post(SECOND_STEP).header(ContentType::Form).body(fields(&[("code", &code)]));
    let answer = read(request.cookie(Cookie::new("doorward-pending", pending)).dispatch().await).await;
    assert_eq!(answer.location(), Some("/log_in"), "a log-in as somebody else ends the one before");
}

#[tokio::test]
async fn a_change_of_the_password_the_factor_or_the_standing_ends_a_log_in_that_waits() {
    let site = plan().set("[sessions]\nrecent_minutes = 1440\n").open().await;
    let owner = site.arrive_with_app("ada").await;
    let ada = site.auth().find_user("ada").await.unwrap().unwrap();
    let waits = async || {
        site.knock("ada").await;
        site.pending_cookie().unwrap()
    };
    let is_over = async |pending: String| {
        let code = owner.app.next_code(&site);
        let request = site.client.post(SECOND_STEP).header(ContentType::Form).body(fields(&[("code", &code)]));
        let answer = read(request.cookie(Cookie::new("doorward-pending", pending)).dispatch().await).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")), "{}", answer.body);
    };
    let pending = waits().await;
    site.auth().close_account(ada.id).await.unwrap();
    is_over(pending).await;
    site.auth().reopen_account(ada.id).await.unwrap();
    let pending = waits().await;
    site.auth().remove_second_factor(ada.id).await.unwrap();
    is_over(pending).await;
    assert_eq!(site.try_log_in("ada", PASSWORD).await.location(), Some("/"));
    let owner = site.set_up().await;
    site.knock("ada").await;
    let pending = site.pending_cookie().unwrap();
    let form = fields(&[("current_password", PASSWORD), ("new_password", "a dozen noisy kettles")]);
    assert_eq!(site.post("/account/password", &form).await.location(), Some("/account"));
    let code = owner.app.next_code(&site);
    let request = site.client.post(SECOND_STEP).header(ContentType::Form).body(fields(&[("code", &code)]));
    let answer = read(request.cookie(Cookie::new("doorward-pending", pending)).dispatch().await).await;
    assert_eq!(answer.location(), Some("/log_in"), "{}", answer.body);
}

/// Also for a client that kept the cookie.
#[tokio::test]
async fn a_log_out_and_a_log_in_as_a_user_without_a_second_factor_end_a_log_in_that_waits() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    site.log_out().await;
    site.arrive("bob").await;
    site.log_out().await;
    let is_over = async |pending: String| {
        assert!(site.pending_cookie().is_none());
        let code = owner.app.next_code(&site);
        let request = site.client.post(SECOND_STEP).header(ContentType::Form).body(fields(&[("code", &code)]));
        let answer = read(request.cookie(Cookie::new("doorward-pending", pending)).dispatch().await).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")), "{}", answer.body);
    };
    site.knock("ada").await;
    let pending = site.pending_cookie().unwrap();
    site.log_out().await;
    is_over(pending).await;
    site.knock("ada").await;
    let pending = site.pending_cookie().unwrap();
    assert_eq!(site.try_log_in("bob", PASSWORD).await.location(), Some("/"));
    site.client.cookies().remove(Cookie::from("doorward"));
    is_over(pending).await;
}

/// For example a burst, or a form that is sent twice.
#[tokio::test]
async fn of_twenty_requests_at_once_with_one_right_code_one_begins_a_session() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    for code in [owner.app.next_code(&site), owner.codes[3].clone()] {
        site.log_out().await;
        site.get_with("/log_in", &[NAVIGATION]).await;
        site.knock("ada").await;
        let form = fields(&[("code", &code)]);
        let requests = (0..20).map(|_| site.client.post(SECOND_STEP).header(ContentType::Form).body(&form).dispatch());
        let answers = join_all(requests).await;
        assert!(answers.iter().all(|answer| answer.status() == Status::SeeOther || answer.status().code == 422));
        drop(answers);
        assert_eq!(site.query("SELECT count(*) || '' FROM sessions").await, ["1"]);
        assert!(site.is_logged_in().await);
    }
    assert_eq!(site.query("SELECT count(*) || '' FROM recovery_codes").await, ["9"]);
}

#[tokio::test]
async fn turning_it_off_takes_a_code_or_a_recovery_code() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    let off = "/account/second_factor/off";
    for (code, said) in [("", "Enter a code"), ("000000", NOT_RIGHT), (PASSWORD, NOT_RIGHT)] {
        assert!(is_refused(&site.send_code(off, code).await, said), "{code}");
    }
    assert!(is_refused(&site.send_code(off, &owner.app.code(&site)).await, NOT_RIGHT), "of the set-up");
    site.clock.advance(Duration::from_secs(601));
    let answer = site.send_code(off, &owner.app.code(&site)).await;
    assert_eq!(answer.location(), Some("/account/reauthenticate?next=/account/second_factor"));
    site.post("/account/reauthenticate", &fields(&[("password", PASSWORD)])).await;
    let before = site.session_cookie();
    let answer = site.send_code(off, &owner.app.code(&site)).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(OVERVIEW)), "{}", answer.body);
    assert_ne!(site.session_cookie(), before);
    let page = site.get(OVERVIEW).await.text();
    assert!(page.contains("Your password alone is enough to log in.") && page.contains("is off."), "{page}");
    for table in ["totp_secrets", "recovery_codes"] {
        assert_eq!(site.query(&format!("SELECT count(*) || '' FROM {table}")).await, ["0"], "{table}");
    }
    assert_eq!(site.send_code(off, &owner.codes[0]).await.location(), Some(OVERVIEW), "there is none");
    assert_eq!(site.get(CODES).await.location(), Some(OVERVIEW));
    assert_eq!(site.post(CODES, "").await.location(), Some(OVERVIEW));
    site.log_out().await;
    assert_eq!(site.try_log_in("ada", PASSWORD).await.location(), Some("/"));

    let owner = site.set_up().await;
    assert_eq!(site.send_code(off, &owner.codes[9]).await.location(), Some(OVERVIEW), "a recovery code will do");
    assert!(site.events().await.contains(&"second_factor_turned_off".to_owned()));
}

#[tokio::test]
async fn another_app_takes_a_code_of_the_present_one_and_the_recovery_codes_stay() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    let app = App::set_up_from(&site.get(SET_UP).await);
    assert_ne!(app.0.expose_secret(), owner.app.0.expose_secret());
    let replace = async |current: &str, code: &str| {
        site.post(SET_UP, &fields(&[("current_code", current), ("code", code)])).await
    };
    let answer = replace("", "").await;
    assert_eq!(answer.text().matches("Error: Enter a code").count(), 2, "{}", answer.text());
    assert!(is_refused(&replace("", &app.code(&site)).await, "Enter a code"));
    assert!(is_refused(&replace("000000", &app.code(&site)).await, NOT_RIGHT));
    assert!(is_refused(&replace(&app.code(&site), &app.code(&site)).await, NOT_RIGHT), "the new app proves nothing");
    site.clock.advance(STEP);
    let answer = replace(&owner.app.code(&site), &app.code(&site)).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(OVERVIEW)), "{}", answer.body);
    assert!(site.get(OVERVIEW).await.text().contains("Codes come from your new app from now on."));
    site.log_out().await;
    assert!(is_refused(&site.log_in_with("ada", &owner.app.next_code(&site)).await, NOT_RIGHT));
    assert_eq!(site.send_code(SECOND_STEP, &app.code(&site)).await.location(), Some("/"));
    site.log_out().await;
    assert_eq!(site.log_in_with("ada", &owner.codes[0]).await.location(), Some("/"));
    assert!(site.events().await.contains(&"second_factor_replaced".to_owned()));
}

#[tokio::test]
async fn recovery_codes_are_shown_until_they_are_saved_and_count_from_then_on() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    let page = site.get(CODES).await;
    let new = codes_on(&page);
    assert!(page.text().contains("They replace the codes that you have") && new != owner.codes);
    assert_eq!(codes_on(&site.get(CODES).await), new, "the same on reload");
    let file = site.get(&format!("{CODES}.txt")).await;
    assert_eq!(file.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(file.header("content-disposition").unwrap().starts_with("attachment;"));
    assert_eq!(file.header("cache-control"), Some("no-store"));
    assert!(
        file.body.starts_with("Recovery codes of ada at Doorward.") && new.iter().all(|code| file.body.contains(code))
    );
    site.log_out().await;
    assert!(is_refused(&site.log_in_with("ada", &new[0]).await, NOT_RIGHT), "they do not count yet");
    assert_eq!(site.send_code(SECOND_STEP, &owner.codes[0]).await.location(), Some("/"));

    let new = codes_on(&site.get(CODES).await);
    let answer = site.post(CODES, "").await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(OVERVIEW)), "{}", answer.body);
    assert!(site.get(OVERVIEW).await.text().contains("Your new recovery codes work from now on."));
    assert_ne!(codes_on(&site.get(CODES).await), new, "they are not shown again");
    site.log_out().await;
    assert!(is_refused(&site.log_in_with("ada", &owner.codes[1]).await, NOT_RIGHT));
    assert_eq!(site.send_code(SECOND_STEP, &new[0]).await.location(), Some("/"));
    assert!(site.events().await.contains(&"recovery_codes_made".to_owned()));
}

/// Otherwise a password would be enough on a trusted device to turn the factor off.
#[tokio::test]
async fn new_recovery_codes_are_saved_by_a_code_on_a_trusted_device() {
    let site = plan().set(TRUST).open().await;
    let owner = site.arrive_with_app("ada").await;
    site.log_out().await;
    site.knock("ada").await;
    site.post(SECOND_STEP, &fields(&[("code", &owner.app.next_code(&site)), ("trust", "yes")])).await;
    assert!(!site.get(CODES).await.body.contains("name=\"code\""), "this session has proved the factor");
    site.log_out().await;
    assert_eq!(site.try_log_in("ada", PASSWORD).await.location(), Some("/"));
    let new = codes_on(&site.get(CODES).await);
    assert!(is_refused(&site.post(CODES, "").await, "Enter a code"));
    for wrong in ["000000", &new[0]] {
        let answer = site.send_code(CODES, wrong).await;
        assert!(is_refused(&answer, NOT_RIGHT), "{wrong}: {}", answer.text());
        assert!(new.iter().all(|code| answer.body.contains(code)), "they are shown still: {}", answer.body);
    }
    let answer = site.send_code(CODES, &owner.app.next_code(&site)).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(OVERVIEW)), "{}", answer.body);
    assert_eq!(site.send_code("/account/second_factor/off", &new[0]).await.location(), Some(OVERVIEW));
}

#[tokio::test]
async fn recovery_codes_that_were_shown_for_ten_minutes_are_no_longer_to_be_saved() {
    let site = plan().set("[sessions]\nrecent_minutes = 60\n").open().await;
    let owner = site.arrive_with_app("ada").await;
    let shown = codes_on(&site.get(CODES).await);
    site.clock.advance(Duration::from_mins(10));
    assert_eq!(site.get(&format!("{CODES}.txt")).await.location(), Some(CODES));
    let answer = site.post(CODES, "").await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(CODES)));
    let page = site.get(CODES).await;
    assert!(page.text().contains("Those recovery codes were shown for too long.") && codes_on(&page) != shown);
    site.log_out().await;
    assert_eq!(site.log_in_with("ada", &owner.codes[0]).await.location(), Some("/"));
}

/// The codes of the set-up count at once, whether or not the user confirms that they are saved.
#[tokio::test]
async fn the_first_recovery_codes_count_at_once() {
    let site = site().await;
    site.arrive("ada").await;
    let app = App::set_up_from(&site.get(SET_UP).await);
    site.send_code(SET_UP, &app.code(&site)).await;
    let page = site.get(CODES).await;
    let codes = codes_on(&page);
    assert!(!page.text().contains("They replace"), "{}", page.text());
    site.log_out().await;
    assert_eq!(site.log_in_with("ada", &codes[0]).await.location(), Some("/"));
}

#[tokio::test]
async fn a_change_of_a_second_factor_needs_a_recent_log_in() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    codes_on(&site.get(CODES).await);
    App::set_up_from(&site.get(SET_UP).await);
    site.clock.advance(Duration::from_secs(601));
    let before = site.dump().await;
    let form = fields(&[("code", &owner.codes[0]), ("current_code", &owner.codes[1])]);
    for (method, path) in [
        (Method::Get, SET_UP),
        (Method::Post, SET_UP),
        (Method::Get, CODES),
        (Method::Post, CODES),
        (Method::Post, "/account/second_factor/off"),
    ] {
        let request = site.client.req(method, path).header(ContentType::Form).body(&form);
        let answer = read(request.dispatch().await).await;
        let next = answer.location().unwrap_or_default();
        assert!(next.starts_with("/account/reauthenticate?next=/account/second_factor"), "{method} {path}: {next}");
    }
    assert_eq!(site.dump().await, before);
    assert_eq!(site.get(&format!("{CODES}.txt")).await.location(), Some(CODES));
    assert_eq!(site.get(OVERVIEW).await.status, Status::Ok);
}

/// A user sends a form of another account that they opened before.
#[tokio::test]
async fn a_form_of_another_account_changes_nothing() {
    let site = site().await;
    let owner = site.arrive_with_app("ada").await;
    site.get(CODES).await;
    let before = site.dump().await;
    let form = fields(&[("account", "01890a5d-ac96-774b-bcce-b302099a8057"), ("code", &owner.codes[0])]);
    for (path, page) in [(SET_UP, SET_UP), (CODES, CODES), ("/account/second_factor/off", OVERVIEW)] {
        assert_eq!(site.post(path, &form).await.location(), Some(page), "{path}");
    }
    assert_eq!(site.dump().await, before);
}

#[tokio::test]
async fn where_everybody_has_to_have_one_who_has_none_is_led_to_the_set_up_and_nowhere_else() {
    let site = plan().set("[second_factor]\nrequired = 'yes'\n").open().await;
    site.sign_up("ada").await;
    let answer =
        site.post("/log_in", &fields(&[("username", "ada"), ("password", PASSWORD), ("next", "/account")])).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(SET_UP)));
    for path in
        ["/account", OVERVIEW, CODES, "/account/sessions", "/account/activity", "/account/password", "/account/delete"]
    {
        let answer = site.get(path).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(SET_UP)), "{path}");
    }
    let before = site.dump().await;
    let form =
        fields(&[("password", PASSWORD), ("current_password", PASSWORD), ("new_password", "a dozen noisy kettles")]);
    for path in ["/account/password", "/account/delete", "/account/username", "/account/sessions/log_out_others"] {
        let answer = site.post(path, &form).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(SET_UP)), "{path}");
    }
    assert_eq!(site.dump().await, before);
    assert_eq!(site.post("/language", "language=en&next=/").await.status, Status::SeeOther);
    assert_eq!(site.get("/account/reauthenticate").await.status, Status::SeeOther, "the log-in is recent");
    site.clock.advance(Duration::from_secs(601));
    assert_eq!(site.get("/account/reauthenticate").await.status, Status::Ok);
    site.post("/account/reauthenticate", &fields(&[("password", PASSWORD)])).await;
    let page = site.get(SET_UP).await;
    assert!(page.text().contains("This site asks everybody for two-step verification."), "{}", page.text());
    let owner = site.set_up().await;
    assert!(site.is_logged_in().await);
    site.log_out().await;
    assert_eq!(site.log_in_with("ada", &owner.app.next_code(&site)).await.location(), Some("/"));
    site.send_code("/account/second_factor/off", &owner.app.next_code(&site)).await;
    assert_eq!(site.get("/account").await.location(), Some(SET_UP));
    site.log_out().await;
}

const TRUST: &str = "[second_factor]\ntrust_days = 30\n";

#[tokio::test]
async fn a_device_is_trusted_on_request_for_as_long_as_the_site_says() {
    let site = plan().set(TRUST).throttled().open().await;
    let owner = site.arrive_with_app("ada").await;
    site.log_out().await;
    site.knock("ada").await;
    let page = site.get(SECOND_STEP).await;
    assert!(page.text().contains("Do not ask again on this device for 30 days"), "{}", page.text());
    let form = |code: &str| fields(&[("code", code), ("trust", "yes")]);
    let answer = site.post(SECOND_STEP, &form("000000")).await;
    assert!(answer.input("trust").contains("checked"), "{}", answer.input("trust"));
    assert_eq!(site.post(SECOND_STEP, &form(&owner.app.next_code(&site))).await.location(), Some("/"));
    let page = site.get("/account/sessions").await.text();
    assert!(page.contains("Codes are not asked for on it until"), "{page}");
    site.clock.advance(Duration::from_hours(30 * 24) - Duration::from_mins(2));
    assert_eq!(site.try_log_in("ada", PASSWORD).await.location(), Some("/"));
    assert!(site.get("/account/sessions").await.text().contains("Codes are not asked for on it until"));
    site.clock.advance(Duration::from_mins(2));
    site.knock("ada").await;
}

#[tokio::test]
async fn without_that_setting_no_device_is_trusted_whatever_is_sent() {
    let site = plan().throttled().open().await;
    let owner = site.arrive_with_app("ada").await;
    site.log_out().await;
    site.knock("ada").await;
    site.post(SECOND_STEP, &fields(&[("code", &owner.app.next_code(&site)), ("trust", "yes")])).await;
    assert!(!site.get("/account/sessions").await.text().contains("Codes are not asked for"));
    site.log_out().await;
    site.knock("ada").await;
}

#[tokio::test]
async fn trust_ends_with_the_device_the_password_and_every_change_of_the_factor() {
    for change in ["forget", "password", "replace", "off"] {
        let site = plan().set(TRUST).throttled().open().await;
        let mut owner = site.arrive_with_app("ada").await;
        site.log_out().await;
        site.knock("ada").await;
        site.post(SECOND_STEP, &fields(&[("code", &owner.app.next_code(&site)), ("trust", "yes")])).await;
        site.log_out().await;
        assert_eq!(site.try_log_in("ada", PASSWORD).await.location(), Some("/"), "{change}");
        let mut password = PASSWORD;
        match change {
            "forget" => {
                let page = site.get("/account/sessions").await;
                let id = page.input("device").split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
                site.post("/account/sessions/forget_device", &fields(&[("device", &id)])).await;
            }
            "password" => {
                password = "a dozen noisy kettles";
                let form = fields(&[("current_password", PASSWORD), ("new_password", password)]);
                assert_eq!(site.post("/account/password", &form).await.location(), Some("/account"));
            }
            "replace" => {
                let app = App::set_up_from(&site.get(SET_UP).await);
                site.clock.advance(STEP);
                let form = fields(&[("current_code", &owner.app.code(&site)), ("code", &app.code(&site))]);
                assert_eq!(site.post(SET_UP, &form).await.location(), Some(OVERVIEW));
            }
            _ => {
                site.send_code("/account/second_factor/off", &owner.app.next_code(&site)).await;
                owner = site.set_up().await;
            }
        }
        assert!(!site.get("/account/sessions").await.text().contains("Codes are not asked for"), "{change}");
        site.log_out().await;
        assert_eq!(site.try_log_in("ada", password).await.location(), Some(SECOND_STEP), "{change}");
        drop(owner);
    }
}

#[tokio::test]
async fn a_password_that_was_set_by_a_link_leaves_the_factor_on() {
    let site = plan().set(MAIL).open().await;
    site.verified("ada", "ada@example.org").await;
    site.try_log_in("ada", PASSWORD).await;
    let owner = site.set_up().await;
    site.log_out().await;
    while site.try_mail().await.is_some() {}
    site.post("/forgot_password", "login=ada").await;
    let link = site.mail().await.link();
    let token = link.rsplit('/').next().unwrap();
    let new = "a dozen noisy kettles";
    site.post("/reset", &fields(&[("token", token), ("new_password", new)])).await;
    let answer = site.try_log_in("ada", new).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(SECOND_STEP)));
    assert!(!site.is_logged_in().await);
    assert_eq!(site.send_code(SECOND_STEP, &owner.app.next_code(&site)).await.location(), Some("/"));
}

#[tokio::test]
async fn people_are_told_by_mail_what_happens_to_their_second_factor() {
    let site = plan().set(MAIL).open().await;
    site.verified("ada", "ada@example.org").await;
    site.try_log_in("ada", PASSWORD).await;
    let owner = site.set_up().await;
    assert_eq!(site.mail().await.subject, "Two-step verification has been turned on");
    site.get(CODES).await;
    site.post(CODES, "").await;
    assert_eq!(site.mail().await.subject, "New recovery codes have been made");
    let app = App::set_up_from(&site.get(SET_UP).await);
    site.clock.advance(STEP);
    site.post(SET_UP, &fields(&[("current_code", &owner.app.code(&site)), ("code", &app.code(&site))])).await;
    assert_eq!(site.mail().await.subject, "Another authenticator app has been set up");
    site.send_code("/account/second_factor/off", &app.next_code(&site)).await;
    assert_eq!(site.mail().await.subject, "Two-step verification has been turned off");
    site.set_up().await;
    site.mail().await;
    let ada = site.auth().find_user("ada").await.unwrap().unwrap();
    site.auth().remove_second_factor(ada.id).await.unwrap();
    let mail = site.mail().await;
    assert_eq!(mail.subject, "Two-step verification has been removed");
    assert!(mail.text.contains("The operator of Doorward has removed") && site.try_mail().await.is_none());
    assert!(site.get("/account/activity").await.text().contains("Two-step verification removed"));
    assert!(site.get(OVERVIEW).await.text().contains("is off."));
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookies_is_told_so() {
    let site = site().await;
    site.arrive_with_app("ada").await;
    site.log_out().await;
    site.get("/log_in").await;
    assert_eq!(site.client.cookies().iter().count(), 0);
    let found_out_at = "/log_in/cookies?next=/log_in/code";
    let without = site.client.get(found_out_at);
    let answer = site.post_with("/log_in", &form("ada", PASSWORD), &[NAVIGATION]).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(found_out_at)));
    assert!(read(without.dispatch().await).await.text().contains("Your browser keeps no cookies"));
    assert_eq!(site.get(found_out_at).await.location(), Some(SECOND_STEP), "who has the cookie goes on");
}
