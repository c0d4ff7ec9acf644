use doorward_domain::EmailAddress;
use lettre::Address;

/// The sender of a mail: an address, or a name and an address.
///
/// ```
/// use doorward_mail::Sender;
///
/// let sender = Sender::parse("Notes <notes@example.org>").unwrap();
/// assert_eq!(sender.name(), Some("Notes"));
/// assert_eq!(sender.address().as_str(), "notes@example.org");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    name: Option<String>,
    address: EmailAddress,
}

impl Sender {
    /// The forms that [`parse`](Self::parse) accepts, for the error of a setting.
    pub const ALLOWED: &str = "an address, or `Name <address>` with a name of at most 64 characters";

    /// The maximum number of characters of a name, equal to that of an address before its `@`. Mail programs cut off longer names.
    const MAX_NAME_CHARS: usize = 64;

    /// Reads `notes@example.org`, `Notes <notes@example.org>` or `"Notes, Inc." <notes@example.org>`. `None` for anything
    /// else: an address that [`EmailAddress`] does not accept, and a name with more than 64 characters, with characters
    /// that cannot be seen, or with one of `<`, `>`, `"` and `\`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>') {
            Some(text) => text.split_once('<')?,
            None => ("", text),
        };
        let name = name.trim();
        let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name).trim();
        if name.chars().count() > Self::MAX_NAME_CHARS || name.contains(is_unfit) {
            return None;
        }
        let address = EmailAddress::parse(address).ok()?;
        address.as_str().parse::<Address>().ok()?;
        Some(Self { name: (!name.is_empty()).then(|| name.to_owned()), address })
    }

    /// The name before the address, if there is one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address, to which replies go, and which a relay accepts or refuses.
    #[must_use]
    pub const fn address(&self) -> &EmailAddress {
        &self.address
    }
}

/// Whether the character ends an address or a quotation, or is invisible: a control character, a line separator, or a mark that
/// changes the direction of the following text. A name with a line break would make lettre panic.
fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(c, '<' | '>' | '"' | '\\' | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
