//! The routes: each parses, calls one use case, and picks a view.

mod account;
mod assets;
mod health;
mod home;
mod log_in;
mod log_out;
mod password_reset;
mod sign_up;

use rocket::Route;

use crate::gate;

/// Every route of the site.
pub(crate) fn all() -> Vec<Route> {
    [
        home::routes(),
        sign_up::routes(),
        log_in::routes(),
        log_out::routes(),
        password_reset::routes(),
        account::routes(),
        health::routes(),
        assets::routes(),
        gate::routes(),
    ]
    .concat()
}
