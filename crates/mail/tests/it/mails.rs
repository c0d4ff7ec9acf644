use std::time::{Duration, SystemTime};

use doorward_domain::EmailAddress;
use doorward_mail::{Relay, Sender};
use proptest::prelude::*;

use crate::support::{ADA, LINK, mail, received};

#[tokio::test]
async fn the_headers_are_these_and_no_others() {
    let mail = received(&mail()).await;
    let (headers, _) = mail.raw.split_once("\r\n\r\n").unwrap();
    let mut headers: Vec<_> = headers.split("\r\n").collect();
    headers.sort_unstable();
    let to = format!("To: {ADA}");
    assert_eq!(
        headers,
        [
            "Auto-Submitted: auto-generated",
            "Content-Transfer-Encoding: 7bit",
            "Content-Type: text/plain; charset=utf-8",
            "Date: Thu, 01 Jan 2026 00:00:00 +0000",
            "From: Notes <notes@example.org>",
            "MIME-Version: 1.0",
            "Message-ID: <5a1e0c5c-6c3f-4c53-9d0c-0d8d4a1a8a53@notes.example.org>",
            "Subject: Set a new password",
            to.as_str(),
            "X-Auto-Response-Suppress: All",
        ]
    );
}

#[tokio::test]
async fn short_lines_of_ascii_travel_as_they_are() {
    let message = mail();
    let mail = received(&message).await;
    assert!(mail.raw.contains(&format!("\r\n{LINK}\r\n")), "{}", mail.raw);
    assert_eq!((mail.text(), mail.links()), (message.text, vec![LINK.to_owned()]));
}

#[tokio::test]
async fn a_subject_and_a_name_in_any_script_are_read_as_they_were_written() {
    for (name, subject) in [
        ("Grüße GmbH", "Neues Passwort für Zoë setzen – jetzt 🔑"),
        ("Notes, Inc.", "新しいパスワードを設定してください。このリンクは十分間有効です。このリンクは十分間有効です。"),
        ("ملاحظات", "إعادة تعيين كلمة المرور"),
    ] {
        let mut message = mail();
        message.from = Sender::parse(&format!("{name} <notes@example.org>")).unwrap();
        message.subject = subject.to_owned();
        let mail = received(&message).await;
        assert!(mail.raw.is_ascii());
        assert_eq!(mail.header("subject").unwrap(), subject);
        let from = mail.header("From").unwrap().replace('"', "");
        assert_eq!(from, format!("{name} <notes@example.org>"));
    }
}

#[tokio::test]
async fn every_text_is_read_as_it_was_written() {
    let long = format!("{LINK}/{}\n", "a=b&".repeat(300));
    for text in [
        "",
        "one line",
        "\n\n\nlines\n\n",
        ".\n..\n.dot\n...\n.",
        "ends with a dot\n.\n",
        &long,
        "Grüße\n.\nZoë",
        "パスワード\n".repeat(50).as_str(),
        "trailing blanks   \n\ttab\n",
        "From here\nTo: nobody\nSubject: none\n",
        "=3D=20\n",
    ] {
        let mut message = mail();
        message.text = text.to_owned();
        let mail = received(&message).await;
        assert!(mail.raw.is_ascii() && mail.raw.lines().all(|line| line.len() <= 78), "{}", mail.raw);
        assert_eq!(mail.text().trim_end_matches('\n'), text.trim_end_matches('\n'), "{}", mail.raw);
    }
}

#[tokio::test]
async fn a_long_link_can_be_read_in_the_raw_mail() {
    let mut message = mail();
    let link = format!("https://a-site-with-a-long-name.example.org/reset/{}?lang=de", "x".repeat(43));
    message.text = format!("Hallo,\n\n{link}\n");
    let mail = received(&message).await;
    assert!(mail.raw.contains(&format!("\r\n{link}\r\n")), "{}", mail.raw);
    assert_eq!(mail.links(), [link]);
}

