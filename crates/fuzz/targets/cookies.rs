//! One `Cookie` header per line; `{session}` and `{flash}` stand for the values that the site gave its one user. A request is
//! logged in only with the session, under its own name and sent once.
#![cfg_attr(not(test), no_main)]

use doorward_domain::browser::cookie::SiteCookies;
use doorward_fuzz::site::{header_values, site, with_cookies};

pub fn target(sent: &str) {
    let site = site();
    let own = site.cookies();
    let fill = |line: &str| line.replace("{session}", &own.session).replace("{flash}", &own.flash);
    let headers: Vec<String> = header_values(sent).map(fill).collect();
    let cookies = SiteCookies::http("doorward");
    let found = cookies.session_in(headers.iter().map(String::as_str));
    let ask = |path| site.ask(with_cookies(site.get(path), &headers));
    let (home, account) = (ask("/"), ask("/account"));
    match found {
        Err(_) => assert_eq!((home.status, account.status), (403, 403)),
        Ok(Some(value)) if value == own.session => assert_eq!((home.status, account.status), (200, 200)),
        Ok(Some(_)) if sent.contains("{session}") => assert_eq!(home.status, 200),
        Ok(_) => {
            assert_eq!((home.status, account.status), (200, 303));
            assert_eq!(account.location.as_deref(), Some("/log_in?next=/account"));
        }
    }
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|sent: &str| target(sent));
