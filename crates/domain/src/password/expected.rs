//! The texts that an attacker tries first on the passwords of one site, and the rest of a password without them.

use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, BuildError};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use zxcvbn::zxcvbn;

use super::reading::Reading;
use super::weakness::Weakness;

/// Well-known phrases, one a line, as people type them: sayings, first lines, songs, films, prayers, examples. Ours, by hand.
const PHRASES: &str = include_str!("expected/phrases.txt");

/// Words that passwords are made of everywhere: the words for a password in some languages, the greetings of sites, seasons,
/// months and days, and the words among the passwords that most people have. Ours, by hand.
const WORDS: &str = include_str!("expected/words.txt");

/// Rows and columns of keyboards in the USA, Germany and France, the keypad, and the alphabet.
const WALKS: [&str; 18] = [
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujm",
    "147258369",
    "789456123",
    "741852963",
];

/// The shortest part of a walk that is one: four keys in a row stand in few words.
const SHORTEST_WALK: usize = 4;

/// The years that people put into passwords.
const YEARS: RangeInclusive<u16> = 1900..=2099;

/// The texts that are expected at every site.
static EVERYWHERE: LazyLock<Option<Expected>> = LazyLock::new(|| {
    let of = |weakness| move |text: String| (text, weakness);
    let lines = |text: &'static str| text.lines().map(|line| line.split_whitespace().collect::<String>());
    let walks = WALKS.iter().flat_map(|walk| {
        let keys: Vec<char> = walk.chars().collect();
        keys.windows(SHORTEST_WALK).map(|keys| keys.iter().collect()).collect::<Vec<String>>()
    });
    let phrases = lines(PHRASES).map(of(Weakness::Phrase));
    let words = lines(WORDS).map(of(Weakness::CommonWords));
    let years = YEARS.map(|year| (year.to_string(), Weakness::Date));
    Expected::new(phrases.chain(words).chain(walks.map(of(Weakness::KeyboardPattern))).chain(years)).ok()
});

/// Words that say nothing by themselves, between others that are expected.
const PADDING: [&str; 48] = [
    "a", "all", "am", "an", "and", "are", "at", "be", "by", "com", "das", "de", "der", "die", "do", "el", "for",
    "from", "go", "i", "in", "is", "ist", "it", "la", "le", "ma", "me", "mein", "meu", "mi", "mon", "my", "net", "no",
    "not", "of", "on", "or", "org", "our", "so", "the", "this", "to", "we", "with", "you",
];

/// The fewest characters of a word that is looked for: shorter ones are part of others.
const SHORTEST_WORD: usize = 3;

/// The fewest digits of a number that is looked for, as in an address: shorter ones are part of many passwords.
const SHORTEST_NUMBER: usize = 5;

/// The fewest guesses that the rest of a password without the expected texts must take: four characters at random.
const LEAST_REST_GUESSES: u64 = 10_000;

/// A rest of more characters than this is enough; the estimate of the whole password judges it.
const LONGEST_REST: usize = 12;

/// The words that are expected in the passwords of one service: the names given, and each part of them.
pub(super) fn context_words<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut words = Vec::new();
    for text in texts {
        let folded = fold(text);
        let parts = folded.split(|c: char| !c.is_alphanumeric());
        let without_digits = folded.split(|c: char| !c.is_alphabetic());
        words.extend(parts.chain(without_digits).map(str::to_owned));
        words.push(folded.chars().filter(|c| c.is_alphanumeric()).collect());
    }
    let is_a_number = |word: &str| word.chars().all(char::is_numeric);
    let least = |word: &str| if is_a_number(word) { SHORTEST_NUMBER } else { SHORTEST_WORD };
    words.retain(|word| word.chars().count() >= least(word));
    words.sort_unstable();
    words.dedup();
    words
}

/// Whether a password is little more than what is expected: in any case, with any accents, with digits and symbols for
/// letters, backwards, repeated, in any order, with anything between the words. `None` where enough is left.
pub(super) fn find_weakness(password: &str, context: &[String]) -> Option<Weakness> {
    let here = Expected::new(context.iter().map(|word| (word.clone(), Weakness::Context))).ok();
    let folded = fold(password);
    Reading::ALL.into_iter().find_map(|reading| {
        let mut text = Covered::read(&folded, reading);
        for expected in here.iter().chain(EVERYWHERE.iter()) {
            text.cover(expected);
        }
        text.cover_runs();
        text.cover_padding();
        text.main_weakness().filter(|_| is_too_little(&text.rest()))
    })
}

/// Judges by the estimates of the parts, without the guesses that zxcvbn adds for an attacker who does not know how many there are.
fn is_too_little(rest: &str) -> bool {
    if rest.chars().count() > LONGEST_REST {
        return false;
    }
    let parts = zxcvbn(rest, &[]);
    let orders: u64 = (1..).take(parts.sequence().len()).product();
    let guesses = parts.sequence().iter().map(|part| part.guesses.unwrap_or(1)).fold(orders, u64::saturating_mul);
    rest.is_empty() || guesses < LEAST_REST_GUESSES
}

