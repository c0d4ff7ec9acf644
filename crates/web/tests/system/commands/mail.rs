//! `doorward mail …`, and commands with addresses, beside a site that serves.

use std::time::Duration;

use doorward_mail::testing::{Behaviour, Received, Security, Sink};
use reqwest::StatusCode;
use tempfile::TempDir;

use super::{objects, on_each_database, printed, run, settings_of, with_mail};
use crate::program::{OTHER_PASSWORD, PASSWORD, Program, account, client, log, log_in, post, sign_up};

const PATIENCE: Duration = Duration::from_mins(1);

/// Waits for `count` mails, in the order in which they came.
async fn mails(relay: &Sink, count: usize) -> Vec<Received> {
    let mails = relay.wait_for(count, PATIENCE).await;
    assert_eq!(mails.len(), count, "{:?}", mails.iter().map(|mail| mail.header("Subject")).collect::<Vec<_>>());
    mails
}

/// One line names the fault and the remedy.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_to_test_says_what_is_wrong_with_the_relay() {
    let folder = TempDir::new().unwrap();
    let test = |url: &str| {
        let ended = run(folder.path(), &with_mail(url, &[]), &["mail", "test", "ada@example.org"]);
        let log = log(folder.path());
        (ended.status.code(), printed(&ended), log.lines().last().unwrap_or_default().to_owned())
    };
    for (behaviour, security, said) in [
        (Behaviour::WithoutStartTls, Security::StartTls, "does not offer STARTTLS; have the relay offer STARTTLS"),
        (Behaviour::Takes, Security::StartTls, "certificate cannot be trusted; use the host that the relay's"),
        (Behaviour::Takes, Security::Implicit, "certificate cannot be trusted; use the host that the relay's"),
        (Behaviour::Rejects { code: 550 }, Security::Plain, "refuses the mail (550); the relay's log says why"),
        (Behaviour::Defers { code: 450 }, Security::Plain, "does not take the mail now (450); wait"),
        (Behaviour::RejectsSender { code: 553 }, Security::Plain, "refuses the sender (553); set `mail.from`"),
        (Behaviour::Greets { code: 554 }, Security::Plain, "refuses to talk to us (554); ask who runs the relay"),
        (Behaviour::CutsAfterData, Security::Plain, "the connection to the relay broke; the relay's log says why"),
    ] {
        let relay = Sink::start(behaviour, security).await.unwrap();
        let (code, printed, line) = test(&relay.url());
        assert_eq!((code, printed.as_str()), (Some(1), ""), "{line}");
        assert!(line.starts_with("doorward: ") && line.contains(said), "{line}");
        assert!(!line.contains("ada@example.org") && !line.contains(Sink::PASSWORD), "{line}");
        assert!(relay.mails().is_empty());
    }
    let unused = Sink::start(Behaviour::Takes, Security::Plain).await.unwrap();
    let nobody_listens = unused.url();
    drop(unused);
    let (code, _, line) = test(&nobody_listens);
    assert!(code == Some(1) && line.contains("cannot be reached; check the host and the port"), "{line}");
    let (code, _, line) = test("file:///nowhere/at/all");
    assert!(code == Some(1) && line.contains("make the folder of `mail.url`"), "{line}");
    let relay = Sink::start(Behaviour::Takes, Security::Plain).await.unwrap();
    let (code, printed, line) = test(&relay.url());
    assert_eq!(code, Some(0), "{line}");
    assert!(printed.starts_with("smtp://127.0.0.1:") && printed.ends_with("has taken the mail\n"), "{printed}");
    let mail = &relay.mails()[0];
    assert_eq!(mail.header("Subject").as_deref(), Some("A mail to test Doorward"));
    assert!(!folder.path().join("data").exists(), "it needs no database");
}

