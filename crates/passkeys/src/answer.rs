//! The members that are read of the JSON that `PublicKeyCredential.toJSON()` makes (§5.1).

use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::passkey::{CredentialId, UnfitAnswer};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// An answer: the members that both kinds have are read, the others are optional.
pub(crate) struct Answer {
    pub(crate) credential_id: CredentialId,
    pub(crate) client_data: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) rest: Rest,
}

/// Members that only one kind of answer has, as the browser wrote them.
pub(crate) struct Rest {
    pub(crate) public_key: Option<String>,
    pub(crate) algorithm: Option<i32>,
    pub(crate) transports: Vec<String>,
    pub(crate) signature: Option<String>,
    pub(crate) user_handle: Option<String>,
}

/// The browser's dictionaries `RegistrationResponseJSON` and `AuthenticationResponseJSON`. Members that are not named here are
/// ignored, `attestationObject` among them; one that is named must not occur twice.
#[derive(serde::Deserialize)]
struct CredentialJson {
    id: String,
    #[serde(rename = "rawId")]
    raw_id: String,
    #[serde(rename = "type")]
    kind: String,
    response: Object<ResponseJson>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseJson {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    public_key: Option<String>,
    public_key_algorithm: Option<i32>,
    #[serde(default)]
    transports: Vec<String>,
    signature: Option<String>,
    user_handle: Option<String>,
}

impl Answer {
    pub(crate) fn parse(json: &str) -> Result<Self, UnfitAnswer> {
        let Object(credential) =
            serde_json::from_str::<Object<CredentialJson>>(json).map_err(|_| UnfitAnswer::Malformed)?;
        // §7.1 and §7.2, step 3: the script has to hand over a credential with a response.
        if credential.kind != "public-key" || credential.id != credential.raw_id {
            return Err(UnfitAnswer::Malformed);
        }
        let Object(response) = credential.response;
        Ok(Self {
            // §7.1, step 25: at most 1,023 bytes.
            credential_id: CredentialId::from_bytes(bytes(&credential.id)?).ok_or(UnfitAnswer::Malformed)?,
            client_data: bytes(&response.client_data)?,
            authenticator_data: bytes(&response.authenticator_data)?,
            rest: Rest {
                public_key: response.public_key,
                algorithm: response.public_key_algorithm,
                transports: response.transports,
                signature: response.signature,
                user_handle: response.user_handle,
            },
        })
    }
}

/// Decodes base64url without padding, in which each sequence of bytes has exactly one encoding (§3, “Base64url encoding”).
pub(crate) fn bytes(text: &str) -> Result<Vec<u8>, UnfitAnswer> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| UnfitAnswer::Malformed)
}

/// A JSON object. A type that only derives `Deserialize` also accepts an array of its members' values.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }

        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}
