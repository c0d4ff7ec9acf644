//! The site from outside: in process, as a running program, and in a browser.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail the test")]

mod access;
mod accessibility;
mod account;
mod backups;
mod browser;
mod cookies;
mod database_copy;
mod database_failures;
mod deploy;
mod failures;
mod gate;
mod headers;
mod hostile;
mod instances;
mod log;
mod log_in;
mod log_out;
mod on_servers;
mod pages;
mod program;
mod protocol;
mod secret_keys;
#[path = "../../../storage/tests/it/servers.rs"]
mod servers;
mod sign_up;
mod support;
mod throttle;
