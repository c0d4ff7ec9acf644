//! Text typed into a field for one word.

/// The text without the characters that phones and pasting leave around a word: white space (Unicode `White_Space`: a space, a tab,
/// a line's end, a no-break space, …) and the invisible characters that come along when it is copied from a page or a message:
/// zero-width characters, a byte order mark, a soft hyphen, and the marks, embeddings and isolates of bidirectional text (Unicode
/// `Cf`). The overrides, U+202D and U+202E, which make one name look like another, are not dropped.
pub(crate) fn trimmed(typed: &str) -> &str {
    typed.trim_matches(is_dropped)
}

const fn is_dropped(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202c}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}
