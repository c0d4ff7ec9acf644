use std::fmt;
use std::time::{Duration, SystemTime};

use doorward_domain::EmailAddress;
use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, SinglePart};

use crate::send_error::SendError;
use crate::sender::Sender;

/// A mail: plain text, from one sender to one address.
///
/// `Debug` shows neither the address nor the text, which holds a live link.
#[derive(Clone)]
pub struct Message {
    /// The sender.
    pub from: Sender,
    /// The recipient. No name is put before the address.
    pub to: EmailAddress,
    /// The globally unique name of this mail: `UUID@host`, without the angle brackets of the header
    /// `Message-ID`. A mail that is handed over again keeps it, so that a second copy can be told from a second mail.
    pub id: String,
    /// When it was written, to the second: the header `Date`.
    pub at: SystemTime,
    /// The subject, in one line.
    pub subject: String,
    /// The body: plain text in any script, with line breaks of any kind. Text beyond ASCII, or with a line of more than 998 characters,
    /// is encoded on the way and decoded by the reader's program; other text is sent as it is, so that a link can be read in the raw mail.
    pub text: String,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("id", &self.id).field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// A mail as it is sent, with its sender and its recipient.
#[derive(Clone)]
pub(crate) struct Envelope {
    pub(crate) from: Address,
    pub(crate) to: Address,
    /// The mail in ASCII, with CRLF at the end of each line but the last one.
    pub(crate) bytes: Vec<u8>,
}

/// The maximum number of characters of a line, without its CRLF (RFC 5322 §2.1.1).
const MAX_LINE_CHARS: usize = 998;

/// The last second that the header `Date` can represent: 9999-12-31 23:59:59 UTC. lettre panics beyond it, and before 1970.
const LAST_DATE: Duration = Duration::from_secs(253_402_300_799);

impl Message {
    pub(crate) fn envelope(&self) -> Result<Envelope, SendError> {
        let address = |address: &EmailAddress| address.as_str().parse::<Address>().map_err(|_| SendError::Unwritable);
        let (from, to) = (address(self.from.address())?, address(&self.to)?);
        let since_1970 = self.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().min(LAST_DATE);
        let message = lettre::Message::builder()
            .from(Mailbox::new(self.from.name().map(str::to_owned), from.clone()))
            .to(Mailbox::new(None, to.clone()))
            .subject(self.subject.as_str())
            .date(SystemTime::UNIX_EPOCH + since_1970)
            .message_id(Some(format!("<{}>", self.id)))
            // No out-of-office replies: RFC 3834 §5, and the header that Exchange heeds instead.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"))
            .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(self.body()))
            .map_err(|_| SendError::Unwritable)?;
        let mut bytes = message.formatted();
        // lettre ends the text with a line break, and the mail with another one.
        for _ in 0..2 {
            if bytes.ends_with(b"\r\n") {
                bytes.truncate(bytes.len() - 2);
            }
        }
        Ok(Envelope { from, to, bytes })
    }

    /// Returns the text as it is sent. By default lettre encodes lines of 76 characters or more, which breaks most links in two.
    fn body(&self) -> Body {
        let text = self.lines();
        let is_plain = text.is_ascii() && text.split('\n').all(|line| line.len() <= MAX_LINE_CHARS);
        if is_plain {
            Body::dangerous_pre_encoded(text.replace('\n', "\r\n").into_bytes(), ContentTransferEncoding::SevenBit)
        } else {
            Body::new(text)
        }
    }

    /// Returns the text with line feeds only, which lettre makes CRLF. A lone carriage return ends a line for some servers
    /// and not for others, so that one could be made to read two mails where another reads one (CVE-2023-51764).
    fn lines(&self) -> String {
        self.text.replace("\r\n", "\n").replace('\r', "\n")
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