/// Texts that are looked for all at once, forwards and backwards.
struct Expected {
    search: AhoCorasick,
    weaknesses: Vec<Weakness>,
}

impl Expected {
    /// # Errors
    /// Never with the few texts that there are here.
    fn new(texts: impl IntoIterator<Item = (String, Weakness)>) -> Result<Self, BuildError> {
        let both_ways = |(text, weakness): (String, Weakness)| {
            let backwards = text.chars().rev().collect();
            [(text, weakness), (backwards, weakness)]
        };
        let (texts, weaknesses): (Vec<String>, Vec<Weakness>) = texts.into_iter().flat_map(both_ways).unzip();
        Ok(Self { search: AhoCorasick::new(texts)?, weaknesses })
    }
}

/// A text, and for each of its bytes why it is expected, if it is.
struct Covered {
    text: String,
    by: Vec<Option<Weakness>>,
}

impl Covered {
    /// Reads a text without the characters that may stand between words.
    fn read(folded: &str, reading: Reading) -> Self {
        let is_between = |c: &char| !c.is_alphanumeric() && (c.is_ascii() || c.is_whitespace());
        let text: String = folded.chars().map(|c| reading.of(c)).filter(|c| !is_between(c)).collect();
        let by = vec![None; text.len()];
        Self { text, by }
    }

    fn cover(&mut self, expected: &Expected) {
        for found in expected.search.find_overlapping_iter(&self.text) {
            if let Some(weakness) = expected.weaknesses.get(found.pattern().as_usize()) {
                mark(&mut self.by, found.range(), *weakness);
            }
        }
    }

    /// Covers runs of the same character, three or more.
    fn cover_runs(&mut self) {
        let chars: Vec<char> = self.text.chars().collect();
        let mut at = 0;
        for run in chars.chunk_by(|one, next| one == next) {
            let end = at + run.iter().copied().map(char::len_utf8).sum::<usize>();
            if run.len() >= 3 {
                mark(&mut self.by, at..end, Weakness::Repetition);
            }
            at = end;
        }
    }

    /// Covers the parts beside a covered one that are made of words that say nothing.
    fn cover_padding(&mut self) {
        let Some(neighbour) = self.by.iter().flatten().next().copied() else { return };
        let mut at = 0;
        let runs: Vec<usize> = self.by.chunk_by(|one, next| one.is_some() == next.is_some()).map(<[_]>::len).collect();
        for length in runs {
            let run = at..at + length;
            let is_open = self.by.get(at).is_some_and(Option::is_none);
            if is_open && length <= LONGEST_REST && self.text.get(run.clone()).is_some_and(is_padding) {
                mark(&mut self.by, run, neighbour);
            }
            at += length;
        }
    }

    fn rest(&self) -> String {
        self.text
            .char_indices()
            .filter(|(at, _)| self.by.get(*at).is_some_and(Option::is_none))
            .map(|(_, c)| c)
            .collect()
    }

    /// The weakness that covers the most of it; `None` if none does.
    fn main_weakness(&self) -> Option<Weakness> {
        let size = |weakness: Weakness| self.by.iter().filter(|by| **by == Some(weakness)).count();
        Weakness::ALL.iter().copied().filter(|weakness| size(*weakness) > 0).max_by_key(|weakness| size(*weakness))
    }
}

/// Marks a range, without the bytes that are marked already: phrases and the context are no accident.
fn mark(by: &mut [Option<Weakness>], range: Range<usize>, weakness: Weakness) {
    for by in by.get_mut(range).into_iter().flatten() {
        by.get_or_insert(weakness);
    }
}

fn is_padding(text: &str) -> bool {
    text.is_empty() || PADDING.iter().any(|word| text.strip_prefix(word).is_some_and(is_padding))
}

/// In lower case, without accents, and with one spelling for what is the same letter (NFKD).
fn fold(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_and_words_are_in_the_form_that_is_searched_for() {
        for line in PHRASES.lines().chain(WORDS.lines()) {
            let letters = line.chars().all(|c| c.is_ascii_lowercase() || c == ' ');
            assert!(letters && line.len() >= SHORTEST_WORD, "{line}");
        }
        assert!(EVERYWHERE.is_some());
    }

    #[test]
    fn the_context_is_each_name_and_each_part_of_it() {
        let words = context_words(["Ada.Lovelace1815@example.org", "Café Noir", "x"]);
        let expected = [
            "ada",
            "adalovelace1815exampleorg",
            "cafe",
            "cafenoir",
            "example",
            "lovelace",
            "lovelace1815",
            "noir",
            "org",
        ];
        assert_eq!(words, expected);
    }
}
