//! How values are written by serde (feature `serde`): ids as UUIDs, times as microseconds, everything that has a code by its code. Records
//! are maps of their fields. Secrets, and hashes of secrets, are not written.

use serde::de::value::StringDeserializer;
use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::activity::{ActivityId, Event};
use crate::authentication::AuthenticationMethods;
use crate::client::{BrowserId, Client};
use crate::clock::Timestamp;
use crate::device::{Browser, System};
use crate::id::{MailId, PasskeyId};
use crate::known_device::KnownDeviceId;
use crate::language::Language;
use crate::session::SessionId;
use crate::user::UserId;
use crate::username::Username;

/// Writes a value in the form that `$write` makes, and reads it by `$read`, which returns `None` for any other form.
macro_rules! written_as {
    ($($value:ty as $form:ty: $write:expr, $read:expr;)+) => {$(
        impl Serialize for $value {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                ($write)(self).serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $value {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let form = <$form>::deserialize(deserializer)?;
                ($read)(form).ok_or_else(|| D::Error::custom(concat!("not the form of a ", stringify!($value))))
            }
        }
    )+};
}

macro_rules! ids_written_as_uuids {
    ($($id:ty)+) => {
        written_as! { $($id as Uuid: |id: &$id| id.as_uuid(), |id| Some(<$id>::from_uuid(id));)+ }
    };
}

ids_written_as_uuids! { ActivityId BrowserId KnownDeviceId MailId PasskeyId SessionId UserId }

written_as! {
    AuthenticationMethods as String: |it: &Self| it.codes(), |form: String| AuthenticationMethods::parse_all(&form);
    Browser as String: |it: &Self| it.code(), |form: String| Browser::from_code(&form);
    Event as String: |it: &Self| it.code(), |form: String| Event::from_code(&form);
    Language as String: |it: &Self| it.as_str().to_owned(), |form: String| Language::parse(&form);
    System as String: |it: &Self| it.code(), |form: String| System::from_code(&form);
    Timestamp as i64: |it: &Self| it.as_unix_micros(), |form| Some(Timestamp::from_unix_micros(form));
    Username as String: |it: &Self| it.as_str().to_owned(), |form: String| Username::parse(&form).ok();
}

/// Writes a client without its browser, as stores keep the browser with sessions alone.
pub(crate) fn but_for_the_browser<S: Serializer>(client: &Client, serializer: S) -> Result<S::Ok, S::Error> {
    Client { browser: None, ..client.clone() }.serialize(serializer)
}

/// Reads a value, or `None` if only a newer release knows it.
pub(crate) fn known<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let code = Option::<String>::deserialize(deserializer)?;
    Ok(code.and_then(|code| T::deserialize(StringDeserializer::<D::Error>::new(code)).ok()))
}

