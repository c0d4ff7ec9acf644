//! The client that something came from.

use doorward_domain::Client;
use doorward_domain::device::{Browser, System};
use rocket::serde::Serialize;

/// The client that something came from; unknown parts are `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ClientView {
    /// The code of the browser.
    pub browser: Option<&'static str>,
    /// The code of the system that it runs on.
    pub system: Option<&'static str>,
    /// The network address.
    pub address: Option<String>,
}

impl ClientView {
    pub(crate) fn of(client: &Client) -> Self {
        Self {
            browser: client.device.browser.map(Browser::code),
            system: client.device.system.map(System::code),
            address: client.address.map(|address| address.to_string()),
        }
    }

    pub(crate) fn sample() -> Self {
        Self { browser: Some("firefox"), system: Some("linux"), address: Some("192.0.2.7".to_owned()) }
    }

    /// The client with the widest text.
    pub(super) fn longest() -> Self {
        let address = Some("2001:db8:1234:5678:90ab:cdef:1234:5678".to_owned());
        Self { browser: Some("samsung_internet"), system: Some("android"), address }
    }

    /// A page inside another app, on an unknown system.
    pub(crate) const fn web_view() -> Self {
        Self { browser: Some("web_view"), system: None, address: None }
    }

    pub(crate) const fn unknown() -> Self {
        Self { browser: None, system: None, address: None }
    }
}
