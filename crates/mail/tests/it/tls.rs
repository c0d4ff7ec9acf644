use doorward_mail::testing::{Behaviour, Security, Sink};
use doorward_mail::{AuthorityError, Relay, SendError};

use crate::support::{mail, relay, sent_to};

#[tokio::test]
async fn a_relay_without_starttls_is_told_nothing_but_our_name() {
    let (sent, sink) = sent_to(Behaviour::WithoutStartTls, Security::StartTls).await;
    assert!(matches!(sent, Err(SendError::NoStartTls)), "{sent:?}");
    assert_eq!(sink.commands(), ["EHLO notes.example.org"]);
}

#[tokio::test]
async fn a_relay_with_an_unknown_certificate_is_told_nothing() {
    for (security, told) in [(Security::StartTls, &["EHLO [127.0.0.1]", "STARTTLS"][..]), (Security::Implicit, &[])] {
        let sink = Sink::start(Behaviour::Takes, security).await.unwrap();
        let sent = Relay::parse(&sink.url()).unwrap().send(&mail()).await;
        assert!(matches!(sent, Err(SendError::Certificate)), "{sent:?}");
        assert_eq!(sink.commands(), told);
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_is_none() {
    for security in [Security::StartTls, Security::Implicit] {
        let sink = Sink::start(Behaviour::Takes, security).await.unwrap();
        let elsewhere = Relay::parse(&sink.url().replace("localhost", "127.0.0.1")).unwrap();
        let sent = elsewhere.with_authority(sink.authority_pem().unwrap().as_bytes()).unwrap().send(&mail()).await;
        assert!(matches!(sent, Err(SendError::Certificate)), "{sent:?}");
        assert!(!sink.commands().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
    }
}

#[tokio::test]
async fn an_authority_of_ones_own_is_the_only_one_and_may_have_others_beside_it() {
    let [one, other] = [Security::Implicit, Security::StartTls].map(|security| Sink::start(Behaviour::Takes, security));
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    let both = format!("{}{}", other.authority_pem().unwrap(), one.authority_pem().unwrap());
    for sink in [&one, &other] {
        Relay::parse(&sink.url()).unwrap().with_authority(both.as_bytes()).unwrap().check().await.unwrap();
    }
    let checked = Relay::parse(&one.url())
        .unwrap()
        .with_authority(other.authority_pem().unwrap().as_bytes())
        .unwrap()
        .check()
        .await;
    assert!(matches!(checked, Err(SendError::Certificate)), "{checked:?}");
}

#[test]
fn an_authority_has_to_be_certificates_of_a_relay_with_tls() {
    let relay = || Relay::parse("smtps://mail.example.org").unwrap();
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let cut = "-----BEGIN CERTIFICATE-----\nAAAA\n";
    for pem in ["", "mail", broken, cut] {
        assert_eq!(relay().with_authority(pem.as_bytes()).unwrap_err(), AuthorityError::NotPem, "{pem}");
    }
    for url in ["smtp://localhost", "file:///folder"] {
        assert_eq!(Relay::parse(url).unwrap().with_authority(b"").unwrap_err(), AuthorityError::NoTls);
    }
}

#[tokio::test]
async fn the_wrong_kind_of_port_is_no_tls() {
    let sink = Sink::start(Behaviour::Takes, Security::Plain).await.unwrap();
    let sent = Relay::parse(&sink.url().replace("smtp:", "smtps:")).unwrap().send(&mail()).await;
    assert!(matches!(sent, Err(SendError::Tls)), "{sent:?}");
}

/// RFC 3207 §6; with lettre alone a mail counts as taken when all answers are injected.
#[tokio::test]
async fn answers_that_came_in_the_clear_behind_starttls_are_not_believed() {
    for answers in 1..=6 {
        let (sent, sink) = sent_to(Behaviour::Injects { answers }, Security::StartTls).await;
        assert!(matches!(sent, Err(SendError::Tls | SendError::ConnectionLost)), "{answers}: {sent:?}");
        assert!(sink.mails().is_empty());
    }
}

#[tokio::test]
async fn the_password_is_not_said_where_no_log_in_is_offered() {
    let sink = Sink::start(Behaviour::WithoutAuth, Security::Implicit).await.unwrap();
    let sent = relay(&sink).send(&mail()).await;
    assert!(matches!(sent, Err(SendError::NoAuthentication)), "{sent:?}");
    assert_eq!(sink.commands(), ["EHLO notes.example.org"]);
}
