//! `doorward user remove-second-factor`, and the output of other commands on second factors.

use reqwest::StatusCode;
use serde_json::json;
use tempfile::TempDir;

use super::{objects, on_each_database, printed, run, settings_of};
use crate::program::{Program, account, client, log, log_in, sign_up};
use crate::second_factor::{log_in_with, set_up};

async fn an_operator_sees_and_removes_a_second_factor(database_url: Option<String>) {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let settings = settings_of(database_url.as_deref());
    let program = Program::start(folder.path(), &settings);
    let url = &program.url;
    let done = |arguments: &[&str]| {
        let output = run(folder.path(), &settings, arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", log(folder.path()));
        output
    };
    assert_eq!(sign_up(&client, url, "ada").await, StatusCode::SEE_OTHER);
    let owner = set_up(&client, url, &log_in(&client, url, "ada").await).await;
    let logged_in = log_in_with(&client, url, "ada", &owner.recovery_codes[4]).await;
    assert_eq!(logged_in.status(), StatusCode::SEE_OTHER);

    let listed = printed(&done(&["user", "list"]));
    assert_eq!(listed.trim_end().split('\t').next_back(), Some("password,totp"), "{listed}");
    let shown = &objects(&done(&["user", "show", "ada", "--json"]))[0];
    assert_eq!((&shown["factors"], &shown["recovery_codes_left"]), (&json!(["password", "totp"]), &json!(9)));
    assert!(shown["totp_since"].as_str().unwrap().ends_with('Z'), "{shown}");
    let shown = printed(&done(&["user", "show", "ada"]));
    assert!(shown.contains("\nrecovery codes\t9 left\n") && shown.contains("\nsecond factor\ttotp, since "), "{shown}");
    let exported = printed(&done(&["user", "export", "--user", "ada"]));
    assert!(exported.contains("\"factors\":[\"password\",\"totp\"]"), "{exported}");
    let secrets = owner.recovery_codes.iter().cloned().chain([owner.secret.expose_secret()]);
    assert!(secrets.into_iter().all(|secret| !exported.contains(&secret)), "{exported}");
    let findings = objects(&run(folder.path(), &settings, &["doctor", "--json"]));
    let finding = findings.iter().find(|finding| finding["check"] == "second factors").unwrap();
    assert_eq!(finding["state"], json!("ok"), "{finding}");

    let refused = run(folder.path(), &settings, &["user", "remove-second-factor", "ada"]);
    assert_eq!(refused.status.code(), Some(4), "nobody is there to be asked");
    assert!(log(folder.path()).contains("was not removed: confirm it at a terminal, or say --yes"));
    assert_eq!(printed(&done(&["user", "list"])), listed);
    let nobody = run(folder.path(), &settings, &["user", "remove-second-factor", "nobody", "--yes"]);
    assert_eq!(nobody.status.code(), Some(3));
    done(&["user", "remove-second-factor", "ADA", "--yes"]);
    let session = log_in(&client, url, "ada").await;
    assert_eq!(account(&client, url, &session).await, StatusCode::OK);
    let shown = &objects(&done(&["user", "show", "ada", "--json"]))[0];
    assert_eq!((&shown["factors"], &shown["totp_since"]), (&json!(["password"]), &json!(null)));
    let events: Vec<_> = shown["activity"].as_array().unwrap().iter().map(|entry| &entry["event"]).collect();
    assert!(events.contains(&&json!("second_factor_removed")), "{events:?}");
    done(&["user", "remove-second-factor", "ada", "--yes"]);
    assert!(log(folder.path()).contains("ada has no second factor"));
}

on_each_database!(an_operator_sees_and_removes_a_second_factor);