#[tokio::test]
async fn without_a_relay_there_is_nothing_to_test_and_no_link_goes_by_mail() {
    let folder = TempDir::new().unwrap();
    let ended = run(folder.path(), &[], &["mail", "test", "ada@example.org"]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(log(folder.path()).contains("this site sends no mails; set DOORWARD_MAIL__URL"));
    let ended = run(folder.path(), &[], &["mail", "test", "nobody"]);
    assert_eq!(ended.status.code(), Some(4), "{}", log(folder.path()));
    let program = Program::start(folder.path(), &[]);
    assert_eq!(sign_up(&client(), &program.url, "ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client(), &program.url, "ada").await;
    for arguments in [
        &["user", "reset", "ada", "--mail", "--end-sessions"][..],
        &["user", "create", "bob", "--email", "b@example.org"],
    ] {
        let ended = run(folder.path(), &[], arguments);
        assert_eq!((ended.status.code(), printed(&ended).as_str()), (Some(4), ""), "{arguments:?}");
        let last = log(folder.path()).lines().last().unwrap_or_default().to_owned();
        assert_eq!(last, "doorward: this site sends no mails; set DOORWARD_MAIL__URL and DOORWARD_MAIL__FROM");
    }
    assert_eq!(account(&client(), &program.url, &session).await, StatusCode::OK, "nothing has changed");
    assert_eq!(run(folder.path(), &[], &["user", "show", "bob"]).status.code(), Some(3), "nobody was made");
    let set = run(folder.path(), &[], &["user", "set-email", "ada", "ada@example.org", "--verified"]);
    assert!(set.status.success(), "an address can be kept all the same: {}", log(folder.path()));
}

async fn an_operator_gives_addresses_and_mails_links(database_url: Option<String>) {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let relay = Sink::start(Behaviour::Takes, Security::Plain).await.unwrap();
    let url = relay.url();
    let settings = with_mail(&url, &settings_of(database_url.as_deref()));
    let program = Program::start(folder.path(), &settings);
    let done = |arguments: &[&str]| run(folder.path(), &settings, arguments);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    assert_eq!(done(&["user", "reset", "ada", "--mail"]).status.code(), Some(4), "there is no address");
    assert!(done(&["user", "set-email", "ada", "Ada@Example.org", "--verified"]).status.success());
    let shown = printed(&done(&["user", "show", "ada"]));
    assert!(shown.contains("e-mail\tAda@Example.org, verified\n"), "{shown}");

    // NAME may be the address.
    let mailed = done(&["user", "reset", "ada@example.org", "--mail"]);
    assert_eq!((mailed.status.code(), printed(&mailed).as_str()), (Some(0), ""), "{}", log(folder.path()));
    let link = mails(&relay, 1).await[0].links()[0].clone();
    let token = link.rsplit('/').next().unwrap();
    let form = [("token", token), ("new_password", OTHER_PASSWORD)];
    assert_eq!(post(&client, format!("{}/reset", program.url), &form).await.status(), StatusCode::SEE_OTHER);
    let notice = mails(&relay, 2).await[1].clone();
    assert_eq!(notice.header("Subject").as_deref(), Some("Your password has been set by a link"));

    // A name with an `@` is for the owner of the address.
    for (name, code) in [("else@example.org", 4), ("ada@example.org", 0), ("ada", 0)] {
        let renamed = done(&["user", "rename", "ada@example.org", name]);
        assert_eq!(renamed.status.code(), Some(code), "{name}: {}", log(folder.path()));
    }
    mails(&relay, 4).await;
    assert!(done(&["user", "close", "ada"]).status.success());
    assert_eq!(done(&["user", "reset", "ada", "--mail"]).status.code(), Some(4), "nobody could use the link");
    assert!(log(folder.path()).contains("the account is closed; reopen it first"));
    assert!(done(&["user", "reopen", "ada"]).status.success());
    mails(&relay, 6).await;

    for (arguments, code) in [
        (&["user", "create", "bob", "--email", "ADA@example.org"][..], 4),
        (&["user", "create", "bob", "--email", "nobody"], 4),
        (&["user", "create", "carol@example.org"], 4),
        (&["user", "set-email", "nobody", "n@example.org"], 3),
        (&["user", "set-email", "ada", "not an address"], 4),
        (&["user", "set-email", "ada"], 2),
    ] {
        assert_eq!(done(arguments).status.code(), Some(code), "{arguments:?}: {}", log(folder.path()));
    }
    let made = done(&["user", "create", "bob", "--email", "bob@example.org"]);
    assert!(made.status.success() && printed(&made).contains("/reset/"), "{}", log(folder.path()));
    let to_bob = mails(&relay, 7).await[6].clone();
    assert_eq!(to_bob.to, ["bob@example.org"]);
    assert!(to_bob.links()[0].contains("/verify_email/"));
    assert_eq!(done(&["user", "set-email", "bob", "ada@example.org"]).status.code(), Some(4));
    let exported = objects(&done(&["user", "export", "--user", "bob"]));
    assert_eq!(exported[0]["emails"][0]["address"], "bob@example.org");
    assert_eq!(exported[0]["emails"][0]["verified"], false);

    // The former address gets a notice, and cannot be put back.
    assert!(done(&["user", "set-email", "ada", "new@example.org", "--verified"]).status.success());
    let told = mails(&relay, 8).await[7].clone();
    assert_eq!((told.to.clone(), told.links().len()), (vec!["Ada@Example.org".to_owned()], 1), "its one is the site's");
}

on_each_database!(an_operator_gives_addresses_and_mails_links);

#[tokio::test]
async fn mails_that_wait_are_listed_without_secrets() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let relay = Sink::start(Behaviour::Defers { code: 450 }, Security::Plain).await.unwrap();
    let url = relay.url();
    let settings = with_mail(&url, &[]);
    let program = Program::start(folder.path(), &settings);
    let form = [("username", "ada"), ("password", PASSWORD), ("email", "ada@example.org")];
    assert_eq!(post(&client, format!("{}/sign_up", program.url), &form).await.status(), StatusCode::SEE_OTHER);
    relay.wait_for_command("RCPT TO:<ada@example.org>", PATIENCE).await;
    drop(program);
    let waiting = objects(&run(folder.path(), &settings, &["mail", "queue", "--json"]));
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!((&waiting[0]["kind"], &waiting[0]["address"]), (&"verify_email".into(), &"ada@example.org".into()));
    let mut fields: Vec<_> = waiting[0].as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["address", "dropped_at", "due_at", "kind", "queued_at", "tries", "username"]);
    let table = printed(&run(folder.path(), &settings, &["mail", "queue"]));
    assert_eq!((table.lines().count(), table.split('\t').count()), (1, 7), "{table}");
    assert!(printed(&run(folder.path(), &settings, &["mail", "queue", "--limit", "0"])).is_empty());
}
