//! Each line is a `Cookie` header. The session cookie is found by its exact name, once, or the request is refused.
#![cfg_attr(not(test), no_main)]

use doorward_domain::browser::cookie::SiteCookies;

pub fn target(request: &str) {
    let headers: Vec<&str> = request.lines().collect();
    for cookies in [SiteCookies::https("notes"), SiteCookies::http("notes")] {
        let found = cookies.session_in(headers.iter().copied());
        let pairs = headers.iter().flat_map(|header| header.split(';'));
        let sent = pairs.filter(|pair| pair.split('=').next().unwrap_or_default().trim() == cookies.session).count();
        match found {
            Ok(Some(value)) => assert!(sent == 1 && !value.contains(';')),
            Ok(None) => assert!(sent <= 1),
            Err(_) => {}
        }
    }
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|request: &str| target(request));
