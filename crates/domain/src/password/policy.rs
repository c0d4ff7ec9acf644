//! Which texts may be a password at all, and which are good enough for a new one.

use std::fmt;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;
use zxcvbn::Score;

use super::blocklist::{Blocklist, BlocklistError, Listing};
use super::estimate::estimate;
use super::expected;
use super::weakness::Weakness;
use crate::username::Username;

/// A password as it was typed, in Unicode NFC; wiped from memory when dropped.
///
/// NFC at sign-up and at log-in makes `é` typed on one keyboard the `é` of another (NIST SP 800-63B-4 §3.1.1.2).
/// Nothing else is changed: no trimming, no cutting, no folding, and not NFKC, which would make `ﬁ` and `fi` one.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// The most bytes of UTF-8 in a password, after NFC. NIST and OWASP ask that at least 64 characters fit; a limit is
    /// needed (CVE-2013-1443), and a longer password is an error that is shown, never silently cut.
    pub const MAX_BYTES: usize = 1024;

    /// Reads a password as typed, without asking whether it is a good one: for a log-in.
    ///
    /// # Errors
    /// [`PasswordError::Empty`], [`BadCharacter`](PasswordError::BadCharacter) or
    /// [`TooLong`](PasswordError::TooLong).
    pub fn parse(typed: &str) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        // U+FFFD is what any invalid byte decodes to: two different passwords must not become one through it.
        if typed.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
            return Err(PasswordError::BadCharacter);
        }
        // In UTF-8, NFC makes a string at most three times as long (UAX #15 §9, maximum expansion), or a third as long
        // (three Hangul jamo become one syllable). So a text that is longer than this cannot fit, and the buffer below
        // never moves, which would leave a copy behind.
        if typed.len() > 3 * Self::MAX_BYTES {
            return Err(PasswordError::TooLong);
        }
        let mut normal = Zeroizing::new(String::with_capacity(3 * typed.len()));
        normal.extend(typed.nfc());
        if normal.len() > Self::MAX_BYTES {
            return Err(PasswordError::TooLong);
        }
        Ok(Self(normal))
    }

    /// The password itself, for hashing it.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

/// The rules for a new password, at sign-up and at a change. A log-in applies none of them.
#[derive(Debug, Clone)]
pub struct PasswordPolicy {
    min_chars: usize,
    context: Vec<String>,
    blocklist: Option<Arc<dyn Blocklist>>,
}

impl PasswordPolicy {
    /// The least length that may be asked for (NIST SP 800-63B-4 §3.1.1.2, for use with a second factor; OWASP ASVS 5.0
    /// §6.2.1).
    pub const LEAST_MIN_CHARS: usize = 8;

    /// The length to ask for where the password is the only factor (NIST SP 800-63B-4 §3.1.1.2 SHALL).
    pub const DEFAULT_MIN_CHARS: usize = 15;

    /// A policy of at least `min_chars` characters (Unicode code points after NFC), no fewer than
    /// [`LEAST_MIN_CHARS`](Self::LEAST_MIN_CHARS). Attackers of a site try `site_name` first, and each word of it.
    #[must_use]
    pub fn new(min_chars: usize, site_name: impl AsRef<str>) -> Self {
        Self {
            min_chars: min_chars.max(Self::LEAST_MIN_CHARS),
            context: expected::context_words([site_name.as_ref(), "doorward"]),
            blocklist: None,
        }
    }

