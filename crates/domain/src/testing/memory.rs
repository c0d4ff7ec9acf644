use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Timestamp;
use crate::password::PasswordHash;
use crate::repository::{InsertUserError, SessionRepository, StartSessionError, StoreError, UserRepository};
use crate::session::{Session, SessionId};
use crate::token::TokenHash;
use crate::user::{NewUser, Standing, StoredUser, User, UserId};
use crate::username::Username;

/// A store in memory: for tests and examples, not for people.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    users: HashMap<UserId, StoredUser>,
    sessions: HashMap<TokenHash, Session>,
}

impl MemoryStore {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UserRepository for MemoryStore {
    async fn insert(&self, user: &NewUser) -> Result<(), InsertUserError> {
        let mut tables = self.tables();
        if tables.users.values().any(|stored| stored.user.username == user.username) {
            return Err(InsertUserError::UsernameTaken);
        }
        let NewUser { id, username, password_hash, created_at } = user.clone();
        let user = User { id, username, standing: Standing::Active, created_at };
        tables.users.insert(id, StoredUser { user, password_hash });
        Ok(())
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<StoredUser>, StoreError> {
        Ok(self.tables().users.values().find(|stored| stored.user.username == *username).cloned())
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        if let Some(stored) = self.tables().users.get_mut(&id).filter(|stored| stored.password_hash == *old) {
            stored.password_hash = new.clone();
        }
        Ok(())
    }

    async fn close(&self, id: UserId) -> Result<(), StoreError> {
        let mut tables = self.tables();
        if let Some(stored) = tables.users.get_mut(&id) {
            stored.user.standing = Standing::Closed;
        }
        tables.sessions.retain(|_, session| session.user_id != id);
        Ok(())
    }

    async fn reopen(&self, id: UserId) -> Result<(), StoreError> {
        if let Some(stored) = self.tables().users.get_mut(&id) {
            stored.user.standing = Standing::Active;
        }
        Ok(())
    }
}

impl SessionRepository for MemoryStore {
    async fn start(
        &self,
        session: &Session,
        token: &TokenHash,
        replacing: Option<&TokenHash>,
    ) -> Result<(), StartSessionError> {
        let mut tables = self.tables();
        if !tables.users.get(&session.user_id).is_some_and(|stored| stored.user.standing == Standing::Active) {
            return Err(StartSessionError::NotActive);
        }
        if let Some(replaced) = replacing {
            tables.sessions.remove(replaced);
        }
        tables.sessions.insert(*token, session.clone());
        Ok(())
    }

    async fn find_by_token(&self, token: &TokenHash) -> Result<Option<(Session, User)>, StoreError> {
        let tables = self.tables();
        let session = tables.sessions.get(token);
        Ok(session.and_then(|session| Some((session.clone(), tables.users.get(&session.user_id)?.user.clone()))))
    }

    async fn touch(&self, id: SessionId, seen_at: Timestamp) -> Result<(), StoreError> {
        if let Some(session) = self.tables().sessions.values_mut().find(|session| session.id == id) {
            session.last_seen_at = session.last_seen_at.max(seen_at);
        }
        Ok(())
    }

    async fn delete_by_token(&self, token: &TokenHash) -> Result<(), StoreError> {
        self.tables().sessions.remove(token);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;

    crate::store_contract!(pollster::test, MemoryStore::default());
}
