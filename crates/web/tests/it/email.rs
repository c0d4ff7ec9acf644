//! Addresses, mails, and the pages of their links.

use std::time::Duration;

use rocket::http::Status;

use crate::support::{Answer, MAIL, PASSWORD, Plan, TestSite, fields, plan, site};

const REQUIRED: &str = "[mail]\nurl = 'smtp://localhost:2525'\nfrom = 'notes@example.org'\n[email]\nrequired = true\n";

const ADA: &str = "Ada@Example.org";

fn plan_with_mail() -> Plan {
    plan().set(MAIL)
}

impl TestSite {
    async fn sign_up_with(&self, username: &str, email: &str) -> Answer {
        self.post("/sign_up", &fields(&[("username", username), ("password", PASSWORD), ("email", email)])).await
    }

    /// Signs up a user and verifies their address, without a log-in.
    pub(crate) async fn verified(&self, username: &str, email: &str) {
        assert_eq!(self.sign_up_with(username, email).await.status, Status::SeeOther);
        let mail = self.mail().await;
        let answer = self.follow(&mail.link()).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")));
    }

    /// Opens a link, and presses the first button of its page.
    async fn follow(&self, link: &str) -> Answer {
        let (path, token) = link.rsplit_once('/').unwrap();
        let page = self.get(link).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        self.post(path, &fields(&[("token", token)])).await
    }

    async fn forget(&self, login: &str) -> Answer {
        self.post("/forgot_password", &fields(&[("login", login)])).await
    }

    async fn log_in_as(&self, username: &str, password: &str) -> Answer {
        self.post("/log_in", &fields(&[("username", username), ("password", password)])).await
    }
}

fn is_gone(answer: &Answer) -> bool {
    answer.status == Status::Gone && answer.text().contains("This link has expired or has already been used.")
}

#[tokio::test]
async fn without_mail_nothing_of_it_shows() {
    let site = site().await;
    for path in ["/forgot_password", "/account/email", "/check_mail", "/verify_email/x", "/undo_email/x"] {
        assert_eq!(site.get(path).await.status, Status::NotFound, "{path}");
    }
    assert!(!site.get("/sign_up").await.body.contains("name=\"email\""));
    assert!(!site.get("/log_in").await.body.contains("/forgot_password"));
    site.arrive("ada").await;
    assert!(!site.get("/account").await.body.contains("/account/email"));
    assert!(!site.get("/reset/nothing").await.body.contains("/forgot_password"));
}

#[tokio::test]
async fn a_sign_up_with_an_address_has_it_verified_by_the_link_in_a_mail() {
    let site = plan_with_mail().open().await;
    let answer = site.sign_up_with("ada", ADA).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")), "{}", answer.body);
    let mail = site.mail().await;
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), (ADA, "Verify your e-mail address for Doorward"));
    assert!(mail.text.contains("\"ada\"") && site.try_mail().await.is_none());
    let page = site.get(&mail.link()).await;
    assert!(page.text().contains("The account “ada” has given the address Ada@Example.org."), "{}", page.text());
    assert_eq!(page.text().matches("Verify this address").count(), 1);
    assert!(
        page.text().contains("This was not me") && page.body.matches("<a ").count() == 1,
        "but to its own content no link leads away"
    );
    let token = mail.link().rsplit('/').next().unwrap().to_owned();
    let answer = site.post("/verify_email", &fields(&[("token", &token), ("answer", "verify")])).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")));
    assert!(site.get("/log_in").await.text().contains("Your e-mail address has been verified."));
    assert!(is_gone(&site.get(&mail.link()).await));
    assert!(is_gone(&site.post("/verify_email", &fields(&[("token", &token)])).await));
}

