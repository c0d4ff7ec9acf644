//! `doorward key`, `completions`, `settings` and `man-pages`, which need neither settings nor a database.

use std::fs;

use reqwest::StatusCode;
use tempfile::TempDir;

use super::{printed, run};
use crate::program::{Program, account, client, log_in, sign_up};

#[tokio::test]
async fn a_new_key_is_printed_whatever_the_settings_are_and_the_site_takes_it() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let unfit = [("DOORWARD_SITE_NAME", ""), ("ROCKET_SECRET_KEY", "none"), ("ROCKET_PORT", "none")];
    let keys = [(); 2].map(|()| printed(&run(folder.path(), &unfit, &["key"])));
    assert!(keys.iter().all(|key| key.trim_end().len() == 88) && keys[0] != keys[1]);
    assert!(!folder.path().join("data").exists());
    let program = Program::start(folder.path(), &[("ROCKET_SECRET_KEY", keys[0].trim_end())]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let session = log_in(&client, &program.url, "ada").await;
    assert_eq!(account(&client, &program.url, &session).await, StatusCode::OK);
    assert!(!folder.path().join("data/secret_key").exists());
}

#[test]
fn each_shell_gets_completions_of_every_command() {
    let folder = TempDir::new().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&run(folder.path(), &[], &["completions", shell]));
        for word in ["end-sessions", "with-hashes", "doctor"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(run(folder.path(), &[], &["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn the_printed_settings_are_a_file_that_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let file = printed(&run(folder.path(), &[], &["settings"]));
    assert!(file.contains("\n#site_name = \"Doorward\"\n"), "{file}");
    fs::write(folder.path().join("doorward.toml"), file).unwrap();
    assert!(run(folder.path(), &[], &["migrate"]).status.success());
    assert!(folder.path().join("data/doorward.sqlite3").exists());
}

#[test]
fn each_command_has_a_page_in_the_manual() {
    let folder = TempDir::new().unwrap();
    printed(&run(folder.path(), &[], &["man-pages", "man/pages"]));
    for (page, said) in [("doorward", "doctor"), ("doorward-user", "end\\-sessions"), ("doorward-user-reset", "NAME")] {
        let text = fs::read_to_string(folder.path().join(format!("man/pages/{page}.1"))).unwrap();
        assert!(text.starts_with(".ie") && text.contains(said), "{page}: {text}");
    }
    assert_eq!(run(folder.path(), &[], &["man-pages", "man/pages/doorward.1"]).status.code(), Some(1));
}
