use doorward_mail::Relay;
use doorward_mail::testing::{Behaviour, Security, Sink};

use crate::support::{ADA, mail, relay, sent_to};

#[tokio::test]
async fn a_mail_to_this_machine_goes_in_the_clear_and_without_a_password() {
    let (sent, sink) = sent_to(Behaviour::Takes, Security::Plain).await;
    sent.unwrap();
    let expected = [
        "EHLO notes.example.org".to_owned(),
        "MAIL FROM:<notes@example.org>".to_owned(),
        format!("RCPT TO:<{ADA}>"),
        "DATA".to_owned(),
        ".".to_owned(),
        "QUIT".to_owned(),
    ];
    assert_eq!(sink.commands(), expected);
    let mails = sink.mails();
    assert_eq!((mails[0].from.as_str(), mails[0].to.as_slice()), ("notes@example.org", &[ADA.to_owned()][..]));
}

#[tokio::test]
async fn a_password_is_only_sent_over_tls() {
    for (security, in_clear) in
        [(Security::StartTls, &["EHLO notes.example.org", "STARTTLS"][..]), (Security::Implicit, &[])]
    {
        let (sent, sink) = sent_to(Behaviour::Takes, security).await;
        sent.unwrap();
        assert_eq!(sink.commands_in_clear(), in_clear, "{security:?}");
        let commands = sink.commands();
        assert!(commands.contains(&"AUTH PLAIN".to_owned()), "{commands:?}");
        assert_eq!(sink.mails().len(), 1);
    }
}

#[tokio::test]
async fn each_mail_has_a_connection_of_its_own_with_a_good_bye() {
    let sink = Sink::start(Behaviour::Takes, Security::StartTls).await.unwrap();
    let relay = relay(&sink);
    for _ in 0..3 {
        relay.send(&mail()).await.unwrap();
    }
    assert_eq!(sink.commands().iter().filter(|line| *line == "QUIT").count(), 3);
    assert_eq!(sink.mails().len(), 3);
}

#[tokio::test]
async fn many_mails_at_once_arrive() {
    let sink = Sink::start(Behaviour::Takes, Security::Implicit).await.unwrap();
    let relay = relay(&sink);
    let mut sending = tokio::task::JoinSet::new();
    for number in 0..20 {
        let (relay, mut message) = (relay.clone(), mail());
        message.id = format!("{number}@example.org");
        sending.spawn(async move { relay.send(&message).await });
    }
    for sent in sending.join_all().await {
        sent.unwrap();
    }
    let mut ids: Vec<_> = sink.mails().iter().map(|mail| mail.header("Message-ID").unwrap()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

#[tokio::test]
async fn a_check_logs_in_and_sends_no_mail() {
    for security in [Security::Plain, Security::StartTls, Security::Implicit] {
        let sink = Sink::start(Behaviour::Takes, security).await.unwrap();
        relay(&sink).check().await.unwrap();
        assert_eq!(sink.commands()[sink.commands().len() - 2..], ["NOOP", "QUIT"]);
        assert_eq!(sink.commands().contains(&"AUTH PLAIN".to_owned()), security != Security::Plain);
        assert!(sink.mails().is_empty());
    }
}

#[tokio::test]
async fn we_say_who_we_are_by_the_sites_host() {
    for (host, said) in [
        ("notes.example.org", "notes.example.org"),
        ("localhost", "localhost"),
        ("127.0.0.1", "[127.0.0.1]"),
        ("[::1]", "[IPv6:::1]"),
        ("", "[127.0.0.1]"),
        ("x.org\r\nMAIL FROM:<b@x.org>", "[127.0.0.1]"),
    ] {
        let sink = Sink::start(Behaviour::Takes, Security::Plain).await.unwrap();
        Relay::parse(&sink.url()).unwrap().with_hello_name(host).check().await.unwrap();
        assert_eq!(sink.commands()[0], format!("EHLO {said}"));
    }
}
