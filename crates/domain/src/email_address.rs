//! E-mail addresses: the spelling that mails go to, and the key under which an account is found.

use std::fmt;

use crate::typed::trimmed;

/// An e-mail address that keeps the rules: an ASCII local part of at most 64 characters, made of the characters that need no
/// quotes (RFC 5322 §3.2.3, `dot-atom`), an `@`, and a domain of at least two labels of letters, digits and hyphens
/// (RFC 1123 §2.1), of which the last is not a number; at most 254 characters in all (RFC 5321 §4.5.3.1.3).
///
/// It leaves out addresses that mail servers read in more than one way, or not at all: quotes, comments, address literals, names
/// without a dot, and everything beyond ASCII, whose look-alikes have led a reset to a stranger's mailbox (CVE-2019-19844). A domain
/// in another script is written in its ASCII form (`xn--…`). Nothing is normalised: `a.b@example.org` and `a+x@example.org` are
/// mailboxes of their own at many servers.
///
/// `Debug` shows nothing of it, and there is no `Display`: an address identifies a person, and does not belong in a log.
///
/// ```
/// use doorward_domain::EmailAddress;
///
/// let ada = EmailAddress::parse(" Ada@Example.org ")?;
/// assert_eq!(ada.as_str(), "Ada@Example.org"); // as typed: mails go there
/// assert_eq!(ada.key(), "ada@example.org"); // for look-ups
/// # Ok::<(), doorward_domain::EmailAddressError>(())
/// ```
#[derive(Clone)]
pub struct EmailAddress {
    spelling: String,
    key: String,
}

impl EmailAddress {
    /// The most characters of an address: a path of 256 octets without its angle brackets (RFC 5321 §4.5.3.1.3).
    pub const MAX_CHARS: usize = 254;

    const MAX_LOCAL_CHARS: usize = 64;
    const MAX_LABEL_CHARS: usize = 63;

    /// Reads an address as it was typed. White space and invisible characters around it are dropped, as those around a
    /// [`Username`](crate::Username) are.
    ///
    /// # Errors
    /// [`EmailAddressError::Empty`], [`TooLong`](EmailAddressError::TooLong), [`BadFormat`](EmailAddressError::BadFormat): the first
    /// of these that applies.
    pub fn parse(typed: &str) -> Result<Self, EmailAddressError> {
        let typed = trimmed(typed);
        if typed.is_empty() {
            return Err(EmailAddressError::Empty);
        }
        if typed.len() > Self::MAX_CHARS {
            return Err(EmailAddressError::TooLong);
        }
        let (local, domain) = typed.split_once('@').ok_or(EmailAddressError::BadFormat)?;
        if !is_local_part(local) || !is_domain(domain) {
            return Err(EmailAddressError::BadFormat);
        }
        Ok(Self { spelling: typed.to_owned(), key: typed.to_ascii_lowercase() })
    }

    /// An address to look up in place of text that cannot be one, so that it takes as long. No user can have it (RFC 2606 §2).
    pub(crate) fn stand_in() -> Self {
        Self { spelling: "0@0.invalid".to_owned(), key: "0@0.invalid".to_owned() }
    }

    /// The spelling that was typed: where mails go.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.spelling
    }

    /// The lower-case form under which an account is found. Case matters to no mail server that people use, in either part.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

fn is_local_part(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty() && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    local.len() <= EmailAddress::MAX_LOCAL_CHARS && local.split('.').all(is_atom)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=EmailAddress::MAX_LABEL_CHARS).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let last = domain.rsplit_once('.').map(|(_, last)| last);
    last.is_some_and(|last| !is_number(last)) && domain.split('.').all(is_label)
}

/// Two addresses are equal when they have one key, in any spelling.
impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for EmailAddress {}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress([redacted])")
    }
}

/// Why an e-mail address was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmailAddressError {
    /// Nothing was typed, or nothing but white space.
    #[error("an e-mail address cannot be empty")]
    Empty,
    /// More than [`EmailAddress::MAX_CHARS`] characters.
    #[error("an e-mail address has at most {} characters", EmailAddress::MAX_CHARS)]
    TooLong,
    /// Anything that is not like `name@example.org`.
    #[error("that is not an e-mail address like name@example.org")]
    BadFormat,
}

