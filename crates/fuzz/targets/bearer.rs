//! The first line is the session cookie, each other one an `Authorization` header. A request names its session in one way, or is refused.
#![cfg_attr(not(test), no_main)]

use doorward_domain::sent_session::SentSession;

pub fn target(request: &str) {
    let mut lines = request.lines();
    let cookie = lines.next().filter(|cookie| !cookie.is_empty());
    let headers: Vec<&str> = lines.collect();
    match SentSession::of(headers.iter().copied(), cookie) {
        Ok(SentSession::Bearer(token)) => {
            let [header] = *headers else { panic!("several headers") };
            assert!(cookie.is_none() && header.ends_with(&token.expose_secret()));
            assert!(header.to_ascii_lowercase().starts_with("bearer "));
        }
        Ok(SentSession::Cookie(value)) => assert!(headers.len() <= 1 && cookie == Some(value)),
        Ok(SentSession::Absent) => assert!(headers.len() <= 1 && cookie.is_none()),
        Err(_) => assert!(!headers.is_empty()),
    }
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|request: &str| target(request));
