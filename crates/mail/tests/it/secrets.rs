use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex};

use doorward_mail::Sender;
use doorward_mail::testing::{Behaviour, Security, Sink};

use crate::support::{ADA, LINK, mail, relay, sent_to};

/// Asserts that the text has no secret, and the password not percent-encoded either.
fn assert_tells_nothing(text: &str) {
    let in_url = percent_encoding::utf8_percent_encode(Sink::PASSWORD, percent_encoding::NON_ALPHANUMERIC).to_string();
    for secret in [Sink::PASSWORD, &in_url, Sink::USER, ADA, "notes@example.org", LINK, "refused", "who are you"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The sink quotes the password and the addresses in its answers, as relays do.
#[tokio::test]
async fn no_error_and_no_log_shows_a_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _until_the_end = tracing::subscriber::set_default(subscriber);
    for behaviour in [
        Behaviour::Takes,
        Behaviour::RefusesPassword,
        Behaviour::WithoutAuth,
        Behaviour::RejectsSender { code: 553 },
        Behaviour::Rejects { code: 550 },
        Behaviour::Defers { code: 450 },
        Behaviour::CutsAtRcpt,
        Behaviour::CutsAfterData,
        Behaviour::Injects { answers: 6 },
    ] {
        let (sent, _) = sent_to(behaviour, Security::StartTls).await;
        let Err(error) = sent else { continue };
        let mut cause: Option<&dyn Error> = Some(&error);
        while let Some(error) = cause {
            assert_tells_nothing(&format!("{error} {error:?}"));
            cause = error.source();
        }
        assert_tells_nothing(error.advice());
    }
    assert_tells_nothing(&String::from_utf8(log.0.lock().unwrap().clone()).unwrap());
}

#[tokio::test]
async fn debug_shows_no_secret() {
    let sink = Sink::start(Behaviour::Takes, Security::Implicit).await.unwrap();
    let (relay, mail) = (relay(&sink), mail());
    let sender = Sender::parse("Notes <notes@example.org>").unwrap();
    for text in [format!("{relay} {relay:?}"), format!("{mail:?}"), format!("{sender:?}")] {
        assert_tells_nothing(&text);
    }
    assert_eq!(
        format!("{mail:?}"),
        "Message { id: \"5a1e0c5c-6c3f-4c53-9d0c-0d8d4a1a8a53@notes.example.org\", subject: \"Set a new password\", .. }"
    );
}
