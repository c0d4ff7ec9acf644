//! Mails on their way: to a relay of our own that behaves as relays do, into a folder, and to a server in wide use.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail the test")]

mod deliveries;
mod exim;
mod failures;
mod folders;
mod mails;
mod secrets;
mod support;
mod tls;
mod urls;
