//! The note for a visitor whose browser sends no cookies back.

use doorward_domain::browser::ReturnPath;
use rocket::serde::Serialize;

use super::{Content, Given};

/// The note for a visitor whose browser sends no cookies back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct CookiesNote {
    /// The address at which the site has to be opened.
    pub site_url: String,
    /// The log-in form there, which leads to the same page afterwards.
    pub log_in_url: String,
}

impl CookiesNote {
    /// The note of the site with this origin.
    #[must_use]
    pub fn new(origin: &str, next: &ReturnPath) -> Self {
        Self { site_url: origin.to_owned(), log_in_url: format!("{origin}{}", next.appended_to("/log_in")) }
    }
}

impl Content for CookiesNote {
    fn samples(Given { next, .. }: &Given) -> Vec<Self> {
        vec![Self::new("https://example.org", next)]
    }
}
