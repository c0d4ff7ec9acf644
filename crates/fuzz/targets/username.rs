//! A username that is accepted keeps the rules, and its key parses to the same username.
#![cfg_attr(not(test), no_main)]

use doorward_domain::Username;

pub fn target(typed: &str) {
    if let Ok(username) = Username::parse(typed) {
        let kept = username.as_str();
        assert!(typed.contains(kept));
        assert_eq!(username.key(), kept.to_lowercase());
        assert!((1..=Username::MAX_CHARS).contains(&kept.chars().count()));
        assert!(kept.starts_with(|first: char| first.is_ascii_alphanumeric()));
        assert_eq!(Username::parse(username.key()).as_ref(), Ok(&username));
    }
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|typed: &str| target(typed));
