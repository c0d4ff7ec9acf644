//! The extractors, the gate and the examples, with the requests of browsers and programs.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail the test")]

mod bearer;
mod cookies;
mod gate;
mod guide;
mod log_in;
mod notes;
mod passkeys;
mod serving;
mod support;