    /// The same with further names that attackers would try here, and each part of them: the site's host, its organisation.
    #[must_use]
    pub fn with_context<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.context.extend(expected::context_words(names));
        self
    }

    /// The same with a list of refused passwords.
    #[must_use]
    pub fn with_blocklist(self, blocklist: Arc<dyn Blocklist>) -> Self {
        Self { blocklist: Some(blocklist), ..self }
    }

    /// The least number of characters.
    #[must_use]
    pub const fn min_chars(&self) -> usize {
        self.min_chars
    }

    /// Whether `password` is long enough: the part of the policy that can be checked at once.
    ///
    /// # Errors
    /// [`PasswordError::TooShort`].
    pub fn check_length(&self, password: &Password) -> Result<(), PasswordError> {
        let is_long_enough = password.expose_secret().chars().count() >= self.min_chars;
        if is_long_enough { Ok(()) } else { Err(PasswordError::TooShort { min_chars: self.min_chars }) }
    }

    /// Whether `password` is good enough for `username`. There are no rules about kinds of characters. It is:
    /// - long enough;
    /// - not mainly what attackers of this site try first: without the username, the site's names, well-known phrases, the
    ///   usual words, years and rows of keys, in any case, order and spelling, 10⁴ guesses are left;
    /// - not too easily guessed as a whole: a zxcvbn score of at least 3 of 4 (“safely unguessable”, 10⁸ guesses or more).
    ///
    /// Takes milliseconds, and less than the hash of a log-in for any input;
    /// [`PasswordHasher::assess`](super::PasswordHasher::assess) does it on the hashing pool.
    ///
    /// # Errors
    /// [`PasswordError::TooShort`] or [`PasswordError::TooGuessable`].
    pub fn check(&self, password: &Password, username: Option<&Username>) -> Result<(), PasswordError> {
        self.check_length(password)?;
        let secret = password.expose_secret();
        let mut context = expected::context_words(username.map(Username::key));
        context.extend_from_slice(&self.context);
        if let Some(weakness) = expected::find_weakness(secret, &context) {
            return Err(PasswordError::TooGuessable(weakness));
        }
        let hints: Vec<&str> = context.iter().map(String::as_str).chain(username.map(Username::key)).collect();
        let estimate = estimate(secret, &hints);
        if estimate.score() >= Score::Three {
            return Ok(());
        }
        let warning = estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning);
        Err(PasswordError::TooGuessable(Weakness::of(warning)))
    }
}

impl PasswordPolicy {
    /// Judges as [`check`](Self::check) does; a password that passes is then looked up in the list of refused ones, as typed and
    /// in lower case. The list may be read from a disk: [`PasswordHasher::assess`](super::PasswordHasher::assess) does this on
    /// the hashing pool.
    ///
    /// # Errors
    /// [`BlocklistError`] when that list cannot be read; the inner error is the policy's.
    pub fn judge(
        &self,
        password: &Password,
        username: Option<&Username>,
    ) -> Result<Result<(), PasswordError>, BlocklistError> {
        if let Err(refusal) = self.check(password, username) {
            return Ok(Err(refusal));
        }
        let Some(blocklist) = &self.blocklist else { return Ok(Ok(())) };
        let typed = password.expose_secret();
        let lower = Zeroizing::new(typed.to_lowercase());
        for text in [typed, lower.as_str()] {
            if blocklist.find(text)? == Listing::Listed {
                return Ok(Err(PasswordError::TooGuessable(Weakness::Listed)));
            }
        }
        Ok(Ok(()))
    }
}

/// Two policies are equal when they ask for the same, with the same list.
impl PartialEq for PasswordPolicy {
    fn eq(&self, other: &Self) -> bool {
        let have_the_same_list = match (&self.blocklist, &other.blocklist) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        self.min_chars == other.min_chars && self.context == other.context && have_the_same_list
    }
}

impl Eq for PasswordPolicy {}

/// Why a password was not accepted. None of these carries any of the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// Nothing was typed.
    #[error("a password cannot be empty")]
    Empty,
    /// Fewer characters than the policy asks for.
    #[error("a password has at least {min_chars} characters")]
    TooShort {
        /// The least number, in Unicode code points.
        min_chars: usize,
    },
    /// More than [`Password::MAX_BYTES`] bytes.
    #[error("a password has at most {} bytes", Password::MAX_BYTES)]
    TooLong,
    /// A control character, NUL among them, or U+FFFD.
    #[error("a password holds no control characters")]
    BadCharacter,
    /// Too easily guessed, for this reason above all.
    #[error("the password is too easily guessed ({})", .0.code())]
    TooGuessable(Weakness),
}

impl PasswordError {
    /// A stable name for this error, for templates and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooShort { .. } => "too_short",
            Self::TooLong => "too_long",
            Self::BadCharacter => "bad_character",
            Self::TooGuessable(_) => "too_guessable",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(typed: &str) -> Result<(), PasswordError> {
        let ada = Username::parse("ada.lovelace").unwrap();
        PasswordPolicy::new(15, "Notes").check(&Password::parse(typed)?, Some(&ada))
    }

