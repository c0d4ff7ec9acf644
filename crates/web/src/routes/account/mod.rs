//! What users do with their account.

mod activity;
mod deletion;
mod password;
mod reauthentication;
mod sessions;
mod username;

use doorward_domain::browser::ReturnPath;
use rocket::{Route, get, routes};

use crate::guards::LoggedIn;
use crate::pages::{Page, SeeOther};
use crate::views::{AccountView, View};

pub(super) fn routes() -> Vec<Route> {
    [
        routes![show],
        sessions::routes(),
        password::routes(),
        username::routes(),
        deletion::routes(),
        reauthentication::routes(),
        activity::routes(),
    ]
    .concat()
}

#[get("/account")]
fn show(logged_in: LoggedIn) -> Page {
    let account = AccountView::of(&logged_in.0.user);
    Page::new(View::Account { account }, Some(&logged_in.0))
}

/// Asks for the password first, and comes back to this page.
fn reauthenticate_first(page: &str) -> SeeOther {
    reauthentication::reauthenticate_for(&ReturnPath::parse(page).unwrap_or_default())
}
