use mail_parser::{HeaderName, MessageParser};

/// A mail that a [`Sink`](super::Sink) has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The sender on the envelope.
    pub from: String,
    /// The recipients on the envelope.
    pub to: Vec<String>,
    /// The mail as it came, with CRLF, and without the dots that SMTP adds to lines.
    pub raw: String,
}

impl Received {
    /// Returns the last header of this name, in one line and decoded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        // Unless a header is named, the parser parses the structure of each.
        let parser = MessageParser::new().header_text(HeaderName::Subject).default_header_text();
        let message = parser.parse(&self.raw)?;
        let header = message.headers().iter().rev().find(|header| header.name().eq_ignore_ascii_case(name))?;
        header.value().as_text().map(str::to_owned)
    }

    /// The text as it was written, with line feeds alone.
    #[must_use]
    pub fn text(&self) -> String {
        let message = MessageParser::default().parse(&self.raw);
        let text = message.as_ref().and_then(|message| message.body_text(0)).unwrap_or_default();
        text.replace("\r\n", "\n")
    }

    /// Returns the words of the text that begin with `http://` or `https://`.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        let is_link = |word: &&str| word.starts_with("http://") || word.starts_with("https://");
        self.text().split_whitespace().filter(is_link).map(str::to_owned).collect()
    }
}
