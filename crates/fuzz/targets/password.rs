//! A password that is accepted is short, printable and normalized, and a policy checks it without a panic.
#![cfg_attr(not(test), no_main)]

use doorward_domain::{Password, PasswordError, PasswordPolicy};

pub fn target(typed: &str) {
    if let Ok(password) = Password::parse(typed) {
        let secret = password.expose_secret();
        assert!((1..=Password::MAX_BYTES).contains(&secret.len()));
        assert!(!secret.chars().any(|char| char.is_control() || char == char::REPLACEMENT_CHARACTER));
        assert!(Password::parse(secret).is_ok_and(|again| again.expose_secret() == secret));
        let is_short = secret.chars().count() < 15;
        let verdict = PasswordPolicy::new(15, "Notes").check(&password, None);
        assert_eq!(is_short, matches!(verdict, Err(PasswordError::TooShort { .. })));
    }
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|typed: &str| target(typed));
