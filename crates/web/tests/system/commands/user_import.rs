//! `doorward user import`, also of the output of `export`.

use std::fs;
use std::path::Path;
use std::time::Instant;

use doorward_mail::testing::{Behaviour, Security, Sink};
use reqwest::{Client, StatusCode};
use serde_json::json;
use tempfile::TempDir;

use super::{objects, on_each_database, printed, run, settings_of, with_mail};
use crate::program::{
    OTHER_PASSWORD, PASSWORD, PATIENCE, PATIENT, Program, client, command, log, log_in, post, sign_up,
};
use crate::servers::{self, Kind};

/// The hash of [`PASSWORD`] by Django: `make_password(PASSWORD, "salt", "pbkdf2_sha256")` with 1,000 iterations.
const OF_DJANGO: &str = "pbkdf2_sha256$1000$salt$4B9U8RingpFzhMEZS5olf/Xm1UwLgvduDjCp6w09OnM=";

/// Writes a file of users.
fn write(folder: &Path, name: &str, lines: &[String]) {
    fs::write(folder.join(name), lines.concat()).unwrap();
}

fn line(value: &serde_json::Value) -> String {
    format!("{value}\n")
}

async fn logs_in(client: &Client, program: &Program, username: &str, password: &str) -> bool {
    let form = [("username", username), ("password", password)];
    post(client, format!("{}/log_in", program.url), &form).await.status() == StatusCode::SEE_OTHER
}

/// From each kind of database to the next one.
#[tokio::test]
async fn a_user_exported_and_imported_elsewhere_logs_in_with_the_old_password() {
    let (Some(postgres), Some(maria_db)) =
        (servers::new_database(Kind::Postgres).await, servers::new_database(Kind::MariaDb).await)
    else {
        return;
    };
    let (first, last, client) = (TempDir::new().unwrap(), TempDir::new().unwrap(), client());
    let sites = [
        (first.path(), settings_of(None)),
        (first.path(), settings_of(Some(&postgres))),
        (first.path(), settings_of(Some(&maria_db))),
        (last.path(), settings_of(None)),
    ];
    let programs = sites.each_ref().map(|(folder, settings)| Program::start(folder, settings));
    for name in ["Ada", "bob", "eve"] {
        assert_eq!(sign_up(&client, &programs[0].url, name).await, StatusCode::SEE_OTHER);
    }
    for arguments in [
        &["user", "close", "eve"][..],
        &["user", "set-email", "ada", "Ada@Example.org", "--verified"],
        &["user", "set-email", "bob", "bob@example.org"],
    ] {
        assert!(run(sites[0].0, &sites[0].1, arguments).status.success(), "{arguments:?}");
    }
    let exported_of = |at: usize, file: &str| {
        assert!(run(sites[at].0, &sites[at].1, &["user", "export", "--with-hashes", file]).status.success());
        fs::read_to_string(sites[at].0.join(file)).unwrap()
    };
    let mut exported = Vec::new();
    for at in 1..sites.len() {
        let file = format!("users{at}");
        exported.push(exported_of(at - 1, &file));
        fs::write(sites[at].0.join("incoming"), exported.last().unwrap()).unwrap();
        let imported = run(sites[at].0, &sites[at].1, &["user", "import", "incoming"]);
        assert_eq!(printed(&imported), "lines\t3\ncreated\t3\nupdated\t0\nskipped\t0\nbad\t0\n");
        let program = &programs[at];
        assert!(logs_in(&client, program, "ADA", PASSWORD).await && logs_in(&client, program, "bob", PASSWORD).await);
        assert!(!logs_in(&client, program, "ada", OTHER_PASSWORD).await);
        assert!(!logs_in(&client, program, "eve", PASSWORD).await, "a closed account stays closed");
    }
    exported.push(exported_of(sites.len() - 1, "users-at-last"));
    assert!(
        exported.iter().all(|users| *users == exported[0]),
        "names, hashes, addresses, times and standings are the same"
    );
}

