//! The page after a log-in: it is on this site and the wanted one, or the home page.
#![cfg_attr(not(test), no_main)]

use doorward_fuzz::site::{site, with_cookies};

pub fn target(next: &str) {
    let site = site();
    let encoded: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    for query in [next, &encoded] {
        site.ask(site.get(&format!("/sign_up?next={query}")));
        site.ask(site.get(&format!("/log_in?next={query}")));
        let session = format!("doorward={}", site.cookies().session);
        site.ask(with_cookies(site.get(&format!("/account/reauthenticate?next={query}")), &[session]));
    }
    let logged_in = site.log_in(site.log_in_with(next));
    let went = logged_in.location.unwrap_or_default();
    assert!(went == next || went == "/", "{next:?} led to {went:?}");
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|next: &str| target(next));
