//! Each token has exactly one spelling.
#![cfg_attr(not(test), no_main)]

use doorward_domain::SessionToken;

pub fn target(text: &str) {
    if let Some(token) = SessionToken::parse(text) {
        assert_eq!(token.expose_secret(), text);
    }
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|text: &str| target(text));
