use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use doorward_mail::testing::Received;
use doorward_mail::{Relay, Retry, SendError};
use tempfile::tempdir;

use crate::support::{LINK, mail};

#[tokio::test]
async fn a_mail_becomes_a_file_for_its_owner_alone() {
    let folder = tempdir().unwrap();
    let relay = Relay::parse(&format!("file://{}", folder.path().display())).unwrap();
    relay.check().await.unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    for _ in 0..2 {
        relay.send(&mail()).await.unwrap();
    }
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["5a1e0c5c-6c3f-4c53-9d0c-0d8d4a1a8a53.eml"]);
    let path = folder.path().join(&names[0]);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    let raw = fs::read_to_string(&path).unwrap();
    let mail = Received { from: String::new(), to: vec![], raw };
    assert_eq!(mail.links(), [LINK]);
    assert_eq!(mail.header("Subject").unwrap(), "Set a new password");
}

#[tokio::test]
async fn an_id_leads_to_no_other_folder() {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("mails")).unwrap();
    let relay = Relay::parse(&format!("file://{}/mails", folder.path().display())).unwrap();
    for (number, id) in ["../x@y", "/etc/x", "", "@", ".", "..", &"long".repeat(100)].iter().enumerate() {
        let mut message = mail();
        message.id = format!("{id}{number}");
        relay.send(&message).await.unwrap();
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    for entry in fs::read_dir(folder.path().join("mails")).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.extension().is_some_and(|end| end == "eml"), "{}", path.display());
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told_before_the_first_mail() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [folder.path().join("none"), file] {
        let relay = Relay::parse(&format!("file://{}", path.display())).unwrap();
        for error in [relay.check().await.unwrap_err(), relay.send(&mail()).await.unwrap_err()] {
            assert!(matches!(error, SendError::Folder(_)), "{error:?}");
            assert_eq!(error.retry(), Retry::Later);
        }
    }
}

#[tokio::test]
async fn a_folder_may_have_any_name() {
    let folder = tempdir().unwrap();
    let strange = folder.path().join("mails of ö %25#?");
    fs::create_dir(&strange).unwrap();
    let url = format!("file://{}/mails%20of%20%C3%B6%20%2525%23%3F", folder.path().display());
    Relay::parse(&url).unwrap().send(&mail()).await.unwrap();
    assert_eq!(fs::read_dir(&strange).unwrap().count(), 1);
}
