//! The site in process: a test here starts no program. `tests/system` has the others.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail the test")]

mod access;
mod account;
mod administration;
mod cookies;
mod email;
mod error_pages;
mod failures;
mod gate;
mod headers;
mod invitations;
mod languages;
mod log_in;
mod log_out;
mod metrics;
mod pages;
mod passkeys;
mod password_reset;
mod rocket_notes;
mod second_factor;
#[path = "../shared/mod.rs"]
mod shared;
mod sign_up;
mod support;
mod throttle;
