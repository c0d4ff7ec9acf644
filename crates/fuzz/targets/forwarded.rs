//! Headers of a trusted proxy, one per line: `Forwarded`, and after `x:` `X-Forwarded-For`. The session that begins with
//! them is listed under the address that they mean.
#![cfg_attr(not(test), no_main)]

use std::net::IpAddr;

use doorward_domain::browser::client_address;
use doorward_fuzz::site::{PROXY, header_values, site, with_cookies};
use rocket::http::Header;

fn is_proxy(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(address) if address.octets()[0] == 10)
}

pub fn target(sent: &str) {
    let site = site();
    let (old, new): (Vec<_>, Vec<_>) = header_values(sent).partition(|line| line.starts_with("x:"));
    let old: Vec<_> = old.into_iter().map(|line| line[2..].trim_matches([' ', '\t'])).collect();
    let mut request = site.log_in_with("/").remote(PROXY);
    for (name, values) in [("X-Forwarded-For", &old), ("Forwarded", &new)] {
        for value in values {
            request.add_header(Header::new(name, (*value).to_owned()));
        }
    }
    site.log_in(request);
    let session = format!("doorward={}", site.cookies().session);
    let page = site.ask(with_cookies(site.get("/account/sessions"), &[session])).body;
    let address = format!("<bdi class=\"address\">{}</bdi>", client_address(PROXY.ip(), &new, &old, is_proxy));
    assert!(page.contains(&address), "no {address} in {page}");
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|sent: &str| target(sent));
