use std::future::Future;
use std::net::Ipv4Addr;
use std::time::Duration;

use doorward_mail::testing::{Behaviour, Security, Sink};
use doorward_mail::{Relay, Retry, SendError};
use tokio::net::TcpSocket;
use tokio::time::Instant;

use crate::support::{PATIENCE, mail, relay, sent_to};

/// Goes through all kinds of answers. Only a refusal of the mail itself is permanent.
#[tokio::test]
async fn a_mail_that_a_relay_refuses_for_good_is_never_sent_again_and_any_other_is() {
    let both = [Security::Plain, Security::StartTls];
    for security in both {
        for (behaviour, expected, retry) in [
            (Behaviour::Rejects { code: 550 }, "Rejected { code: 550 }", Retry::Never),
            (Behaviour::RejectsMail { code: 554 }, "Rejected { code: 554 }", Retry::Never),
            (Behaviour::Defers { code: 450 }, "Deferred { code: 450 }", Retry::Later),
            (Behaviour::RejectsMail { code: 451 }, "Deferred { code: 451 }", Retry::Later),
            (Behaviour::Rejects { code: 530 }, "Authentication { code: 530 }", Retry::Later),
            (Behaviour::RejectsSender { code: 553 }, "SenderRejected { code: 553 }", Retry::Later),
            (Behaviour::Greets { code: 554 }, "Unwilling { code: 554 }", Retry::Later),
            (Behaviour::Greets { code: 421 }, "Deferred { code: 421 }", Retry::Later),
            (Behaviour::CutsAtRcpt, "ConnectionLost", Retry::Later),
            (Behaviour::CutsAfterData, "ConnectionLost", Retry::Later),
            (Behaviour::BlankLine, "ConnectionLost", Retry::Later),
        ] {
            let (sent, sink) = sent_to(behaviour, security).await;
            let error = sent.unwrap_err();
            assert_eq!((format!("{error:?}").as_str(), error.retry()), (expected, retry), "{behaviour:?}");
            assert!(sink.mails().is_empty());
        }
    }
}

#[tokio::test]
async fn a_wrong_password_waits_for_the_operator() {
    for security in [Security::StartTls, Security::Implicit] {
        let (sent, sink) = sent_to(Behaviour::RefusesPassword, security).await;
        let error = sent.unwrap_err();
        assert!(matches!(error, SendError::Authentication { code: 535 }), "{error:?}");
        assert_eq!(error.retry(), Retry::Later);
        sink.behave(Behaviour::Takes);
        relay(&sink).send(&mail()).await.unwrap();
        assert_eq!(sink.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_relay_that_is_not_there_is_unreachable() {
    // Bound but not listening, so that no other process gets the port.
    let silent = TcpSocket::new_v4().unwrap();
    silent.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let port = silent.local_addr().unwrap().port();
    for url in
        [format!("smtp://127.0.0.1:{port}"), format!("smtps://localhost:{port}"), "smtps://relay.invalid".to_owned()]
    {
        let error = Relay::parse(&url).unwrap().send(&mail()).await.unwrap_err();
        assert!(matches!(error, SendError::Unreachable), "{url}: {error:?}");
    }
}

/// How long `sending` takes after `until`, on a paused clock, which advances when every task waits.
async fn waited<T: Send + 'static>(
    until: impl Future<Output = ()>,
    sending: impl Future<Output = T> + Send + 'static,
) -> (T, Duration) {
    let sending = tokio::spawn(sending);
    until.await;
    tokio::time::pause();
    let began = Instant::now();
    (sending.await.unwrap(), began.elapsed())
}

#[tokio::test]
async fn a_relay_that_falls_silent_is_given_up_after_half_a_minute() {
    assert_eq!(Relay::PATIENCE, Duration::from_secs(30));
    for security in [Security::Plain, Security::StartTls, Security::Implicit] {
        let sink = Sink::start(Behaviour::SilentAfterData, security).await.unwrap();
        let relay = relay(&sink);
        let sending = async move { relay.send(&mail()).await };
        let (sent, waited) = waited(sink.wait_for_command(".", PATIENCE), sending).await;
        assert!(matches!(sent, Err(SendError::TimedOut)), "{sent:?}");
        assert!((Duration::from_secs(10)..=Duration::from_secs(31)).contains(&waited), "{waited:?}");
        assert!(sink.mails().is_empty());
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_relay_that_says_nothing_at_all_is_given_up_after_half_a_minute() {
    for security in [Security::Plain, Security::StartTls] {
        let sink = Sink::start(Behaviour::SilentAfterAccept, security).await.unwrap();
        let relay = relay(&sink);
        let accepted = tokio::time::sleep(Duration::from_millis(200));
        let (sent, waited) = waited(accepted, async move { relay.send(&mail()).await }).await;
        assert!(matches!(sent, Err(SendError::TimedOut)), "{sent:?}");
        assert!((Duration::from_secs(10)..=Duration::from_secs(31)).contains(&waited), "{waited:?}");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_mail_that_was_taken_is_sent_whatever_the_relay_does_afterwards() {
    let sink = Sink::start(Behaviour::CutsAfterMail, Security::StartTls).await.unwrap();
    relay(&sink).send(&mail()).await.unwrap();
    sink.behave(Behaviour::SilentAtQuit);
    let relay = relay(&sink);
    sink.forget();
    let sending = async move { relay.send(&mail()).await };
    let (sent, waited) = waited(sink.wait_for_command("QUIT", PATIENCE), sending).await;
    sent.unwrap();
    assert!(waited <= Duration::from_secs(3), "{waited:?}");
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_connection_that_the_relay_closes_at_once_is_lost() {
    let (sent, _) = sent_to(Behaviour::Closes, Security::Plain).await;
    assert!(matches!(sent, Err(SendError::ConnectionLost)), "{sent:?}");
}

#[tokio::test]
async fn each_failure_has_its_advice() {
    for behaviour in [Behaviour::Rejects { code: 550 }, Behaviour::Greets { code: 554 }, Behaviour::CutsAtRcpt] {
        let (sent, _) = sent_to(behaviour, Security::Plain).await;
        let advice = sent.unwrap_err().advice();
        assert!(!advice.is_empty() && !advice.contains('\n'));
    }
}
