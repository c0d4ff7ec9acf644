//! A page of the service that Doorward is a part of.

use rocket::serde::Serialize;

use super::{Content, Given};

/// A page of the service that Doorward is a part of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SitePageContent {
    /// The title of the browser's window, as text.
    pub title: String,
    /// The content of the page, as HTML.
    pub html: String,
}

impl Content for SitePageContent {
    fn samples(_: &Given) -> Vec<Self> {
        vec![Self { title: "Notes".to_owned(), html: "<h1 class=\"title\">Notes</h1>".to_owned() }]
    }
}
