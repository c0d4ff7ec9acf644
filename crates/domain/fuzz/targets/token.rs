//! Each token has exactly one spelling.
#![no_main]

use doorward_domain::SessionToken;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(token) = SessionToken::parse(text) {
        assert_eq!(token.expose_secret(), text);
    }
});
