//! Tests through the port, as the auth core uses it.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail the test")]

mod assertion;
mod chromium;
mod mutations;
mod registration;
mod support;
mod w3c;
