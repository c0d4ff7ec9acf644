//! Rows to domain types and back.

use doorward_domain::user::{NewUser, StoredUser};
use doorward_domain::{PasswordHash, Session, SessionId, Standing, Timestamp, TokenHash, User, UserId, Username};
use sea_orm::ActiveValue::Set;

use crate::entity::{HashBytes, HashText, session, user};
use crate::error::StorageError;

const ACTIVE: &str = "active";
const CLOSED: &str = "closed";

pub(crate) const fn from_standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => ACTIVE,
        Standing::Closed => CLOSED,
    }
}

pub(crate) fn from_password_hash(hash: &PasswordHash) -> HashText {
    HashText(hash.expose_secret().to_owned())
}

pub(crate) fn from_token_hash(token: &TokenHash) -> HashBytes {
    HashBytes(token.as_bytes().to_vec())
}

pub(crate) fn from_new_user(user: &NewUser) -> user::ActiveModel {
    user::ActiveModel {
        id: Set(user.id.as_uuid()),
        username: Set(user.username.as_str().to_owned()),
        username_key: Set(user.username.key().to_owned()),
        password_hash: Set(from_password_hash(&user.password_hash)),
        standing: Set(from_standing(Standing::Active).to_owned()),
        created_at: Set(user.created_at.as_unix_micros()),
    }
}

pub(crate) fn from_session(session: &Session, token: &TokenHash) -> session::ActiveModel {
    session::ActiveModel {
        id: Set(session.id.as_uuid()),
        user_id: Set(session.user_id.as_uuid()),
        token_hash: Set(from_token_hash(token)),
        created_at: Set(session.created_at.as_unix_micros()),
        last_seen_at: Set(session.last_seen_at.as_unix_micros()),
    }
}

pub(crate) fn to_stored_user(row: &user::Model) -> Result<StoredUser, StorageError> {
    let password_hash = PasswordHash::from_stored(row.password_hash.0.as_str());
    Ok(StoredUser { user: to_user(row)?, password_hash })
}

pub(crate) fn to_user(row: &user::Model) -> Result<User, StorageError> {
    let corrupt = |column| StorageError::CorruptRow { table: "users", column };
    Ok(User {
        id: UserId::from_uuid(row.id),
        username: Username::parse(&row.username).map_err(|_| corrupt("username"))?,
        standing: match row.standing.as_str() {
            ACTIVE => Standing::Active,
            CLOSED => Standing::Closed,
            _ => return Err(corrupt("standing")),
        },
        created_at: Timestamp::from_unix_micros(row.created_at),
    })
}

pub(crate) fn to_session(row: &session::Model) -> Session {
    Session {
        id: SessionId::from_uuid(row.id),
        user_id: UserId::from_uuid(row.user_id),
        created_at: Timestamp::from_unix_micros(row.created_at),
        last_seen_at: Timestamp::from_unix_micros(row.last_seen_at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> user::Model {
        let (username, username_key) = ("Ada".to_owned(), "ada".to_owned());
        let (password_hash, standing) = (HashText("$x".to_owned()), ACTIVE.to_owned());
        user::Model {
            id: sea_orm::prelude::Uuid::nil(),
            username,
            username_key,
            password_hash,
            standing,
            created_at: 1,
        }
    }

    #[test]
    fn a_row_with_an_unfit_username_is_corrupt() {
        let damaged = user::Model { username: "no spaces".to_owned(), ..row() };
        assert!(matches!(to_user(&damaged), Err(StorageError::CorruptRow { column: "username", .. })));
    }

    #[test]
    fn a_row_with_an_unknown_standing_is_corrupt() {
        let damaged = user::Model { standing: "Active".to_owned(), ..row() };
        assert!(matches!(to_user(&damaged), Err(StorageError::CorruptRow { column: "standing", .. })));
    }

    #[test]
    fn debug_shows_nothing_of_a_hash() {
        let shown = format!("{:?} {:?}", row(), HashBytes(vec![42]));
        assert!(!shown.contains("$x") && !shown.contains("42"), "{shown}");
    }
}