    #[test]
    fn composed_and_decomposed_spellings_are_one_password() {
        let composed = Password::parse("caf\u{e9} at the corner").unwrap();
        let decomposed = Password::parse("cafe\u{301} at the corner").unwrap();
        assert_eq!(composed.expose_secret(), decomposed.expose_secret());
    }

    #[test]
    fn compatibility_spellings_stay_two_passwords() {
        let ligature = Password::parse("\u{fb01}n and more letters").unwrap();
        let letters = Password::parse("fin and more letters").unwrap();
        assert_ne!(ligature.expose_secret(), letters.expose_secret());
    }

    #[test]
    fn nothing_is_trimmed_or_folded() {
        assert_eq!(Password::parse("  Aa  ").unwrap().expose_secret(), "  Aa  ");
    }

    #[test]
    fn the_length_limit_is_exact_and_in_bytes() {
        assert!(Password::parse(&"a".repeat(1024)).is_ok());
        assert_eq!(Password::parse(&"a".repeat(1025)).unwrap_err(), PasswordError::TooLong);
        assert!(Password::parse(&"é".repeat(512)).is_ok());
        assert_eq!(Password::parse(&"é".repeat(513)).unwrap_err(), PasswordError::TooLong);
        // Three bytes typed, two kept: what counts is what is kept.
        assert!(Password::parse(&"e\u{301}".repeat(512)).is_ok());
        assert!(Password::parse(&"\u{1112}\u{1161}\u{11ab}".repeat(341)).is_ok());
        assert_eq!(Password::parse(&"a".repeat(1 << 20)).unwrap_err(), PasswordError::TooLong);
    }

    #[test]
    fn control_characters_and_undecodable_bytes_are_refused() {
        for bad in ["\0", "\r\n", "\u{7f}", "\u{85}", "\u{fffd}", "\t"] {
            let typed = format!("correct horse {bad} battery");
            assert_eq!(Password::parse(&typed).unwrap_err(), PasswordError::BadCharacter, "{bad:?}");
        }
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(check("fourteen chars"), Err(PasswordError::TooShort { min_chars: 15 }));
        assert_eq!(check("🐢🌵🎈🍕🚲🎺🧦🔭"), Err(PasswordError::TooShort { min_chars: 15 }));
        assert_eq!(check("vß9ŕ✓kąž7ñ☂dçø5"), Ok(()));
    }

    #[test]
    fn no_kind_of_character_is_asked_for() {
        for typed in ["correct horse battery", "seven quiet lanterns", "🐢🌵🎈🍕🚲🎺🧦🔭🐙🎲🧭🪁🛶🥨🧩"]
        {
            assert_eq!(check(typed), Ok(()), "{typed}");
        }
    }

    fn weakness_of(typed: &str) -> Option<Weakness> {
        match check(typed) {
            Ok(()) => None,
            Err(PasswordError::TooGuessable(weakness)) => Some(weakness),
            Err(error) => panic!("{typed}: {error}"),
        }
    }

    #[test]
    fn passwords_that_attackers_try_first_are_refused_with_advice() {
        for (typed, weakness) in [
            ("aaaaaaaaaaaaaaa", Weakness::Repetition),
            ("passwordpassword", Weakness::CommonWords),
            ("123456789012345", Weakness::KeyboardPattern),
            ("qwertyuiopasdfgh", Weakness::KeyboardPattern),
            ("ada.lovelaceada.lovelace", Weakness::Context),
            ("doorwarddoorward", Weakness::Context),
            ("notesnotesnotes", Weakness::Context),
        ] {
            assert_eq!(weakness_of(typed), Some(weakness), "{typed}");
        }
    }

    #[test]
    fn passwords_made_of_expected_names_are_refused_in_any_case_order_spelling_and_repetition() {
        for typed in [
            "Welcome to Doorward",
            "DOORWARD doorward Doorward",
            "d00rw4rd-d00rw4rd",
            "D00rw@rd D00rw@rd!",
            "drawrood drawrood 2024",
            "d-o-o-r-w-a-r-d-2-0-2-4",
            "doorward,notes,doorward",
            "ada.lovelace ada.lovelace",
            "Lovelace, Ada (2024)",
            "ecalevol.ada.ecalevol",
            "Ada Ada Ada Ada Ada",
            "The Notes of ada.lovelace",
            "my.example.org password",
            "Exámple Exámple Exámple",
            "ｄｏｏｒｗａｒｄ ｄｏｏｒｗａｒｄ",
        ] {
            let ada = Username::parse("ada.lovelace").unwrap();
            let policy = PasswordPolicy::new(15, "Notes").with_context(["my.example.org"]);
            let refusal = policy.check(&Password::parse(typed).unwrap(), Some(&ada));
            assert!(matches!(refusal, Err(PasswordError::TooGuessable(_))), "{typed}: {refusal:?}");
        }
    }

