//! Usernames: the spelling that is shown, and the key under which a user is found.

use std::fmt;

use crate::typed::trimmed;

/// A username that keeps the rules: 1 to 64 ASCII letters, digits and `@ . + - _`, beginning with a letter or a digit.
///
/// ASCII only, because no two of its spellings look alike or fold onto each other: the Unicode look-alikes behind
/// CVE-2019-19844 cannot be typed at all. An e-mail address of up to 64 characters fits.
///
/// ```
/// use doorward_domain::Username;
///
/// let ada = Username::parse("Ada")?;
/// assert_eq!(ada.as_str(), "Ada"); // as typed, for display
/// assert_eq!(ada.key(), "ada"); // for look-ups: `Ada` and `ada` are one user
/// # Ok::<(), doorward_domain::UsernameError>(())
/// ```
#[derive(Clone)]
pub struct Username {
    spelling: String,
    key: String,
}

impl Username {
    /// The most characters, and as all are ASCII the most bytes, in a username. 64 is what an e-mail address's local
    /// part may have (RFC 5321 §4.5.3.1.1), and it keeps a database key short.
    pub const MAX_CHARS: usize = 64;

    /// Reads a username as it was typed. White space and invisible characters around it are dropped, as phones and
    /// pasting leave some; any other character that is not allowed is refused, and so are these inside the name.
    ///
    /// # Errors
    /// [`UsernameError::Empty`], [`TooLong`](UsernameError::TooLong), [`BadCharacter`](UsernameError::BadCharacter),
    /// [`BadStart`](UsernameError::BadStart): the first of these that applies.
    pub fn parse(typed: &str) -> Result<Self, UsernameError> {
        let typed = trimmed(typed);
        let first = *typed.as_bytes().first().ok_or(UsernameError::Empty)?;
        if !typed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@.+-_".contains(&byte)) {
            return Err(UsernameError::BadCharacter);
        }
        if typed.len() > Self::MAX_CHARS {
            return Err(UsernameError::TooLong);
        }
        if !first.is_ascii_alphanumeric() {
            return Err(UsernameError::BadStart);
        }
        Ok(Self { spelling: typed.to_owned(), key: typed.to_ascii_lowercase() })
    }

    /// A name to look up in place of text that cannot be a username, so that it takes as long. A user may have it.
    pub(crate) fn stand_in() -> Self {
        Self { spelling: "0".to_owned(), key: "0".to_owned() }
    }

    /// The spelling typed at sign-up, for display.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.spelling
    }

    /// The lower-case form under which a user is found; unique in a store.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Two usernames are equal when they name the same user, in any spelling.
impl PartialEq for Username {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Username {}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spelling)
    }
}

impl fmt::Debug for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Username({:?})", self.spelling)
    }
}

/// Why a username was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UsernameError {
    /// Nothing was typed, or nothing but white space.
    #[error("a username cannot be empty")]
    Empty,
    /// More than [`Username::MAX_CHARS`] characters.
    #[error("a username has at most {} characters", Username::MAX_CHARS)]
    TooLong,
    /// Something other than an ASCII letter, a digit or one of `@ . + - _`.
    #[error("a username holds only the letters a to z, digits and @ . + - _")]
    BadCharacter,
    /// The first character is neither a letter nor a digit.
    #[error("a username begins with a letter or a digit")]
    BadStart,
    /// It has an `@`, and is not the account's own e-mail address, in a service that sends mails: a user with such a name would pass
    /// for the owner of the address. Never from [`Username::parse`], as a user who has one keeps it.
    #[error("that username is an e-mail address, and not the account's own")]
    NotOwnAddress,
    /// One of the [`OfficialNames`](crate::official_names::OfficialNames): well-formed, but no user gets it. Never from
    /// [`Username::parse`], as a user who has one keeps it.
    #[error("that username is kept for the site itself")]
    Official,
}

impl UsernameError {
    /// A stable name for this error, for templates and translations.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::BadCharacter => "bad_character",
            Self::BadStart => "bad_start",
            Self::NotOwnAddress => "not_own_address",
            Self::Official => "official",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_that_differ_in_case_are_one_user() {
        assert_eq!(Username::parse("Ada.Lovelace+x@example.org"), Username::parse("ada.lovelace+X@EXAMPLE.org"));
    }

    #[test]
    fn the_length_is_counted_to_the_character() {
        assert!(Username::parse(&"a".repeat(64)).is_ok());
        assert_eq!(Username::parse(&"a".repeat(65)), Err(UsernameError::TooLong));
        assert!(Username::parse("a").is_ok());
        assert_eq!(Username::parse(""), Err(UsernameError::Empty));
    }

