//! Languages by their tags. Which of them a service speaks is its own affair.

use std::fmt;

/// The tag of a language (BCP 47, RFC 5646), in its canonical case: two are equal if their tags are, in any case. A well-formed tag need
/// not name a language that exists, or that the service speaks.
///
/// ```
/// use doorward_domain::Language;
///
/// let brazilian = Language::parse("PT-br");
/// assert_eq!(brazilian.as_ref().map(Language::as_str), Some("pt-BR"));
/// assert_eq!(Language::parse("*"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(String);

impl Language {
    /// The most characters of a tag: the 35 that RFC 5646 §4.4.1 asks implementations to support.
    pub const MAX_CHARS: usize = 35;

    const MAX_SUBTAG_CHARS: usize = 8;

    /// Reads a tag, in any case; nothing may be around it. `None` for text that is no tag, or has more than [`MAX_CHARS`](Self::MAX_CHARS).
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        if tag.len() > Self::MAX_CHARS {
            return None;
        }
        let mut canonical = String::with_capacity(tag.len());
        let mut place = Place::First;
        for subtag in tag.split('-') {
            if !place.takes(subtag) {
                return None;
            }
            if place != Place::First {
                canonical.push('-');
            }
            canonical.push_str(&place.in_canonical_case(subtag));
            place = place.after(subtag);
        }
        Some(Self(canonical))
    }

    /// The tag, in its canonical case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where in a tag a subtag is, by which its case goes (RFC 5646 §2.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The language itself.
    First,
    /// A script, a region or a variant.
    Inner,
    /// Behind a single letter, which begins an extension.
    Extension,
}

impl Place {
    fn takes(self, subtag: &str) -> bool {
        let is_first = self == Self::First;
        let least = if is_first { 2 } else { 1 };
        let fits = |byte: u8| if is_first { byte.is_ascii_alphabetic() } else { byte.is_ascii_alphanumeric() };
        (least..=Language::MAX_SUBTAG_CHARS).contains(&subtag.len()) && subtag.bytes().all(fits)
    }

    fn in_canonical_case(self, subtag: &str) -> String {
        let lower = subtag.to_ascii_lowercase();
        let is_of_letters = lower.bytes().all(|byte| byte.is_ascii_lowercase());
        match lower.len() {
            2 if self == Self::Inner && is_of_letters => lower.to_ascii_uppercase(),
            4 if self == Self::Inner && is_of_letters => {
                let (initial, rest) = lower.split_at(1);
                initial.to_ascii_uppercase() + rest
            }
            _ => lower,
        }
    }

    const fn after(self, subtag: &str) -> Self {
        match self {
            Self::Extension => Self::Extension,
            Self::First | Self::Inner if subtag.len() == 1 => Self::Extension,
            Self::First | Self::Inner => Self::Inner,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(tag: &str) -> Option<String> {
        Language::parse(tag).map(|language| language.to_string())
    }

    #[test]
    fn a_tag_is_kept_in_its_canonical_case() {
        for (tag, kept) in [
            ("ar", "ar"),
            ("AR", "ar"),
            ("PT-br", "pt-BR"),
            ("zh-hANT-tw", "zh-Hant-TW"),
            ("ES-419", "es-419"),
            ("DE-ch-1901", "de-CH-1901"),
            ("sl-Rozaj-BISKE", "sl-rozaj-biske"),
            ("de-1ABC", "de-1abc"),
            ("sgn-be-fr", "sgn-BE-FR"),
            ("EN-ca-X-CA", "en-CA-x-ca"),
            ("AZ-latn-X-LATN", "az-Latn-x-latn"),
            ("en-U-CA-buddhist", "en-u-ca-buddhist"),
        ] {
            assert_eq!(canonical(tag).as_deref(), Some(kept));
        }
    }

    #[test]
    fn text_that_is_no_tag_is_refused() {
        for tag in [
            "",
            "-",
            "*",
            "a",
            "x-ours",
            "i-klingon",
            "12",
            "e1",
            "abcdefghi",
            "en-",
            "-en",
            "en--us",
            "en-abcdefghi",
            "en_US",
            "en US",
            " en",
            "en\n",
            "en\0",
            "dé",
            "en-ÜS",
            "еn",
            "en;q=1",
            "en,de",
        ] {
            assert_eq!(canonical(tag), None, "{tag:?}");
        }
    }

    #[test]
    fn the_lengths_are_counted_to_the_character() {
        assert!(canonical("abcdefgh-12345678").is_some());
        let of_all = |last: &str| canonical(&format!("en-12345678-12345678-12345678-{last}"));
        assert!(of_all("12345").is_some_and(|kept| kept.len() == Language::MAX_CHARS));
        assert_eq!(of_all("123456"), None);
    }

    proptest! {
        #[test]
        fn accepted_text_keeps_every_rule(tag in "\\PC{0,12}|[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,4}|[a-z0-9-]{0,40}") {
            let by_the_rules = tag.len() <= 35
                && tag.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
                && tag.split('-').next().is_some_and(|first| first.len() > 1 && first.bytes().all(|b| b.is_ascii_alphabetic()));
            let language = Language::parse(&tag);
            prop_assert_eq!(language.is_some(), by_the_rules);
            if let Some(language) = language {
                prop_assert!(language.as_str().eq_ignore_ascii_case(&tag), "{}", language);
            }
        }

        #[test]
        fn a_tag_is_one_in_every_case(tag in "[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,3}") {
            let language = Language::parse(&tag).unwrap();
            for other in [tag.to_ascii_lowercase(), tag.to_ascii_uppercase(), language.to_string()] {
                prop_assert_eq!(Language::parse(&other), Some(language.clone()));
            }
        }
    }
}
