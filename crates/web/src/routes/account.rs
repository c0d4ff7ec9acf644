use rocket::{Route, get, routes};

use crate::guards::LoggedIn;
use crate::pages::Page;
use crate::views::View;

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

#[get("/account")]
fn show(logged_in: LoggedIn) -> Page {
    Page::new(View::Account {}, Some(&logged_in.0))
}