async fn an_imported_user_keeps_the_address_and_logs_in_by_it(database_url: Option<String>) {
    let (here, there, client) = (TempDir::new().unwrap(), TempDir::new().unwrap(), client());
    let relay = Sink::start(Behaviour::Takes, Security::Plain).await.unwrap();
    let url = relay.url();
    let (from, to) = (settings_of(None), with_mail(&url, &settings_of(database_url.as_deref())));
    let sites = [Program::start(here.path(), &from), Program::start(there.path(), &to)];
    for name in ["ada", "bob", "eve", "both"] {
        assert_eq!(sign_up(&client, &sites[0].url, name).await, StatusCode::SEE_OTHER);
    }
    for arguments in [
        &["ada", "Ada@Example.org", "--verified"][..],
        &["bob", "bob@example.org"],
        &["both", "first@example.org", "--verified"],
        &["both", "second@example.org"],
    ] {
        assert!(run(here.path(), &from, &[&["user", "set-email"], arguments].concat()).status.success());
    }
    let exported = printed(&run(here.path(), &from, &["user", "export", "--with-hashes"]));
    let lines: Vec<serde_json::Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let emails: Vec<_> = lines.iter().map(|line| (line.get("email"), line.get("email_verified"))).collect();
    let [adas, bobs, firsts] = ["Ada@Example.org", "bob@example.org", "first@example.org"].map(|text| json!(text));
    let (yes, no) = (json!(true), json!(false));
    let expected = [(Some(&adas), Some(&yes)), (Some(&bobs), Some(&no)), (Some(&firsts), Some(&yes)), (None, None)];
    assert_eq!(emails, expected, "of two the verified one, and of nobody's nothing");

    fs::write(there.path().join("incoming"), &exported).unwrap();
    let imported = run(there.path(), &to, &["user", "import", "incoming"]);
    assert_eq!(printed(&imported), "lines\t4\ncreated\t4\nupdated\t0\nskipped\t0\nbad\t0\n");
    assert_eq!(printed(&run(there.path(), &to, &["user", "export", "--with-hashes"])), exported);
    assert!(logs_in(&client, &sites[1], "ada@example.org", PASSWORD).await);
    assert!(logs_in(&client, &sites[1], "first@example.org", PASSWORD).await);
    assert!(!logs_in(&client, &sites[1], "bob@example.org", PASSWORD).await, "it is not verified");
    assert!(logs_in(&client, &sites[1], "bob", PASSWORD).await);
    assert_eq!(printed(&run(there.path(), &to, &["mail", "queue"])), "", "nobody gets a mail because of an import");
    assert_eq!(relay.mails().len(), 0);
}

on_each_database!(an_imported_user_keeps_the_address_and_logs_in_by_it);

