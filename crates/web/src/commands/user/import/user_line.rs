use doorward_domain::{ImportedUser, PasswordHash, Standing, UnfitUserError};
use doorward_web::auth::SiteAuth;
use serde::Deserialize;
use serde_json::error::Category;

use super::import_file::ImportFile;
use crate::commands::time::Time;

/// A user as a line tells.
pub(super) struct UserLine {
    pub(super) imported: ImportedUser,
    /// Whether there is an address, which is not kept.
    pub(super) has_email: bool,
}

/// What a line may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    username: String,
    password_hash: Option<String>,
    email: Option<String>,
    #[serde(rename = "email_verified")]
    _email_verified: Option<bool>,
    created_at: Option<String>,
    standing: Option<StandingName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StandingName {
    Active,
    Closed,
}

/// Why a line is not imported. Nothing of the line is shown: it may hold a hash.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadLine {
    #[error("is longer than {} bytes", ImportFile::MAX_LINE_BYTES)]
    TooLong,
    #[error("is not JSON in UTF-8, from column {column} on")]
    NotJson { column: usize },
    #[error(
        "is not a user: before column {column} a field is unknown, missing, there twice or of the wrong type (username, \
         password_hash, email, email_verified, created_at, and standing, which is active or closed)"
    )]
    NotUser { column: usize },
    #[error("created_at is no time as RFC 3339 writes it (2026-01-31T12:00:00Z), from 1970 on")]
    CreatedAt,
    #[error("{0}")]
    Unfit(#[from] UnfitUserError),
    #[error("has the same username as line {first}")]
    Double { first: u64 },
    #[error("that username is already taken")]
    Taken,
}

impl UserLine {
    pub(super) fn read(line: &[u8], auth: &SiteAuth) -> Result<Self, BadLine> {
        let fields = Fields::read(line)?;
        let created_at = match &fields.created_at {
            Some(text) => Some(Time::parse(text).ok_or(BadLine::CreatedAt)?.0),
            None => None,
        };
        let standing = match fields.standing {
            None | Some(StandingName::Active) => Standing::Active,
            Some(StandingName::Closed) => Standing::Closed,
        };
        let password_hash = fields.password_hash.map(PasswordHash::from_stored);
        let imported = auth.read_imported_user(&fields.username, password_hash, created_at, standing)?;
        Ok(Self { imported, has_email: fields.email.is_some() })
    }
}

impl Fields {
    fn read(line: &[u8]) -> Result<Self, BadLine> {
        // The library also takes an array for the fields in their order.
        if line.trim_ascii_start().starts_with(b"[") {
            return Err(BadLine::NotUser { column: 1 });
        }
        serde_json::from_slice(line).map_err(|error| {
            let column = error.column();
            match error.classify() {
                Category::Data => BadLine::NotUser { column },
                Category::Syntax | Category::Eof | Category::Io => BadLine::NotJson { column },
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(line: &str) -> String {
        Fields::read(line.as_bytes()).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_not_known_stays_out_of_a_line_or_is_null() {
        for line in [
            r#"{"username":"ada"}"#,
            r#" {"username":"ada","password_hash":null,"email":null,"email_verified":null,"created_at":null,"standing":null} "#,
        ] {
            let fields = Fields::read(line.as_bytes()).unwrap();
            assert_eq!(fields.username, "ada");
            assert!(fields.password_hash.is_none() && fields.created_at.is_none() && fields.standing.is_none());
        }
    }

    #[test]
    fn a_bad_line_is_refused_and_nothing_of_it_is_shown() {
        for (line, kind) in [
            ("", "not JSON"),
            ("MARKER", "not JSON"),
            (r#"{"username":"MARKER""#, "not JSON"),
            (r#"{"username":"ada"}{"username":"MARKER"}"#, "not JSON"),
            (r#""MARKER""#, "not a user"),
            (r#"["MARKER"]"#, "not a user"),
            (r#" ["MARKER",null,null,null,null,null]"#, "not a user"),
            (r#"{"password_hash":"MARKER"}"#, "not a user"),
            (r#"{"username":"ada","MARKER":1}"#, "not a user"),
            (r#"{"username":"ada","username":"MARKER"}"#, "not a user"),
            (r#"{"username":"ada","password_hash":["MARKER"]}"#, "not a user"),
            (r#"{"username":"ada","standing":"MARKER"}"#, "not a user"),
        ] {
            let refusal = refusal(line);
            assert!(refusal.contains(kind) && !refusal.contains("MARKER"), "{line}: {refusal}");
        }
        assert_eq!(Fields::read(b"{\"username\":\"\xff\"}").err(), Some(BadLine::NotJson { column: 14 }));
    }

    proptest! {
        #[test]
        fn whatever_a_line_holds_is_read_without_harm(line in prop::collection::vec(any::<u8>(), 0..200)) {
            let _nothing_breaks = Fields::read(&line);
        }

        #[test]
        fn every_text_of_a_field_is_read_as_it_is(username in "\\PC{0,80}", hash in "\\PC{0,80}") {
            let line = serde_json::json!({ "username": &username, "password_hash": &hash }).to_string();
            let fields = Fields::read(line.as_bytes()).unwrap();
            prop_assert_eq!((fields.username, fields.password_hash), (username, Some(hash)));
        }
    }
}
