use rocket::{Route, get, routes};

use crate::answer::Page;
use crate::guards::Visitor;
use crate::views::View;

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

#[get("/")]
fn show(visitor: Visitor) -> Page {
    Page::new(View::Home {}, visitor.0.as_ref())
}
