//! `doorward user reset` and `doorward invite`, beside a site that serves.

use reqwest::StatusCode;
use tempfile::TempDir;

use super::{on_each_database, printed, run, settings_of};
use crate::program::{OTHER_PASSWORD, Program, account, client, command, log, log_in, post, sign_up};

/// An operator makes a link while the site serves, and its owner sets a password by it.
async fn a_locked_out_user_comes_back_by_a_link(database_url: Option<String>) {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let mut settings = settings_of(database_url.as_deref());
    settings.push(("DOORWARD_PUBLIC_URL", "https://id.example.org"));
    let program = Program::start(folder.path(), &settings);
    let url = format!("http://{}", program.address);
    assert_eq!(sign_up(&client, &url, "ada").await, StatusCode::SEE_OTHER);
    let made = run(folder.path(), &settings, &["user", "reset", "ADA"]);
    assert!(made.status.success(), "{}", log(folder.path()));
    let link = printed(&made);
    let token = link.strip_prefix("https://id.example.org/reset/").unwrap().trim_end();
    assert_eq!(token.len(), 43, "{link}");
    let head = client.head(format!("{url}/reset/{token}")).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    for _ in 0..2 {
        let page = client.get(format!("{url}/reset/{token}")).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        assert!(page.text().await.unwrap().contains("New password for ada"));
    }
    let form = [("token", token), ("new_password", OTHER_PASSWORD)];
    assert_eq!(post(&client, format!("{url}/reset"), &form).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(post(&client, format!("{url}/reset"), &form).await.status(), StatusCode::GONE);
    let log_in = [("username", "ada"), ("password", OTHER_PASSWORD)];
    assert_eq!(post(&client, format!("{url}/log_in"), &log_in).await.status(), StatusCode::SEE_OTHER);
    assert!(!log(folder.path()).contains(token), "the token is in the log");
}

on_each_database!(a_locked_out_user_comes_back_by_a_link);

#[tokio::test]
async fn an_operator_ends_all_sessions_with_the_link_or_leaves_them_until_it_is_used() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    assert!(run(folder.path(), &[], &["user", "reset", "ada"]).status.success());
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::OK);
    assert!(run(folder.path(), &[], &["user", "reset", "ada", "--end-sessions"]).status.success());
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::SEE_OTHER);
}

async fn only_a_visitor_with_an_invitation_by_a_command_signs_up(database_url: Option<String>) {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let mut settings = settings_of(database_url.as_deref());
    settings.extend([("DOORWARD_SIGN_UP", "invited"), ("DOORWARD_PUBLIC_URL", "https://id.example.org")]);
    let program = Program::start(folder.path(), &settings);
    let url = format!("http://{}", program.address);
    assert_eq!(sign_up(&client, &url, "eve").await, StatusCode::FORBIDDEN);
    let made = printed(&run(folder.path(), &settings, &["invite", "--uses", "2", "--days", "3"]));
    let token = made.strip_prefix("https://id.example.org/sign_up?invite=").unwrap().trim_end();
    for (username, status) in
        [("ada", StatusCode::SEE_OTHER), ("bob", StatusCode::SEE_OTHER), ("eve", StatusCode::GONE)]
    {
        let form = [("username", username), ("password", OTHER_PASSWORD), ("invite", token)];
        assert_eq!(post(&client, format!("{url}/sign_up"), &form).await.status(), status, "{username}");
    }
    assert!(!log(folder.path()).contains(token), "the token is in the log");
}

on_each_database!(only_a_visitor_with_an_invitation_by_a_command_signs_up);

#[tokio::test]
async fn an_operator_who_invites_to_a_closed_site_is_told() {
    let folder = TempDir::new().unwrap();
    let settings = [("DOORWARD_SIGN_UP", "closed")];
    let _program = Program::start(folder.path(), &settings);
    assert!(run(folder.path(), &settings, &["invite"]).status.success());
    assert!(log(folder.path()).contains("sign-up is closed; the link is good for nothing until"));
}

#[tokio::test]
async fn the_exit_code_says_what_kind_of_failure_it_was() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let nothing = run(folder.path(), &[], &["user", "reset", "ada"]);
    assert_eq!(nothing.status.code(), Some(1), "there is no database");
    assert!(!folder.path().join("data").exists(), "and none is made");
    let program = Program::start(folder.path(), &[]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    for (arguments, code) in [
        (&["user", "reset", "nobody"][..], 3),
        (&["user", "reset", "no spaces"], 3),
        (&["user", "reset"], 2),
        (&["invite", "--uses", "0"], 2),
        (&["invite", "--days", "366"], 2),
        (&["user", "reset", "ada", "--no-such-option"], 2),
    ] {
        let ended = run(folder.path(), &[], arguments);
        assert_eq!((ended.status.code(), printed(&ended).as_str()), (Some(code), ""), "{arguments:?}");
    }
    let mut unread = command(folder.path(), &[]).args(["user", "reset", "ada"]).spawn().unwrap();
    drop(unread.stdout.take());
    assert!(unread.wait().unwrap().success(), "a closed pipe ends it quietly");
    assert!(log(folder.path()).contains("an operator's command command=\"user reset\" operator.uid="));
}
