//! The meanings that the characters of a password may have.

/// A way to read digits and symbols. Each leaves few of those that zxcvbn tries as letters (`4@8({[<369&1!|70$5+%2`): all of
/// them have hundreds of meanings together, the digits alone two dozen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reading {
    /// The key that was pressed, on a US keyboard: symbols as the digit or symbol of their key. Sequences and walks over
    /// the keyboard stay what they are.
    Unshifted,
    /// Digits and symbols as the letters that look like them: `p@$$w0rd`.
    Spelled,
    /// The same, with `l` for those that may also be an `i` or a `t`.
    SpelledWithL,
}

impl Reading {
    pub(super) const ALL: [Self; 3] = [Self::Unshifted, Self::Spelled, Self::SpelledWithL];

    pub(super) const fn of(self, c: char) -> char {
        match self {
            Self::Unshifted => match c {
                '!' => '1',
                '@' => '2',
                '#' => '3',
                '$' => '4',
                '%' => '5',
                '^' => '6',
                '&' => '7',
                '*' => '8',
                '(' => '9',
                ')' => '0',
                '+' => '=',
                '{' => '[',
                '}' => ']',
                '|' => '\\',
                '<' => ',',
                '>' => '.',
                c => c,
            },
            Self::SpelledWithL => match c {
                '1' | '!' | '|' | '7' => 'l',
                c => Self::Spelled.of(c),
            },
            Self::Spelled => match c {
                '4' | '@' => 'a',
                '8' => 'b',
                '(' | '{' | '[' | '<' => 'c',
                '3' => 'e',
                '6' | '9' => 'g',
                '1' | '!' | '|' => 'i',
                '0' => 'o',
                '$' | '5' => 's',
                '+' | '7' => 't',
                '%' => 'x',
                '2' => 'z',
                c => c,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The characters that zxcvbn 3.1 tries as letters.
    const LEET: &str = "4@8({[<369&1!|70$5+%2";

    proptest! {
        /// Each of the digits is a letter in one way, but for 6 and 9, 1 and 7: two dozen ways together.
        #[test]
        fn no_reading_holds_what_can_be_meant_in_hundreds_of_ways(c in any::<char>()) {
            let is_a_symbol = |c: char| LEET.contains(c) && !c.is_ascii_digit() && c != '[' && c != '&';
            prop_assert!(!is_a_symbol(Reading::Unshifted.of(c)));
            for reading in [Reading::Spelled, Reading::SpelledWithL] {
                prop_assert!(reading.of(c) == '&' || !LEET.contains(reading.of(c)));
            }
        }
    }
}
