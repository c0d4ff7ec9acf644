//! The content of a form to sign up or to log in: the first byte selects the form and its encoding.
#![no_main]

use doorward_web_fuzz::site;
use libfuzzer_sys::fuzz_target;
use rocket::http::{ContentType, Header};

fuzz_target!(|sent: &[u8]| {
    let Some((choice, body)) = sent.split_first() else { return };
    let request = site().post(if choice & 1 == 0 { "/sign_up" } else { "/log_in" });
    let request = if choice & 2 == 0 {
        request.header(ContentType::Form)
    } else {
        request.header(Header::new("Content-Type", "multipart/form-data; boundary=b"))
    };
    site().ask(request.body(body));
});
