//! The content of a form to sign up or to log in: the first byte selects the form and its encoding.
#![cfg_attr(not(test), no_main)]

use doorward_fuzz::site::site;
use rocket::http::{ContentType, Header};

pub fn target(sent: &[u8]) {
    let Some((choice, body)) = sent.split_first() else { return };
    let request = site().post(if choice & 1 == 0 { "/sign_up" } else { "/log_in" });
    let request = if choice & 2 == 0 {
        request.header(ContentType::Form)
    } else {
        request.header(Header::new("Content-Type", "multipart/form-data; boundary=b"))
    };
    site().ask(request.body(body));
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|sent: &[u8]| target(sent));
