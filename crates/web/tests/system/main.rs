//! The running program: under hostile requests, in a browser, behind proxies, on failing databases, and beside a second one.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail the test")]

mod accessibility;
mod backups;
mod browser;
mod commands;
mod database_copy;
mod database_failures;
mod database_files;
mod deploy;
mod hostile;
mod instances;
mod log;
mod mail;
mod metrics;
mod on_servers;
mod passkeys;
mod program;
mod protocol;
mod second_factor;
mod secret_keys;
#[path = "../../../storage/tests/it/servers.rs"]
mod servers;
#[path = "../shared/mod.rs"]
mod shared;
mod sizes;
mod support;
mod throttle;
