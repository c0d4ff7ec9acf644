//! Who sends a request, and why.

mod browser;
mod held_back;
mod log_out_wish;
mod logged_in;
mod request_client;
mod visitor;

pub(crate) use browser::{Browser, CookieSupport};
pub(crate) use held_back::HeldBack;
pub(crate) use log_out_wish::LogOutWish;
pub(crate) use logged_in::LoggedIn;
pub(crate) use request_client::{RequestClient, client_of};
pub(crate) use visitor::{SessionCookie, Visitor, visitor_of_error};
