//! The error pages.

use rocket::serde::Serialize;

use super::View;

/// What an error page says.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ErrorNote {
    /// The HTTP status.
    pub status: u16,
    /// What to quote when reporting it; the log has the same.
    pub request_id: Option<String>,
    /// Where this site is, for whoever may have come by another address: of 403.
    pub site_url: Option<String>,
}

/// One of each state.
pub(super) fn samples() -> Vec<View> {
    let note = |status| {
        let request_id = (status == 500).then(|| "0123456789abcdef".to_owned());
        let site_url = (status == 403).then(|| "https://example.org".to_owned());
        ErrorNote { status, request_id, site_url }
    };
    let statuses = [400, 403, 404, 405, 413, 415, 418, 422, 429, 500, 503];
    statuses.map(|status| View::Error { error: note(status) }).into()
}
