//! Why a password is too easily guessed.

use zxcvbn::feedback::Warning;

/// A reason why a password is easy to guess. A template has a text for each code, which says what to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Weakness {
    /// It is on the service's list of refused passwords.
    Listed,
    /// It is a well-known phrase, with little else.
    Phrase,
    /// It is the username, or the name or address of the site, with little else.
    Context,
    /// It is made of words that many passwords are made of (`password`, `welcome`, a season), with little else.
    CommonWords,
    /// It is made of keys that lie side by side, of a row of digits or of the alphabet.
    KeyboardPattern,
    /// It repeats itself.
    Repetition,
    /// It is a date or a year.
    Date,
    /// It is a password, or close to one, that many people have.
    CommonPassword,
    /// It is the name of a person.
    Name,
    /// It is a single word.
    SingleWord,
    /// Few guesses would find it, for no single reason.
    FewGuesses,
}

impl Weakness {
    /// Each of them.
    pub const ALL: &[Self] = &[
        Self::Listed,
        Self::Phrase,
        Self::Context,
        Self::CommonWords,
        Self::KeyboardPattern,
        Self::Repetition,
        Self::Date,
        Self::CommonPassword,
        Self::Name,
        Self::SingleWord,
        Self::FewGuesses,
    ];

    /// A stable name for this reason, for templates and translations.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Phrase => "phrase",
            Self::Context => "context",
            Self::CommonWords => "common_words",
            Self::KeyboardPattern => "keyboard_pattern",
            Self::Repetition => "repetition",
            Self::Date => "date",
            Self::CommonPassword => "common_password",
            Self::Name => "name",
            Self::SingleWord => "single_word",
            Self::FewGuesses => "few_guesses",
        }
    }

    /// The reason for a warning by zxcvbn.
    pub(super) const fn of(warning: Option<Warning>) -> Self {
        match warning {
            Some(
                Warning::StraightRowsOfKeysAreEasyToGuess
                | Warning::ShortKeyboardPatternsAreEasyToGuess
                | Warning::SequencesLikeAbcAreEasyToGuess,
            ) => Self::KeyboardPattern,
            Some(Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess) => {
                Self::Repetition
            }
            Some(
                Warning::ThisIsATop10Password
                | Warning::ThisIsATop100Password
                | Warning::ThisIsACommonPassword
                | Warning::ThisIsSimilarToACommonlyUsedPassword,
            ) => Self::CommonPassword,
            Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => Self::Date,
            Some(
                Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess,
            ) => Self::Name,
            Some(Warning::AWordByItselfIsEasyToGuess) => Self::SingleWord,
            None => Self::FewGuesses,
        }
    }
}