/// A mail scanner sends `HEAD` and `GET`, with the headers of a browser.
#[tokio::test]
async fn opening_a_link_changes_nothing() {
    let site = plan_with_mail().open().await;
    site.sign_up_with("ada", ADA).await;
    let link = site.mail().await.link();
    let before = site.dump().await;
    let headers = [("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")];
    assert_eq!(site.client.head(link.clone()).dispatch().await.status(), Status::Ok);
    for headers in [&[][..], &headers, &headers] {
        assert_eq!(site.get_with(&link, headers).await.status, Status::Ok);
    }
    assert_eq!(site.dump().await, before);
    assert_eq!(site.follow(&link).await.status, Status::SeeOther);
}

#[tokio::test]
async fn the_owner_of_an_address_takes_it_off_an_account_of_another() {
    let site = plan_with_mail().open().await;
    site.sign_up_with("mallory", ADA).await;
    let link = site.mail().await.link();
    let token = link.rsplit('/').next().unwrap();
    let answer = site.post("/verify_email", &fields(&[("token", token), ("answer", "reject")])).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/")));
    assert!(site.get("/").await.text().contains("That account no longer has your address."));
    assert!(is_gone(&site.get(&link).await));
    site.forget("mallory").await;
    site.forget(ADA).await;
    assert!(site.try_mail().await.is_none(), "nobody gets anything by an address that is not theirs");
}

#[tokio::test]
async fn a_newcomer_with_another_users_address_sees_no_difference_and_the_owner_is_told() {
    let site = plan_with_mail().open().await;
    site.verified("ada", ADA).await;
    let known = site.sign_up_with("mallory", "ADA@example.ORG").await;
    let told = site.mail().await;
    let unknown = site.sign_up_with("bob", "bob@example.org").await;
    // A cookie's value differs each time.
    let seen = |answer: &Answer| {
        let headers = answer.headers.iter().map(|(name, value)| match name.as_str() {
            "Set-Cookie" => (name.clone(), value.split_once(';').unwrap().1.to_owned()),
            _ => (name.clone(), value.clone()),
        });
        (answer.status, headers.collect::<Vec<_>>(), answer.body.clone())
    };
    assert_eq!(seen(&known), seen(&unknown));
    assert_eq!((told.to.as_str(), told.subject.as_str()), (ADA, "You already have an account: ada"));
    assert!(!told.text.contains("mallory") && !told.text.contains("/verify_email"), "{}", told.text);
    for table in ["users", "emails", "outbox"] {
        let rows = site.query(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}")).await;
        assert_eq!(rows, [if table == "outbox" { "1" } else { "3" }], "{table}");
    }
}

#[tokio::test]
async fn the_first_of_two_accounts_to_verify_an_address_has_it_and_the_other_is_told() {
    let site = plan_with_mail().open().await;
    site.sign_up_with("ada", ADA).await;
    site.sign_up_with("bob", ADA).await;
    let [adas, bobs] = [site.mail().await.link(), site.mail().await.link()];
    assert_eq!(site.follow(&bobs).await.status, Status::SeeOther);
    let answer = site.follow(&adas).await;
    assert_eq!(answer.status, Status::UnprocessableEntity);
    assert!(answer.text().contains("That address belongs to another account."));
    let problem = site
        .post_with(
            "/verify_email",
            &fields(&[("token", adas.rsplit('/').next().unwrap())]),
            &[("Accept", "application/json")],
        )
        .await;
    assert!(problem.body.contains("That address belongs to another account."), "{}", problem.body);
}

