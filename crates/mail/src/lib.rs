//! Hands mails to an SMTP relay, with one connection per mail, or puts them into a folder for trying out.
//!
//! A mail is plain text, from one sender to one address. The relay does the rest: it keeps the mail until the recipient's server
//! takes it, signs it, and receives the bounces. The queue is the outbox of the auth core, which a [`Courier`] empties;
//! [`SendError::retry`] says whether a mail that was not taken may be handed over again.
//!
//! # Map
//! | type | what it is |
//! | --- | --- |
//! | [`Relay`] | where mails are handed over, made from a URL |
//! | [`Sender`], [`Message`] | the sender, and the mail |
//! | [`Courier`] | takes mails out of the outbox of an [`AuthService`](doorward_domain::AuthService), and hands them over |
//! | [`SendError`], [`Retry`] | why a mail was not taken, and whether to try it again |
//!
//! # Security
//! - A password is only ever sent over TLS, and a mail leaves this machine only over TLS. A certificate is always checked.
//! - Nothing shows a password, an address, a mail's text, or the relay's words, which may quote them: no `Debug`, no
//!   `Display`, no error and no event of `tracing`.
//! - A mail's text holds a live link. Files are for their owner alone.
//!
//! # Features
//! `testing`, off by default: `testing::Sink`, a relay on this machine for tests.
//!
//! ```no_run
//! use std::time::{Duration, SystemTime};
//!
//! use doorward_domain::EmailAddress;
//! use doorward_mail::{Message, Relay, Sender};
//!
//! # async fn send() -> Result<(), Box<dyn std::error::Error>> {
//! let relay = Relay::parse("smtps://mailer:secret@mail.example.org")?.with_hello_name("notes.example.org");
//! let message = Message {
//!     from: Sender::parse("Notes <notes@example.org>").ok_or("not a sender")?,
//!     to: EmailAddress::parse("ada@example.org")?,
//!     id: "5a1e0c5c-6c3f-4c53-9d0c-0d8d4a1a8a53@notes.example.org".to_owned(),
//!     at: SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600),
//!     subject: "Your password was changed".to_owned(),
//!     text: "Hello Ada,\n\nyour password was changed.\n".to_owned(),
//! };
//! relay.send(&message).await?;
//! # Ok(())
//! # }
//! ```

mod courier;
mod folder;
mod message;
mod relay;
mod relay_url;
mod send_error;
mod sender;
mod server;
#[cfg(feature = "testing")]
pub mod testing;

pub use courier::{Courier, Delivery, Report, Written};
pub use message::Message;
pub use relay::{AuthorityError, Relay};
pub use relay_url::RelayUrlError;
pub use send_error::{Retry, SendError};
pub use sender::Sender;
