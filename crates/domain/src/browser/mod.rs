//! Decisions that every service with browsers has to make, as functions over plain strings: no framework's types.
//!
//! - [`RequestSource`]: does this request come from our own pages?
//! - [`ReturnPath`]: may we send the visitor there after the log-in?
//! - [`client_address`]: who is behind the proxy?
//! - [`cookie`]: what our cookies are called, and whether somebody tampers with their names.

mod client_address;
pub mod cookie;
mod request_source;
mod return_path;

pub use client_address::client_address;
pub use request_source::RequestSource;
pub use return_path::ReturnPath;