async fn of_one_verified_address_there_is_one_user(database_url: Option<String>) {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let settings = settings_of(database_url.as_deref());
    let program = Program::start(folder.path(), &settings);
    for name in ["ada", "carol@example.org"] {
        assert_eq!(sign_up(&client, &program.url, name).await, StatusCode::SEE_OTHER);
    }
    let done = |arguments: &[&str]| run(folder.path(), &settings, arguments);
    assert!(done(&["user", "set-email", "ada", "ada@example.org", "--verified"]).status.success());
    let verified = |name: &str, address: &str| {
        line(&json!({ "username": name, "password_hash": OF_DJANGO, "email": address, "email_verified": true }))
    };
    let taken = "that e-mail address is verified by another account already";
    let bad = [
        (3, "has the same verified e-mail address as line 2"),
        (5, "its verified e-mail address is the username of line 4"),
        (6, "its username is the verified e-mail address of line 2"),
        (7, taken),
        (8, taken),
        (9, "email_verified is true, and there is no email"),
        (10, "an e-mail address"),
    ];
    write(
        folder.path(),
        "users",
        &[
            line(&json!({ "username": "eve", "email": "ada@example.org" })),
            verified("bob", "MARKER@example.org"),
            verified("dan", "marker@Example.org"),
            verified("fay@example.org", "fay@example.org"),
            verified("gil", "FAY@example.org"),
            line(&json!({ "username": "marker@example.org" })),
            verified("hal", "ADA@Example.org"),
            verified("ida", "CAROL@example.org"),
            line(&json!({ "username": "jan", "email_verified": true })),
            verified("kim", "MARKER@localhost"),
        ],
    );
    for existing in ["fail", "skip", "update-hash"] {
        let before = log(folder.path()).len();
        assert_eq!(done(&["user", "import", "users", "--existing", existing]).status.code(), Some(4));
        let said = log(folder.path()).split_off(before);
        let told: Vec<_> = said.lines().filter(|line| line.starts_with("doorward: line ")).collect();
        assert_eq!(told.len(), bad.len(), "{told:#?}");
        for ((number, reason), told) in bad.iter().zip(told) {
            assert!(told.starts_with(&format!("doorward: line {number}: ")) && told.contains(reason), "{told}");
        }
        assert!(!said.to_lowercase().contains("marker"), "no address is shown: {said}");
        assert_eq!(objects(&done(&["user", "list", "--json"])).len(), 2, "nothing was written");
    }
    let imported = done(&["user", "import", "users", "--skip-bad"]);
    assert_eq!(printed(&imported), "lines\t10\ncreated\t3\nupdated\t0\nskipped\t0\nbad\t7\n");
}

on_each_database!(of_one_verified_address_there_is_one_user);