/// Reads the methods of a proof, without those that only a newer release knows: they prove nothing here.
pub(crate) fn proved<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AuthenticationMethods, D::Error> {
    String::deserialize(deserializer).map(|codes| AuthenticationMethods::from_codes(&codes))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json, to_value};

    use super::*;
    use crate::authentication::Authentication;
    use crate::device::Device;
    use crate::known_device::KnownDevice;
    use crate::throttle::CounterState;
    use crate::user::{Standing, User, UserRecord};
    use crate::{Activity, Notice, Session, SessionKind};

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn id() -> Uuid {
        ID.parse().unwrap()
    }

    fn client() -> Client {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
        Client::new(Some(firefox), Some([192, 0, 2, 7].into()))
            .in_browser(Some(BrowserId::from_uuid(id())))
            .reading(Language::parse("de"))
    }

    fn written_client(browser: Option<&str>) -> Value {
        json!({ "device": { "browser": "firefox", "system": "linux" }, "address": "192.0.2.7", "browser": browser })
    }

    /// Asserts that the value is written in this form, and that reading and writing the form gives it again.
    fn is_written_as<T: Serialize + for<'de> Deserialize<'de>>(value: &T, form: &Value) {
        assert_eq!(to_value(value).unwrap(), *form);
        assert_eq!(to_value(from_value::<T>(form.clone()).unwrap()).unwrap(), *form);
    }

    fn is_none<T: for<'de> Deserialize<'de>>(form: Value) -> bool {
        from_value::<T>(form).is_err()
    }

    #[test]
    fn records_are_written_as_their_fields() {
        let at = Timestamp::from_unix_micros(1_767_225_600_000_001);
        let methods = AuthenticationMethods::from_codes("password totp");
        is_written_as(
            &Session {
                id: SessionId::from_uuid(id()),
                user_id: UserId::from_uuid(id()),
                kind: SessionKind::Kept,
                client: client(),
                created_at: at,
                authentication: Authentication { at, methods },
                renewed_at: at,
                last_seen_at: at,
            },
            &json!({
                "id": ID, "user_id": ID, "kind": "kept", "client": written_client(Some(ID)), "created_at": 1_767_225_600_000_001_i64,
                "authentication": { "at": 1_767_225_600_000_001_i64, "methods": "password totp" },
                "renewed_at": 1_767_225_600_000_001_i64, "last_seen_at": 1_767_225_600_000_001_i64,
            }),
        );
        let user = UserRecord {
            id: UserId::from_uuid(id()),
            username: Username::parse("Ada").unwrap(),
            standing: Standing::Closed,
            created_at: at,
            language: Language::parse("pt-BR"),
            second_factors: methods,
        };
        let written = json!({
            "id": ID, "username": "Ada", "standing": "closed", "created_at": 1_767_225_600_000_001_i64, "language": "pt-BR",
            "second_factors": "password totp",
        });
        is_written_as(&user, &written);
        assert_eq!(to_value(User::from(user)).unwrap(), written);
        is_written_as(
            &KnownDevice {
                id: KnownDeviceId::from_uuid(id()),
                user_id: UserId::from_uuid(id()),
                client: client(),
                created_at: at,
                last_log_in_at: at,
                trusted_until: None,
            },
            &json!({
                "id": ID, "user_id": ID, "client": written_client(None), "created_at": 1_767_225_600_000_001_i64,
                "last_log_in_at": 1_767_225_600_000_001_i64, "trusted_until": null,
            }),
        );
        is_written_as(
            &CounterState { attempts: 3, free_at: at, forgotten_at: at },
            &json!({ "attempts": 3, "free_at": 1_767_225_600_000_001_i64, "forgotten_at": 1_767_225_600_000_001_i64 }),
        );
    }

    #[test]
    fn of_what_happened_neither_the_browser_nor_the_mail_that_tells_of_it_is_written() {
        let at = Timestamp::from_unix_micros(1);
        let (id, user_id, event) = (ActivityId::from_uuid(id()), None, Event::LogInFailed);
        let activity = Activity { id, user_id, event, at, client: client(), notice: Notice::ByMail { ends_at: at } };
        is_written_as(
            &activity,
            &json!({ "id": ID, "user_id": null, "event": "log_in_failed", "at": 1, "client": written_client(None) }),
        );
    }

    #[test]
    fn codes_of_a_newer_release_prove_nothing_and_are_not_dropped_as_factors() {
        let device: Device = from_value(json!({ "browser": "tomorrows", "system": "linux" })).unwrap();
        assert_eq!(device, Device { browser: None, system: Some(System::Linux) });
        let proof: Authentication = from_value(json!({ "at": 1, "methods": "password tomorrows" })).unwrap();
        assert_eq!(proof.methods.codes(), "password");
        assert!(is_none::<AuthenticationMethods>(json!("password tomorrows")), "of a user, it is a factor to ask for");
    }

    #[test]
    fn a_value_in_another_form_is_refused() {
        assert!(is_none::<UserId>(json!("soon")) && is_none::<Timestamp>(json!("soon")));
        assert!(is_none::<Event>(json!("LoggedIn")) && is_none::<Browser>(json!("")) && is_none::<System>(json!(1)));
        assert!(is_none::<Language>(json!("en_US")) && is_none::<Username>(json!("no spaces")));
        assert!(is_none::<Device>(json!({ "browser": 1 })) && is_none::<Authentication>(json!({ "at": 1 })));
    }
}
