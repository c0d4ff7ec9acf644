//! The JSON that the site's script sends.

use std::fmt;

use doorward_domain::browser::ReturnPath;
use doorward_domain::{SessionKind, Trust};
use rocket::data::{self, Data, FromData};
use rocket::http::Status;
use rocket::request::Request;
use rocket::serde::Deserialize;
use rocket::serde::json::{self, Value};

use crate::forms::{is_yes, wanted_page};

/// The body of a request from the script: an authenticator's answer, and the fields of the form around its button. An empty
/// body has none of them. `Debug` shows nothing.
#[derive(Default)]
pub(crate) struct Sent {
    /// The browser's `PublicKeyCredential.toJSON()`.
    pub(crate) credential: String,
    fields: SentFields,
}

/// The fields of the form, as they were typed.
#[derive(Default, Deserialize)]
#[serde(crate = "rocket::serde", default)]
struct SentFields {
    credential: Option<Value>,
    account: String,
    code: String,
    keep: Ticked,
    name: String,
    next: String,
    trust: Ticked,
}

/// A checkbox: the value that its page gave it if it is ticked, as a form sends it; or a program's `true` or `false`.
#[derive(Deserialize)]
#[serde(crate = "rocket::serde", untagged)]
enum Ticked {
    Told(bool),
    Sent(String),
}

impl Sent {
    /// The most bytes: the longest answer of an authenticator has some 10 KiB, with an RSA key and the longest id.
    pub(crate) const MOST: rocket::data::ByteUnit = rocket::data::ByteUnit::Kibibyte(64);

    /// Parses a body, in which the answer is beside the fields, or is the whole of it.
    fn parse(text: &str) -> Option<Self> {
        // A list would be read as the fields in their order.
        if !text.trim_start().starts_with('{') {
            return None;
        }
        let mut fields: SentFields = json::from_str(text).ok()?;
        let credential = fields.credential.take().map_or_else(|| text.to_owned(), |credential| credential.to_string());
        Some(Self { credential, fields })
    }

    /// The account that the form was made for; empty if it is not named.
    pub(crate) fn account(&self) -> &str {
        &self.fields.account
    }

    pub(crate) fn code(&self) -> &str {
        &self.fields.code
    }

    pub(crate) fn name(&self) -> &str {
        &self.fields.name
    }

    pub(crate) fn next(&self) -> ReturnPath {
        wanted_page(Some(&self.fields.next))
    }

    pub(crate) fn session_kind(&self) -> SessionKind {
        if self.fields.keep.is_yes() { SessionKind::Kept } else { SessionKind::Ordinary }
    }

    pub(crate) fn trust(&self) -> Trust {
        if self.fields.trust.is_yes() { Trust::Wished } else { Trust::NotWished }
    }
}

impl Ticked {
    fn is_yes(&self) -> bool {
        match self {
            Self::Told(told) => *told,
            Self::Sent(sent) => is_yes(sent),
        }
    }
}

impl Default for Ticked {
    fn default() -> Self {
        Self::Told(false)
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Sent {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        let body = match data.open(Self::MOST).into_bytes().await {
            Ok(body) if body.is_complete() => body.into_inner(),
            Ok(_) => return data::Outcome::Error((Status::PayloadTooLarge, ())),
            Err(_) => return data::Outcome::Error((Status::BadRequest, ())),
        };
        if body.is_empty() {
            return data::Outcome::Success(Self::default());
        }
        if !request.content_type().is_some_and(|content| content.is_json()) {
            return data::Outcome::Error((Status::UnsupportedMediaType, ()));
        }
        match str::from_utf8(&body).ok().and_then(Self::parse) {
            Some(sent) => data::Outcome::Success(sent),
            None => data::Outcome::Error((Status::BadRequest, ())),
        }
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sent([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_stands_beside_the_fields_or_is_all_that_was_sent() {
        let bare = r#"{"id":"AA","rawId":"AA","response":{"signature":"AA"}}"#;
        assert_eq!(Sent::parse(bare).unwrap().credential, bare);
        let sent = Sent::parse(
            r#"{"credential":{"id":"AA"},"name":"Key","code":"123456","account":"1","next":"/account","keep":"yes","trust":true}"#,
        );
        let sent = sent.unwrap();
        assert_eq!(sent.credential, r#"{"id":"AA"}"#);
        assert_eq!((sent.name(), sent.code(), sent.account()), ("Key", "123456", "1"));
        assert_eq!((sent.next().as_str(), sent.session_kind()), ("/account", SessionKind::Kept));
        assert_eq!(sent.trust(), Trust::Wished);
    }

    #[test]
    fn a_field_that_is_missing_is_not_wished_and_one_sent_twice_is_refused() {
        let sent = Sent::parse(r#"{"credential":{},"next":"//evil.example","keep":"no","trust":false}"#).unwrap();
        assert_eq!((sent.next().as_str(), sent.session_kind()), ("/", SessionKind::Ordinary));
        assert_eq!(sent.trust(), Trust::NotWished);
        for text in ["", "[]", "null", "{", r#"{"next":1}"#, r#"{"keep":2}"#, r#"{"next":"/a","next":"/b"}"#] {
            assert!(Sent::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Sent::parse(r#"{"code":"123456"}"#)), "Some(Sent([redacted]))");
    }
}
