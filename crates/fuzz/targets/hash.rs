//! Any stored hash is either parsed or refused; nothing is computed here.
#![cfg_attr(not(test), no_main)]

use doorward_domain::PasswordHash;

pub fn target(stored: &str) {
    let is_verifiable = PasswordHash::from_stored(stored).is_verifiable();
    assert!(!is_verifiable || stored.contains('$'));
    assert!(!is_verifiable || stored.len() <= PasswordHash::MAX_CHARS);
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|stored: &str| target(stored));