    #[test]
    fn a_username_begins_with_a_letter_or_a_digit() {
        for start in ["@a", ".a", "+a", "-a", "_a"] {
            assert_eq!(Username::parse(start), Err(UsernameError::BadStart), "{start}");
        }
        for start in ["a-", "7_", "Z@."] {
            assert!(Username::parse(start).is_ok(), "{start}");
        }
    }

    /// The collision classes known from other systems: folding, full width, dotless i, invisible and look-alike letters.
    #[test]
    fn look_alikes_and_invisible_characters_are_refused() {
        for typed in [
            "ａｌｉｃｅ",
            "alıce",
            "alİce",
            "\u{212a}ate",
            "ſam",
            "ﬁn",
            "straße",
            "ali\u{200b}ce",
            "ali\u{ad}ce",
            "\u{202e}alice",
            "alice\u{fe0f}",
            "al ice",
            "ali\u{a0}ce",
            "al\u{200f}ice",
            "alice\u{3164}",
            "аlice",
            "admin․x",
            "a\0b",
            "a\u{feff}b",
            "\u{202d}alice\u{202c}",
            "a\r\nb",
            "a\tb",
            "a\u{fffd}",
            "a/b",
            "a\\b",
            "a'b",
            "a\"b",
            "a<b",
            "a&b",
            "a%b",
            "a:b",
        ] {
            assert_eq!(Username::parse(typed), Err(UsernameError::BadCharacter), "{typed:?}");
        }
    }

    #[test]
    fn white_space_around_a_username_is_dropped() {
        for around in
            [" ", "\t", "\r\n", "\u{a0}", "\u{3000}", "\u{200b}", "\u{feff}", "\u{200e}", "\u{2068}", " \u{200d} "]
        {
            for typed in [format!("{around}Ada"), format!("Ada{around}"), format!("{around}Ada{around}")] {
                assert_eq!(Username::parse(&typed).unwrap().as_str(), "Ada", "{typed:?}");
            }
            assert_eq!(Username::parse(around), Err(UsernameError::Empty), "{around:?}");
        }
        let longest = format!(" {}\u{200b}", "a".repeat(64));
        assert_eq!(Username::parse(&longest).unwrap().as_str().len(), 64);
    }

    #[test]
    fn each_error_has_a_code_of_its_own() {
        let codes = ["", "a b", "_a", &"a".repeat(65)].map(|typed| Username::parse(typed).unwrap_err().code());
        assert_eq!(codes, ["empty", "bad_character", "bad_start", "too_long"]);
    }

    #[test]
    fn a_username_is_shown_as_it_was_typed() {
        let ada = Username::parse("Ada").unwrap();
        assert_eq!((format!("{ada}"), format!("{ada:?}")), ("Ada".to_owned(), "Username(\"Ada\")".to_owned()));
    }

    proptest! {
        #[test]
        fn accepted_text_keeps_every_rule(typed in "\\PC{0,80}|[a-zA-Z0-9@.+_-]{0,70}") {
            if let Ok(username) = Username::parse(&typed) {
                let kept = username.as_str();
                prop_assert_eq!(kept, trimmed(&typed));
                prop_assert!((1..=64).contains(&kept.chars().count()));
                prop_assert!(kept.chars().all(|c| c.is_ascii_alphanumeric() || "@.+-_".contains(c)));
                prop_assert!(kept.starts_with(|c: char| c.is_ascii_alphanumeric()));
            }
        }

        #[test]
        fn invisible_characters_around_a_username_do_not_change_it(
            before in "[ \\t\\r\\n\u{a0}\u{2003}\u{200b}-\u{200f}\u{2060}\u{feff}]{0,9}",
            typed in "\\PC{0,70}|[a-zA-Z0-9@.+_-]{0,70}",
            after in "[ \\t\\r\\n\u{a0}\u{2003}\u{200b}-\u{200f}\u{2060}\u{feff}]{0,9}",
        ) {
            let (bare, with) = (Username::parse(&typed), Username::parse(&format!("{before}{typed}{after}")));
            prop_assert_eq!(with.as_ref().map(Username::as_str), bare.as_ref().map(Username::as_str));
            prop_assert_eq!(with.map(|name| name.key().to_owned()), bare.map(|name| name.key().to_owned()));
        }

        #[test]
        fn the_key_is_a_username_of_the_same_user(typed in "[a-zA-Z0-9][a-zA-Z0-9@.+_-]{0,63}") {
            let username = Username::parse(&typed).unwrap();
            let again = Username::parse(username.key()).unwrap();
            prop_assert_eq!(again.key(), username.key());
            prop_assert_eq!(again, username);
        }
    }
}