#[tokio::test]
async fn an_unfit_address_is_told_with_the_other_errors_and_stays_in_the_form() {
    let site = plan_with_mail().open().await;
    for (email, text) in [("ada", "That is not an e-mail address like"), ("a@b", "That is not an e-mail address like")]
    {
        let answer = site.sign_up_with("no spaces", email).await;
        assert_eq!(answer.status, Status::UnprocessableEntity);
        assert!(answer.text().contains(text) && answer.text().contains("not allowed"), "{}", answer.text());
        assert!(answer.input("email").contains(&format!("value=\"{email}\"")), "{}", answer.input("email"));
    }
    assert_eq!(site.sign_up_with("ada", "").await.status, Status::SeeOther, "an address is optional");
    let answer = site.sign_up_with("ada@example.org", "bob@example.org").await;
    assert!(answer.text().contains("Use one without @"), "{}", answer.text());
    assert_eq!(site.sign_up_with("ada@example.org", "ADA@example.org").await.status, Status::SeeOther);
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_a_link_to_the_verified_address() {
    let site = plan_with_mail().open().await;
    site.verified("ada", ADA).await;
    assert!(site.get("/log_in").await.text().contains("Forgot your password?"));
    for login in ["ada", "ADA", "ada@example.org", " Ada@Example.org "] {
        let answer = site.forget(login).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/forgot_password")));
        let said = "If that account has a verified e-mail address, we have sent a link to it.";
        assert!(site.get("/forgot_password").await.text().contains(said));
        let mail = site.mail().await;
        assert_eq!((mail.to.as_str(), mail.subject.as_str()), (ADA, "Set a new password for Doorward"));
        assert!(mail.text.contains("within 10 minutes"), "{}", mail.text);
        assert_eq!(site.get(&mail.link()).await.status, Status::Ok);
    }
    site.forget("ada").await;
    let link = site.mail().await.link();
    let token = link.rsplit('/').next().unwrap();
    let new = "a dozen noisy kettles";
    let answer = site.post("/reset", &fields(&[("token", token), ("new_password", new)])).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")), "{}", answer.body);
    let notice = site.mail().await;
    assert_eq!((notice.to.as_str(), notice.subject.as_str()), (ADA, "Your password has been set by a link"));
    assert_eq!(site.log_in_as("ada", PASSWORD).await.status, Status::UnprocessableEntity);
    assert_eq!(site.log_in_as("ada@example.org", new).await.status, Status::SeeOther, "the address is a name, too");
}

#[tokio::test]
async fn a_link_to_set_a_password_is_good_for_ten_minutes_from_its_sending() {
    let site = plan_with_mail().open().await;
    site.verified("ada", ADA).await;
    site.forget("ada").await;
    site.clock.advance(Duration::from_mins(9));
    let link = site.mail().await.link();
    site.clock.advance(Duration::from_mins(9));
    assert_eq!(site.get(&link).await.status, Status::Ok);
    site.clock.advance(Duration::from_mins(1));
    let gone = site.get(&link).await;
    assert!(is_gone(&gone) && gone.body.contains("href=\"/forgot_password\">Send a new link"), "{}", gone.body);
    site.forget("ada").await;
    site.clock.advance(Duration::from_mins(10));
    assert!(site.try_mail().await.is_none(), "a mail that comes too late does not come");
}

/// Compares the status, the location, the body and the numbers of rows that were added.
#[tokio::test]
async fn the_answer_to_who_forgot_a_password_is_the_same_for_everybody() {
    let site = plan_with_mail().throttled().open().await;
    site.verified("ada", ADA).await;
    site.verified("closed", "closed@example.org").await;
    site.sign_up_with("pending", "pending@example.org").await;
    site.mail().await;
    let closed = site.auth().find_user("closed").await.unwrap().unwrap();
    site.auth().close_account(closed.id).await.unwrap();
    while site.try_mail().await.is_some() {}
    let mut answers = Vec::new();
    for login in ["ada", ADA, "nobody", "nobody@example.org", "closed", "pending", "not a name", "ada", "ada", "ada"] {
        let counts = |site: &TestSite| {
            let rows = ["outbox", "activity", "links", "emails"].map(|table| format!("SELECT count(*) FROM {table}"));
            let sql =
                format!("SELECT ({}) || '-' || ({}) || '-' || ({}) || '-' || ({})", rows[0], rows[1], rows[2], rows[3]);
            let store = site.store.clone();
            async move { (store, sql) }
        };
        let (_, sql) = counts(&site).await;
        let before: Vec<i64> = site.query(&sql).await[0].split('-').map(|count| count.parse().unwrap()).collect();
        let answer = site.forget(login).await;
        let after: Vec<i64> = site.query(&sql).await[0].split('-').map(|count| count.parse().unwrap()).collect();
        let written: Vec<_> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
        answers.push((answer.status, answer.location().map(str::to_owned), answer.body, written));
    }
    let first = answers[0].clone();
    assert!(answers.iter().all(|answer| *answer == first), "{answers:?}");
    assert_eq!(first.3, [1, 1, 0, 0]);
    let mut sent = Vec::new();
    while let Some(mail) = site.try_mail().await {
        sent.push(mail.to);
    }
    assert_eq!(sent, [ADA, ADA], "three an address, of which the sign-up's was one; and nobody else gets any");
}

#[tokio::test]
async fn nothing_typed_is_said_and_sends_nothing() {
    let site = plan_with_mail().open().await;
    let answer = site.forget(" ").await;
    assert_eq!(answer.status, Status::UnprocessableEntity);
    assert!(answer.text().contains("Enter your username or e-mail address"));
}

#[tokio::test]
async fn an_address_is_changed_after_a_recent_log_in_and_the_former_one_can_put_itself_back() {
    let site = plan_with_mail().open().await;
    site.verified("ada", ADA).await;
    site.log_in_as("ada", PASSWORD).await;
    let page = site.get("/account/email").await;
    assert!(page.text().contains("Verified Ada@Example.org"), "{}", page.text());
    site.clock.advance(Duration::from_mins(11));
    let answer = site.post("/account/email", &fields(&[("email", "new@example.org")])).await;
    assert!(answer.location().unwrap().starts_with("/account/reauthenticate?next="), "{answer:?}");
    assert!(site.try_mail().await.is_none());
    site.post("/account/reauthenticate", &fields(&[("password", PASSWORD)])).await;
    let answer = site.post("/account/email", &fields(&[("email", "new@example.org")])).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/account/email")));
    let mut mails = [site.mail().await, site.mail().await];
    mails.sort_by_key(|mail| mail.to.clone());
    let [at_once, to_new] = mails;
    assert_eq!((at_once.to.as_str(), to_new.to.as_str()), (ADA, "new@example.org"));
    let page = site.get("/account/email").await;
    assert!(page.text().contains("Not verified yet new@example.org"), "{}", page.text());
    let answer = site.follow(&to_new.link()).await;
    assert_eq!(answer.location(), Some("/account/email"));
    let after = site.mail().await;
    assert_eq!(
        (after.to.as_str(), after.subject.as_str()),
        (ADA, "The e-mail address of your account is being changed")
    );
    assert!(site.is_logged_in().await);
    let answer = site.follow(&at_once.link()).await;
    let reset = answer.location().unwrap().to_owned();
    assert!(answer.status == Status::SeeOther && reset.starts_with("/reset/"), "{answer:?}");
    assert!(!site.is_logged_in().await && is_gone(&site.get(&after.link()).await));
    let page = site.get(&reset).await;
    assert!(page.title().starts_with("New password for ada"), "{}", page.title());
    site.forget("new@example.org").await;
    assert!(site.try_mail().await.is_none());
}

#[tokio::test]
async fn the_pending_address_gets_its_link_again_and_a_person_is_told_of_the_limit() {
    let site = plan_with_mail().throttled().open().await;
    site.sign_up_with("ada", ADA).await;
    site.log_in_as("ada", PASSWORD).await;
    for _ in 0..2 {
        let answer = site.post("/account/email", &fields(&[("email", ADA)])).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/account/email")));
    }
    let answer = site.post("/account/email", &fields(&[("email", ADA)])).await;
    assert_eq!(answer.status, Status::TooManyRequests);
    assert_eq!(answer.header("retry-after"), Some("1200"));
    let mut links = Vec::new();
    while let Some(mail) = site.try_mail().await {
        links.push(mail.link());
    }
    assert_eq!(links.len(), 3);
    assert!(is_gone(&site.get(&links[0]).await));
    assert_eq!(site.follow(&links[2]).await.status, Status::SeeOther);
}

#[tokio::test]
async fn where_addresses_are_required_a_log_in_needs_a_verified_one() {
    let site = plan().set(REQUIRED).open().await;
    let answer = site.sign_up_with("ada", "").await;
    assert_eq!(answer.status, Status::UnprocessableEntity);
    assert!(answer.text().contains("Enter your e-mail address"));
    assert_eq!(site.sign_up_with("ada", ADA).await.status, Status::SeeOther);
    let first = site.mail().await.link();
    assert_eq!(site.get("/check_mail").await.location(), Some("/log_in"));
    let wrong = site.log_in_as("ada", "eight quiet lanterns").await;
    assert!(wrong.status == Status::UnprocessableEntity && wrong.text().contains("Username or password are incorrect"));
    let right = site.log_in_as("ada", PASSWORD).await;
    assert_eq!((right.status, right.location()), (Status::SeeOther, Some("/check_mail")));
    assert!(!site.is_logged_in().await);
    let page = site.get("/check_mail").await;
    assert!(page.title().starts_with("Check your mail") && page.text().contains(ADA), "{}", page.text());
    assert_eq!(site.post("/check_mail", "").await.location(), Some("/check_mail"));
    let second = site.mail().await.link();
    assert!(is_gone(&site.get(&first).await), "a new link ends the earlier one");
    assert_eq!(site.follow(&second).await.location(), Some("/log_in"));
    assert_eq!(site.log_in_as("ada@example.org", PASSWORD).await.location(), Some("/"));
    assert!(site.is_logged_in().await);
}

#[tokio::test]
async fn a_user_who_never_verifies_a_required_address_is_deleted_after_seven_days() {
    let site = plan().set(REQUIRED).open().await;
    site.verified("ada", ADA).await;
    site.sign_up_with("bob", "bob@example.org").await;
    site.clock.advance(Duration::from_hours(24 * 7) - Duration::from_secs(1));
    assert_eq!(site.auth().sweep_unverified().await.unwrap(), 0);
    site.clock.advance(Duration::from_secs(1));
    assert_eq!(site.auth().sweep_unverified().await.unwrap(), 1);
    assert_eq!(site.query("SELECT username FROM users").await, ["ada"]);
}

#[tokio::test]
async fn people_are_told_what_happens_to_their_account() {
    let site = plan_with_mail().throttled().open().await;
    site.verified("ada", ADA).await;
    site.log_in_as("ada", PASSWORD).await;
    assert!(site.try_mail().await.is_none(), "the first log-in is news to nobody");
    let new = "a dozen noisy kettles";
    site.post("/account/password", &fields(&[("current_password", PASSWORD), ("new_password", new)])).await;
    assert_eq!(site.mail().await.subject, "Your password has been changed");
    site.post("/account/username", &fields(&[("username", "lovelace")])).await;
    let mail = site.mail().await;
    assert!(mail.subject == "Your username has been changed" && mail.text.contains("It is now \"lovelace\"."));
    // All devices were forgotten with the password.
    site.post("/log_out", "_method=delete").await;
    site.log_in_as("lovelace", new).await;
    assert_eq!(site.mail().await.subject, "Somebody has logged in to your account from a new device");
    site.log_in_as("lovelace", new).await;
    assert!(site.try_mail().await.is_none(), "once a device");
    site.post("/account/delete", &fields(&[("password", new)])).await;
    let mail = site.mail().await;
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), (ADA, "Your account has been deleted"));
    assert!(site.try_mail().await.is_none());
}

#[tokio::test]
async fn no_secret_of_a_mail_is_at_rest() {
    let site = plan_with_mail().open().await;
    site.verified("ada", ADA).await;
    site.forget("ada").await;
    let link = site.mail().await.link();
    let token = link.rsplit('/').next().unwrap();
    assert!(!site.dump().await.concat().contains(token));
    assert!(!site.files_hold(token));
}
