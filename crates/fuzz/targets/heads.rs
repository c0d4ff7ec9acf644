//! A request as it comes over HTTP, before Rocket: the method and the target in the first line, then one header per line, and the
//! right credentials as a form behind the content of the last line. For a header with `*` instead of `:`, the value is repeated to
//! 400,000 bytes. More than 16 KiB of headers are refused, and only a POST logs the user in.
#![cfg_attr(not(test), no_main)]

use doorward_fuzz::site::{CREDENTIALS, site};
use http_body_util::Full;
use hyper::Request;

const LONG: usize = 400_000;

pub fn target(sent: &str) {
    let mut lines: Vec<_> = sent.split('\n').collect();
    let (field, head) = (lines.pop().unwrap_or_default(), lines);
    let Some((method, target)) = head.first().and_then(|line| line.split_once(' ')) else { return };
    let form = "application/x-www-form-urlencoded";
    let mut request = Request::builder().method(method).uri(target).header("Content-Type", form);
    let mut length = "content-type".len() + form.len() + 4;
    for line in &head[1..] {
        let header = line.split_once(':').map(|(name, value)| (name, value.to_owned()));
        let long = || line.split_once('*').map(|(name, unit)| (name, unit.repeat(LONG / unit.len().max(1))));
        let Some((name, value)) = header.or_else(long) else { return };
        length += name.len() + value.len() + 4;
        request = request.header(name, value);
    }
    // Invalid requests do not get here.
    let Ok(request) = request.body(Full::from(format!("{field}&{CREDENTIALS}"))) else { return };
    let (status, began) = site().take(request);
    assert_eq!(status == 431, length > 16 * 1024, "{length}: {status}");
    assert!(!began || method == "POST", "{method} {target} {field}");
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|sent: &str| target(sent));
