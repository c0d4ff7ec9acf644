use doorward_domain::repository::EmailState;
use doorward_domain::{ImportedEmail, ImportedUser, PasswordHash, Standing, UnfitUserError};
use doorward_web::auth::SiteAuth;
use serde::Deserialize;
use serde_json::error::Category;

use super::import_file::ImportFile;
use crate::commands::time::Time;

/// The fields that a line may have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    username: String,
    password_hash: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    created_at: Option<String>,
    standing: Option<StandingName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StandingName {
    Active,
    Closed,
}

/// Why a line is not imported. The error shows nothing of the line, which may hold a hash or an address.
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
    #[error("email_verified is true, and there is no email")]
    NothingVerified,
    #[error("{0}")]
    Unfit(#[from] UnfitUserError),
    #[error("has the same username as line {first}")]
    Double { first: u64 },
    #[error("has the same verified e-mail address as line {first}")]
    DoubleEmail { first: u64 },
    #[error("its verified e-mail address is the username of line {first}")]
    EmailIsName { first: u64 },
    #[error("its username is the verified e-mail address of line {first}")]
    NameIsEmail { first: u64 },
    #[error("that username is already taken")]
    Taken,
    #[error("that e-mail address is verified by another account already, or is its username")]
    EmailTaken,
}

/// Parses the user in a line.
pub(super) fn read_user(line: &[u8], auth: &SiteAuth) -> Result<ImportedUser, BadLine> {
    let fields = Fields::read(line)?;
    let email = fields.email()?;
    let created_at = match &fields.created_at {
        Some(text) => Some(Time::parse(text).ok_or(BadLine::CreatedAt)?.0),
        None => None,
    };
    let standing = match fields.standing {
        None | Some(StandingName::Active) => Standing::Active,
        Some(StandingName::Closed) => Standing::Closed,
    };
    let password_hash = fields.password_hash.map(PasswordHash::from_stored);
    Ok(auth.read_imported_user(&fields.username, password_hash, email, created_at, standing)?)
}

impl Fields {
    fn read(line: &[u8]) -> Result<Self, BadLine> {
        // The library would also accept an array of the fields in their order.
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
    /// The address is pending unless the line says that it is verified.
    fn email(&self) -> Result<Option<ImportedEmail>, BadLine> {
        match (&self.email, self.email_verified) {
            (Some(text), Some(true)) => Ok(Some(ImportedEmail::parse(text, EmailState::Verified)?)),
            (Some(text), Some(false) | None) => Ok(Some(ImportedEmail::parse(text, EmailState::Pending)?)),
            (None, Some(true)) => Err(BadLine::NothingVerified),
            (None, Some(false) | None) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use doorward_domain::{EmailAddress, EmailAddressError};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn refusal(line: &str) -> String {
        Fields::read(line.as_bytes()).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_field_without_a_value_is_left_out_or_null() {
        for line in [
            r#"{"username":"ada"}"#,
            r#" {"username":"ada","password_hash":null,"email":null,"email_verified":null,"created_at":null,"standing":null} "#,
        ] {
            let fields = Fields::read(line.as_bytes()).unwrap();
            assert_eq!(fields.username, "ada");
            assert!(fields.password_hash.is_none() && fields.created_at.is_none() && fields.standing.is_none());
            assert_eq!(fields.email(), Ok(None));
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

    fn email(line: &serde_json::Value) -> Result<Option<(String, EmailState)>, BadLine> {
        let email = Fields::read(line.to_string().as_bytes())?.email()?;
        Ok(email.map(|email| (email.address.as_str().to_owned(), email.state)))
    }

    #[test]
    fn an_address_is_pending_unless_the_line_says_that_it_is_verified() {
        use EmailState::{Pending, Verified};
        for (verified, state) in [(json!(true), Verified), (json!(false), Pending), (json!(null), Pending)] {
            let line = json!({ "username": "ada", "email": "Ada@example.org", "email_verified": verified });
            assert_eq!(email(&line), Ok(Some(("Ada@example.org".to_owned(), state))));
        }
        let line = json!({ "username": "ada", "email": "ada@example.org" });
        assert_eq!(email(&line), Ok(Some(("ada@example.org".to_owned(), Pending))));
        assert_eq!(email(&json!({ "username": "ada", "email_verified": false })), Ok(None));
    }

    #[test]
    fn an_address_that_breaks_a_rule_makes_a_bad_line_and_is_not_shown() {
        for state in [json!(true), json!(false), json!(null)] {
            let line = json!({ "username": "ada", "email": "MARKER@localhost", "email_verified": state });
            let refusal = email(&line).unwrap_err();
            assert_eq!(refusal, BadLine::Unfit(UnfitUserError::Email(EmailAddressError::BadFormat)));
            assert!(!refusal.to_string().contains("MARKER"));
        }
        for line in [
            json!({ "username": "ada", "email_verified": true, "email": null }),
            json!({ "username": "ada", "email_verified": true }),
        ] {
            assert_eq!(email(&line), Err(BadLine::NothingVerified));
        }
        for state in [json!("true"), json!(1)] {
            let line = json!({ "username": "ada", "email": "ada@example.org", "email_verified": state });
            assert!(matches!(email(&line), Err(BadLine::NotUser { .. })));
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read_without_harm(line in prop::collection::vec(any::<u8>(), 0..200)) {
            let _nothing_breaks = Fields::read(&line);
        }

        #[test]
        fn an_address_is_taken_exactly_where_it_keeps_the_rules(text in "\\PC{0,20}|[a-z.]{0,4}@[a-z.]{0,6}", verified: bool) {
            let line = json!({ "username": "ada", "email": &text, "email_verified": verified });
            let expected = EmailAddress::parse(&text).map(|address| {
                let state = if verified { EmailState::Verified } else { EmailState::Pending };
                Some((address.as_str().to_owned(), state))
            });
            prop_assert_eq!(email(&line), expected.map_err(|error| BadLine::Unfit(UnfitUserError::Email(error))));
        }

        #[test]
        fn every_text_of_a_field_is_read_as_it_is(username in "\\PC{0,80}", hash in "\\PC{0,80}") {
            let line = json!({ "username": &username, "password_hash": &hash }).to_string();
            let fields = Fields::read(line.as_bytes()).unwrap();
            prop_assert_eq!((fields.username, fields.password_hash), (username, Some(hash)));
        }
    }
}
