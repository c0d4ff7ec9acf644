//! A folder instead of a relay.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use doorward_mail::testing::Received;
use reqwest::StatusCode;
use sea_orm::prelude::Uuid;
use tempfile::TempDir;
use tokio::time::sleep;

use super::{ADA, SENDER, link_of};
use crate::program::{PASSWORD, PATIENCE, PATIENT, Program, client, log, post};

#[tokio::test]
async fn a_folder_gets_one_file_a_mail_for_its_owner_alone() {
    let folder = TempDir::new().unwrap();
    let mails = folder.path().join("mails");
    fs::create_dir(&mails).unwrap();
    let url = format!("file://{}", mails.display());
    let program = Program::start(folder.path(), &[PATIENT, SENDER, ("DOORWARD_MAIL__URL", &url)]);
    let client = client();
    let form = [("username", "ada"), ("password", PASSWORD), ("email", ADA)];
    post(&client, format!("{}/sign_up", program.url), &form).await;
    let [verify] = files_in(&mails, folder.path()).await;
    let link = link_of(&mail_in(&verify));
    let token = [("token", link.rsplit('/').next().unwrap())];
    let verified = post(&client, format!("{}/verify_email", program.url), &token).await;
    assert_eq!(verified.status(), StatusCode::SEE_OTHER);
    post(&client, format!("{}/forgot_password", program.url), &[("login", ADA)]).await;
    let [one, other] = files_in(&mails, folder.path()).await;
    let reset = if one == verify { other } else { one };
    let mail = mail_in(&reset);
    assert_eq!(mail.header("Subject").as_deref(), Some("Set a new password for Doorward"));
    assert_eq!(client.get(link_of(&mail)).send().await.unwrap().status(), StatusCode::OK);
}

/// The files, as soon as there are `N` mails.
async fn files_in<const N: usize>(mails: &Path, folder: &Path) -> [PathBuf; N] {
    let began = Instant::now();
    loop {
        let files: Vec<_> = fs::read_dir(mails).unwrap().map(|entry| entry.unwrap().path()).collect();
        let is_mail = |file: &&PathBuf| file.extension().is_some_and(|ending| ending == "eml");
        if files.iter().filter(is_mail).count() >= N {
            return files.try_into().unwrap_or_else(|files| panic!("{files:?}"));
        }
        assert!(began.elapsed() < PATIENCE, "{files:?} {}", log(folder));
        sleep(Duration::from_millis(50)).await;
    }
}

/// Reads a mail, and checks that the file is named after it, and is for its owner only.
fn mail_in(file: &Path) -> Received {
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    let mail = Received { from: String::new(), to: Vec::new(), raw: fs::read_to_string(file).unwrap() };
    let name = file.file_stem().unwrap().to_str().unwrap();
    assert!(Uuid::parse_str(name).is_ok() && mail.header("Message-ID").unwrap().contains(name), "{name}");
    assert_eq!(mail.header("To").as_deref(), Some(ADA));
    mail
}