/// CVE-2023-51764: a sequence that ends a mail for one server, and not for another.
#[tokio::test]
async fn no_line_break_makes_two_mails_of_one() {
    for end in ["\n.\n", "\r.\r", "\r\n.\r\n", "\n.\r\n", "\r.\r\n", "\r\n.\r", "\r\n.\n", "\r\r\n.\r\r\n"] {
        let mut message = mail();
        message.text = format!("one{end}MAIL FROM:<b@example.org>\nRCPT TO:<b@example.org>\nDATA\ntwo{end}three");
        let mail = received(&message).await;
        assert!(mail.text().contains("three"), "{end:?}");
        let bare = mail.raw.replace("\r\n", "");
        assert!(!bare.contains(['\r', '\n']), "{end:?}");
    }
}

#[tokio::test]
async fn nothing_that_is_given_makes_another_header() {
    let mut message = mail();
    message.subject = "one\r\nBcc: b@example.org\r\n\r\ntext\0".to_owned();
    message.id = "x\r\nBcc: b@example.org>".to_owned();
    let mail = received(&message).await;
    assert_eq!(mail.header("Bcc"), None);
    assert_eq!(mail.to, [ADA]);
}

#[tokio::test]
async fn a_time_that_no_header_can_tell_is_the_nearest_that_it_can() {
    let year = Duration::from_hours(365 * 24);
    for (at, date) in [
        (SystemTime::UNIX_EPOCH - year, "Thu, 01 Jan 1970 00:00:00 +0000"),
        (SystemTime::UNIX_EPOCH + year * 20_000, "Fri, 31 Dec 9999 23:59:59 +0000"),
    ] {
        let mut message = mail();
        message.at = at;
        assert_eq!(received(&message).await.header("Date").unwrap(), date);
    }
}

#[test]
fn senders_are_an_address_or_a_name_and_an_address() {
    for (text, name) in [
        ("notes@example.org", None),
        (" <notes@example.org> ", None),
        ("Notes <notes@example.org>", Some("Notes")),
        ("\"Notes, Inc.\" <notes@example.org>", Some("Notes, Inc.")),
        ("Notes, Inc. <notes@example.org>", Some("Notes, Inc.")),
        ("Zoë's Notizen <notes@example.org>", Some("Zoë's Notizen")),
        ("Notes<notes@example.org>", Some("Notes")),
    ] {
        let sender = Sender::parse(text).unwrap();
        assert_eq!((sender.name(), sender.address().as_str()), (name, "notes@example.org"), "{text}");
    }
    for text in [
        "",
        "Notes",
        "Notes <>",
        "Notes <notes>",
        "Notes <notes@example.org",
        "Notes notes@example.org>",
        "Notes <notes@example.org> x",
        "a <b> <notes@example.org>",
        "a\r\nBcc: b <notes@example.org>",
        "a\0b <notes@example.org>",
        "a\u{202e}b <notes@example.org>",
        "a\u{2028}b <notes@example.org>",
        "a@x.org, b@x.org",
        &format!("{} <notes@example.org>", "a".repeat(65)),
    ] {
        assert_eq!(Sender::parse(text), None, "{text:?}");
    }
    assert!(Sender::parse(&format!("{} <notes@example.org>", "ä".repeat(64))).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// lettre panics for some names and times; no input of this crate makes it.
    #[test]
    fn any_mail_can_be_written(
        sender in "[^<>]{0,70} <a@b.org>|\\PC{0,70} <a@b.org>|.{0,20}",
        to in "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(\\.[a-z!{}-]{1,9})?@([a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?\\.){1,3}[a-z][a-z0-9]{0,9}",
        id in "(?s).{0,60}",
        subject in "(?s).{0,90}",
        text in "(?s).{0,300}",
    ) {
        let mut message = mail();
        message.from = Sender::parse(&sender).unwrap_or(message.from);
        message.to = EmailAddress::parse(&to).unwrap_or(message.to);
        (message.id, message.subject, message.text) = (id, subject, text);
        let folder = tempfile::tempdir().unwrap();
        let relay = Relay::parse(&format!("file://{}", folder.path().display())).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(relay.send(&message)).unwrap();
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        prop_assert_eq!(files.len(), 1);
        let bytes = std::fs::read(files[0].as_ref().unwrap().path()).unwrap();
        prop_assert!(bytes.is_ascii());
    }
}
