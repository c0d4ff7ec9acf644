//! Decisions that every service with browsers has to make, as functions over plain strings: no framework's types.
//!
//! - [`RequestSource`]: does this request come from our own pages?
//! - [`ReturnPath`]: may we send the visitor there after the log-in?
//! - [`client_address`]: which client is behind the proxy?
//! - [`is_navigation`], [`is_asked_ahead`]: is a person on the way to this page, or does a browser prefetch it?
//! - [`cookie`]: what are our cookies called, and does a request tamper with their names?

mod client_address;
pub mod cookie;
mod navigation;
mod request_source;
mod return_path;

pub use client_address::client_address;
pub use navigation::{is_asked_ahead, is_navigation};
pub use request_source::RequestSource;
pub use return_path::ReturnPath;
