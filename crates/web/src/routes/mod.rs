//! The routes: each parses, calls one use case, and picks a view.

mod account;
mod assets;
mod check_mail;
mod email_links;
mod forgotten_password;
mod health;
mod home;
mod language;
mod log_in;
mod log_out;
mod passkey_log_in;
mod passkey_second_step;
mod password_reset;
mod second_step;
mod sign_up;

use rocket::Route;

use crate::gate;

/// The page for a user who has to set up a second factor first.
pub(crate) use account::second_factor_totp::PAGE as SET_UP;

/// The routes of a site that sends mails.
pub(crate) fn with_mail() -> Vec<Route> {
    [forgotten_password::routes(), email_links::routes(), check_mail::routes(), account::email::routes()].concat()
}

/// The routes of a site that browsers make passkeys for.
pub(crate) fn with_passkeys() -> Vec<Route> {
    [passkey_log_in::routes(), passkey_second_step::routes(), account::with_passkeys()].concat()
}

/// Every route of any site.
pub(crate) fn all() -> Vec<Route> {
    [
        home::routes(),
        language::routes(),
        sign_up::routes(),
        log_in::routes(),
        second_step::routes(),
        log_out::routes(),
        password_reset::routes(),
        account::routes(),
        health::routes(),
        assets::routes(),
        gate::routes(),
    ]
    .concat()
}
