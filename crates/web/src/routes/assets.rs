use rocket::http::{ContentType, Header};
use rocket::{Responder, Route, State, get, routes};

use crate::pages::Pages;

pub(super) fn routes() -> Vec<Route> {
    routes![send]
}

#[derive(Responder)]
struct Immutable<'a> {
    bytes: &'a [u8],
    content_type: ContentType,
    cache_control: Header<'static>,
}

#[get("/assets/<name>")]
fn send<'a>(name: &str, pages: &'a State<Pages>) -> Option<Immutable<'a>> {
    let asset = pages.assets().find(name)?;
    Some(Immutable {
        bytes: &asset.bytes,
        content_type: asset.content_type.clone(),
        cache_control: Header::new("Cache-Control", "public, max-age=31536000, immutable"),
    })
}
