//! The browser's data on the page that made the request (§5.8.1).

use doorward_domain::passkey::{Challenge, RelyingParty, UnfitAnswer};
use serde::de::{Deserialize as _, Deserializer, IgnoredAny};

use crate::answer::Object;

/// The kind of request of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Create,
    Get,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientDataJson {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default, deserialize_with = "is_there")]
    top_origin: bool,
}

/// Returns the challenge of an answer if it was made for a request of this kind, on a page of this site.
pub(crate) fn challenge_in(client_data: &[u8], kind: Kind, site: &RelyingParty) -> Result<Challenge, UnfitAnswer> {
    // §7.1, step 5 and §7.2, step 8: “UTF-8 decode” drops a byte order mark, and replaces invalid UTF-8.
    let text = client_data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(client_data);
    let text = String::from_utf8_lossy(text);
    // §7.1, step 6 and §7.2, step 9.
    let Object(client_data) =
        serde_json::from_str::<Object<ClientDataJson>>(&text).map_err(|_| UnfitAnswer::Malformed)?;
    // §7.1, step 7 and §7.2, step 10.
    if client_data.kind != kind.name() {
        return Err(UnfitAnswer::OtherCeremony);
    }
    // §7.1, step 8 and §7.2, step 11, as far as its form; the use cases check that it is ours, and fresh.
    let challenge = Challenge::parse(&client_data.challenge).ok_or(UnfitAnswer::Malformed)?;
    // §7.1, step 9 and §7.2, step 12.
    let is_ours = site.origins.contains(&client_data.origin);
    // §7.1, steps 10 and 11, and §7.2, steps 13 and 14: no page of ours is in another site's frame.
    let is_framed = client_data.cross_origin || client_data.top_origin;
    if !is_ours || is_framed {
        return Err(UnfitAnswer::OtherOrigin);
    }
    Ok(challenge)
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

/// Returns true for any value: only the presence of the member counts.
fn is_there<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(value).map(|_| true)
}
