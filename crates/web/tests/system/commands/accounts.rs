//! `doorward user list | show | create | rename | close | reopen | end-sessions | forgive | delete`.

use std::io::Write as _;
use std::process::{Command, Stdio};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{objects, on_each_database, printed, run, settings_of};
use crate::program::{OTHER_PASSWORD, PASSWORD, Program, account, client, command, log, log_in, post, sign_up};

/// Each change takes effect at the next request.
async fn an_operator_looks_after_accounts_while_the_site_serves(database_url: Option<String>) {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let settings = settings_of(database_url.as_deref());
    let program = Program::start(folder.path(), &settings);
    let url = &program.url;
    let done = |arguments: &[&str]| {
        let output = run(folder.path(), &settings, arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", log(folder.path()));
        output
    };
    let names = |arguments: &[&str]| {
        let listed = objects(&done(&[&["user", "list", "--json"], arguments].concat()));
        listed.iter().map(|user| user["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    assert_eq!(sign_up(&client, url, "ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client, url, "ada").await;
    done(&["user", "rename", "ada", "Lovelace"]);
    for (path, text) in [("/account", "Lovelace"), ("/account/activity", "By the operator of this site")] {
        let page = client.get(format!("{url}{path}")).header("cookie", &session).send().await.unwrap();
        assert!(page.text().await.unwrap().contains(text), "{path}");
    }

    // A user who was created without a password sets one by the link.
    let link = printed(&done(&["user", "create", "bob"]));
    let token = link.trim_end().rsplit('/').next().unwrap();
    assert_eq!(objects(&done(&["user", "show", "bob", "--json"]))[0]["factors"], json!([]));
    let form = [("token", token), ("new_password", PASSWORD)];
    assert_eq!(post(&client, format!("{url}/reset"), &form).await.status(), StatusCode::SEE_OTHER);
    let of_bob = log_in(&client, url, "BOB").await;
    assert_eq!(names(&[]), ["bob", "Lovelace"]);
    assert_eq!(names(&["--search", "LACE"]), ["Lovelace"]);
    assert_eq!(names(&["--limit", "1"]), ["bob"]);

    let shown = &objects(&done(&["user", "show", "lovelace", "--json"]))[0];
    assert_eq!((&shown["username"], &shown["factors"]), (&json!("Lovelace"), &json!(["password"])));
    assert_eq!((shown["sessions"].as_array().unwrap().len(), &shown["standing"]), (1, &json!("active")));
    assert_eq!(shown["activity"][0]["event"], json!("username_changed_by_operator"));
    assert_eq!(shown["former_usernames"][0]["username"], json!("ada"));

    done(&["user", "close", "bob"]);
    assert_eq!(account(&client, url, &of_bob).await, StatusCode::SEE_OTHER);
    let refused = post(&client, format!("{url}/log_in"), &[("username", "bob"), ("password", PASSWORD)]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(names(&["--standing", "closed"]), ["bob"]);
    assert_eq!(names(&["--standing", "active"]), ["Lovelace"]);
    done(&["user", "close", "bob"]);
    assert!(log(folder.path()).contains("the account bob was closed already"));
    done(&["user", "reset", "bob"]);
    assert!(log(folder.path()).contains("the account bob is closed; nobody logs in to it until it is reopened"));
    done(&["user", "reopen", "bob"]);
    log_in(&client, url, "bob").await;

    assert_eq!(printed(&done(&["user", "end-sessions", "lovelace"])), "1\n");
    assert_eq!(account(&client, url, &session).await, StatusCode::SEE_OTHER);
    let table = printed(&done(&["user", "list", "--search", "lovelace"]));
    let cells: Vec<_> = table.trim_end().split('\t').collect();
    assert_eq!((cells[0], cells[1], cells[4], cells[5]), ("Lovelace", "active", "0", "password"), "{table}");
    assert!(cells[3].ends_with('Z') && cells[3].len() == "2026-01-01T00:00:00Z".len(), "last seen: {table}");

    done(&["user", "delete", "Lovelace", "--yes"]);
    assert_eq!(names(&[]), ["bob"]);
    assert_eq!(sign_up(&client, url, "lovelace").await, StatusCode::UNPROCESSABLE_ENTITY, "the name stays reserved");
}

on_each_database!(an_operator_looks_after_accounts_while_the_site_serves);

async fn waits_at_a_name_are_shown_and_forgiven(database_url: Option<String>) {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let mut settings = settings_of(database_url.as_deref());
    settings.extend([("DOORWARD_THROTTLE__ENABLED", "true"), ("DOORWARD_THROTTLE__LONGEST_WAIT_SECONDS", "3600")]);
    let program = Program::start(folder.path(), &settings);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let try_with = async |password| {
        let form = [("username", "ada"), ("password", password)];
        post(&client, format!("{}/log_in", program.url), &form).await.status()
    };
    let throttled_until = || {
        let shown = run(folder.path(), &settings, &["user", "show", "ada", "--json"]);
        objects(&shown)[0]["throttled_until"].clone()
    };
    assert_eq!(throttled_until(), Value::Null);
    while try_with("a wrong password").await != StatusCode::TOO_MANY_REQUESTS {}
    assert_eq!(try_with(PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
    assert!(throttled_until().is_string());
    assert!(run(folder.path(), &settings, &["user", "forgive", "ADA"]).status.success());
    assert_eq!(throttled_until(), Value::Null);
    assert_eq!(try_with(PASSWORD).await, StatusCode::SEE_OTHER);
}

on_each_database!(waits_at_a_name_are_shown_and_forgiven);

/// Runs a command that reads a password from standard input.
fn create_with(folder: &TempDir, name: &str, password: &str) -> Option<i32> {
    let mut child = command(folder.path(), &[]);
    let mut child = child.args(["user", "create", name, "--password-stdin"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(printed(&output), "", "no link is printed");
    output.status.code()
}

#[tokio::test]
async fn a_password_comes_from_standard_input_and_is_judged_as_at_sign_up() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[]);
    for unfit in ["", "\n", "short\n", "password123456789\n", &"x".repeat(5_000)] {
        assert_eq!(create_with(&folder, "ada", unfit), Some(4), "{unfit:?}");
    }
    assert_eq!(create_with(&folder, "ada", &format!("{PASSWORD}\r\nanother line\n")), Some(0));
    assert_eq!(create_with(&folder, "Ada", OTHER_PASSWORD), Some(4), "the name is taken");
    log_in(&client, &program.url, "ada").await;
}

/// Runs a command at a terminal of `script`, which types a text.
fn at_a_terminal(folder: &TempDir, arguments: &str, typed: &str) -> (Option<i32>, String) {
    let mut script = Command::new("script");
    script.current_dir(folder.path()).env("RUST_LOG", "off").args(["-qec"]);
    script.arg(format!("{} {arguments}", env!("CARGO_BIN_EXE_doorward"))).arg("/dev/null");
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), printed(&output))
}

#[tokio::test]
async fn a_user_is_deleted_when_the_name_is_typed_or_when_the_command_says_yes() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    assert_eq!(run(folder.path(), &[], &["user", "delete", "ada"]).status.code(), Some(4), "nobody can be asked");
    let (code, seen) = at_a_terminal(&folder, "user delete ada", "bob\n");
    assert!(code == Some(4) && seen.contains("Type the name to confirm") && seen.contains("another name"), "{seen}");
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::OK);
    let (code, seen) = at_a_terminal(&folder, "user delete ada", "ADA\n");
    assert_eq!(code, Some(0), "{seen}");
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_terminal_gets_a_table_with_a_heading_and_no_password_is_typed_there() {
    let folder = TempDir::new().unwrap();
    let _program = Program::start(folder.path(), &[]);
    for name in ["ada", "a-long-name"] {
        assert!(run(folder.path(), &[], &["user", "create", name]).status.success());
    }
    let (_, table) = at_a_terminal(&folder, "user list", "");
    let columns: Vec<_> = table.lines().map(|line| line.find("active").or(line.find("STANDING"))).collect();
    assert_eq!(columns, [Some(13); 3], "{table}");
    let (code, seen) = at_a_terminal(&folder, "user create bob --password-stdin", "");
    assert!(code == Some(4) && seen.contains("would be seen at a terminal"), "{seen}");
}

#[tokio::test]
async fn a_rule_a_missing_user_and_wrong_usage_have_exit_codes_of_their_own() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    for name in ["show", "close", "reopen", "end-sessions", "forgive", "reset", "delete"] {
        assert_eq!(run(folder.path(), &[], &["user", name, "nobody"]).status.code(), Some(3), "{name}");
        assert_eq!(run(folder.path(), &[], &["user", name]).status.code(), Some(2), "{name}");
    }
    for (arguments, code) in [
        (&["user", "rename", "nobody", "bob"][..], 3),
        (&["user", "export", "--user", "nobody"], 3),
        (&["user", "create", "ADA"], 4),
        (&["user", "create", "no spaces"], 4),
        (&["user", "rename", "ada", "no spaces"], 4),
        (&["user", "list", "--standing", "asleep"], 2),
        (&["user", "export", "--user", "ada", "--with-hashes"], 2),
        (&["user", "import", "no-such-file"], 1),
        (&["user", "import", "data"], 1),
    ] {
        assert_eq!(run(folder.path(), &[], arguments).status.code(), Some(code), "{arguments:?}");
    }
}

#[tokio::test]
async fn any_number_of_users_is_listed_in_order_and_a_reader_may_stop() {
    let folder = TempDir::new().unwrap();
    let _program = Program::start(folder.path(), &[]);
    let lines: Vec<_> = (0..1_203).map(|number| format!("{{\"username\":\"user{number:05}\"}}")).collect();
    std::fs::write(folder.path().join("users"), lines.join("\n")).unwrap();
    assert!(run(folder.path(), &[], &["user", "import", "users"]).status.success(), "{}", log(folder.path()));
    let listed = printed(&run(folder.path(), &[], &["user", "list"]));
    let names: Vec<_> = listed.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    assert_eq!(names, (0..1_203).map(|number| format!("user{number:05}")).collect::<Vec<_>>());
    assert_eq!(printed(&run(folder.path(), &[], &["user", "list", "--limit", "501"])).lines().count(), 501);
    let mut unread = command(folder.path(), &[]).args(["user", "list"]).spawn().unwrap();
    drop(unread.stdout.take());
    assert!(unread.wait().unwrap().success());
    assert!(!log(folder.path()).contains("doorward: "), "it says nothing");
}