    #[test]
    fn phrases_walks_years_and_seasons_are_refused_however_long() {
        for (typed, weakness) in [
            ("Password1234567!", Weakness::CommonWords),
            ("correct horse battery staple", Weakness::Phrase),
            ("Correct-Horse-Battery-Staple1!", Weakness::Phrase),
            ("c0rr3ct h0rs3 b@tt3ry st@pl3", Weakness::Phrase),
            ("The quick brown fox jumps over the lazy dog.", Weakness::Phrase),
            ("May the Force be with you", Weakness::Phrase),
            ("ToBeOrNotToBe!2024", Weakness::Phrase),
            ("Summer2024!Winter2025!", Weakness::CommonWords),
            ("1qaz2wsx3edc4rfv", Weakness::KeyboardPattern),
            ("!QAZ@WSX#EDC$RFV", Weakness::KeyboardPattern),
            ("qwertyuiop12345", Weakness::KeyboardPattern),
            ("1990199119921993", Weakness::Date),
            ("welcome welcome welcome", Weakness::CommonWords),
            ("LetMeIn!LetMeIn!LetMeIn!", Weakness::CommonWords),
            ("MonkeyDragonMaster", Weakness::CommonWords),
            ("Passwort123456789", Weakness::KeyboardPattern),
            ("PASSWORD!!!!!!!!!!!!!", Weakness::Repetition),
        ] {
            assert_eq!(weakness_of(typed), Some(weakness), "{typed}");
        }
    }

    #[test]
    fn a_password_with_enough_beside_expected_texts_passes() {
        for typed in [
            "seven quiet lanterns",
            "a dozen noisy kettles",
            "another good password",
            "correct horse battery",
            "doorward keeps nineteen purple herons",
            "welcome, said the seventh plumber",
            "my cat Ruprecht hates 3 gardeners",
            "xk passwordpassword yz",
            "xx passwordpassword yy",
            "83461 90275 66318",
            "r7#Kq!vZ2pW&xM9",
        ] {
            assert_eq!(weakness_of(typed), None, "{typed}");
        }
    }

    /// NIST SP 800-63B-4 §3.1.1.2: the entire password is compared, not words that are in it.
    #[test]
    fn the_whole_password_is_judged_not_a_part_of_it() {
        assert_eq!(check("xk passwordpassword yz"), Ok(()));
    }

    #[test]
    fn a_policy_never_asks_for_fewer_than_eight() {
        assert_eq!(PasswordPolicy::new(3, "").min_chars(), 8);
    }

    #[test]
    fn debug_shows_nothing_of_a_password() {
        assert_eq!(format!("{:?}", Password::parse("seven quiet lanterns").unwrap()), "Password([redacted])");
    }

    proptest! {
        #[test]
        fn every_password_that_is_read_is_short_normal_and_printable(typed in "\\PC{0,400}|.{0,40}") {
            if let Ok(password) = Password::parse(&typed) {
                let secret = password.expose_secret();
                prop_assert!((1..=Password::MAX_BYTES).contains(&secret.len()));
                prop_assert!(unicode_normalization::is_nfc(secret));
                prop_assert!(!secret.chars().any(char::is_control));
                let again = Password::parse(secret).unwrap();
                prop_assert_eq!(again.expose_secret(), secret);
            }
        }

        #[test]
        fn a_policy_never_panics(typed in "\\PC{1,120}") {
            if let Ok(password) = Password::parse(&typed) {
                let long_enough = password.expose_secret().chars().count() >= 15;
                let verdict = PasswordPolicy::new(15, "Notes").check(&password, None);
                prop_assert_eq!(long_enough, !matches!(verdict, Err(PasswordError::TooShort { .. })));
            }
        }
    }
}
