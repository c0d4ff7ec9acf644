//! The error pages.

use rocket::serde::Serialize;

use super::{Content, Given};

/// What an error page says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ErrorNote {
    /// The HTTP status.
    pub status: u16,
    /// Under which code the texts of the page are: the status, where it has texts of its own.
    pub kind: &'static str,
    /// What to quote when reporting it; the log has the same.
    pub request_id: Option<String>,
    /// Where this site is, for whoever may have come by another address: of 403.
    pub site_url: Option<String>,
}

impl ErrorNote {
    /// Of this status.
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
