use std::time::{Duration, SystemTime};

use doorward_domain::EmailAddress;
use doorward_mail::testing::{Behaviour, Received, Security, Sink};
use doorward_mail::{Message, Relay, SendError, Sender};

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The address of the recipient.
pub(crate) const ADA: &str = "Ada.Lovelace+notes@example.com";

/// A secret that only the mail's reader may see.
pub(crate) const LINK: &str = "https://notes.example.org/reset/c2VjcmV0LXRva2VuLW9mLTQzLWNoYXJhY3RlcnM";

pub(crate) fn mail() -> Message {
    Message {
        from: Sender::parse("Notes <notes@example.org>").unwrap(),
        to: EmailAddress::parse(ADA).unwrap(),
        id: "5a1e0c5c-6c3f-4c53-9d0c-0d8d4a1a8a53@notes.example.org".to_owned(),
        at: SystemTime::UNIX_EPOCH + Duration::from_hours(56 * 365 * 24 + 14 * 24),
        subject: "Set a new password".to_owned(),
        text: format!("Hello Ada,\n\n{LINK}\n\nThis link is good for 10 minutes.\n"),
    }
}

/// The relay that a site would have whose operator trusts the sink's authority.
pub(crate) fn relay(sink: &Sink) -> Relay {
    let relay = Relay::parse(&sink.url()).unwrap().with_hello_name("notes.example.org");
    match sink.authority_pem() {
        Some(pem) => relay.with_authority(pem.as_bytes()).unwrap(),
        None => relay,
    }
}

/// Sends a mail to a sink of this kind; returns the result.
pub(crate) async fn sent_to(behaviour: Behaviour, security: Security) -> (Result<(), SendError>, Sink) {
    let sink = Sink::start(behaviour, security).await.unwrap();
    (relay(&sink).send(&mail()).await, sink)
}

/// The mail as a relay gets it.
pub(crate) async fn received(message: &Message) -> Received {
    let sink = Sink::start(Behaviour::Takes, Security::Plain).await.unwrap();
    relay(&sink).send(message).await.unwrap();
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    mails[0].clone()
}
