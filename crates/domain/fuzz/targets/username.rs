//! What is read as a username keeps the rules, and is read again as itself.
#![no_main]

use doorward_domain::Username;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|typed: &str| {
    if let Ok(username) = Username::parse(typed) {
        assert_eq!(username.as_str(), typed);
        assert_eq!(username.key(), typed.to_lowercase());
        assert!((1..=Username::MAX_CHARS).contains(&typed.chars().count()));
        assert!(typed.starts_with(|first: char| first.is_ascii_alphanumeric()));
        assert_eq!(Username::parse(username.key()).as_ref(), Ok(&username));
    }
});