impl EmailAddressError {
    /// A stable name for this error, for templates and translations.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::BadFormat => "bad_format",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_that_people_have_are_taken() {
        for typed in [
            "a@b.org",
            "Ada.Lovelace+notes@example.org",
            "o'brien@example.co.uk",
            "a@x-y.museum",
            "a@1.example",
            "!#$%&'*+-/=?^_`{|}~@example.org",
            "a@xn--exmple-cua.org",
            "postmaster@sub.sub.sub.example.org",
        ] {
            assert_eq!(EmailAddress::parse(typed).unwrap().as_str(), typed);
        }
    }

    #[test]
    fn ambiguous_and_malformed_addresses_are_refused() {
        for typed in [
            "ada",
            "@example.org",
            "ada@",
            "a@b",
            "a@localhost",
            "a@[127.0.0.1]",
            "a@1.2.3.4",
            "\"<script>\"@x.org",
            "\"a b\"@x.org",
            "a(comment)@x.org",
            "a@x_y.org",
            "a@b@c.org",
            "a..b@x.org",
            ".a@x.org",
            "a.@x.org",
            "a@x..org",
            "a@.x.org",
            "a@x.org.",
            "a@-x.org",
            "a@x-.org",
            "a b@x.org",
            "a@x .org",
            "a@x.org,b@x.org",
            "Ada <a@x.org>",
            "a\u{feff}b@x.org",
            "ä@x.org",
            "a@exämple.org",
            "a\u{301}@x.org",
            "a＠x.org",
            "mıke@x.org",
            "a@x.org\r\nBcc: b@x.org",
            "a\0@x.org",
            "a@x.org\0",
        ] {
            assert_eq!(EmailAddress::parse(typed), Err(EmailAddressError::BadFormat), "{typed:?}");
        }
    }

    #[test]
    fn the_lengths_are_counted_to_the_character() {
        let of_local = |chars: usize| EmailAddress::parse(&format!("{}@example.org", "a".repeat(chars)));
        assert!(of_local(64).is_ok());
        assert_eq!(of_local(65), Err(EmailAddressError::BadFormat));
        let of_label = |chars: usize| EmailAddress::parse(&format!("a@{}.org", "a".repeat(chars)));
        assert!(of_label(63).is_ok());
        assert_eq!(of_label(64), Err(EmailAddressError::BadFormat));
        let of_all = |chars: usize| {
            let labels = format!("{}.", "a".repeat(59)).repeat(4);
            let address = format!("{}@{labels}org", "a".repeat(chars.saturating_sub(labels.len() + 4)));
            assert_eq!(address.len(), chars);
            EmailAddress::parse(&address)
        };
        assert!(of_all(254).is_ok());
        assert_eq!(of_all(255), Err(EmailAddressError::TooLong));
    }

    #[test]
    fn an_address_is_one_in_every_case_and_with_white_space_around_it() {
        let ada = EmailAddress::parse("Ada@Example.ORG").unwrap();
        assert_eq!((ada.as_str(), ada.key()), ("Ada@Example.ORG", "ada@example.org"));
        for typed in [" ada@example.org\r\n", "\u{feff}ADA@example.org\u{200b}", "\u{2068}ada@EXAMPLE.org\u{2069}"] {
            assert_eq!(EmailAddress::parse(typed), Ok(ada.clone()), "{typed:?}");
        }
        for typed in ["", " ", "\u{200b}"] {
            assert_eq!(EmailAddress::parse(typed), Err(EmailAddressError::Empty));
        }
    }

    #[test]
    fn mailboxes_that_only_look_the_same_are_two() {
        let key = |typed| EmailAddress::parse(typed).unwrap().key().to_owned();
        assert_ne!(key("ada.l@example.org"), key("adal@example.org"));
        assert_ne!(key("ada+x@example.org"), key("ada@example.org"));
    }

    #[test]
    fn debug_shows_nothing_of_an_address() {
        let ada = EmailAddress::parse("ada@example.org").unwrap();
        assert_eq!(format!("{ada:?}"), "EmailAddress([redacted])");
    }

    #[test]
    fn each_error_has_a_code_of_its_own() {
        let codes = ["", &"a".repeat(255), "a"].map(|typed| EmailAddress::parse(typed).unwrap_err().code());
        assert_eq!(codes, ["empty", "too_long", "bad_format"]);
    }

    proptest! {
        #[test]
        fn accepted_text_keeps_every_rule(
            typed in "\\PC{0,80}|[a-zA-Z0-9!'+._-]{0,66}@[a-zA-Z0-9.-]{0,70}|[a-z]{1,9}@[a-z]{1,9}\\.[a-z]{2,3}"
        ) {
            if let Ok(address) = EmailAddress::parse(&typed) {
                let kept = address.as_str();
                prop_assert!(kept.is_ascii() && kept.len() <= 254);
                prop_assert_eq!(kept.matches('@').count(), 1);
                prop_assert!(!kept.contains("..") && !kept.contains(|c: char| c.is_ascii_control() || " \"(),:;<>[\\]".contains(c)));
                let again = EmailAddress::parse(address.key()).unwrap();
                prop_assert_eq!(again.key(), address.key());
                prop_assert_eq!(again, address);
            }
        }
    }
}
