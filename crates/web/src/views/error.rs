//! The error pages.

use rocket::serde::Serialize;

use super::{Content, Given};

/// The data of an error page.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ErrorNote {
    /// The HTTP status.
    pub status: u16,
    /// The code of the page's texts: the status, if it has texts of its own.
    pub kind: &'static str,
    /// The id to quote when reporting the error; the log has it, too.
    pub request_id: Option<String>,
    /// The address of the site, for visitors who may have come by another one: for 403 only.
    pub site_url: Option<String>,
}

impl ErrorNote {
    /// The note of this status.
    #[must_use]
    pub const fn of(status: u16) -> Self {
        let kind = match status {
            400 => "400",
            403 => "403",
            404 => "404",
            405 => "405",
            413 => "413",
            415 => "415",
            422 => "422",
            429 => "429",
            503 => "503",
            500.. => "500",
            _ => "other",
        };
        Self { status, kind, request_id: None, site_url: None }
    }
}

impl Content for ErrorNote {
    fn samples(_: &Given) -> Vec<Self> {
        let note = |status| {
            let request_id = (status == 500).then(|| "0123456789abcdef".to_owned());
            let site_url = (status == 403).then(|| "https://example.org".to_owned());
            Self { request_id, site_url, ..Self::of(status) }
        };
        [400, 403, 404, 405, 413, 415, 418, 422, 429, 500, 503].map(note).into()
    }
}
