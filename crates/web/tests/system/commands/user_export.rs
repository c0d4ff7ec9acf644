//! `doorward user export`.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use doorward_domain::{Language, LanguageRepository as _, UserRepository as _, Username};
use doorward_storage::{SeaOrmStore, StorageConfig};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{objects, on_each_database, printed, run, settings_of};
use crate::program::{OTHER_PASSWORD, PASSWORD, Program, client, command, log, log_in, open_database, post, sign_up};

#[tokio::test]
async fn hashes_go_to_files_of_their_owner_alone_and_into_no_others_place() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[]);
    assert_eq!(sign_up(&client, &program.url, "ada").await, StatusCode::SEE_OTHER);
    let path = |name: &str| folder.path().join(name);
    let export = |arguments: &[&str]| run(folder.path(), &[], &[&["user", "export"], arguments].concat());

    assert!(!printed(&export(&[])).contains("password_hash"));
    assert!(
        printed(&export(&["--with-hashes"])).contains("\"password_hash\":\"$argon2id$"),
        "a pipe is somebody's own"
    );
    assert!(export(&["--with-hashes", "users"]).status.success());
    assert_eq!(fs::metadata(path("users")).unwrap().permissions().mode() & 0o777, 0o600);
    let first = fs::read_to_string(path("users")).unwrap();
    assert_eq!(first.lines().count(), 1);
    assert_eq!(sign_up(&client, &program.url, "bob").await, StatusCode::SEE_OTHER);
    assert_eq!(export(&["--with-hashes", "users"]).status.code(), Some(1));
    assert_eq!(fs::read_to_string(path("users")).unwrap(), first, "what is there stays");
    assert_eq!(export(&["no/such/folder/users"]).status.code(), Some(1));

    for (mode, code) in [(0o644, Some(4)), (0o600, Some(0))] {
        let file = File::create(path("redirected")).unwrap();
        file.set_permissions(fs::Permissions::from_mode(mode)).unwrap();
        let mut redirected = command(folder.path(), &[]);
        let status = redirected.args(["user", "export", "--with-hashes"]).stdout(file).status().unwrap();
        assert_eq!(status.code(), code, "{mode:o}");
        assert_eq!(fs::read(path("redirected")).unwrap().is_empty(), mode == 0o644);
    }
    let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.into_iter().all(|name| !name.contains("export")), "nothing temporary is left");
}

/// Chooses a language as a page of the site does.
async fn choose_language(folder: &Path, database_url: Option<&str>, username: &str, tag: &str) {
    let store = match database_url {
        Some(url) => SeaOrmStore::connect(&StorageConfig::new(url)).await.unwrap(),
        None => open_database(folder).await,
    };
    let user = store.find_by_username(&Username::parse(username).unwrap()).await.unwrap().unwrap().user;
    store.save_language(user.id, &Language::parse(tag).unwrap()).await.unwrap();
    store.disconnect().await;
}

/// Articles 15 and 20 of the GDPR require it: every column that is about the user, except secrets.
async fn all_that_is_kept_about_a_user_is_exported_but_secrets(database_url: Option<String>) {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let settings = settings_of(database_url.as_deref());
    let program = Program::start(folder.path(), &settings);
    for name in ["ada", "bob"] {
        assert_eq!(sign_up(&client, &program.url, name).await, StatusCode::SEE_OTHER);
    }
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    let form = [("username", "ada"), ("password", PASSWORD), ("keep", "on")];
    let log_in_by = client.post(format!("{}/log_in", program.url)).header("user-agent", firefox).form(&form);
    assert_eq!(log_in_by.send().await.unwrap().status(), StatusCode::SEE_OTHER);
    let wrong = [("username", "ada"), ("password", OTHER_PASSWORD)];
    post(&client, format!("{}/log_in", program.url), &wrong).await;
    log_in(&client, &program.url, "bob").await;
    assert!(run(folder.path(), &settings, &["user", "rename", "ada", "lovelace"]).status.success());
    assert!(run(folder.path(), &settings, &["user", "reset", "lovelace"]).status.success());

    choose_language(folder.path(), database_url.as_deref(), "lovelace", "pt-BR").await;
    let shown = printed(&run(folder.path(), &settings, &["user", "show", "lovelace"]));
    assert!(shown.lines().any(|line| line.starts_with("language") && line.ends_with("pt-BR")), "{shown}");

    let exported = run(folder.path(), &settings, &["user", "export", "--user", "LOVELACE"]);
    assert_eq!(objects(&exported).len(), 1, "{}", log(folder.path()));
    let (text, data) = (printed(&exported), &objects(&exported)[0]);
    assert!(!text.contains("argon2") && !text.contains("bob"), "{text}");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        keys(data),
        [
            "id",
            "username",
            "standing",
            "language",
            "created_at",
            "throttled_until",
            "emails",
            "factors",
            "totp_since",
            "passkeys",
            "recovery_codes_left",
            "former_usernames",
            "links",
            "known_devices",
            "sessions",
            "activity",
        ]
    );
    assert_eq!((&data["username"], &data["standing"]), (&json!("lovelace"), &json!("active")));
    assert_eq!(data["language"], json!("pt-BR"));
    let session = &data["sessions"][0];
    assert_eq!((&session["browser"], &session["system"]), (&json!("firefox"), &json!("linux")));
    assert_eq!((&session["address"], &session["authenticated_by"]), (&json!("127.0.0.1"), &json!(["password"])));
    assert_eq!(data["links"][0]["purpose"], json!("reset_password"));
    assert_eq!(data["former_usernames"][0]["username"], json!("ada"));
    let events: Vec<_> = data["activity"].as_array().unwrap().iter().map(|activity| &activity["event"]).collect();
    assert_eq!(events, ["reset_link_made", "username_changed_by_operator", "log_in_failed", "logged_in"]);
}

on_each_database!(all_that_is_kept_about_a_user_is_exported_but_secrets);
