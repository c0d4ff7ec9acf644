//! Who sends a request, and why.

mod browser;
mod client;
mod held_back;
mod identified;
mod log_out_wish;
mod logged_in;
mod service;
mod shown;
mod visitor;
mod waiting;

pub(crate) use browser::Browser;
pub(crate) use client::client_of;
pub(crate) use held_back::HeldBack;
pub(crate) use identified::Identified;
pub(crate) use log_out_wish::LogOutWish;
pub use logged_in::LoggedIn;
pub(crate) use logged_in::lacks_second_factor;
pub(crate) use service::Service;
pub(crate) use shown::Shown;
pub use visitor::Visitor;
pub(crate) use visitor::{SessionCookie, visitor_of_error};
pub(crate) use waiting::Waiting;