async fn every_bad_line_is_told_by_its_number_and_nothing_is_imported(database_url: Option<String>) {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let settings = settings_of(database_url.as_deref());
    let program = Program::start(folder.path(), &settings);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let bad = [
        ("no spaces", r#"{"username":"no spaces"}"#.to_owned()),
        ("is not JSON", "MARKER".to_owned()),
        ("is not a user", r#"{"username":"x","shoe_size":"MARKER"}"#.to_owned()),
        ("is not a user", r#"{"password_hash":"MARKER"}"#.to_owned()),
        ("that username is already taken", r#"{"username":"ADA"}"#.to_owned()),
        ("has no form that can be verified", r#"{"username":"x1","password_hash":"MARKER"}"#.to_owned()),
        ("no time as RFC 3339", r#"{"username":"x2","created_at":"MARKER"}"#.to_owned()),
        ("in the future", r#"{"username":"x3","created_at":"2999-01-01T00:00:00Z"}"#.to_owned()),
        ("is not a user", r#"{"username":"x4","standing":"MARKER"}"#.to_owned()),
        ("same username as line 1", r#"{"username":"BOB"}"#.to_owned()),
        ("is longer than 65536 bytes", format!(r#"{{"username":"{}"}}"#, "MARKER".repeat(20_000))),
        ("UTF-8", r#"{"username":"x5","email":"@BYTE@"}"#.to_owned()),
    ];
    let mut text = b"{\"username\":\"bob\",\"email\":\"bob@example.org\",\"email_verified\":true}\n\n".to_vec();
    for (_, line) in &bad {
        let has_bytes = line.contains("@BYTE@");
        text.extend(line.bytes().map(|byte| if has_bytes && byte == b'@' { 0xff } else { byte }).chain([b'\n']));
    }
    text.extend(b"{\"username\":\"eve\",\"created_at\":\"2020-02-29T12:00:00+01:00\",\"standing\":\"closed\"}");
    fs::write(folder.path().join("users"), text).unwrap();
    for arguments in [&["user", "import", "users"][..], &["user", "import", "users", "--dry-run"]] {
        let before = log(folder.path()).len();
        assert_eq!(run(folder.path(), &settings, arguments).status.code(), Some(4));
        let said = log(folder.path()).split_off(before);
        let told: Vec<_> = said.lines().filter(|line| line.starts_with("doorward: line ")).collect();
        assert_eq!(told.len(), bad.len(), "{told:#?}");
        for ((reason, _), (number, told)) in bad.iter().zip((3..).zip(&told)) {
            let is_it = if *reason == "no spaces" { told.contains("username") } else { told.contains(reason) };
            assert!(told.starts_with(&format!("doorward: line {number}: ")) && is_it, "{reason}: {told}");
        }
        assert!(said.contains("nothing was imported: 12 of the 15 lines are bad"), "{said}");
        assert!(!said.contains("MARKER"), "what a line holds is not shown");
        assert_eq!(objects(&run(folder.path(), &settings, &["user", "list", "--json"])).len(), 1);
    }
    let dry = run(folder.path(), &settings, &["user", "import", "users", "--dry-run", "--skip-bad", "--json"]);
    assert_eq!(objects(&dry), [json!({ "lines": 15, "created": 0, "updated": 0, "skipped": 0, "bad": 12 })]);
    let imported = run(folder.path(), &settings, &["user", "import", "users", "--skip-bad", "--json"]);
    assert_eq!(objects(&imported), [json!({ "lines": 15, "created": 2, "updated": 0, "skipped": 0, "bad": 12 })]);
    let eve = &objects(&run(folder.path(), &settings, &["user", "show", "eve", "--json"]))[0];
    assert_eq!((&eve["created_at"], &eve["standing"]), (&json!("2020-02-29T11:00:00Z"), &json!("closed")));
    assert_eq!(eve["activity"][0]["event"], json!("account_imported"));
}

on_each_database!(every_bad_line_is_told_by_its_number_and_nothing_is_imported);

async fn an_existing_user_fails_the_import_is_left_out_or_gets_the_new_hash(database_url: Option<String>) {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let settings = settings_of(database_url.as_deref());
    let program = Program::start(folder.path(), &settings);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let form = [("username", "bob"), ("password", OTHER_PASSWORD)];
    assert_eq!(post(&client, format!("{}/sign_up", program.url), &form).await.status(), StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    let set = run(folder.path(), &settings, &["user", "set-email", "ada", "ada@example.org", "--verified"]);
    assert!(set.status.success());
    // For an existing user the address is ignored: it may be another user's, or be in another line.
    let (bobs, eves) = ("ada@example.org", "new@example.org");
    write(
        folder.path(),
        "users",
        &[
            line(&json!({ "username": "Bob", "password_hash": OF_DJANGO, "email": bobs, "email_verified": true })),
            line(&json!({ "username": "ada", "email": "new@example.org", "email_verified": true })),
            line(&json!({ "username": "eve", "password_hash": OF_DJANGO, "email": eves, "email_verified": true })),
        ],
    );
    let emails = |name: &str| {
        let exported = objects(&run(folder.path(), &settings, &["user", "export", "--user", name]));
        exported[0]["emails"].clone()
    };
    let import = |existing: &str| run(folder.path(), &settings, &["user", "import", "users", "--existing", existing]);
    assert_eq!(import("fail").status.code(), Some(4));
    assert!(!logs_in(&client, &program, "eve", PASSWORD).await);
    assert_eq!(printed(&import("skip")), "lines\t3\ncreated\t1\nupdated\t0\nskipped\t2\nbad\t0\n");
    assert!(
        logs_in(&client, &program, "eve", PASSWORD).await && logs_in(&client, &program, "bob", OTHER_PASSWORD).await
    );
    // Eve's password was rehashed when she logged in, so the imported hash differs.
    assert_eq!(printed(&import("update-hash")), "lines\t3\ncreated\t0\nupdated\t2\nskipped\t1\nbad\t0\n");
    assert!(
        logs_in(&client, &program, "bob", PASSWORD).await && !logs_in(&client, &program, "bob", OTHER_PASSWORD).await
    );
    assert_eq!(crate::program::account(&client, &program.url, &session).await, StatusCode::OK, "ada has no new hash");
    assert_eq!((emails("bob"), emails("ada")[0]["address"].clone()), (json!([]), json!("ada@example.org")));
    assert_eq!(emails("eve"), json!([{ "address": "new@example.org", "verified": true }]));
}

on_each_database!(an_existing_user_fails_the_import_is_left_out_or_gets_the_new_hash);

/// The hashes were made by the real libraries.
#[tokio::test]
async fn a_user_with_a_hash_of_another_system_logs_in() {
    const HASHES: &str = include_str!("../../../../domain/tests/legacy/hashes.tsv");
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[PATIENT]);
    let users: Vec<_> = (0..).zip(HASHES.lines().map(|line| line.split('\t').collect::<Vec<_>>())).collect();
    let lines = users
        .iter()
        .map(|(number, columns)| line(&json!({ "username": format!("user{number}"), "password_hash": columns[2] })));
    write(folder.path(), "users", &lines.collect::<Vec<_>>());
    let imported = run(folder.path(), &[], &["user", "import", "users", "--json"]);
    assert_eq!(objects(&imported)[0]["created"], json!(users.len()), "{}", log(folder.path()));
    for (number, columns) in &users {
        assert!(
            logs_in(&client, &program, &format!("user{number}"), columns[1]).await,
            "{} {}",
            columns[0],
            columns[2]
        );
    }
}

async fn an_import_that_is_killed_goes_on_without_doubles(database_url: Option<String>) {
    const USERS: usize = 20_000;
    let folder = TempDir::new().unwrap();
    let settings = settings_of(database_url.as_deref());
    let _program = Program::start(folder.path(), &settings);
    let lines: Vec<_> = (0..USERS)
        .map(|number| {
            let (name, address) = (format!("user{number}"), format!("user{number}@example.org"));
            line(&json!({ "username": name, "password_hash": OF_DJANGO, "email": address, "email_verified": true }))
        })
        .collect();
    write(folder.path(), "users", &lines);
    let quiet = [&settings[..], &[("RUST_LOG", "info")]].concat();
    let count = || printed(&run(folder.path(), &quiet, &["user", "list"])).lines().count();
    let import = ["user", "import", "users", "--json"];
    let mut child = command(folder.path(), &quiet).args(import).spawn().unwrap();
    let deadline = Instant::now() + PATIENCE;
    while printed(&run(folder.path(), &quiet, &["user", "list", "--limit", "1"])).is_empty() {
        assert!(Instant::now() < deadline, "{}", log(folder.path()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = count();
    assert!(before > 0 && before < USERS && before % 500 == 0, "{before}");
    let went_on = objects(&run(folder.path(), &quiet, &import));
    assert_eq!(went_on[0]["created"], json!(USERS - before), "{}", log(folder.path()));
    assert!(log(folder.path()).contains(&format!("{before} of the {USERS} lines were imported before")));
    assert_eq!(count(), USERS);
    assert_eq!(run(folder.path(), &quiet, &import).status.code(), Some(4), "it has ended, and begins anew");
}

on_each_database!(an_import_that_is_killed_goes_on_without_doubles);

#[tokio::test]
async fn lines_put_into_the_file_after_it_was_judged_are_not_imported() {
    const USERS: usize = 20_000;
    let folder = TempDir::new().unwrap();
    let quiet = [("RUST_LOG", "info")];
    let _program = Program::start(folder.path(), &quiet);
    let users = |letter: char| -> Vec<_> {
        (0..USERS).map(|number| line(&json!({ "username": format!("{letter}{number}") }))).collect()
    };
    write(folder.path(), "users", &users('a'));
    let mut child = command(folder.path(), &quiet).args(["user", "import", "users"]).spawn().unwrap();
    let deadline = Instant::now() + PATIENCE;
    while printed(&run(folder.path(), &quiet, &["user", "list", "--limit", "1"])).is_empty() {
        assert!(Instant::now() < deadline, "{}", log(folder.path()));
    }
    write(folder.path(), "users", &users('b'));
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(log(folder.path()).contains("the file has changed"), "{}", log(folder.path()));
    assert_eq!(printed(&run(folder.path(), &quiet, &["user", "list", "--search", "b"])), "");
}
